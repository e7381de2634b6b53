"""`/kudos @someone [@more] words [#value]`: thank a colleague in public."""

from bot.commands.request import Request
from bot.context import Context
from bot.domain import praise
from bot.errors import InputError, RefusedError
from bot.services import praise as service
from bot.services import programme
from bot.services.praise import Asked
from bot.views import praise as view
from bot.views.message import Message


async def handle(ctx: Context, request: Request) -> Message:
    """Give the kudos that were typed; without any, say how, and what is left to give."""
    current = await ctx.db.read(programme.current, request.at)
    if request.text.casefold() in {"", "help"}:
        return await _usage(ctx, request)
    try:
        typed = praise.parse(request.text, current.kudos.values, minimum_words=current.kudos.minimum_words)
    except InputError as error:
        return await _usage(ctx, request, str(error))
    asked = Asked(
        f"kudos:{request.key}", request.workspace_id, request.slack_id, typed.receivers, typed.words, typed.values
    )
    given = await ctx.db.write(service.give, request.at, asked)
    ctx.wake.set()
    return view.given(given)


async def _usage(ctx: Context, request: Request, problem: str = "") -> Message:
    try:
        left = await ctx.db.read(service.allowance, request.at, request.workspace_id, request.slack_id)
    except RefusedError:
        left = None
    return view.usage(left, problem)
