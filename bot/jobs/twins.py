"""Messages that were in doubt: where one stands in Slack twice after all, the earliest stays."""

import logging
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.context import Context
from bot.jobs import posts
from bot.jobs.refusals import refusal_of
from bot.services import outbox
from bot.services import twins as services
from bot.store.twins import Doubted

log = logging.getLogger(__name__)

AT_ONCE: Final = 5
"""So many are looked for in one tick: after a bad day there may be hundreds."""


async def run(ctx: Context) -> None:
    """Look once more for what was in doubt, some time after it was said."""
    for _ in range(AT_ONCE):
        doubted = await ctx.db.write(services.take, ctx.now(), ctx.workspace_id)
        if doubted is None:
            return
        try:
            await _look(ctx, doubted)
        except SlackApiError as error:
            refusal = refusal_of(error)
            log.warning("Slack does not tell whether message %s stands there twice: %r", doubted.id, error)
            if refusal.limited:
                await ctx.db.write(
                    outbox.leave_alone, until=ctx.now() + refusal.wait, workspace_id=ctx.workspace_id,
                    method=refusal.method,
                )  # fmt: skip
        except (posts.TooMuchError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("It cannot be seen whether message %s stands in Slack twice: %r", doubted.id, error)


async def _look(ctx: Context, doubted: Doubted) -> None:
    channel = doubted.said.channel
    if channel is None:
        return
    since = doubted.created_at - posts.REACH_BACK
    stands, *twins = await posts.find_all(ctx, channel, doubted.public_id, since=since) or [doubted.said]
    await posts.delete_twins(ctx, doubted.id, twins)
    await ctx.db.write(services.settle, ctx.now(), doubted.id, stands.ts)
