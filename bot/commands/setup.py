"""`/encore setup`: the first admin's code, the steps with their state, and who is an admin."""

from typing import Final

from bot.commands import workspace
from bot.commands.answers import Changed
from bot.commands.request import Request, what_of
from bot.context import Context
from bot.domain import lacking
from bot.domain import setup as domain
from bot.domain.people import Role
from bot.domain.setup import Progress
from bot.errors import ForbiddenError, RefusedError
from bot.services import directory, roles, who
from bot.services import setup as service
from bot.services.setup import Claim
from bot.views import setup as view
from bot.views.form import Errors, Form
from bot.views.message import Message

WELCOME: Final = (
    "You are the first admin of Encore here. Nothing is posted and nobody is told anything before a site goes live: "
    "that takes a site, a team and your yes."
)


async def handle(ctx: Context, request: Request) -> Message:
    """Show the steps to an admin; make whoever has the code the first one; tell others whom to ask."""
    if request.who is not None and request.who.may(Role.ADMIN):
        return view.checklist(await progress(ctx, request))
    code = request.text.partition(" ")[2].strip()
    if code:
        return await _claim(ctx, request, code)
    admins = await ctx.db.read(roles.admins, request.at)
    words = f"Setup is for admins. Ask {lacking.whom(admins)}." if admins else lacking.NO_ADMIN
    raise ForbiddenError(words, what_of(request))


async def look(ctx: Context, request: Request) -> Changed:
    """Show the steps, in place of what was there."""
    return Changed(view.checklist(await progress(ctx, request), stays=not request.modal_id))


async def imports(ctx: Context, request: Request) -> Form:
    """Say what was imported, and how a file comes in."""
    return view.imports(await progress(ctx, request))


async def admins(ctx: Context, request: Request) -> Form:
    """Open the form in which admins are chosen."""
    present = await ctx.db.read(service.admins, request.at, request.workspace_id)
    return view.admins_form(present.slack_ids, present.others)


async def choose_admins(ctx: Context, request: Request) -> Message | Errors:
    """Make those admins who were chosen."""
    before, chosen = request.note.split(), request.several("admins")
    asked = await ctx.db.read(directory.unlinked, request.workspace_id, chosen)
    users = await workspace.users_of(ctx, asked)
    try:
        await ctx.db.write(
            service.choose_admins, request.at, request.known.person_id, request.workspace_id, before, chosen, users
        )
    except ForbiddenError:
        raise
    except RefusedError as error:
        return Errors({"admins": str(error)})
    names = await ctx.db.read(roles.admins, request.at)
    return view.admins_saved(names, await progress(ctx, request))


async def progress(ctx: Context, request: Request) -> Progress:
    """Return how far Encore is set up, for the admin who asks."""
    return await ctx.db.read(service.progress, request.at, request.known, request.workspace_id)


async def _claim(ctx: Context, request: Request, code: str) -> Message:
    right = domain.is_code(code, ctx.settings.slack_bot_token.get_secret_value())
    user = (await workspace.users_of(ctx, [request.slack_id]))[request.slack_id]
    claimed = await ctx.db.write(service.claim, request.at, request.workspace_id, user, right=right)
    if claimed is Claim.WRONG:
        raise RefusedError(
            "That is not the setup code. It is in Encore's log: each start prints it until there is an admin."
        )
    if claimed is Claim.TAKEN:
        present = await ctx.db.read(roles.admins, request.at)
        there = "There is an admin already, and" if present else "There was an admin before, and"
        raise RefusedError(f"{there} the code is worth nothing now. Ask {lacking.whom(present)}.")
    me = await ctx.db.read(who.find, request.at, request.workspace_id, request.slack_id)
    assert me is not None
    return view.checklist(await ctx.db.read(service.progress, request.at, me, request.workspace_id), WELCOME)
