"""`/redeem [reward|requests]`: what one's points can get, asked for, decided, handed over."""

from bot.commands.guard import Answer, Changed
from bot.commands.request import Request
from bot.context import Context
from bot.domain.rewards import Offer, Requests, Shelf, Step, matching, nearest
from bot.services import rewards as service
from bot.services.rewards import Asked, Wanted
from bot.views import notices, redemptions
from bot.views import rewards as view
from bot.views.message import Message

_NOT_FOR_YOU = "That is for a lead of whoever asked, or for an admin, and never for oneself."


async def handle(ctx: Context, request: Request) -> Message:
    """Show what can be had; one reward, where its name was typed; or the open requests."""
    word = request.text.casefold()
    if word == "help":
        return view.usage()
    if word == "requests":
        return redemptions.requests(await _requests(ctx, request))
    shelf = await _shelf(ctx, request)
    if not word:
        return _shown(ctx, request, shelf)
    typed = request.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    offer = matching(shelf.offers, typed)
    if offer is None:
        return _shown(ctx, request, shelf, said=view.unknown(typed, nearest(shelf.offers, typed)))
    return _shown(ctx, request, shelf, only=offer)


async def page(ctx: Context, request: Request) -> Answer:
    """Turn to another page of what can be had."""
    return Changed(_shown(ctx, request, await _shelf(ctx, request), page=_number(request.value)))


async def requests(ctx: Context, request: Request) -> Answer:
    """Show the open requests, or another page of them."""
    return Changed(redemptions.requests(await _requests(ctx, request), page=_number(request.value)))


async def ask(ctx: Context, request: Request) -> Answer:
    """Ask for a reward, for the price that stood on its button."""
    reward, _, price = request.value.partition(" ")
    asked = Asked(f"redeem:{request.key}", request.workspace_id, request.slack_id, reward, _number(price))
    bid = await ctx.db.write(service.ask, request.at, asked)
    shelf = await _shelf(ctx, request)
    return Changed(_shown(ctx, request, shelf, said=view.asked(bid, shelf.locale)))


async def cancel(ctx: Context, request: Request) -> Answer:
    """Take one's own request back."""
    moved = await ctx.db.write(service.move, request.at, _wanted(request, Step.CANCEL))
    if moved.case is None:
        return notices.notice(_NOT_FOR_YOU)
    shelf = await _shelf(ctx, request)
    return Changed(_shown(ctx, request, shelf, said=view.cancelled(moved, shelf.locale)))


async def approve(ctx: Context, request: Request) -> Answer:
    """Approve a request."""
    return await _decide(ctx, request, Step.APPROVE)


async def done(ctx: Context, request: Request) -> Answer:
    """Say that a reward was handed over."""
    return await _decide(ctx, request, Step.DONE)


async def decline(ctx: Context, request: Request) -> Answer:
    """Open the form that declines a request."""
    return await _form(ctx, request, Step.DECLINE)


async def give_back(ctx: Context, request: Request) -> Answer:
    """Open the form that gives back the points for what cannot be handed over."""
    return await _form(ctx, request, Step.GIVE_BACK)


async def declined(ctx: Context, request: Request) -> Answer:
    """Decline a request, with the words of the form."""
    return await _end(ctx, request, Step.DECLINE)


async def given_back(ctx: Context, request: Request) -> Answer:
    """Give the points back, with the words of the form."""
    return await _end(ctx, request, Step.GIVE_BACK)


async def _decide(ctx: Context, request: Request, step: Step) -> Answer:
    moved = await ctx.db.write(service.move, request.at, _wanted(request, step))
    if moved.case is None:
        return notices.notice(_NOT_FOR_YOU)
    if request.message:
        return Changed(redemptions.moved(moved))
    # Pressed in the list, which nobody else sees and which Slack does not send along.
    return Changed(redemptions.requests(await _requests(ctx, request), said=redemptions.came_of(moved)))


async def _form(ctx: Context, request: Request, step: Step) -> Answer:
    would = await ctx.db.write(service.look, request.at, _wanted(request, step))
    if would.case is None:
        return notices.notice(_NOT_FOR_YOU)
    if would.taken:
        return redemptions.ending(would)
    return Changed(redemptions.moved(would)) if request.message else notices.notice(redemptions.came_of(would))


async def _end(ctx: Context, request: Request, step: Step) -> Answer:
    moved = await ctx.db.write(service.move, request.at, _wanted(request, step))
    return notices.notice(_NOT_FOR_YOU if moved.case is None else redemptions.came_of(moved))


def _wanted(request: Request, step: Step) -> Wanted:
    number = _number(request.value or request.note)
    return Wanted(number, step, request.workspace_id, request.slack_id, request.words("words"))


async def _shelf(ctx: Context, request: Request) -> Shelf:
    return await ctx.db.read(service.shelf, request.at, request.workspace_id, request.slack_id)


async def _requests(ctx: Context, request: Request) -> Requests:
    return await ctx.db.read(service.requests, request.at, request.workspace_id, request.slack_id)


def _shown(
    ctx: Context, request: Request, shelf: Shelf, *, said: str = "", page: int = 0, only: Offer | None = None
) -> Message:  # fmt: skip
    show = view.classic if request.workspace_id in ctx.classic_workspaces else view.native
    return show(shelf, said=said, page=page, only=only)


def _number(text: str) -> int:
    """Return a number that a button or a form carried; 0, which names nothing, where it is none."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0
