"""What Slack says of people: asked of all at once, kept for a few minutes, done without where Slack does not answer."""

import asyncio
import logging
from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackClientError

from bot.context import Context
from bot.domain.directory import Account
from bot.domain.people import Member

log = logging.getLogger(__name__)

ANSWER_WITHIN_SECONDS: Final = 1.0
"""Half of what a handler has until its own answer is due."""

SLACKBOT: Final = "USLACKBOT"
"""Of Slackbot alone Slack does not say that it is a bot."""

KEPT_FOR: Final = timedelta(minutes=5)
MOST_KEPT: Final = 5_000


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
            found[one] = _member(ctx, answer["user"])
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


async def is_guest(ctx: Context, at: datetime, slack_id: str) -> bool:
    """Whether somebody is a guest, or from elsewhere: then no admin can link them. False where Slack does not answer."""
    found = (await look_up(ctx, at, [slack_id])).get(slack_id)
    return found is not None and found.account in {Account.GUEST, Account.ELSEWHERE}


def account_of(user: Mapping[str, Any], workspace_id: str) -> Account:
    """Return what kind of an account Slack tells of, seen from a workspace."""
    if user.get("deleted"):
        return Account.CLOSED
    if user.get("is_bot") or user.get("is_workflow_bot") or user.get("id") == SLACKBOT:
        return Account.BOT
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Account.GUEST
    # On Enterprise Grid people of one company have other workspaces as their own.
    elsewhere = user.get("team_id") not in {None, "", workspace_id} and not user.get("enterprise_user")
    return Account.ELSEWHERE if user.get("is_stranger") or elsewhere else Account.PERSON


def _member(ctx: Context, user: Mapping[str, Any]) -> Member:
    profile = user.get("profile") or {}
    # A display name may be no more than a handle.
    names = (profile.get("real_name"), user.get("real_name"), profile.get("display_name"))
    return Member(str(next(filter(None, names), "")), account_of(user, ctx.workspace_id))
