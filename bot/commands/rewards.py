"""`/redeem [reward|requests]`: what one's points can get, asked for, decided, handed over."""

from datetime import date

from bot.commands.answers import Answer, Behind, Changed
from bot.commands.request import Request
from bot.context import Context
from bot.domain.offers import Offer, Shelf, matching, nearest
from bot.domain.rewards import Moved, Requests, Step
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
    """Open the form that asks for a reward; where it is not what stood on its button any more, show everything anew."""
    shelf = await _shelf(ctx, request)
    reward, _, price = request.value.partition(" ")
    offer = next((offer for offer in shelf.offers if offer.key == reward), None)
    if offer is None or not offer.can_be_had or str(offer.price) != price:
        return Changed(_shown(ctx, request, shelf, said=view.changed(offer, shelf)))
    return view.asking(offer, shelf)


async def asked(ctx: Context, request: Request) -> Answer:
    """Ask for a reward, for the price that stood in its form."""
    reward, _, price = request.note.partition(" ")
    on, note = request.words("on"), request.words("note")
    wanted = Asked(
        f"redeem:{request.key}", request.workspace_id, request.slack_id, reward, _number(price),
        date.fromisoformat(on) if on else None, note,
    )  # fmt: skip
    bid = await ctx.db.write(service.ask, request.at, wanted)
    return await _said(ctx, request, view.receipt(bid, request.known.locale))


async def cancel(ctx: Context, request: Request) -> Answer:
    """Take one's own request back."""
    moved = await ctx.db.write(service.move, request.at, _wanted(request, Step.CANCEL))
    if moved.case is None:
        return notices.notice(_NOT_FOR_YOU)
    waiting = await _requests(ctx, request)
    return Changed(redemptions.requests(waiting, said=redemptions.cancelled(moved, waiting.locale)))


async def approve(ctx: Context, request: Request) -> Answer:
    """Approve a request."""
    return await _decide(ctx, request, Step.APPROVE)


async def done(ctx: Context, request: Request) -> Answer:
    """Say that a reward was handed over."""
    return await _decide(ctx, request, Step.DONE)


async def approve_in_words(ctx: Context, request: Request) -> Answer:
    """Open the form that approves a request with words."""
    return await _form(ctx, request, Step.APPROVE)


async def approved(ctx: Context, request: Request) -> Answer:
    """Approve a request, with the words of the form."""
    return await _end(ctx, request, Step.APPROVE)


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
    return await _shown_anew(ctx, request, moved)


async def _shown_anew(ctx: Context, request: Request, moved: Moved) -> Changed:
    """Return what takes the place of what was pressed: the message, or the list as it is now."""
    if request.message:
        return Changed(redemptions.moved(moved, request.known.locale))
    # Slack does not send along what one person alone sees: it was the list.
    said = redemptions.came_of(moved, request.known.locale)
    return Changed(redemptions.requests(await _requests(ctx, request), said=said))


async def _form(ctx: Context, request: Request, step: Step) -> Answer:
    would = await ctx.db.write(service.look, request.at, _wanted(request, step))
    if would.case is None:
        return notices.notice(_NOT_FOR_YOU)
    if not would.taken:
        return await _shown_anew(ctx, request, would)
    return redemptions.with_words(would, step, request.known.locale)


async def _end(ctx: Context, request: Request, step: Step) -> Answer:
    moved = await ctx.db.write(service.move, request.at, _wanted(request, step))
    if moved.case is None:
        return notices.notice(_NOT_FOR_YOU)
    return await _said(ctx, request, notices.notice(redemptions.came_of(moved, request.known.locale)))


async def _said(ctx: Context, request: Request, said: Message) -> Behind:
    """Say what came of a form, and let the list behind it be as things are now."""
    return Behind(said, redemptions.requests(await _requests(ctx, request)))


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
    show = view.classic if request.is_classic(ctx.classic_workspaces) else view.native
    return show(shelf, said=said, page=page, only=only)


def _number(text: str) -> int:
    """Return a number that a button or a form carried; 0, which names nothing, where it is none."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0
