"""Encore's Home: made when somebody opens it, and made anew when they press “Refresh”."""

import asyncio
import logging
from typing import Final

from slack_sdk.errors import SlackApiError

from bot.commands.request import Request
from bot.context import Context
from bot.services import home as service
from bot.views import home as view
from bot.views.blocks import needs_2026
from bot.views.message import Block, Message

log = logging.getLogger(__name__)

HOME: Final = "home"
"""The tab; the other is where messages are."""

_AGAIN: Final = frozenset({"hash_conflict", "ratelimited"})
_REFUSED: Final = frozenset({"invalid_arguments", "invalid_blocks"})
"""What Slack says of a view with blocks that it does not take."""


async def opened(ctx: Context, request: Request) -> None:
    """Make somebody's Home, where it is this tab that they opened."""
    if request.value == HOME:
        await look(ctx, request)


async def look(ctx: Context, request: Request) -> None:
    """Make somebody's Home of what is so now.

    Of two who make it at once, whoever looked last has the last word: here they take turns, and where another Encore
    was quicker Slack says so. Where Slack is asked too often, it is made anew when Slack takes it.
    """
    await make(ctx, request.workspace_id, request.slack_id, request.home_hash)


async def make(ctx: Context, workspace_id: str, slack_id: str, shown: str = "") -> None:
    """Make the Home of an account of what is so now, in the place of the one whose state is `shown`; SlackApiError."""
    async with ctx.homes.setdefault(slack_id, asyncio.Lock()):
        for again in (True, True, False):
            try:
                await _make(ctx, workspace_id, slack_id, shown)
            except SlackApiError as error:
                if not again or error.response["error"] not in _AGAIN:
                    raise
                # What is looked up from now on is newer than what stands there.
                shown = ""
                await asyncio.sleep(float(error.response.headers.get("Retry-After", 0)))
            else:
                return


async def say(ctx: Context, request: Request, message: Message) -> None:
    """Let somebody's Home be these words: why it is not for them."""
    if request.value == HOME:
        async with ctx.homes.setdefault(request.slack_id, asyncio.Lock()):
            await _publish(ctx, request.slack_id, view.only(message))


async def _make(ctx: Context, workspace_id: str, slack_id: str, shown: str) -> None:
    # Whose account it is may have changed since it was opened, or since the last try.
    found = await ctx.db.read(service.look, ctx.now(), workspace_id, slack_id)
    if workspace_id in ctx.classic_workspaces:
        await _publish(ctx, slack_id, view.classic(found), shown)
        return
    native = view.native(found)
    try:
        await _publish(ctx, slack_id, native, shown)
    except SlackApiError as error:
        # What is refused here may be taken in messages: the workspace is not remembered for it.
        if error.response["error"] not in _REFUSED or not needs_2026(native["blocks"]):
            raise
        log.info("Slack did not take a Home with blocks of 2026: %s", error.response["error"])
        await _publish(ctx, slack_id, view.classic(found), shown)


async def _publish(ctx: Context, slack_id: str, made: Block, shown: str = "") -> None:
    """Show a Home, in the place of the one whose state is `shown` and of no other, where that is given."""
    await ctx.slack.views_publish(user_id=slack_id, view=made, hash=shown or None)
