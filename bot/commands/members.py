"""What Slack says of people: asked of all at once, kept for a few minutes, done without where Slack does not answer."""

import asyncio
import logging
from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackClientError

from bot.context import Context
from bot.domain.people import Member

log = logging.getLogger(__name__)

ANSWER_WITHIN_SECONDS: Final = 1.0
"""Half of what a handler has until its own answer is due."""

KEPT_FOR: Final = timedelta(minutes=5)
MOST_KEPT: Final = 5_000

_SLACKBOT: Final = "USLACKBOT"
"""Of Slackbot alone Slack does not say that it is a bot."""


async def look_up(ctx: Context, at: datetime, slack_ids: Sequence[str]) -> Mapping[str, Member]:
    """Return what Slack says of these people, by Slack id; those of whom it said nothing in time are left out."""
    kept = ctx.members
    found = {one: kept[one][1] for one in slack_ids if one in kept and at - kept[one][0] < KEPT_FOR}
    asked = [one for one in slack_ids if one not in found]
    answers = await asyncio.gather(*(in_time(ctx.slack.users_info(user=one), "users.info") for one in asked))
    if len(kept) + len(asked) > MOST_KEPT:
        kept.clear()
    for one, answer in zip(asked, answers, strict=True):
        if answer is not None:
            found[one] = _member(answer["user"])
            kept[one] = (at, found[one])
    return found


async def in_time(call: Awaitable[Any], what: str) -> Any:
    """Return what Slack answers within a second, None where it does not or refuses: what follows can do without."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            return await call
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("Slack did not help with %s; it goes on without: %r", what, error)
        return None


def _member(user: Mapping[str, Any]) -> Member:
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return Member(
        name=str(next(filter(None, names), "")),
        closed=bool(user.get("deleted")),
        bot=bool(user.get("is_bot")) or user.get("id") == _SLACKBOT,
    )
