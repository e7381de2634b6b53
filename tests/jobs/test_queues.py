"""What waits holds up what must wait for it, and nothing else: news, what asks, edits, boards."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from bot.services import outbox
from bot.services.manners import LOOK_AGAIN
from bot.store.outbox import Waiting
from tests.encore import House, go_live, house, link, sandboxed, serving, thursday
from tests.jobs.personal import heard, local, rows, settle, states, tell
from tests.jobs.test_linked_meanwhile import both
from tests.stories.facts import shift
from tests.views.values import DAY

LEA = "ULEA"
LIMIT = 6
SECOND = timedelta(seconds=1)


def open_house(url: str) -> Iterator[House]:
    where = house(url)
    where.workspace.rates = False
    thursday(where, people_count=2)
    link(where, "Agent 1", LEA)
    go_live(where, boards=[])
    yield where
    where.centre.close()


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from open_house(database_url)


@pytest.fixture
def on_postgres(postgres_url: str) -> Iterator[House]:
    yield from open_house(postgres_url)


async def settled(where: House, *, seconds: int = 0) -> None:
    async with sandboxed(where) as sandbox, serving(where, sandbox) as encore:
        await settle(where, encore)
        for _ in range(seconds):
            where.clock.skip(SECOND)
            await settle(where, encore)


def claim(where: House, at: datetime) -> str | None:
    """Take the next message and return its key, None where none may be sent."""
    claimed = where.centre.db.write_now(outbox.claim, at)
    return next(row.key for row in rows(where) if row.id == claimed.id) if isinstance(claimed, Waiting) else None


def say(where: House, at: datetime) -> str | None:
    """Take the next message, say it, and return its key."""
    key = claim(where, at)
    for row in rows(where):
        if row.key == key:
            where.centre.db.write_now(outbox.sent, at, row.id or 0, f"{row.id}.0", posted_in="D1")
    return key


def edit(where: House, of_key: str, key: str, *, site: str = "After") -> bool:
    value = replace(DAY, site=site)
    return where.centre.db.write_now(outbox.edit, where.clock.now(), of_key, key=key, view="board", value=value)


async def test_news_over_the_limit_hold_back_neither_what_asks_nor_its_edit(cebu: House) -> None:
    cebu.clock.move_to(local("2026-03-06 17:30"))
    for n in range(LIMIT + 1):
        tell(cebu, "Agent 1", f"m{n}")
    await settled(cebu, seconds=LIMIT)
    # The card of the day has left: the last one waits for tomorrow.
    assert states(cebu)[f"m{LIMIT}"] == ("queued", "waits_for_their_hours")
    cebu.clock.move_to(local("2026-03-06 17:35"))
    tell(cebu, "Agent 1", "ask", "decide", asks=True)
    await settled(cebu)
    assert heard(cebu, LEA)[-1].text.endswith("decide")
    # Whoever has decided keeps no buttons over night.
    edit(cebu, "ask", "decided")
    await settled(cebu, seconds=1)
    assert "After" in heard(cebu, LEA)[-1].text
    assert states(cebu)[f"m{LIMIT}"] == ("queued", "waits_for_their_hours")


async def test_news_that_wait_for_a_far_shift_hold_back_nothing_that_asks(cebu: House) -> None:
    cebu.clock.move_to(local("2026-03-06 10:00"))
    cebu.centre.bring(shift("far", "Agent 1", "2026-03-16 09:00", "2026-03-16 17:00"))
    tell(cebu, "Agent 1", "news")
    await settled(cebu)
    tell(cebu, "Agent 1", "ask", "decide", asks=True)
    await settled(cebu)
    assert [message.text[-6:] for message in heard(cebu, LEA)] == ["decide"]


def test_an_edit_follows_what_it_edits_at_once_and_is_not_looked_at_before(cebu: House) -> None:
    night = local("2026-03-06 23:00")
    cebu.clock.move_to(night)
    tell(cebu, "Agent 1", "ask", asks=True)
    edit(cebu, "ask", "first", site="First")
    edit(cebu, "ask", "second", site="Second")
    later = night + timedelta(minutes=1)
    assert [claim(cebu, later) for _ in range(3)] == [None] * 3
    # Not every second of the night.
    assert {row.try_after for row in rows(cebu)} == {later + LOOK_AGAIN}
    morning = local("2026-03-07 08:00")
    assert say(cebu, morning) == "ask"
    assert [say(cebu, morning + SECOND * n) for n in (1, 2)] == ["first", "second"]


def test_an_edit_of_what_a_sender_has_follows_when_that_is_said(cebu: House) -> None:
    tell(cebu, "Agent 1", "ask", asks=True)
    # The clock of the story goes on a little by itself.
    at = cebu.clock.now() + SECOND
    taken = cebu.centre.db.write_now(outbox.claim, at)
    edit(cebu, "ask", "edit")
    assert isinstance(taken, Waiting)
    assert claim(cebu, at + outbox.LEASE / 2) is None
    said_at = at + outbox.LEASE / 2
    cebu.centre.db.write_now(outbox.sent, said_at, taken.id, "1.0", posted_in="D1")
    assert claim(cebu, said_at + SECOND) == "edit"


def test_boards_and_what_asks_leave_before_news(cebu: House) -> None:
    for n in range(4):
        name = f"Agent x{n}"
        cebu.centre.hire(name, site="Cebu")
        link(cebu, name, f"U{n:05}")
        tell(cebu, name, f"news {n}")
    tell(cebu, "Agent 1", "ask", asks=True)
    cebu.centre.db.write_now(
        outbox.queue, cebu.clock.now(), key="board", channel=cebu.channel, view="board", value=DAY
    )  # fmt: skip
    at = cebu.clock.now() + SECOND
    assert {say(cebu, at), say(cebu, at)} == {"ask", "board"}
    assert [say(cebu, at) for _ in range(5)] == [*[f"news {n}" for n in range(4)], None]


def test_a_persons_queues_are_one_conversation_with_one_message_a_second(cebu: House) -> None:
    tell(cebu, "Agent 1", "news")
    tell(cebu, "Agent 1", "ask", asks=True)
    at = cebu.clock.now() + SECOND
    claimed = cebu.centre.db.write_now(outbox.claim, at)
    assert isinstance(claimed, Waiting)
    # While a sender has one, and for a second after it, nothing else goes there.
    assert claim(cebu, at + timedelta(seconds=2)) is None
    said_at = at + timedelta(seconds=3)
    cebu.centre.db.write_now(outbox.sent, said_at, claimed.id, "1.0", posted_in="D1")
    assert claim(cebu, said_at + SECOND / 2) is None
    assert claim(cebu, said_at + SECOND) == "news"


def test_what_is_in_doubt_over_night_holds_back_nothing_that_asks(cebu: House) -> None:
    cebu.centre.bring(shift("far", "Agent 1", "2026-03-16 09:00", "2026-03-16 17:00"))
    cebu.centre.bring(shift("now", "Agent 1", "2026-03-06 09:00", "2026-03-06 10:00"))
    tell(cebu, "Agent 1", "news")
    assert claim(cebu, local("2026-03-06 09:59")) == "news"
    # The sender is gone, and so is the shift.
    cebu.clock.move_to(local("2026-03-06 10:10"))
    assert claim(cebu, cebu.clock.now()) is None
    tell(cebu, "Agent 1", "ask", asks=True)
    assert states(cebu)["news"] == ("sending", "waits_for_their_hours")
    assert claim(cebu, cebu.clock.now() + SECOND) == "ask"


async def test_of_two_senders_at_once_one_writes_to_a_person(on_postgres: House) -> None:
    tell(on_postgres, "Agent 1", "news")
    tell(on_postgres, "Agent 1", "ask", asks=True)
    at, claimed, lock = on_postgres.clock.now() + SECOND, list[object](), threading.Lock()

    def take(session: Session, _: House) -> None:
        found = outbox.claim(session, at)
        with lock:
            claimed.append(found)

    await both(on_postgres, take, take)
    assert [isinstance(found, Waiting) for found in claimed] == [True, False]
