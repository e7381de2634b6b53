"""What stands in Slack twice is taken back: the earliest stays."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.sandbox.model import Message
from bot.services import dead_letters, outbox, twins
from bot.store import twins as store
from bot.store.outbox import TWINS_AFTER, Waiting
from tests.encore import House, house, sandboxed, serving
from tests.jobs.personal import lose_the_answer, rows, settle, states
from tests.views.values import DAY

SOON = TWINS_AFTER + timedelta(seconds=1)


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    where = house(database_url)
    where.workspace.rates = False
    yield where
    where.centre.close()


def post(where: House, key: str = "board:1") -> None:
    where.centre.db.write_now(
        outbox.queue, where.clock.now(), key=key, channel=where.channel, view="board", value=DAY
    )  # fmt: skip


def twin(where: House) -> Message:
    """Let what was said stand there once more, as after a try whose answer was lost and that Slack showed too late."""
    (said,) = where.posts()
    return where.workspace.post_as_bot(where.channel, said.text, metadata=said.metadata)


def claim(where: House) -> Waiting:
    claimed = where.centre.db.write_now(outbox.claim, where.clock.now())
    assert isinstance(claimed, Waiting)
    return claimed


async def test_of_two_that_are_found_the_earliest_stays(cebu: House) -> None:
    post(cebu)
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await settle(cebu, encore)
        twin(cebu)
        first = cebu.posts()[0]
        lose_the_answer(cebu)
        await settle(cebu, encore)
        assert cebu.posts() == [first]
    assert (rows(cebu)[0].status, rows(cebu)[0].ts) == ("sent", first.ts)


async def test_one_that_shows_too_late_is_taken_back_some_minutes_later(cebu: House) -> None:
    post(cebu)
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await settle(cebu, encore)
        lose_the_answer(cebu)
        await settle(cebu, encore)
        first, _ = cebu.posts()[0], twin(cebu)
        await encore.loop.tick()
        assert len(cebu.posts()) == 2
        cebu.clock.skip(SOON)
        await encore.loop.tick()
        assert cebu.posts() == [first]
        # What was settled is not looked at any more.
        cebu.clock.skip(timedelta(hours=1))
        assert cebu.centre.db.write_now(twins.take, cebu.clock.now(), encore.ctx.workspace_id) is None


async def test_what_two_senders_said_stays_once_and_what_was_changed_stays_changed(cebu: House) -> None:
    post(cebu)
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await settle(cebu, encore)
        later = twin(cebu)
        first = cebu.posts()[0]
        # The later one was told of first, and has been changed; then the other sender tells of its own.
        cebu.centre.db.write_now(
            lambda s: s.connection().exec_driver_sql(f"UPDATE outbox SET ts = '{later.ts}'")
        )  # fmt: skip
        cebu.centre.db.write_now(
            outbox.edit, cebu.clock.now(), "board:1", key="edit", view="board", value=replace(DAY, site="Changed")
        )
        cebu.clock.skip(outbox.PAUSE)
        await settle(cebu, encore)
        assert ["Changed" in text for text in cebu.said()] == [False, True]
        cebu.centre.db.write_now(outbox.sent, cebu.clock.now(), 1, first.ts, posted_in=cebu.channel)
        cebu.clock.skip(SOON)
        await encore.loop.tick()
        cebu.clock.skip(outbox.PAUSE)
        await settle(cebu, encore)
        assert ["Changed" in text for text in cebu.said()] == [True]
    assert rows(cebu)[0].ts == first.ts


async def test_what_cannot_be_looked_at_now_is_looked_at_later_and_not_for_ever(cebu: House) -> None:
    post(cebu)
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await settle(cebu, encore)
        lose_the_answer(cebu)
        await settle(cebu, encore)
        twin(cebu)
        cebu.clock.skip(SOON)
        sandbox.faults.next("conversations.history", "server_error")
        await encore.loop.tick()
        assert len(cebu.posts()) == 2
        cebu.clock.skip(store.AGAIN)
        sandbox.faults.next("chat.delete", "lost_after_storing")
        await encore.loop.tick()
        assert rows(cebu)[0].doubted
        cebu.clock.skip(store.AGAIN)
        await encore.loop.tick()
        assert not rows(cebu)[0].doubted
    assert len(cebu.posts()) == 1


def test_what_is_never_found_out_is_left_after_a_day(cebu: House) -> None:
    post(cebu)
    claim(cebu)
    cebu.clock.skip(outbox.LEASE)
    claim(cebu)
    cebu.centre.db.write_now(outbox.sent, cebu.clock.now(), 1, "1.0", posted_in=cebu.channel)
    looks = 0
    while cebu.centre.db.write_now(twins.take, cebu.clock.now() + SOON, "T1") is not None:
        looks += 1
        cebu.clock.skip(timedelta(hours=6))
    assert looks == 5


async def test_what_slack_took_is_said_whoever_has_given_it_up_meanwhile(cebu: House) -> None:
    post(cebu)
    claimed = claim(cebu)
    cebu.centre.db.write_now(outbox.edit, cebu.clock.now(), "board:1", key="edit", view="board", value=DAY)
    cebu.clock.skip(outbox.LEASE)
    replaced = claim(cebu)
    cebu.centre.db.write_now(
        dead_letters.give_up, cebu.clock.now(), replaced.id, why="is_archived", lease=replaced.lease
    )  # fmt: skip
    assert cebu.centre.db.write_now(outbox.claim, cebu.clock.now()) is None
    assert states(cebu) == {"board:1": ("dead", "is_archived"), "edit": ("folded", "edits_what_was_never_said")}
    said = cebu.workspace.post_as_bot(
        cebu.channel, "Hello.", metadata={"event_type": "encore_outbox", "event_payload": {"id": claimed.public_id}}
    )
    cebu.centre.db.write_now(outbox.sent, cebu.clock.now(), claimed.id, said.ts, posted_in=cebu.channel)
    cebu.clock.skip(outbox.PAUSE)
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await settle(cebu, encore)
    # What was to take its place does so.
    assert states(cebu) == {"board:1": ("sent", None), "edit": ("sent", None)}
    assert cebu.said() != ["Hello."]


@pytest.mark.both_databases
async def test_of_two_that_settle_at_once_what_slack_has_ends_as_said(cebu: House) -> None:
    db = cebu.centre.db
    for n in range(20):
        post(cebu, f"board:{n}")
        claimed = claim(cebu)
        await asyncio.gather(
            db.write(outbox.sent, cebu.clock.now(), claimed.id, f"{n}.0", posted_in=cebu.channel),
            db.write(dead_letters.give_up, cebu.clock.now(), claimed.id, why="is_archived"),
        )
        cebu.clock.skip(timedelta(seconds=2))
    assert {state for state, _ in states(cebu).values()} == {"sent"}
