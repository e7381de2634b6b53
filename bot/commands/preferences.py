"""`/encore settings`: how Encore treats me."""

from bot.commands.request import Request, what_of
from bot.context import Context
from bot.domain.manners import Messages
from bot.errors import ForbiddenError
from bot.services import preferences as service
from bot.services import who
from bot.views import preferences as view
from bot.views.form import Form
from bot.views.message import Message


async def handle(ctx: Context, request: Request) -> Form:
    """Open the form with what is chosen now."""
    if request.who is None:
        raise ForbiddenError(await ctx.db.read(who.unknown, request.at), what_of(request))
    return view.form(await ctx.db.read(service.look, request.at, request.who))


async def choose(ctx: Context, request: Request) -> Message:
    """Keep what was chosen, and say what is so now."""
    chosen = await ctx.db.write(
        service.choose, request.at, request.known, announce=request.words("announce") != view.NO,
        messages=Messages(request.words("messages")), on_boards=request.words("boards") != view.NO,
    )  # fmt: skip
    return view.saved(chosen)
