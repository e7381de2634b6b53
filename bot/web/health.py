"""Whether Encore is well, for whoever watches it: a load balancer, a container, a person."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.context import Context
from bot.services import outbox

log = logging.getLogger(__name__)

DATABASE_SECONDS: Final = 3.0
"""So long the database is waited for; what asks about health waits little longer itself."""

STILL: Final = timedelta(minutes=5)
"""The loop ticks every five seconds, and delivery looks at least every two; a try that Slack does not answer, and a look
through a crowded channel, take some minutes."""

PARTS: Final = {"loop": "The loop of scheduled jobs", "delivery": "Delivery of messages"}


def health(ctx: Context) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers `/health`: 200 where all is right, else 503 and in `wrong` a sentence for what is not."""

    async def answer(_request: Request) -> Response:
        wrong = [*_still(ctx, ctx.now()), *await _unwell(ctx)]
        body = {"ok": not wrong, "mode": ctx.settings.slack_mode} | ({"wrong": wrong} if wrong else {})
        return JSONResponse(body, HTTPStatus.SERVICE_UNAVAILABLE if wrong else HTTPStatus.OK)

    return answer


def _still(ctx: Context, at: datetime) -> Iterator[str]:
    """Say which part has given no sign of life for long."""
    for part, name in PARTS.items():
        still_for = at - ctx.beats.get(part, at)
        if still_for > STILL:
            yield f"{name} has not run for {still_for // timedelta(minutes=1)} minutes."


async def _unwell(ctx: Context) -> list[str]:
    """Say what the database knows that is wrong, or that it knows nothing."""
    try:
        async with asyncio.timeout(DATABASE_SECONDS):
            why = await ctx.db.read(outbox.refused, ctx.now(), ctx.workspace_id)
    except Exception as error:
        # The error's words may hold the database's address.
        log.warning("The database does not answer: %s", type(error).__name__)
        return ["The database does not answer."]
    return [f"Slack refuses Encore ({why}): nothing it says gets there."] if why else []
