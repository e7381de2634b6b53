"""One person whose days cannot be judged, or who cannot be told, holds up nobody else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.store import bulk
from bot.store import earning as store
from bot.store.earning import Due
from tests.encore import House, sandboxed, serving, until
from tests.stories.earning import (
    LEVEL,
    STARS,
    agents,
    bring,
    has,
    heard,
    morning,
    rule,
    worked,
)


@pytest.fixture
def manila(sqlite_url: str) -> Iterator[House]:
    """The same, where nothing depends on the database."""
    with agents(sqlite_url, LEVEL, STARS) as where:
        yield where


async def test_who_cannot_be_judged_holds_up_nobody(manila: House) -> None:
    bring(manila, *worked("2026-03-05", 0.9))
    manila.centre.db.write_now(store.mark, [Due("person:nobody", "2026-03-05", manila.centre.at)])
    async with sandboxed(manila) as sandbox, serving(manila, sandbox) as encore:
        manila.clock.move_to(datetime(2026, 3, 6, 1, tzinfo=UTC))
        await encore.loop.tick()
        await until(lambda: len(heard(manila)) == 1)
    assert has(manila) == 10
    assert manila.centre.db.read_now(store.list_due, manila.clock.now(), 10) == {}
    assert manila.centre.db.read_now(store.list_due, manila.clock.now() + timedelta(hours=2), 10) == {
        "person:nobody": 1
    }


async def test_who_cannot_be_told_holds_up_nobody(manila: House) -> None:
    bring(manila, *worked("2026-03-05", 0.9), *worked("2026-03-05", 0.9, "Agent 2"))
    morning(manila, "2026-03-06", tells=False)
    spoil(manila, "Agent 1", state="no such state")
    manila.clock.move_to(datetime(2026, 3, 6, 1, tzinfo=UTC))
    async with sandboxed(manila) as sandbox, serving(manila, sandbox) as encore:
        await encore.loop.tick()
        await until(lambda: len(heard(manila, 2)) == 1)
        assert heard(manila) == []
        # An hour later it is tried again.
        spoil(manila, "Agent 1", state="issued")
        manila.clock.move_to(manila.clock.now() + timedelta(hours=2))
        await encore.loop.tick()
        await until(lambda: len(heard(manila)) == 1)


async def test_an_award_that_cannot_be_issued_holds_up_nobody_who_is_to_be_told(manila: House) -> None:
    rule(manila, LEVEL, STARS, budget={"points": 5})
    bring(manila, *worked("2026-03-05", 0.9), *worked("2026-03-05", 0.9, "Agent 2"))
    morning(manila, "2026-03-06", tells=False)
    spoil(manila, "Agent 2", metric="no such figure")
    rule(manila, LEVEL, STARS, budget={"points": 50})
    manila.clock.move_to(datetime(2026, 3, 6, 1, tzinfo=UTC))
    async with sandboxed(manila) as sandbox, serving(manila, sandbox) as encore:
        await encore.loop.tick()
        await until(lambda: len(heard(manila)) == 1)
    assert (has(manila), has(manila, "Agent 2")) == (10, 0)


def spoil(where: House, name: str, **column: str) -> None:
    """Let somebody's awards say something that nobody can make anything of."""
    [(named, value)] = column.items()
    change, rows = f"UPDATE award SET {named} = ? WHERE person_id = ?", [(value, where.centre.person(name))]
    where.centre.db.write_now(lambda session: bulk.execute(session, change, rows))
