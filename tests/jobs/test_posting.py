"""Boards are posted once for the last finished work day, at its local time, and only where a site is live."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from bot.jobs import boards, delivery
from bot.services import boards as board_services
from bot.services import imports, posting
from bot.store import tables
from bot.store.database import Database
from tests.encore import House, go_live, house, sandboxed, serving, thursday, until
from tests.stories.facts import call, survey


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    where = house(database_url)
    yield where
    where.centre.close()


@pytest.fixture
def early(sqlite_url: str) -> Iterator[House]:
    where = house(sqlite_url, at=datetime(2026, 3, 6, 0, 50, tzinfo=UTC))
    yield where
    where.centre.close()


async def settled(encore: Any) -> None:
    """Tick and deliver until nothing is left to do."""
    await encore.loop.tick()
    while await delivery.deliver_one(encore.ctx):
        pass


async def until_said(where: House, count: int) -> list[str]:
    await until(lambda: len(where.said()) >= count)
    return where.said()


async def test_the_board_of_yesterday_is_posted_once(cebu: House) -> None:
    thursday(cebu)
    go_live(cebu)
    async with sandboxed(cebu) as sandbox:
        async with serving(cebu, sandbox) as encore:
            (board,) = await until_said(cebu, 1)
            assert "Thursday, March 5, 2026" in board
            assert "1st Agent 1" in board
            # Twelve are ranked: at most five are shown, and never the lower half.
            assert "Agent 12" not in board
            assert "Together:" in board
            assert "72 contacts" in board
            await settled(encore)
        # After a restart, and with two replicas at once, nothing is said again.
        async with serving(cebu, sandbox) as one, serving(cebu, sandbox) as two:
            await asyncio.gather(one.loop.tick(), two.loop.tick())
            await settled(one)
            await settled(two)
    assert len(cebu.said()) == 1


async def test_the_board_waits_for_its_local_time(early: House) -> None:
    thursday(early)
    go_live(early, since="2026-03-05")
    async with sandboxed(early) as sandbox, serving(early, sandbox) as encore:
        await settled(encore)
        assert early.said() == []
        early.clock.move_to(datetime(2026, 3, 6, 1, 0, tzinfo=UTC))
        await settled(encore)
        await until_said(early, 1)
        early.clock.skip(timedelta(days=1))
        thursday(early, "2026-03-06")
        await settled(encore)
        first, second = await until_said(early, 2)
    assert "March 5" in first
    assert "March 6" in second


async def test_after_a_pause_only_the_newest_is_told(cebu: House) -> None:
    for day in ("2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"):
        thursday(cebu, day)
    go_live(cebu)
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await until_said(cebu, 1)
        await settled(encore)
    (board,) = cebu.said()
    assert "March 5" in board


@pytest.mark.parametrize(
    ("mode", "since"), [("shadow", "2026-03-01"), ("private", "2026-03-01"), ("live", "2026-03-06")]
)
async def test_nothing_is_told_before_a_site_is_live(cebu: House, mode: str, since: str) -> None:
    thursday(cebu)
    go_live(cebu, mode=mode, since=since)
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await settled(encore)
    assert cebu.said() == []


async def test_a_board_waits_while_a_file_is_being_read(early: House) -> None:
    early.clock.move_to(datetime(2026, 3, 6, 1, 0, tzinfo=UTC))
    go_live(early)
    early.centre.at = early.clock.now()
    origin = early.centre.begin("interactions")
    early.centre.take(origin, [call("first", "Agent 1", "2026-03-05 10:00")])
    async with sandboxed(early) as sandbox, serving(early, sandbox) as encore:
        await settled(encore)
        assert early.said() == []
        early.centre.db.write_now(imports.finish, early.clock.now(), origin.import_id)
        await settled(encore)
        (board,) = await until_said(early, 1)
    # Nobody was rated: the total is told, and nobody is ranked.
    assert "1 contact" in board
    assert "1st" not in board


async def test_a_day_without_anything_is_not_told_until_its_figures_come(cebu: House) -> None:
    # The site is known from the day before.
    thursday(cebu, "2026-03-04")
    go_live(cebu)
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await settled(encore)
        assert cebu.said() == []
        # To look at the figures is no small deed: it is done again after a while.
        assert cebu.centre.db.read_now(posting.find_due, cebu.clock.now(), "stars", "Cebu") is None
        thursday(cebu)
        cebu.clock.skip(posting.AGAIN_NEWEST)
        await settled(encore)
        await until_said(cebu, 1)


async def test_weeks_and_months_have_boards_of_their_own(cebu: House) -> None:
    cebu.clock.move_to(datetime(2026, 3, 9, 1, 0, tzinfo=UTC))
    thursday(cebu)
    weekly = {"key": "weekly", "metric": "positive", "period": "week", "at": "09:00"}
    monthly = {"key": "monthly", "metric": "csat", "period": "month", "at": "09:00"}
    go_live(cebu, boards=[weekly, monthly])
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        (week,) = await until_said(cebu, 1)
        await settled(encore)
        assert "Week 10" in week
        cebu.clock.move_to(datetime(2026, 4, 1, 1, 0, tzinfo=UTC))
        await settled(encore)
        _, month = await until_said(cebu, 2)
    assert "March 2026" in month


async def test_a_workspace_without_the_new_blocks_gets_the_classic_form(sqlite_url: str) -> None:
    where = house(sqlite_url, new_blocks=False)
    thursday(where)
    go_live(where)
    async with sandboxed(where) as sandbox:
        async with serving(where, sandbox):
            await until_said(where, 1)
        (message,) = where.posts()
        assert "data_table" not in str(message.blocks)
        # It is remembered beyond a restart.
        async with serving(where, sandbox) as again:
            assert again.ctx.classic_workspaces == {where.workspace.team_id}
    where.centre.close()


async def test_places_are_kept_fresh(cebu: House) -> None:
    thursday(cebu)
    go_live(cebu)
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await settled(encore)
        await boards.refresh(encore.ctx)
        waiting = cebu.centre.db.read_now(
            lambda s: s.connection().exec_driver_sql("SELECT count(*) FROM board WHERE dirty_at IS NOT NULL").scalar()
        )
    assert waiting == 0


async def test_a_board_is_not_made_of_an_import_that_was_killed(cebu: House, caplog: pytest.LogCaptureFixture) -> None:
    go_live(cebu)
    cebu.centre.take(cebu.centre.begin("interactions"), [call("first", "Agent 1", "2026-03-05 10:00")])
    cebu.clock.skip(timedelta(hours=2))
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await settled(encore)
        await settled(encore)
        assert cebu.said() == []
        assert caplog.text.count("was not read to its end") == 1
        # The same file, read again and to its end, makes up for it.
        cebu.centre.bring(call("first", "Agent 1", "2026-03-05 10:00"), call("second", "Agent 1", "2026-03-05 11:00"))
        await settled(encore)
        (board,) = await until_said(cebu, 1)
    assert "2 contacts" in board


async def test_the_total_of_a_handful_is_not_told(cebu: House) -> None:
    thursday(cebu, people_count=4)
    go_live(cebu)
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        (board,) = await until_said(cebu, 1)
    # Two are named; with the total the two others' mean would be told as well.
    assert "5.00" in board
    assert "★ from 24" not in board


async def test_of_two_builds_of_one_board_the_later_is_seen(cebu: House) -> None:
    thursday(cebu)
    db, every = cebu.centre.db, timedelta(0)
    early = db.write_now(board_services.claim_build, cebu.clock.now(), every)
    assert early is not None
    old = db.read_now(board_services.compute, cebu.clock.now(), early)
    # Another process begins the same board after more was read, and is done before the first.
    cebu.centre.bring(call("more", "Agent 1", "2026-03-05 15:00"))
    cebu.centre.bring(survey("more", "Agent 1", sent="2026-03-05 16:00", answered="2026-03-05 16:10", stars=4))
    late = db.write_now(board_services.claim_build, cebu.clock.now(), every)
    assert late is not None
    assert (late.board_id, late.number) == (early.board_id, early.number + 1)
    db.write_now(board_services.show, cebu.clock.now(), db.read_now(board_services.compute, cebu.clock.now(), late))
    seen = _board(db, early.board_id)
    db.write_now(board_services.show, cebu.clock.now(), old)
    assert _board(db, early.board_id) == seen


def _board(db: Database, board_id: int) -> tuple[object, ...]:
    def look(session: Session) -> tuple[object, ...]:
        row = session.get_one(tables.Board, board_id)
        return row.build, row.numerator, row.denominator, row.count, row.dirty_at

    return db.read_now(look)


async def test_places_follow_a_new_team_and_a_first_day(cebu: House) -> None:
    thursday(cebu)
    go_live(cebu)
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await boards.refresh(encore.ctx)
        cebu.clock.skip(timedelta(minutes=5))
        assert not cebu.centre.db.read_now(board_services.is_due, cebu.clock.now(), timedelta(minutes=1))
        cebu.centre.at = cebu.clock.now()
        cebu.centre.hire("Agent 13", site="Cebu", team="Nights")
        cebu.centre.link("Agent 13", "Agent 1x")
        cebu.centre.bring(call("late", "Agent 1x", "2026-03-05 12:00"))
        await boards.refresh(encore.ctx)
        cebu.clock.skip(timedelta(minutes=5))
        cebu.centre.at = cebu.clock.now()
        cebu.centre.hire("Agent 13", site="Cebu", team="Days")
        assert cebu.centre.db.read_now(board_services.is_due, cebu.clock.now(), timedelta(minutes=1))
