"""Deeds that have nothing to do with each other: one that cannot be done holds up no other, and waits by itself."""

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from bot.errors import DatabaseError
from bot.jobs import apart
from tests.encore import House, house
from tests.jobs.slack import context


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    where = house(database_url)
    yield where
    where.centre.close()


async def test_what_cannot_be_done_waits_an_hour_and_holds_up_nobody(
    cebu: House, caplog: pytest.LogCaptureFixture
) -> None:
    done = Counter[int]()

    def look(session: Session, at: datetime) -> list[int]:
        return [1, 2, 3]

    def deed(session: Session, at: datetime, number: int) -> bool:
        done[number] += 1
        if number == 1:
            raise ValueError("It was never thought of.")
        return True

    caplog.set_level(logging.CRITICAL)
    ctx = context(cebu, "http://nowhere.example")
    await apart.each(ctx, "story", look, deed)
    assert ctx.wake.is_set()
    await apart.each(ctx, "story", look, deed)
    assert done == {1: 1, 2: 2, 3: 2}
    cebu.clock.skip(timedelta(minutes=61))
    await apart.each(ctx, "story", look, deed)
    await apart.each(ctx, "another", look, deed)
    assert done == {1: 3, 2: 4, 3: 4}


async def test_a_database_that_is_away_is_nobodys_fault(cebu: House) -> None:
    def deed(session: Session, at: datetime, number: int) -> bool:
        raise DatabaseError("The database is busy; try again.")

    with pytest.raises(DatabaseError):
        await apart.each(context(cebu, "http://nowhere.example"), "story", lambda _session, _at: [1], deed)
    assert (
        cebu.centre.db.read_now(lambda s: s.connection().exec_driver_sql("SELECT COUNT(*) FROM cursor").scalar()) == 0
    )
