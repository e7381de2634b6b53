"""What Slack says of a workspace: its people, and whether Encore is in a channel. Asked before a deed, never within."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.commands.members import account_of
from bot.context import Context
from bot.domain.directory import Account, SlackUser
from bot.errors import EncoreError

AT_ONCE: Final = 20
"""So many questions about single people are under way at a time."""

PAGE: Final = 200
"""How many people are asked for at a time; Slack advises no more."""

TRIES: Final = 20
"""How often Slack may say that it was asked too often: it bears about 20 pages a minute."""

SOMEBODY: Final = "Somebody you chose"
"""Who is not known to Slack has no name; an id says nothing to anybody."""

_INVITE: Final = "Write /invite @Encore in that channel, and try again."
_NOT_SHOWN: Final = frozenset({"channel_not_found", "method_not_supported_for_channel_type"})


async def users_of(ctx: Context, slack_ids: Sequence[str]) -> Mapping[str, SlackUser]:
    """Return what Slack says of these people, each of them. EncoreError where it does not answer."""
    door = asyncio.Semaphore(AT_ONCE)

    async def ask(slack_id: str) -> SlackUser:
        async with door:
            try:
                answer = await _answer(lambda: ctx.slack.users_info(user=slack_id, include_locale=True))
            except SlackApiError as error:
                if error.response["error"] not in {"user_not_found", "user_not_visible"}:
                    raise
                return SlackUser(slack_id, SOMEBODY, account=Account.UNKNOWN)
            return _user(ctx, answer["user"])

    return {user.slack_id: user for user in await asyncio.gather(*map(ask, slack_ids))}


async def everybody(ctx: Context) -> list[SlackUser]:
    """Return everybody in the workspace, page by page. EncoreError where Slack does not answer."""
    found: list[SlackUser] = []
    cursor = ""
    while True:
        answer = await _answer(
            lambda at=cursor: ctx.slack.users_list(limit=PAGE, cursor=at, include_locale=True)  # type: ignore[misc]
        )
        found += [_user(ctx, row) for row in answer["members"]]
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return found


async def problem_with(ctx: Context, channel: str) -> str:
    """Return why Encore cannot post in a channel, with what helps; empty where it can."""
    try:
        row = (await _answer(lambda: ctx.slack.conversations_info(channel=channel)))["channel"]
    except SlackApiError as error:
        if error.response["error"] not in _NOT_SHOWN:
            raise
        return f"Encore is not in this channel yet. {_INVITE}"
    if row.get("is_archived"):
        return f"#{row['name']} is archived. Choose another channel."
    if not row.get("is_member"):
        return f"Encore is not in #{row['name']} yet. {_INVITE}"
    return ""


async def _answer(ask: Callable[[], Awaitable[Any]]) -> Any:
    """Return what Slack answers. Asked too often it says when to come back, and then it is asked again."""
    for _ in range(TRIES):
        try:
            return await ask()
        except SlackApiError as error:
            if error.response["error"] != "ratelimited":
                raise
            await asyncio.sleep(float(error.response.headers.get("Retry-After", 30)))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise EncoreError("Slack did not answer, and nothing was changed. Please try again.") from error
    raise EncoreError("Slack is asked too often just now, and nothing was changed. Please try again in a few minutes.")


def _user(ctx: Context, row: Mapping[str, Any]) -> SlackUser:
    profile = row.get("profile") or {}
    names = (profile.get("real_name"), row.get("real_name"), profile.get("display_name"), row.get("name"))
    return SlackUser(
        str(row["id"]),
        " ".join(str(next(filter(None, names), row["id"])).split()),
        str(profile.get("email") or "").strip().lower(),
        str(row.get("locale") or ""),
        str(row.get("tz") or ""),
        account_of(row, ctx.workspace_id),
    )
