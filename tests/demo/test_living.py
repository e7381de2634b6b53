"""The demo in this process: what it brings, and that it goes on living as the clock moves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo import days
from bot.demo.centre import HOSTILE_NAME, MANILA, NEW_HIRE, SITES, UNLINKED, WITHOUT_FIGURES, members, named
from bot.demo.start import demo
from bot.errors import RefusedError
from bot.sandbox.model import Message
from bot.sandbox.server import Sandbox
from bot.services import imports, people
from bot.store.database import Database

SATURDAY = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FAR_AHEAD = datetime(2098, 11, 22, 12, 0, tzinfo=UTC)
"""A Saturday as well, and later than any day on which this test is run."""
PATIENCE = 600


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with demo(tmp_path / "encore.sqlite3", at=SATURDAY, history=5) as running:
        yield running


def boards(sandbox: Sandbox, channel_id: str) -> list[Message]:
    return [m for m in sandbox.workspace.channel(channel_id).messages if m.bot_id is not None and not m.ephemeral_to]


async def until(happened: Callable[[], bool]) -> None:
    for _ in range(PATIENCE):
        if happened():
            return
        await asyncio.sleep(0.05)
    pytest.fail("it did not happen")


async def test_the_boards_of_the_last_day_and_then_of_the_next_come_once(sandbox: Sandbox) -> None:
    await until(lambda: all(boards(sandbox, s.channel_id) for s in SITES))
    assert "Friday, November 20, 2026" in boards(sandbox, MANILA.channel_id)[0].text
    sandbox.clock.skip(timedelta(days=1))
    await until(lambda: all(len(boards(sandbox, s.channel_id)) == 2 for s in SITES))
    assert "Saturday, November 21, 2026" in boards(sandbox, MANILA.channel_id)[1].text
    # The whole Saturday, and not the half of it that was known before the skip.
    friday_night_on = [SATURDAY.date() - timedelta(days=1), SATURDAY.date()]
    worked = days.known(SATURDAY.date(), friday_night_on, SATURDAY + timedelta(days=1))
    ours = {m.key for m in members(SATURDAY.date()) if m.site is MANILA}
    whole = [c for c in worked.interactions if c.agent in ours and c.external_id.startswith("2026-11-21/")]
    assert f" {len(whole)} contacts" in boards(sandbox, MANILA.channel_id)[1].text
    # Several days at once: the newest alone is told, and the week that is over on Monday.
    sandbox.clock.skip(timedelta(days=3))
    await until(lambda: all(len(boards(sandbox, s.channel_id)) == 4 for s in SITES))
    await asyncio.sleep(0.5)
    for site in SITES:
        titles = [m.text.split(",")[0] for m in boards(sandbox, site.channel_id)]
        assert sorted(titles[2:]) == [f"4 and 5 stars in {site.name}", f"Customer stars in {site.name}"]


async def test_mystats_answers_everybody_truly(sandbox: Sandbox) -> None:
    opened_on = SATURDAY.date()

    async def asked(name: str, text: str = "") -> str:
        slack_id = named(opened_on, name).slack_id
        answer = await sandbox.command(slack_id, MANILA.channel_id, "/mystats", text)
        assert answer.ephemeral
        assert answer.error is None
        return f"{answer.text} {answer.blocks}"

    assert "Amihan Reyes" in await asked("Amihan Reyes")
    assert NEW_HIRE in await asked(NEW_HIRE)
    assert "We have not met yet" in await asked(UNLINKED)
    assert "Your figures will be here" in await asked(WITHOUT_FIGURES)
    assert "/mystats today" in await asked("Amihan Reyes", "help")
    hostile = await sandbox.command(named(opened_on, HOSTILE_NAME).slack_id, MANILA.channel_id, "/mystats")
    assert "<!channel>" not in hostile.text
    assert "&lt;!channel&gt;" in hostile.text


async def test_a_kept_database_is_continued_and_not_filled_twice(tmp_path: Path) -> None:
    file = tmp_path / "encore.sqlite3"
    async with demo(file, at=FAR_AHEAD, history=2) as first:
        await until(lambda: bool(boards(first, MANILA.channel_id)))
    # Begun now, it goes on where it ended, which is later.
    async with demo(file, history=2) as second:
        assert second.clock.now() >= FAR_AHEAD
        await asyncio.sleep(1)
        assert not boards(second, MANILA.channel_id)
    db = Database(f"sqlite:///{file}")
    try:
        known = db.read_now(people.list_people)
        assert len(known) == len([m for m in members(FAR_AHEAD.date()) if m.known])
        records = [r for r in db.read_now(imports.list_newest, 1_000) if r.kind != "people"]
        assert len([r for r in db.read_now(imports.list_newest, 1_000) if r.kind == "people"]) == len(SITES)
        again = [r for r in records if r.unchanged]
        assert again
        assert all(r.finished_at is not None for r in records)
    finally:
        db.close()


async def test_a_real_installation_is_not_mixed_with_the_sample(tmp_path: Path) -> None:
    file = tmp_path / "encore.sqlite3"
    async with demo(file, at=SATURDAY, history=1):
        pass
    db = Database(f"sqlite:///{file}")
    try:
        db.write_now(people.link, SATURDAY, 1, slack_id="U0REALONE")
    finally:
        db.close()
    with pytest.raises(RefusedError, match="real Slack workspace"):
        async with demo(file, at=SATURDAY, history=1):
            pass
