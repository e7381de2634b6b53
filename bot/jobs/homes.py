"""Homes of accounts that were unlinked: nothing stands there any more that is not for whoever opens it.

The form that undoes a wrong link makes the Home anew by itself; the command line cannot, and what Slack did not take
then is made here.
"""

import asyncio
import logging

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.context import Context
from bot.jobs.refusals import ACCOUNT, Refusal, refusal_of
from bot.services import home as service
from bot.views import home as view

log = logging.getLogger(__name__)


async def run(ctx: Context) -> None:
    """Make them anew, each as things are now; what Slack does not take now waits, what it refuses for good is left."""
    for slack_id, since in await ctx.db.read(service.list_stale, ctx.workspace_id):
        turns = ctx.homes.setdefault(slack_id, asyncio.Lock())
        # One that is made at this moment may wait long for Slack, and the clock's work does not.
        if not turns.locked() and await _make(ctx, slack_id, turns):
            await ctx.db.write(service.made_anew, ctx.workspace_id, slack_id, since)


async def _make(ctx: Context, slack_id: str, turns: asyncio.Lock) -> bool:
    """Make a Home anew in the form that every Slack takes; False where that is to be tried again."""
    async with turns:
        found = await ctx.db.read(service.look, ctx.now(), ctx.workspace_id, slack_id)
        try:
            await ctx.slack.views_publish(user_id=slack_id, view=view.classic(found))
        except SlackApiError as error:
            refusal = refusal_of(error)
            log.info("Slack did not take the Home of an account that was unlinked: %s", refusal.name or refusal.status)
            return _is_for_good(refusal)
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("The Home of an account that was unlinked waits: %s", type(error).__name__)
            return False
    return True


def _is_for_good(refusal: Refusal) -> bool:
    """Whether asking again changes nothing: Slack has no such account, or no Homes of Encore's."""
    return refusal.definite and not refusal.limited and refusal.name not in ACCOUNT
