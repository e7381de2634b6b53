"""Around every listener: nothing is left unanswered, whatever happens inside.

Slack waits 3 seconds for an answer. The handler runs as a task: done within 2 seconds, its answer is the
acknowledgement; else the person reads that it is under way, and the answer follows by the response_url.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot.commands.request import Request, request_of
from bot.context import Context
from bot.errors import DatabaseError, EncoreError
from bot.views import notices
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
            await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")
            return
        message = notices.working()
        await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")
        # Kept in a set: the event loop itself holds tasks only weakly.
        late = asyncio.create_task(_follow_up(task, respond))
        running.add(late)
        late.add_done_callback(running.discard)

    # Not functools.wraps: Bolt would read the handler's signature through it and pass the wrong arguments.
    listener.__name__ = getattr(handler, "__name__", "listener")
    return listener


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


async def _follow_up(task: "asyncio.Task[Message]", respond: AsyncRespond) -> None:
    message = await task
    await respond(text=message.text, blocks=message.blocks, response_type="ephemeral", replace_original=True)
