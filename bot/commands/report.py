"""`/encore report points [month]`: the month-end report, for admins."""

from datetime import date

from bot.commands import adjustments
from bot.commands.answers import Answer, Changed
from bot.commands.request import Request
from bot.context import Context
from bot.domain.periods import Period, zone
from bot.domain.points import parse_month
from bot.errors import InputError
from bot.services import report as service
from bot.views import report as view
from bot.views.message import Message


async def handle(ctx: Context, request: Request) -> Message:
    """Show the report of the month that was typed, or of the newest one that there is something to tell of."""
    await adjustments.check_admin(ctx, request)
    what, _, typed = request.text.partition(" ")[2].strip().partition(" ")
    if what.casefold() not in {"", "points"}:
        raise InputError("There is one report: /encore report points, with a month such as 2026-10 if you like.")
    today = _today(request)
    return await _shown(ctx, request, parse_month(typed, today) if typed else await ctx.db.read(service.newest, today))


async def look(ctx: Context, request: Request) -> Answer:
    """Turn to the month of the button."""
    return Changed(await _shown(ctx, request, parse_month(request.value, _today(request))))


async def _shown(ctx: Context, request: Request, month: Period) -> Message:
    seen = await ctx.db.read(service.seen, request.at, month, _today(request))
    await ctx.db.write(service.look, request.at, month, request.known.person_id)
    flow = await ctx.db.read(service.flow, month)
    show = view.classic if request.is_classic(ctx.classic_workspaces) else view.native
    return show(seen, flow.patterns, flow.names, request.known.locale)


def _today(request: Request) -> date:
    return request.at.astimezone(zone(request.known.zone)).date()
