"""What Slack asks to be left alone with is left alone: in the whole workspace, by every process."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.jobs import delivery
from bot.jobs.refusals import PASSING_WAIT
from bot.services import outbox
from bot.store.outbox import Waiting
from tests.encore import House, house
from tests.jobs.personal import rows, states
from tests.jobs.slack import Slack, context
from tests.views.values import DAY

POST, HISTORY, UPDATE = "chat.postMessage", "conversations.history", "chat.update"
SENT = JSONResponse({"ok": True, "channel": "C1", "ts": "1.0"})


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    where = house(database_url)
    yield where
    where.centre.close()


def limited(seconds: object) -> Response:
    return JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers={"Retry-After": str(seconds)})


def post(where: House, key: str, channel: str) -> None:
    where.centre.db.write_now(outbox.queue, where.clock.now(), key=key, channel=channel, view="board", value=DAY)


async def test_too_many_messages_hold_up_every_channel_and_every_process(cebu: House) -> None:
    for n in range(3):
        post(cebu, f"board:{n}", f"C{n}")
    busy, free = Slack(**{POST: limited(10)}), Slack(**{POST: SENT})
    async with busy.running() as one, free.running() as two:
        assert await delivery.deliver_one(context(cebu, one))
        # Neither for another channel nor from another process is it asked before the time.
        assert not await delivery.deliver_one(context(cebu, one))
        cebu.clock.skip(timedelta(seconds=9))
        assert not await delivery.deliver_one(context(cebu, two))
        assert (busy.asked, free.asked) == ([POST], [])
        cebu.clock.skip(timedelta(seconds=2))
        while await delivery.deliver_one(context(cebu, two)):
            pass
    assert free.asked == [POST] * 3
    # Waiting because Slack asked for it is no try.
    assert [row.attempts for row in rows(cebu)] == [1, 1, 1]


async def test_another_workspace_is_not_held_up(cebu: House) -> None:
    post(cebu, "board:1", "C1")
    post(cebu, "board:2", "C2")
    async with Slack(**{POST: limited(10)}).running() as url:
        assert await delivery.deliver_one(context(cebu, url))
    assert cebu.centre.db.write_now(outbox.claim, cebu.clock.now(), "TOTHER") is not None


async def test_too_many_looks_hold_up_what_is_in_doubt_and_nothing_else(cebu: House) -> None:
    for n in range(2):
        post(cebu, f"doubt:{n}", f"C{n}")
        cebu.centre.db.write_now(outbox.claim, cebu.clock.now())
    cebu.clock.skip(outbox.LEASE)
    post(cebu, "fresh", "C9")
    slack = Slack(**{POST: SENT, HISTORY: limited(10)})
    async with slack.running() as url:
        ctx = context(cebu, url)
        while await delivery.deliver_one(ctx):
            pass
        assert slack.asked == [HISTORY, POST]
        assert states(cebu)["fresh"] == ("sent", None)
        assert {states(cebu)[f"doubt:{n}"][0] for n in range(2)} == {"sending"}
        slack.answers[HISTORY] = JSONResponse({"ok": True, "messages": []})
        cebu.clock.skip(timedelta(seconds=11))
        while await delivery.deliver_one(ctx):
            pass
    assert {status for status, _ in states(cebu).values()} == {"sent"}


async def test_too_many_edits_hold_up_edits_alone(cebu: House) -> None:
    for n in range(2):
        post(cebu, f"first:{n}", f"C{n}")
    slack = Slack(**{POST: SENT, UPDATE: limited(10)})
    async with slack.running() as url:
        ctx = context(cebu, url)
        while await delivery.deliver_one(ctx):
            pass
        cebu.clock.skip(timedelta(seconds=2))
        for n in range(2):
            cebu.centre.db.write_now(
                outbox.edit, cebu.clock.now(), f"first:{n}", key=f"edit:{n}", view="board", value=DAY
            )
        post(cebu, "elsewhere", "C2")
        while await delivery.deliver_one(ctx):
            pass
    assert slack.asked == [POST, POST, UPDATE, POST]
    assert [states(cebu)[f"edit:{n}"][0] for n in range(2)] == ["queued", "queued"]


@pytest.mark.parametrize("after", ["soon", "nan", "inf", ""])
async def test_a_wait_that_slack_does_not_tell_is_half_a_minute(cebu: House, after: str) -> None:
    post(cebu, "board:1", "C1")
    slack = Slack(**{POST: limited(after)})
    async with slack.running() as url:
        ctx = context(cebu, url)
        assert await delivery.deliver_one(ctx)
        cebu.clock.skip(PASSING_WAIT - timedelta(seconds=5))
        assert not await delivery.deliver_one(ctx)
        cebu.clock.skip(timedelta(seconds=5))
        assert await delivery.deliver_one(ctx)
    assert slack.asked == [POST, POST]


@pytest.mark.parametrize(
    ("after", "wait"), [("1000000000", timedelta(hours=1)), ("0", timedelta(seconds=1)), ("-5", timedelta(seconds=1))]
)
async def test_a_wait_has_bounds(cebu: House, after: str, wait: timedelta) -> None:
    post(cebu, "board:1", "C1")
    began = cebu.clock.now()
    async with Slack(**{POST: limited(after)}).running() as url:
        assert await delivery.deliver_one(context(cebu, url))
    (row,) = rows(cebu)
    assert wait <= row.try_after - began <= wait + timedelta(seconds=20)


async def test_a_429_that_is_not_slacks_own_is_obeyed_as_well(cebu: House) -> None:
    post(cebu, "board:1", "C1")
    answer = PlainTextResponse("slow down", status_code=429, headers={"Retry-After": "7"})
    async with Slack(**{POST: answer}).running() as url:
        assert await delivery.deliver_one(context(cebu, url))
    assert states(cebu)["board:1"] == ("queued", "ratelimited")


def test_the_longer_wait_stays(cebu: House) -> None:
    post(cebu, "board:1", "C1")
    claimed = cebu.centre.db.write_now(outbox.claim, cebu.clock.now(), "T1")
    assert isinstance(claimed, Waiting)
    for seconds in (60, 5):
        cebu.centre.db.write_now(
            outbox.slow_down, claimed, until=cebu.clock.now() + timedelta(seconds=seconds), workspace_id="T1", method=POST,
            uncertain=False,
        )  # fmt: skip
    at = cebu.clock.now()
    assert cebu.centre.db.write_now(outbox.claim, at + timedelta(seconds=30), "T1") is None
    assert cebu.centre.db.write_now(outbox.claim, at + timedelta(seconds=61), "T1") is not None
