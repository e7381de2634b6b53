"""`/encore report points [month]`: the month-end report, for admins."""

from bot.commands import adjustments
from bot.commands.request import Request
from bot.context import Context
from bot.domain.periods import PeriodKind, period_of, zone
from bot.domain.points import parse_month
from bot.errors import InputError
from bot.services import report as service
from bot.views import report as view
from bot.views.message import Message


async def handle(ctx: Context, request: Request) -> Message:
    """Show the report of the month that was typed, or of the last one that is over."""
    await adjustments.check_admin(ctx, request)
    what, _, typed = request.text.partition(" ")[2].strip().partition(" ")
    if what.casefold() not in {"", "points"}:
        raise InputError("There is one report: /encore report points, with a month such as 2026-10 if you like.")
    today = request.at.astimezone(zone(request.known.zone)).date()
    month = parse_month(typed, today) if typed else period_of(PeriodKind.MONTH, today).previous()
    await ctx.db.write(service.look, request.at, month, request.known.person_id)
    report = await ctx.db.read(service.month_end, request.at, month)
    flow = await ctx.db.read(service.flow, month)
    show = view.classic if request.workspace_id in ctx.classic_workspaces else view.native
    return show(report, flow.patterns, flow.names, request.known.locale)
