"""`/encore rewards`: the catalogue, looked at and changed by admins."""

from typing import Any, Final

from bot.commands.request import Request, what_of
from bot.context import Context
from bot.domain import lacking
from bot.domain.catalogue import OWN_DAY, Catalogue, Edited
from bot.domain.people import Role
from bot.errors import ForbiddenError
from bot.services import catalogue as service
from bot.services import roles
from bot.views import catalogue as view
from bot.views.form import Form

_WORDS: Final = (
    "title",
    "words",
    "kind",
    "unit",
    "approver",
    "picture",
    "picture_words",
    "offered_from",
    "offered_until",
)
"""Settings that stand in the form as they stand in the programme; what is empty has its default."""


async def handle(ctx: Context, request: Request) -> Form:
    """Show the catalogue to an admin; tell others whom to ask."""
    if request.who is None or not request.who.may(Role.ADMIN):
        admins = await ctx.db.read(roles.admins, request.at)
        words = f"The catalogue is for admins. Ask {lacking.whom(admins)}." if admins else lacking.NO_ADMIN
        raise ForbiddenError(words, what_of(request))
    return view.listing(await _catalogue(ctx, request))


async def look(ctx: Context, request: Request) -> Form:
    """Show the catalogue, or another page of it."""
    page = int(request.value) if request.value.isdecimal() and len(request.value) < 9 else 0
    return view.listing(await _catalogue(ctx, request), page=page)


async def edit(ctx: Context, request: Request) -> Form:
    """Open the form of a reward, or of a new one."""
    catalogue = await _catalogue(ctx, request)
    reward = catalogue.find(request.value)
    if request.value and reward is None:
        return view.listing(catalogue, said="This reward is not in the catalogue any more.")
    return view.form(reward, catalogue)


async def save(ctx: Context, request: Request) -> Form:
    """Keep a reward as it stands in the form."""
    key, _, before = request.note.partition(" ")
    fields: dict[str, Any] = {name: words for name in _WORDS if (words := request.words(name))}
    fields |= {"price": _price(request.words("price")), "needs_approval": bool(request.several("needs_approval"))}
    if request.words("stock"):
        fields["stock"] = request.words("stock")
    if request.words("hands_over") in {"lead", "admin"}:
        fields["hands_over"] = request.words("hands_over")
    sites = [int(number) for number in request.several("sites") if number.isdecimal()]
    edited = Edited(key, before, fields, sites)
    reward = await ctx.db.write(service.save, request.at, request.known.person_id, edited)
    catalogue = await _catalogue(ctx, request)
    return view.listing(catalogue, said=view.saved(reward, catalogue))


async def shelve(ctx: Context, request: Request) -> Form:
    """Take a reward off the shelf, or put it back."""
    key, _, where = request.value.partition(" ")
    reward = await ctx.db.write(service.shelve, request.at, request.known.person_id, key, on_shelf=where == "on")
    return view.listing(await _catalogue(ctx, request), said=view.shelved(reward))


def _price(typed: str) -> int | str:
    digits = typed.replace(",", "").replace(" ", "")
    if digits.isdecimal() and len(digits) < len(str(10**9)):
        return int(digits)
    return " ".join(typed.casefold().split()) if typed.casefold().split() == OWN_DAY.split() else typed


async def _catalogue(ctx: Context, request: Request) -> Catalogue:
    return await ctx.db.read(service.find, request.at, request.known)
