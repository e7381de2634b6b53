"""`/encore points [month]`: what one has, and every entry with what made it."""

from datetime import date

from bot.commands.answers import Answer, Changed
from bot.commands.request import Request, what_of
from bot.context import Context
from bot.domain.periods import Period, zone
from bot.domain.points import parse_month
from bot.errors import ForbiddenError
from bot.services import points as service
from bot.services import who
from bot.views import points as view
from bot.views.message import Message


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


async def _shown(ctx: Context, request: Request, month: Period, page: int = 0) -> Message:
    told = await ctx.db.read(service.statement, request.at, request.known, month, page=page)
    show = view.classic if request.workspace_id in ctx.classic_workspaces else view.native
    return show(told, _today(request))


def _today(request: Request) -> date:
    return request.at.astimezone(zone(request.known.zone)).date()
