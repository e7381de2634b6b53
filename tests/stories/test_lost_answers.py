"""Slack takes a board and its answer is lost: the board stands there once, however its channel is named."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from bot.store import tables
from tests.encore import House, go_live, house, sandboxed, serving, thursday, until


def _sent(where: House) -> list[str]:
    """Return where the messages stand that Encore has to say."""

    def look(session: Session) -> list[str]:
        return list(session.exec(select(tables.Outbox.status)))

    return where.centre.db.read_now(look)


def _in_doubt(where: House) -> bool:
    """Whether Encore has noted that it does not know what came of its try."""

    def look(session: Session) -> list[str | None]:
        return list(session.exec(select(tables.Outbox.error)))

    return any(where.centre.db.read_now(look))


@pytest.mark.parametrize("named", ["by id", "by #name"])
async def test_a_board_whose_answer_was_lost_is_not_said_twice(sqlite_url: str, named: str) -> None:
    where = house(sqlite_url)
    thursday(where)
    go_live(where, channel=None if named == "by id" else "#cebu-floor")
    async with sandboxed(where) as sandbox:
        sandbox.faults.next("chat.postMessage", "lost_after_storing")
        async with serving(where, sandbox):
            await until(lambda: len(where.posts()) == 1 and _in_doubt(where))
            where.clock.skip(timedelta(minutes=1))
            await until(lambda: _sent(where) == ["sent"])
            assert any(entry.title == "conversations.history" for entry in sandbox.record)
    assert len(where.posts()) == 1


@pytest.mark.parametrize("named", ["by id", "by #name"])
async def test_a_board_that_never_arrived_is_said_after_all(sqlite_url: str, named: str) -> None:
    where = house(sqlite_url)
    thursday(where)
    go_live(where, channel=None if named == "by id" else "#cebu-floor")
    async with sandboxed(where) as sandbox:
        sandbox.faults.next("chat.postMessage", "dropped_before")
        async with serving(where, sandbox):
            await until(lambda: _in_doubt(where))
            where.clock.skip(timedelta(minutes=1))
            await until(lambda: len(where.posts()) == 1)
            await until(lambda: _sent(where) == ["sent"])
    assert len(where.posts()) == 1
