"""`/encore [a word of WORDS]`: what one can type, and the way to everything else."""

import difflib
from collections.abc import Awaitable, Callable, Mapping
from html import unescape
from types import MappingProxyType
from typing import Final

from bot.commands import adjustments, catalogue, points, preferences, report, setup
from bot.commands.request import Request
from bot.context import Context
from bot.services import who
from bot.views import encore as view
from bot.views.form import Form
from bot.views.message import Message


async def handle(ctx: Context, request: Request) -> Message | Form:
    """Do what the first word says; another word gets what would work."""
    word = request.text.partition(" ")[0].casefold()
    does = WORDS.get(word)
    if does is not None:
        return await does(ctx, request)
    nearest = difflib.get_close_matches(word, [known for known in WORDS if known], n=1)
    return await _usage(ctx, request, view.unknown(unescape(request.text), nearest[0] if nearest else ""))


async def _help(ctx: Context, request: Request) -> Message:
    return await _usage(ctx, request)


async def _usage(ctx: Context, request: Request, problem: str = "") -> Message:
    lacking = "" if request.who is not None else await ctx.db.read(who.unknown, request.at)
    return view.usage(request.who, lacking, problem)


WORDS: Final[Mapping[str, Callable[[Context, Request], Awaitable[Message | Form]]]] = MappingProxyType(
    {
        "": _help, "help": _help, "points": points.handle, "settings": preferences.handle, "setup": setup.handle,
        "rewards": catalogue.handle, "bonus": adjustments.handle, "approvals": adjustments.approvals,
        "report": report.handle,
    }
)  # fmt: skip
"""The words that are understood."""
