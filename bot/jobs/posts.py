"""What is said to Slack and asked of it: a message posted, put in another's place, or looked for."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.context import Context
from bot.domain.manners import whom
from bot.jobs.refusals import BLOCKS_REFUSED, refusal_of
from bot.jobs.rendering import Forms
from bot.services import outbox
from bot.store.outbox import Said, Waiting
from bot.views.blocks import needs_2026
from bot.views.message import Message

log = logging.getLogger(__name__)

METADATA_EVENT: Final = "encore_outbox"

REACH_BACK: Final = timedelta(minutes=5)
"""How far before its queueing a message is looked for, since Slack's clock is not ours."""

PAGE: Final = 200
"""As many messages in one answer as Slack advises."""
MOST_PAGES: Final = 25
LOOK_FOR: Final = outbox.LEASE / 4
"""So much is looked through at most in one go, and for so long: the rest of the lease is for sending."""


class TooMuchError(Exception):
    """There is too much to look through to know whether Slack has a message."""


async def say(ctx: Context, waiting: Waiting, forms: Forms) -> Said:
    """Bring a message into Slack, in the classic form where the workspace needs it; return where it stands now."""
    if ctx.workspace_id in ctx.classic_workspaces:
        return await _send(ctx, waiting, forms.classic)
    try:
        said = await _send(ctx, waiting, forms.native)
    except SlackApiError as error:
        if refusal_of(error).name not in BLOCKS_REFUSED:
            raise
    else:
        if needs_2026(forms.native.blocks):
            ctx.native_workspaces.add(ctx.workspace_id)
        return said
    said = await _send(ctx, waiting, forms.classic)
    # Only now is it known that the blocks were too new, and not simply wrong: if any of them is new at all, and where
    # Slack never took such a one.
    if needs_2026(forms.native.blocks) and ctx.workspace_id not in ctx.native_workspaces:
        ctx.classic_workspaces.add(ctx.workspace_id)
        await ctx.db.write(outbox.remember_classic, ctx.workspace_id)
    return said


async def find(ctx: Context, waiting: Waiting) -> list[Said]:
    """Return where a message stands that earlier senders got through, by the opaque id in its metadata, earliest first.

    TooMuchError where too much was said since it was queued to look through.
    """
    channel = await _conversation(ctx, waiting)
    if channel is None:
        # Where the bot is no member nothing of its own arrives; a new try will hear from Slack what is wrong.
        return []
    since = waiting.created_at - REACH_BACK
    return await find_all(ctx, channel, waiting.public_id, since=since)


async def find_all(ctx: Context, channel: str, public_id: str, *, since: datetime) -> list[Said]:
    """Return where a message of ours stands in a channel, the earliest first; TooMuchError as in `find`."""
    pages = _pages(
        ctx, ctx.slack.conversations_history, channel=channel, include_all_metadata=True, oldest=str(since.timestamp())
    )
    found = [
        str(message["ts"])
        async for page in pages
        for message in page["messages"]
        if message.get("metadata", {}).get("event_payload", {}).get("id") == public_id
    ]
    return [Said(channel, ts) for ts in sorted(found, key=Decimal)]


async def delete_twins(ctx: Context, message_id: int, twins: Sequence[Said]) -> None:
    """Take back what stands in Slack once too often; what is gone already is no error."""
    for twin in twins:
        log.warning("Message %s stood in %s twice; the later one goes.", message_id, twin.channel)
        try:
            await ctx.slack.chat_delete(channel=str(twin.channel), ts=twin.ts)
        except SlackApiError as error:
            if refusal_of(error).name != "message_not_found":
                raise


async def _send(ctx: Context, waiting: Waiting, message: Message) -> Said:
    if waiting.edits is not None:
        # Slack takes no name and nobody's id here, and keeps the metadata of the message.
        channel = waiting.edits.channel or await _conversation(ctx, waiting) or waiting.to
        answer = await ctx.slack.chat_update(
            channel=channel, ts=waiting.edits.ts, text=message.text, blocks=message.blocks, link_names=False,
            parse="none",
        )  # fmt: skip
    else:
        answer = await ctx.slack.chat_postMessage(
            channel=waiting.to, text=message.text, blocks=message.blocks, link_names=False, unfurl_links=False,
            unfurl_media=False, metadata={"event_type": METADATA_EVENT, "event_payload": {"id": waiting.public_id}},
        )  # fmt: skip
    return Said(answer.get("channel"), str(answer["ts"]))


async def _conversation(ctx: Context, waiting: Waiting) -> str | None:
    """Return the id of the channel a message goes to: only posting takes a #name or somebody's id too.

    None where the bot is in no channel of that name.
    """
    if whom(waiting.channel) is not None:
        opened = await ctx.slack.conversations_open(users=waiting.to)
        return str(opened["channel"]["id"])
    if not waiting.to.startswith("#"):
        return waiting.to
    async for page in _pages(ctx, ctx.slack.users_conversations, types="public_channel,private_channel"):
        for found in page["channels"]:
            if found["name"] == waiting.to.removeprefix("#"):
                return str(found["id"])
    return None


async def _pages(
    ctx: Context, method: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: Any
) -> AsyncIterator[AsyncSlackResponse]:
    """Give what Slack lists, page by page. TooMuchError where that takes too many of them, or too long."""
    began, cursor = ctx.now(), None
    for _ in range(MOST_PAGES):
        page = await method(limit=PAGE, cursor=cursor, **arguments)
        yield page
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
        if ctx.now() - began > LOOK_FOR:
            break
    raise TooMuchError("There is more to look through than can be in one go.")
