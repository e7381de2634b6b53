"""`/encore bonus` and `/encore approvals`: a bonus by hand, and what waits for a second admin."""

from bot.commands.answers import Answer, Changed
from bot.commands.request import Request, what_of
from bot.context import Context
from bot.domain.adjustments import Step
from bot.domain.people import Role
from bot.errors import ForbiddenError
from bot.services import adjustments as service
from bot.services import who
from bot.services.adjustments import Bonus, Came
from bot.views import adjustments as view
from bot.views.form import Form
from bot.views.message import Message
from bot.views.words import Words


async def handle(ctx: Context, request: Request) -> Form:
    """Open the form for a bonus."""
    await check_admin(ctx, request)
    return view.bonus_form(await ctx.db.read(service.limits, request.at), request.known.locale)


async def give(ctx: Context, request: Request) -> Answer:
    """Give the bonus of the form, or ask a second admin."""
    person_ids = await ctx.db.read(service.named, request.at, request.workspace_id, request.several("people"))
    amount = request.words("amount")
    asked = Bonus(
        f"bonus:{request.key}", request.known, person_ids, request.words("unit"),
        int(amount) if amount.isdecimal() and len(amount) < 19 else 0, request.words("reason"),
    )  # fmt: skip
    came = await ctx.db.write(service.bonus, request.at, asked)
    return view.asked(came.case, _words(request, came), came.deciders)


async def approvals(ctx: Context, request: Request) -> Message:
    """Show what waits for a second admin."""
    await check_admin(ctx, request)
    return await _waiting(ctx, request)


async def approve(ctx: Context, request: Request) -> Answer:
    """Approve what another admin asked for."""
    return await _decide(ctx, request, Step.APPROVE)


async def decline(ctx: Context, request: Request) -> Answer:
    """Decline what another admin asked for."""
    return await _decide(ctx, request, Step.DECLINE)


async def check_admin(ctx: Context, request: Request) -> None:
    """Refuse whoever is no admin. Raises ForbiddenError."""
    if request.who is None or not request.who.may(Role.ADMIN):
        raise ForbiddenError(await ctx.db.read(who.forbidden, request.at, request.who, Role.ADMIN), what_of(request))


async def _decide(ctx: Context, request: Request, step: Step) -> Answer:
    number = int(request.value) if request.value.isdecimal() and len(request.value) < 19 else 0
    came = await ctx.db.write(service.decide, request.at, request.known, number, step)
    words = _words(request, came)
    if request.message:
        return Changed(view.request(came.case, words, late=not came.taken, bar=came.bar))
    # Pressed in the list, which nobody else sees and which Slack does not send along.
    said = view.came_of(came.case, words) if came.bar is None else view.refused(came.bar)
    return Changed(await _waiting(ctx, request, said=said))


async def _waiting(ctx: Context, request: Request, *, said: str = "") -> Message:
    found = await ctx.db.read(service.waiting, request.at, request.known)
    listed = [view.Listed(came.case, _words(request, came), came.bar, came.deciders) for came in found]
    return view.waiting(listed, said=said)


def _words(request: Request, came: Came) -> Words:
    return Words(came.names, came.texts, locale=request.known.locale)
