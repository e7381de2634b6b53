"""`/encore points [month]`: what one has, and every entry with what made it; and all of it as a file."""

import logging
from datetime import date
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.commands.answers import Answer, Changed
from bot.commands.request import Request, what_of
from bot.context import Context
from bot.domain.periods import Period, zone
from bot.domain.points import parse_month
from bot.errors import ForbiddenError
from bot.services import points as service
from bot.services import who
from bot.views import notices, points_file
from bot.views import points as view
from bot.views.message import Message
from bot.views.words import Words

log = logging.getLogger(__name__)

_NOT_ALLOWED: Final = frozenset({"missing_scope", "no_permission", "file_uploads_disabled", "file_type_not_allowed"})
"""What Slack answers where it takes no files of Encore's, however often one tries."""


async def handle(ctx: Context, request: Request) -> Message:
    """Show the statement of this month, or of the one that was typed."""
    if request.who is None:
        raise ForbiddenError(await ctx.db.read(who.unknown, request.at), what_of(request))
    return await _shown(ctx, request, parse_month(request.text.partition(" ")[2], _today(request)))


async def look(ctx: Context, request: Request) -> Answer:
    """Show the statement beside the message whose button was pressed."""
    return await _shown(ctx, request, parse_month("", _today(request)))


async def page(ctx: Context, request: Request) -> Answer:
    """Turn to another page, or another month."""
    month, _, number = request.value.partition(" ")
    shown = await _shown(ctx, request, parse_month(month, _today(request)), int(number) if number.isdecimal() else 0)
    return Changed(shown)


async def csv(ctx: Context, request: Request) -> Answer:
    """Send somebody all their entries as a file, into their conversation with Encore; of a double click, one.

    An answer and no state: what was cut short is asked for again.
    """
    told = await ctx.db.write(
        service.claim_file, request.at, request.workspace_id, request.slack_id, key=request.key
    )  # fmt: skip
    if told is None:
        return notices.notice(points_file.JUST_NOW)
    content = points_file.entries_csv(told.entries, told.reader, Words(told.names, told.texts))
    try:
        opened = await ctx.slack.conversations_open(users=request.slack_id)
        today = request.at.astimezone(zone(told.reader.zone)).date()
        await ctx.slack.files_upload_v2(
            channel=str(opened["channel"]["id"]), filename=f"points-{today}.csv", title=points_file.TITLE,
            content=content, initial_comment=points_file.WITH_IT,
        )  # fmt: skip
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("A statement was not sent as a file: %s", _reason(error))
        await ctx.db.write(service.free_file, told.person_id)
        return notices.notice(points_file.NOT_ALLOWED if _reason(error) in _NOT_ALLOWED else points_file.NOT_SENT)
    return notices.notice(points_file.SENT)


async def _shown(ctx: Context, request: Request, month: Period, page: int = 0) -> Message:
    told = await ctx.db.read(service.statement, request.at, request.known, month, page=page)
    show = view.classic if request.is_classic(ctx.classic_workspaces) else view.native
    return show(told, _today(request))


def _today(request: Request) -> date:
    return request.at.astimezone(zone(request.known.zone)).date()


def _reason(error: Exception) -> str:
    """Return why Slack refused, in its own word; of other errors, what kind they are, since some tell an address."""
    return str(error.response["error"]) if isinstance(error, SlackApiError) else type(error).__name__
