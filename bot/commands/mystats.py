"""`/mystats [today|yesterday|week|last week|month|last month]`: one's own figures, privately."""

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from bot.commands.request import Request
from bot.context import Context
from bot.domain.mystats import Wish
from bot.domain.periods import PeriodKind
from bot.services import mystats
from bot.views import mystats as view
from bot.views.message import Message

PERIODS: Final = MappingProxyType(
    {
        "": Wish(PeriodKind.WEEK, or_before=True), "today": Wish(PeriodKind.DAY), "day": Wish(PeriodKind.DAY),
        "yesterday": Wish(PeriodKind.DAY, is_past=True), "week": Wish(PeriodKind.WEEK),
        "this week": Wish(PeriodKind.WEEK), "last week": Wish(PeriodKind.WEEK, is_past=True),
        "month": Wish(PeriodKind.MONTH), "this month": Wish(PeriodKind.MONTH),
        "last month": Wish(PeriodKind.MONTH, is_past=True),
    }
)  # fmt: skip
"""The words that are understood; without one it is the week, or the last one until this has a finished work day."""


async def handle(ctx: Context, request: Request) -> Message:
    """Answer with the person's own figures; a word that is not known gets what would work."""
    word = " ".join(request.text.casefold().split())
    if word == "help":
        return view.usage(command=request.name)
    wish = PERIODS.get(word)
    if wish is None:
        return view.usage(request.text, request.name)
    answer = await ctx.db.read(mystats.answer, request.at, request.workspace_id, request.slack_id, wish)
    show = view.classic if request.is_classic(ctx.classic_workspaces) else view.native
    return show(answer, request.name)


async def place(ctx: Context, request: Request) -> Message:
    """Tell somebody their own place, who asked for it."""
    wish = PERIODS.get(request.value, PERIODS[""])
    return view.own_places(await ctx.db.read(mystats.answer, request.at, request.workspace_id, request.slack_id, wish))


async def look(ctx: Context, request: Request) -> Message:
    """Show them where a button was pressed."""
    return await handle(ctx, replace(request, name="/mystats"))
