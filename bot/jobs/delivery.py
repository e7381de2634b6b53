"""Messages out: claimed, sent, settled; what came of an unanswered one is looked up in Slack before it is sent again."""

import asyncio
import logging
from datetime import timedelta
from typing import Any, Final

from pydantic import TypeAdapter
from slack_sdk.errors import SlackApiError

from bot.context import Context
from bot.services import outbox
from bot.store.outbox import Waiting
from bot.views import VIEWS
from bot.views.blocks import needs_2026
from bot.views.message import Message
from bot.views.words import Words

log = logging.getLogger(__name__)

METADATA_EVENT: Final = "encore_outbox"

HOPELESS: Final = frozenset(
    {
        "account_inactive", "channel_not_found", "invalid_auth", "invalid_blocks", "invalid_blocks_format",
        "is_archived", "missing_scope", "msg_blocks_too_long", "msg_too_long", "no_text", "not_in_channel", "restricted_action", "token_revoked",
    }
)  # fmt: skip
"""Answers that will not change by asking again."""

UNCERTAIN: Final = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
"""Answers after which nobody knows whether Slack has the message; any with a status of 500 or more is such a one."""

MOST_TRIES: Final = 20
"""A refusal that should pass and does not in so many tries, half a minute apart, holds up a channel no longer."""

PASSING_WAIT: Final = timedelta(seconds=30)
DOUBT: Final = timedelta(seconds=30)
"""So long after a try without an answer the message may still appear in Slack."""

IDLE_SECONDS: Final = 2.0
"""How long delivery sleeps at most: another process may have queued something."""

REACH_BACK: Final = timedelta(minutes=5)
"""How far before its queueing a message is looked for, since Slack's clock is not ours."""


async def deliver_until(ctx: Context, stopping: asyncio.Event) -> None:
    """Deliver whatever waits, until told to stop; a failure is written down and delivery goes on."""
    while not stopping.is_set():
        ctx.wake.clear()
        try:
            while not stopping.is_set() and await deliver_one(ctx):
                pass
        except Exception:
            log.exception("Delivery failed; it goes on.")
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await ctx.wake.wait()
        except TimeoutError:
            continue


async def deliver_one(ctx: Context) -> bool:
    """Send the next message that may be sent; False where none may."""
    waiting = await ctx.db.write(outbox.claim, ctx.now())
    if waiting is None:
        return False
    view = VIEWS[waiting.view]
    try:
        value: Any = TypeAdapter(view.value_type).validate_json(waiting.value)
        named, written = view.people(value), view.texts(value)
    except Exception as error:
        return await _hopeless(ctx, waiting, f"cannot be read: {error!r}")
    texts = await ctx.db.read(outbox.texts, written) if written else {}
    words = Words(await ctx.db.read(outbox.names, named), texts)
    try:
        native, classic = view.native(value, words), view.classic(value, words)
    except Exception as error:
        return await _hopeless(ctx, waiting, f"cannot be shown: {error!r}")
    try:
        ts = await _found_in_slack(ctx, waiting) if waiting.uncertain else None
    except Exception as error:
        # Not knowing whether Slack has it, it is not sent again before Slack could be asked.
        await _doubt(ctx, waiting, f"Slack could not be asked: {error!r}")
        return True
    try:
        if ts is None:
            ts = await _post(ctx, waiting, native, classic)
    except SlackApiError as error:
        await _refused(ctx, waiting, error)
    except Exception as error:
        await _doubt(ctx, waiting, f"no answer from Slack: {error!r}")
    else:
        await ctx.db.write(outbox.sent, ctx.now(), waiting.id, ts)
    return True


async def _doubt(ctx: Context, waiting: Waiting, why: str) -> None:
    """Ask Slack soon whether it has the message: this try is over, and so nobody sends it meanwhile.

    If even that cannot be written down, the sender's lease runs out and the same happens later.
    """
    log.warning("Message %s for %s is uncertain; Slack is asked in a moment. %s", waiting.id, waiting.channel, why)
    await ctx.db.write(outbox.doubt, waiting.id, until=ctx.now() + DOUBT, why=why)


