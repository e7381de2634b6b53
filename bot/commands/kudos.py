"""`/kudos @someone [@more] words [#value]`: thank a colleague. Alone it opens a form, as “Give kudos for this” does."""

import asyncio
import re
from collections.abc import Sequence
from typing import Final

from bot.commands import members
from bot.commands.request import Request
from bot.context import Context
from bot.domain import praise
from bot.domain.programme import Kudos
from bot.errors import FormError, InputError, RefusedError
from bot.services import praise as service
from bot.services import programme
from bot.services.praise import Asked
from bot.views import praise as view
from bot.views.form import Errors, Form
from bot.views.message import Message

_MESSAGE: Final = re.compile(r"([CDG][A-Z0-9]+):(\d+\.\d+)")
"""What the form carries unseen: the channel and the ts of the message it is about."""

_DIRECT: Final = "D"
"""How the id of a conversation of two begins. Nobody else can open a link to what was said there."""


async def handle(ctx: Context, request: Request) -> Message | Form:
    """Give the kudos that were typed; without any open the form; help says how, and what is left to give."""
    match request.text.casefold():
        case "":
            return await _form(ctx, request)
        case "help":
            return await _usage(ctx, request)
    try:
        typed = await ctx.db.read(service.typed, request.at, request.workspace_id, request.text)
    except InputError as error:
        return await _usage(ctx, request, str(error))
    asked = Asked(
        f"kudos:{request.key}", request.workspace_id, request.slack_id, typed.receivers, typed.words, typed.values,
        members=await members.look_up(ctx, request.at, typed.receivers),
    )  # fmt: skip
    try:
        given = await ctx.db.write(service.give, request.at, asked)
    except FormError as error:
        # How it is done is said to whom it may help: not where the words are right and the people are not.
        if "words" not in error.fields:
            raise
        if request.slack_id in typed.receivers:
            # Who thanks themselves need not count words.
            raise FormError({"to": error.fields["to"]}) from error
        return await _usage(ctx, request, str(error))
    kudos = await _kudos(ctx, request)
    return view.given(given, praise.near_values(typed.words, kudos.values))


async def about_message(ctx: Context, request: Request) -> Form:
    """Open the form for a message, with who wrote it filled in, or whom Encore named in it; else it says why not."""
    said = request.message
    ts, author = str(said.get("ts")), str(said.get("user") or "")
    note = f"{request.channel_id}:{ts}"
    if said.get("team") not in {None, request.workspace_id}:
        return await _form(ctx, request, note=note, why=view.FROM_ELSEWHERE)
    if said.get("bot_id"):
        named = await ctx.db.read(
            service.named_in, request.workspace_id, request.slack_id, request.channel_id, ts
        )  # fmt: skip
        return await _form(ctx, request, named, note=note, why=view.OF_THOSE_NAMED if named else view.BY_AN_APP)
    if author == request.slack_id:
        return await _form(ctx, request, note=note, why=view.BY_ONESELF)
    return await _form(ctx, request, [author] if author else [], note=note)


async def sent(ctx: Context, request: Request) -> Message | Errors:
    """Give the kudos of the form; what is wrong stands beside its field, and what was typed stays."""
    kudos = await _kudos(ctx, request)
    receivers, words = request.several("to"), request.words("words")
    chosen = [value for value in kudos.values if value in request.several("values")]
    try:
        praise.check_receivers(receivers)
    except InputError as error:
        return Errors({"to": str(error)})
    known, link = await asyncio.gather(members.look_up(ctx, request.at, receivers), _link(ctx, request.note))
    asked = Asked(
        f"kudos:{request.key}", request.workspace_id, request.slack_id, receivers, words,
        tuple(dict.fromkeys([*chosen, *praise.named_values(words, kudos.values)])),
        private=request.words("seen_by") == view.PRIVATE,
        about=f"message:{request.workspace_id}:{request.note}" if _MESSAGE.fullmatch(request.note) else "",
        link=link, members=known,
    )  # fmt: skip
    given = await ctx.db.write(service.give, request.at, asked)
    return view.given(given, praise.near_values(words, kudos.values))


async def _kudos(ctx: Context, request: Request) -> Kudos:
    return (await ctx.db.read(programme.current, request.at)).kudos


async def _form(
    ctx: Context, request: Request, receivers: Sequence[str] = (), *, note: str = "", why: str = ""
) -> Form:  # fmt: skip
    before = await ctx.db.read(service.opening, request.at, request.workspace_id, request.slack_id)
    return view.form(before, receivers, note=note, why=why)


async def _usage(ctx: Context, request: Request, problem: str = "") -> Message:
    try:
        before = await ctx.db.read(service.opening, request.at, request.workspace_id, request.slack_id)
    except RefusedError:
        before = None
    return view.usage(before, problem)


async def _link(ctx: Context, note: str) -> str:
    """Return where the message can be read; empty where Slack does not tell, as of channels that Encore is not in."""
    found = _MESSAGE.fullmatch(note)
    if found is None or found.group(1).startswith(_DIRECT):
        return ""
    call = ctx.slack.chat_getPermalink(channel=found.group(1), message_ts=found.group(2))
    answer = await members.in_time(call, "chat.getPermalink")
    return str(answer["permalink"]) if answer is not None else ""
