"""What waits in the outbox is said once, in order, whatever becomes of its sender."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlmodel import Session, col, select
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.domain.board import BoardPost
from bot.jobs import delivery
from bot.services import outbox
from bot.store import tables
from tests.encore import House, house, sandboxed, serving, until
from tests.jobs.slack import LIMITED, Slack, context
from tests.views.values import DAY


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    where = house(database_url)
    yield where
    where.centre.close()


def queue(where: House, key: str, *, channel: str = "", value: BoardPost | None = None) -> bool:
    return where.centre.db.write_now(
        outbox.queue, where.clock.now(), key=key, channel=channel or where.channel, view="board", value=value or DAY
    )


def states(where: House) -> list[tuple[str, str | None]]:
    def look(session: Session) -> list[tuple[str, str | None]]:
        rows = session.exec(select(tables.Outbox).order_by(col(tables.Outbox.id)))
        return [(row.status, row.error) for row in rows]

    return where.centre.db.read_now(look)


async def test_a_key_is_queued_once(cebu: House) -> None:
    assert queue(cebu, "board:1")
    assert not queue(cebu, "board:1")
    assert len(states(cebu)) == 1


async def test_messages_of_a_channel_leave_in_order_and_a_second_apart(cebu: House) -> None:
    for site in ("First", "Second", "Third"):
        queue(cebu, site, value=replace(DAY, site=site))
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        for count in (1, 2, 3):
            async with asyncio.timeout(10):
                while len(cebu.said()) < count:
                    await delivery.deliver_one(encore.ctx)
                    cebu.clock.skip(timedelta(milliseconds=100))
    assert [next(w for w in ("First", "Second", "Third") if w in words) for words in cebu.said()] == [
        "First", "Second", "Third",
    ]  # fmt: skip
    sent = cebu.centre.db.read_now(
        lambda s: list(s.exec(select(tables.Outbox.sent_at).order_by(col(tables.Outbox.id))))
    )
    moments = [at for at in sent if at is not None]
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in pairwise(moments))


async def test_a_sender_killed_after_slack_answered_doubles_nothing(cebu: House) -> None:
    queue(cebu, "board:1")
    async with sandboxed(cebu) as sandbox:
        async with serving(cebu, sandbox):
            await until(lambda: bool(cebu.said()))
        # As if the process had died before it could write down that Slack has the message.
        cebu.centre.db.write_now(
            lambda s: s.connection().exec_driver_sql(
                "UPDATE outbox SET status = 'sending', ts = NULL, sent_at = NULL, lease_until = created_at"
            )
        )
        async with serving(cebu, sandbox) as encore:
            while await delivery.deliver_one(encore.ctx):
                pass
            await until(lambda: states(cebu) == [("sent", None)])
    assert len(cebu.said()) == 1


async def test_a_sender_killed_before_it_sent_loses_nothing(cebu: House) -> None:
    queue(cebu, "board:1")
    claimed = cebu.centre.db.write_now(outbox.claim, cebu.clock.now())
    assert claimed is not None
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        # While its lease lasts nobody else touches it: its sender may only be slow.
        assert not await delivery.deliver_one(encore.ctx)
        cebu.clock.skip(outbox.LEASE)
        async with asyncio.timeout(10):
            while not cebu.said():
                await delivery.deliver_one(encore.ctx)
    assert len(cebu.said()) == 1


async def test_what_slack_will_never_take_is_given_up_and_the_rest_goes_on(cebu: House) -> None:
    archived = cebu.workspace.add_channel("closed")
    archived.is_archived = True
    queue(cebu, "nowhere", channel="C0NOWHERE")
    queue(cebu, "closed", channel=archived.slack_id)
    queue(cebu, "floor")
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        async with asyncio.timeout(10):
            while ("queued", None) in states(cebu) or ("sending", None) in states(cebu):
                await delivery.deliver_one(encore.ctx)
    assert states(cebu) == [("dead", "channel_not_found"), ("dead", "is_archived"), ("sent", None)]


async def test_no_library_sends_a_post_again_by_itself(cebu: House) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        assert encore.ctx.slack.retry_handlers == []


async def test_metadata_says_nothing_but_an_opaque_id(cebu: House) -> None:
    queue(cebu, "board:secret-name")
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        await until(lambda: bool(cebu.said()))
    (message,) = cebu.posts()
    assert message.metadata is not None
    payload = message.metadata["event_payload"]
    assert list(payload) == ["id"]
    assert len(payload["id"]) == 32
    assert "secret" not in str(message.metadata)


@pytest.mark.parametrize(
    "history",
    [
        LIMITED,
        JSONResponse({"ok": False, "error": "missing_scope"}),
        JSONResponse({"ok": False, "error": "channel_not_found"}),
        PlainTextResponse("bad gateway", status_code=502),
        PlainTextResponse("hello"),
    ],
)
async def test_an_uncertain_message_is_never_sent_without_asking(cebu: House, history: Response) -> None:
    queue(cebu, "board:1")
    assert cebu.centre.db.write_now(outbox.claim, cebu.clock.now()) is not None
    slack = Slack(**{"conversations.history": history})
    async with slack.running() as url:
        for _ in range(3):
            cebu.clock.skip(outbox.LEASE)
            assert await delivery.deliver_one(context(cebu, url))
    # Slack could not be asked whether it has the message: it is not posted, and not given up either.
    assert set(slack.asked) == {"conversations.history"}
    assert [status for status, _ in states(cebu)] == ["sending"]


@pytest.mark.parametrize(
    "answer",
    [
        PlainTextResponse("<html>bad gateway</html>", status_code=502),
        PlainTextResponse("a proxy says hello"),
        JSONResponse({"ok": False}),
        JSONResponse({"ok": False, "error": "internal_error"}),
    ],
)
async def test_an_answer_that_says_nothing_is_not_taken_for_a_no(cebu: House, answer: Response) -> None:
    queue(cebu, "board:1")
    slack = Slack(**{"chat.postMessage": answer})
    async with slack.running() as url:
        ctx = context(cebu, url)
        assert await delivery.deliver_one(ctx)
        cebu.clock.skip(delivery.DOUBT / 2)
        # It may still appear: nothing is sent a second time, and Slack is not asked too early.
        assert not await delivery.deliver_one(ctx)
        assert slack.asked == ["chat.postMessage"]
        assert [status for status, _ in states(cebu)] == ["sending"]
        cebu.clock.skip(delivery.DOUBT)
        await delivery.deliver_one(ctx)
    assert slack.asked[1] == "conversations.history"


async def test_too_many_requests_are_tried_again_when_slack_says(cebu: House) -> None:
    queue(cebu, "board:1")
    slack = Slack(**{"chat.postMessage": LIMITED})
    async with slack.running() as url:
        ctx = context(cebu, url)
        for _ in range(delivery.MOST_TRIES + 2):
            assert await delivery.deliver_one(ctx)
            assert not await delivery.deliver_one(ctx)
            cebu.clock.skip(timedelta(seconds=2))
    # However often Slack asks to wait, it is waited.
    assert states(cebu) == [("queued", "ratelimited")]


async def test_a_refusal_that_does_not_pass_is_given_up_in_the_end(cebu: House) -> None:
    queue(cebu, "board:1")
    async with Slack(**{"chat.postMessage": JSONResponse({"ok": False, "error": "odd_error"})}).running() as url:
        ctx = context(cebu, url)
        for _ in range(delivery.MOST_TRIES):
            assert await delivery.deliver_one(ctx)
            cebu.clock.skip(timedelta(minutes=1))
    assert states(cebu) == [("dead", "odd_error")]


async def test_a_database_that_is_away_for_a_moment_loses_no_message(sqlite_url: str) -> None:
    where = house(sqlite_url)
    queue(where, "board:1")
    where.centre.db.write_now(lambda s: s.connection().exec_driver_sql("ALTER TABLE person RENAME TO away"))
    async with Slack().running() as url:
        with pytest.raises(Exception, match="no such table"):
            await delivery.deliver_one(context(where, url))
    assert states(where) == [("sending", None)]
    where.centre.close()
