"""Setting up sites: adding and changing them, looking at a first board, going live."""

from datetime import date
from typing import Final

from bot.commands import workspace
from bot.commands.members import in_time
from bot.commands.request import Request
from bot.commands.setup import progress
from bot.context import Context
from bot.domain.programme import BoardChoice, SiteMode
from bot.domain.setup import ModeAsked, SiteAsked
from bot.errors import RefusedError
from bot.services import sites as service
from bot.views import sites as view
from bot.views.form import Errors, Form, page
from bot.views.message import Message

_CHANNEL: Final = "C"
"""How the ids of channels begin; those of conversations of a few people have another letter."""


async def look(ctx: Context, request: Request) -> Form:
    """Show every site with what can be done about it."""
    return view.listing(await progress(ctx, request))


async def edit(ctx: Context, request: Request) -> Form:
    """Open the form of a site, or of a new one with the admin's own zone and the channel they are in."""
    if request.value:
        place = await ctx.db.read(service.find, request.at, _number(request.value))
        return view.form(place, place.zone, place.channel_id)
    answer = await in_time(ctx.slack.users_info(user=request.slack_id), "users.info")
    zone = str(answer["user"].get("tz") or "") if answer else ""
    here = request.channel_id if request.channel_id.startswith(_CHANNEL) else ""
    return view.form(None, zone, here)


async def save(ctx: Context, request: Request) -> Message | Errors:
    """Keep a site, once Encore is in its channel."""
    channel = request.words("channel")
    hindrance = await workspace.problem_with(ctx, channel) if channel else ""
    if hindrance:
        return Errors({"channel": hindrance})
    asked = SiteAsked(
        _number(request.note) if request.note else None, " ".join(request.words("name").split()), request.words("zone"), channel,
        BoardChoice(request.words("boards")),
    )  # fmt: skip
    place = await ctx.db.write(service.save, request.at, request.known.person_id, asked)
    return view.saved(place, await progress(ctx, request))


async def preview(ctx: Context, request: Request) -> Message | Form:
    """Show what the first board of a site would say: in a modal upon what is open there, else to the admin alone."""
    shown = await ctx.db.read(service.preview, request.at, _number(request.value))
    native = not request.modal_id and not request.is_classic(ctx.classic_workspaces)
    message = view.preview(shown, request.known.reader, native=native)
    return page("Preview", message, close="Back", stacked=True) if request.modal_id else message


async def live(ctx: Context, request: Request) -> Form:
    """Open the form that lets a site go live, or back."""
    place = await ctx.db.read(service.find, request.at, _number(request.value))
    return view.live_form(place, service.today(place, request.at), request.known.locale)


async def go(ctx: Context, request: Request) -> Message | Errors:
    """Let a site go live, or back; before it does, Encore looks whether it is in the channel."""
    mode, day = SiteMode(request.words("mode")), request.words("live_from")
    asked = ModeAsked(
        _number(request.note), mode, date.fromisoformat(day) if day else None, bool(request.several("agreed"))
    )
    place = await ctx.db.read(service.find, request.at, asked.site_id)
    if mode is SiteMode.LIVE and place.channel_id:
        hindrance = await workspace.problem_with(ctx, place.channel_id)
        if hindrance:
            return Errors({"mode": hindrance})
    went = await ctx.db.write(service.go, request.at, request.known.person_id, asked)
    return view.went(went, await progress(ctx, request))


def _number(text: str) -> int:
    if not text.isdecimal():
        raise RefusedError("This site is not there any more.")
    return int(text)