async def _hopeless(ctx: Context, waiting: Waiting, why: str) -> bool:
    """Give up what no later try would change, and would hold up all that waits behind it."""
    log.error("Message %s for %s is given up: %s", waiting.id, waiting.channel, why)
    await ctx.db.write(outbox.give_up, waiting.id, why=why)
    return True


async def _post(ctx: Context, waiting: Waiting, native: Message, classic: Message) -> str:
    if ctx.workspace_id in ctx.classic_workspaces:
        return await _send(ctx, waiting, classic)
    try:
        ts = await _send(ctx, waiting, native)
    except SlackApiError as error:
        if error.response["error"] not in {"invalid_blocks", "invalid_blocks_format"}:
            raise
    else:
        if needs_2026(native.blocks):
            ctx.native_workspaces.add(ctx.workspace_id)
        return ts
    ts = await _send(ctx, waiting, classic)
    # Only now is it known that the blocks were too new, and not simply wrong.
    ctx.classic_workspaces.add(ctx.workspace_id)
    await ctx.db.write(outbox.remember_classic, ctx.workspace_id)
    return ts


async def _send(ctx: Context, waiting: Waiting, message: Message) -> str:
    answer = await ctx.slack.chat_postMessage(
        channel=waiting.channel, text=message.text, blocks=message.blocks, link_names=False, unfurl_links=False,
        unfurl_media=False, metadata={"event_type": METADATA_EVENT, "event_payload": {"id": waiting.public_id}},
    )  # fmt: skip
    return str(answer["ts"])


async def _found_in_slack(ctx: Context, waiting: Waiting) -> str | None:
    """Return the `ts` of a message that an earlier sender got through, by the opaque id in its metadata."""
    channel = await _channel_id(ctx, waiting.channel)
    if channel is None:
        # Where the bot is no member nothing of its own arrives; a new try will hear from Slack what is wrong.
        return None
    cursor = ""
    while True:
        page = await ctx.slack.conversations_history(
            channel=channel, include_all_metadata=True, limit=200, cursor=cursor or None,
            oldest=str((waiting.created_at - REACH_BACK).timestamp()),
        )  # fmt: skip
        for message in page["messages"]:
            if message.get("metadata", {}).get("event_payload", {}).get("id") == waiting.public_id:
                return str(message["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            return None


async def _channel_id(ctx: Context, channel: str) -> str | None:
    """Return a channel's id: only posting takes a #name too. None where the bot is in no channel of that name."""
    if not channel.startswith("#"):
        return channel
    cursor = ""
    while True:
        page = await ctx.slack.users_conversations(
            types="public_channel,private_channel", limit=200, cursor=cursor or None
        )
        for found in page["channels"]:
            if found["name"] == channel.removeprefix("#"):
                return str(found["id"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            return None


async def _refused(ctx: Context, waiting: Waiting, error: SlackApiError) -> None:
    name = str(error.response.get("error") or "")
    if not name or name in UNCERTAIN or error.response.status_code >= 500:
        await _doubt(ctx, waiting, f"Slack does not say whether it has it: {name or error.response.status_code}")
        return
    if name == "ratelimited":
        after = float(error.response.headers.get("Retry-After") or PASSING_WAIT.total_seconds())
        await ctx.db.write(outbox.wait, waiting.id, until=ctx.now() + timedelta(seconds=after), why=name)
    elif name in HOPELESS or waiting.attempts >= MOST_TRIES:
        await _hopeless(ctx, waiting, name)
    else:
        log.warning("Slack refuses message %s for now: %s", waiting.id, name)
        await ctx.db.write(outbox.wait, waiting.id, until=ctx.now() + PASSING_WAIT, why=name)
