"""`/mystats [today|week|month]`: one's own figures, privately."""

from types import MappingProxyType
from typing import Final

from bot.commands.request import Request
from bot.context import Context
from bot.domain.periods import PeriodKind
from bot.services import mystats
from bot.views import mystats as view
from bot.views.message import Message

PERIODS: Final = MappingProxyType(
    {
        "": PeriodKind.WEEK, "week": PeriodKind.WEEK, "month": PeriodKind.MONTH, "today": PeriodKind.DAY,
        "day": PeriodKind.DAY,
    }
)  # fmt: skip
"""The words that are understood; without one it is the week."""


async def handle(ctx: Context, request: Request) -> Message:
    """Answer with the person's own figures; a word that is not known gets what would work."""
    word = request.text.casefold()
    if word == "help":
        return view.usage(command=request.name)
    kind = PERIODS.get(word)
    if kind is None:
        return view.usage(request.text, request.name)
    answer = await ctx.db.read(mystats.answer, request.at, request.workspace_id, request.slack_id, kind)
    show = view.classic if request.workspace_id in ctx.classic_workspaces else view.native
    return show(answer, request.name)
