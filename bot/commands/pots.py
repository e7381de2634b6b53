"""The pots of teams, on `/redeem`: chipped in, and taken back until they are full."""

from bot.commands.answers import Answer, Behind, Changed
from bot.commands.request import Request
from bot.context import Context
from bot.services import pots as service
from bot.services import rewards
from bot.services.pots import Asked
from bot.views import pots as view
from bot.views import redemptions
from bot.views import rewards as shelves


async def chip(ctx: Context, request: Request) -> Answer:
    """Open the form to chip in; where the pot is not what stood on its button any more, show everything anew."""
    shelf = await ctx.db.read(rewards.shelf, request.at, request.workspace_id, request.slack_id)
    reward, _, price = request.value.partition(" ")
    offer = next((offer for offer in shelf.offers if offer.key == reward and offer.for_team), None)
    if offer is None or not offer.to_come or not shelf.balance or str(offer.price) != price:
        show = shelves.classic if request.is_classic(ctx.classic_workspaces) else shelves.native
        return Changed(show(shelf, said=shelves.changed(offer, shelf)))
    return view.chipping(offer, shelf)


async def chipped(ctx: Context, request: Request) -> Answer:
    """Put points into the pot, for the price that stood in the form."""
    reward, _, price = request.note.partition(" ")
    asked = Asked(
        f"chip:{request.key}", request.workspace_id, request.slack_id, reward, _number(price),
        _number(request.words("amount")),
    )  # fmt: skip
    came = await ctx.db.write(service.chip_in, request.at, asked)
    waiting = await ctx.db.read(rewards.requests, request.at, request.workspace_id, request.slack_id)
    return Behind(view.receipt(came, request.known.locale), redemptions.requests(waiting))


async def take_back(ctx: Context, request: Request) -> Answer:
    """Take one's own part back."""
    pot_id = _number(request.value)
    pot, points = await ctx.db.write(
        service.take_back, request.at, pot_id, request.workspace_id, request.slack_id, key=f"take_back:{request.key}"
    )  # fmt: skip
    waiting = await ctx.db.read(rewards.requests, request.at, request.workspace_id, request.slack_id)
    return Changed(redemptions.requests(waiting, said=view.taken_back(pot, points, waiting.locale)))


def _number(text: str) -> int:
    """Return a number that a button or a form carried; 0, which nothing is, where it is none."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0
