"""Around every listener: nothing is left unanswered, whatever happens inside.

Slack waits 3 seconds for an answer. The handler runs as a task: done within 2 seconds, its answer is the
acknowledgement; else the person reads that it is under way, and the answer follows by the response_url.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot.commands.request import Request, request_of
from bot.context import Context
from bot.errors import DatabaseError, EncoreError
from bot.services import outbox
from bot.views import notices
from bot.views.blocks import needs_2026
from bot.views.message import Message

log = logging.getLogger(__name__)

Handler = Callable[[Context, Request], Awaitable[Message]]
"""Parses, asks one service, and shows what came of it."""

ACK_WITHIN_SECONDS: Final = 2.0


def guard(ctx: Context, handler: Handler) -> Callable[..., Awaitable[None]]:
    """Return the listener that Bolt calls for a slash command."""
    running: set[asyncio.Task[None]] = set()

    async def listener(ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        task = asyncio.create_task(_answer(ctx, handler, body))
        done, _ = await asyncio.wait({task}, timeout=ACK_WITHIN_SECONDS)
        if done:
            message = task.result()
            if _is_untried(ctx, body, message):
                # A refused acknowledgement is told to nobody but the person; a refused answer by the address is told us.
                await ack()
                await _say(ctx, handler, body, respond, message)
                return
            await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")
            return
        message = notices.working()
        await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")
        # Kept in a set: the event loop itself holds tasks only weakly.
        late = asyncio.create_task(_follow_up(ctx, handler, body, task, respond))
        running.add(late)
        late.add_done_callback(running.discard)

    # Not functools.wraps: Bolt would read the handler's signature through it and pass the wrong arguments.
    listener.__name__ = getattr(handler, "__name__", "listener")
    return listener


def _is_untried(ctx: Context, body: dict[str, Any], message: Message) -> bool:
    known = ctx.native_workspaces | ctx.classic_workspaces
    return needs_2026(message.blocks) and body.get("team_id") not in known


async def _say(
    ctx: Context, handler: Handler, body: dict[str, Any], respond: AsyncRespond, message: Message, **how: Any
) -> None:
    """Answer by the response_url; where the workspace refuses the blocks of 2026, the answer is made anew without."""
    workspace_id = str(body.get("team_id"))
    response = await respond(text=message.text, blocks=message.blocks, response_type="ephemeral", **how)
    if response.status_code == HTTPStatus.OK:
        if needs_2026(message.blocks):
            ctx.native_workspaces.add(workspace_id)
        return
    if "invalid_blocks" not in str(response.body) or not needs_2026(message.blocks):
        log.warning("Slack did not take an answer: %s %s", response.status_code, response.body)
        return
    ctx.classic_workspaces.add(workspace_id)
    await ctx.db.write(outbox.remember_classic, workspace_id)
    classic = await _answer(ctx, handler, body)
    await respond(text=classic.text, blocks=classic.blocks, response_type="ephemeral", **how)


async def _answer(ctx: Context, handler: Handler, body: dict[str, Any]) -> Message:
    """Run the handler; what goes wrong is told kindly, with a reference that is in the log."""
    try:
        return await handler(ctx, request_of(body, ctx.now()))
    except DatabaseError:
        # Its words are for whoever runs Encore, and belong in the log.
        return _trouble(body)
    except EncoreError as error:
        return notices.notice(str(error))
    except Exception:
        return _trouble(body)


def _trouble(body: dict[str, Any]) -> Message:
    """Write down the error that is being handled, and tell its reference."""
    # The trigger is unique to this one delivery, and says nothing about the person.
    reference = str(body.get("trigger_id") or "none").rpartition(".")[2][:8]
    log.exception("%s failed, reference %s", body.get("command"), reference)
    return notices.trouble(reference)


async def _follow_up(
    ctx: Context, handler: Handler, body: dict[str, Any], task: "asyncio.Task[Message]", respond: AsyncRespond
) -> None:
    try:
        await _say(ctx, handler, body, respond, await task, replace_original=True)
    except Exception:
        # Nobody waits for this task: what goes wrong in it is told here or nowhere.
        log.exception("A late answer to %s did not reach Slack.", body.get("command"))
