"""Setting up people: a team in one form, links by e-mail, links by hand."""

import logging
from typing import Final

import aiohttp
from slack_sdk.errors import SlackClientError

from bot.commands import home, workspace
from bot.commands.request import Request
from bot.commands.setup import progress
from bot.context import Context
from bot.domain.directory import Team, linkable
from bot.errors import FormError, RefusedError
from bot.services import directory as service
from bot.services import people
from bot.views import directory as view
from bot.views.form import MOST_CHOICES, Form, page
from bot.views.message import Message

log = logging.getLogger(__name__)

AT_ONCE: Final = 100
"""How many people one transaction links: well under 200 ms, so that no command waits."""


async def team(ctx: Context, request: Request) -> Form:
    """Open the form of a team."""
    places = (await progress(ctx, request)).places
    if not places:
        raise RefusedError("A site comes first: “Add a site”.")
    return view.team_form(places)


async def save_team(ctx: Context, request: Request) -> Message:
    """Set a team up: first Slack is asked about those who are not known yet, then everything is kept in one."""
    site = request.words("site")
    asked = Team(int(site) if site.isdecimal() else 0, " ".join(request.words("name").split()),
                 request.several("leads"), request.several("members"))  # fmt: skip
    unknown = await ctx.db.read(service.unlinked, request.workspace_id, asked.everybody)
    users = await workspace.users_of(ctx, unknown)
    told = await ctx.db.write(
        service.save_team, request.at, request.known.person_id, request.workspace_id, asked, users
    )
    return view.team_saved(told, await progress(ctx, request))


async def links(ctx: Context, request: Request) -> Form:
    """Open what links people by their e-mail address."""
    return view.links_form(await progress(ctx, request))


async def link_all(ctx: Context, request: Request) -> Message:
    """Read who is in Slack, and link everybody whose address is known, so many at a time."""
    everybody = await workspace.everybody(ctx)
    found, shared = linkable(everybody)
    pages = sorted(found.items())
    now = 0
    for start in range(0, len(pages), AT_ONCE):
        now += await ctx.db.write(
            service.link_page, ctx.now(), request.known.person_id, request.workspace_id, pages[start : start + AT_ONCE]
        )
    told = await ctx.db.read(
        service.links, ctx.now(), request.workspace_id, linked_now=now, shared=shared, looked_at=len(everybody),
        without_addresses=not any(user.email for user in everybody),
    )  # fmt: skip
    return view.links_told(told, await progress(ctx, request))


async def by_hand(ctx: Context, request: Request) -> Form:
    """Open the form in which one person is linked."""
    unmatched = await ctx.db.read(service.unmatched, request.at, request.workspace_id, MOST_CHOICES)
    return view.link_form(unmatched) if unmatched else page("Link by hand", view.nobody_left())


async def undo(_ctx: Context, _request: Request) -> Form:
    """Open the form in which a wrong link is undone."""
    return view.unlink_form()


async def unlink(ctx: Context, request: Request) -> Message:
    """Undo a wrong link; the account's Home shows nothing of the person any more either."""
    slack_id = request.words("slack")
    user = (await workspace.users_of(ctx, [slack_id]))[slack_id]
    told = await ctx.db.write(
        service.unlink, request.at, request.known.person_id, request.workspace_id, user, key=f"unlink:{request.key}"
    )  # fmt: skip
    try:
        await home.make(ctx, request.workspace_id, slack_id)
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        # The clock makes it anew when Slack takes it; a workspace may have it switched off.
        log.info("Slack did not take the Home of an account without a person: %s", type(error).__name__)
    return view.unlinked(told, await progress(ctx, request))


async def leads(_ctx: Context, _request: Request) -> Form:
    """Open the form in which a lead is removed."""
    return view.lead_form()


async def remove_lead(ctx: Context, request: Request) -> Message:
    """Let somebody lead a team no more."""
    told = await ctx.db.write(
        service.remove_lead, request.at, request.known.person_id, request.workspace_id, request.words("lead"),
        request.words("team"), key=f"remove_lead:{request.key}",
    )  # fmt: skip
    return view.lead_removed(told, await progress(ctx, request))


async def link(ctx: Context, request: Request) -> Message:
    """Link one person; where two entries become one, the figures follow."""
    person, slack_id = request.words("person"), request.words("slack")
    if not person.isdecimal() or len(person) > 18:
        raise FormError({"person": "Choose somebody from the list."})
    user = (await workspace.users_of(ctx, [slack_id]))[slack_id]
    identities = await ctx.db.write(
        service.link, request.at, request.known.person_id, request.workspace_id, int(person), user,
        same=bool(request.several("same")),
    )  # fmt: skip
    for identity in identities:
        while await ctx.db.write(people.attribute_page, request.at, identity):
            pass
    return view.linked(user.name, await progress(ctx, request))
