"""`/coach @agent`: a lead writes down a private conversation, the agent reads it and answers. `/coach mine` for the agent."""

import contextlib
import json
from collections.abc import AsyncIterator
from datetime import date

from bot.commands.answers import Answer, Changed
from bot.commands.request import Request
from bot.context import Context
from bot.domain.coaching import CoachingPost, Draft, Wish, answer_problem, is_named, meant, parse
from bot.errors import InputError, NotFoundError, RefusedError
from bot.services import coaching as service
from bot.services import who
from bot.services.coaching import Moved, Told, Written, Wrong
from bot.views import coaching as view
from bot.views import coaching_forms as forms
from bot.views.form import Errors, Form
from bot.views.words import Words


async def handle(ctx: Context, request: Request) -> Answer:
    """Open the form for whom was named; without a name, let the lead choose; show what was written for oneself."""
    try:
        typed = parse(request.text)
    except InputError as error:
        return view.usage(str(error), leads=bool(request.known.leads))
    match typed.wish:
        case Wish.WITH:
            async with _audited(ctx, request):
                sheet = await ctx.db.write(
                    service.start, request.at, request.known, request.workspace_id, typed.slack_id
                )
            return forms.write(sheet)
        case Wish.CALLED:
            return await _called(ctx, request, typed.name)
        case Wish.CHOOSE:
            team = await ctx.db.read(service.team, request.at, request.known)
            if not team.agents:
                return view.usage(view.NOBODY, leads=bool(request.known.leads))
            return forms.choose(team, request.known.locale)
        case Wish.MINE:
            told = await ctx.db.read(service.received, request.known)
            if not told.conversations:
                return view.nothing_received()
            return view.received(told.conversations, told.reader, _words(told))
        case Wish.HELP:
            return view.usage(leads=bool(request.known.leads))


async def start(ctx: Context, request: Request) -> Answer:
    """Open the form for whom somebody meant by a part of a name."""
    return await _with(ctx, request, _id(request.value))


async def choose(ctx: Context, request: Request) -> Answer:
    """Go on with the one who was chosen: to the form, or to what was written before."""
    chosen = request.words("agent")
    if chosen.startswith(forms.PAST):
        return await _earlier(ctx, request, _id(chosen.removeprefix(forms.PAST)))
    return await _with(ctx, request, _id(chosen))


async def earlier(ctx: Context, request: Request) -> Answer:
    """Show upon the form what this lead wrote before; what was typed in the form stays."""
    return await _earlier(ctx, request, _id(request.value), stacked=True)


async def write(ctx: Context, request: Request) -> Answer:
    """Keep a conversation and tell the agent."""
    note = json.loads(request.note)
    day = request.words("next_on")
    draft = Draft(
        request.words("about"), request.words("what"), request.words("went_well"), request.words("own_view"),
        request.words("one_thing"), request.words("next_step"), date.fromisoformat(day) if day else None,
    )  # fmt: skip
    async with _audited(ctx, request):
        done = await ctx.db.write(
            service.write, request.at, request.key, request.known, note["agent"], draft, note["shown"]
        )
    match done:
        case Written(name):
            return view.sent(name)
        case Wrong(fields):
            return Errors(fields)
        case Moved(sheet, typed):
            return forms.write(sheet, typed)


async def open_answer(ctx: Context, request: Request) -> Answer:
    """Open the form for the agent's answer; where there is one already, show it."""
    coaching_id = _id(request.value)
    async with _audited(ctx, request):
        told = await ctx.db.read(service.one_received, request.known, coaching_id)
    conversation, words = told.conversations[0], _words(told)
    if conversation.answer is None:
        return forms.write_answer(conversation, told.reader, words)
    if request.modal_id:
        return view.received(told.conversations, told.reader, words)
    return Changed(view.post(CoachingPost(conversation, told.reader), words))


async def answer(ctx: Context, request: Request) -> Answer:
    """Keep the agent's answer and tell the lead."""
    said = request.words("answer")
    wrong = answer_problem(said)
    if wrong:
        return Errors({"answer": wrong})
    coaching_id = _id(request.note)
    async with _audited(ctx, request):
        done = await ctx.db.write(service.answer, request.at, request.known, coaching_id, said)
    conversation, words = done.told.conversations[0], _words(done.told)
    if not done.theirs:
        return view.answered_before(conversation, done.told.reader, words)
    return view.answered(words.names.get(conversation.lead, ""), reaches=done.reaches)


async def _called(ctx: Context, request: Request, typed: str) -> Answer:
    """Open the form for the one of the lead's team whose whole name was typed, or say who may be meant."""
    team = await ctx.db.read(service.team, request.at, request.known)
    found = meant(team.agents, typed)
    if len(found) == 1 and is_named(found[0], typed):
        return await _with(ctx, request, found[0].person_id)
    if found:
        return view.did_you_mean(found)
    if request.known.leads:
        other = await ctx.db.read(service.find_called, request.at, request.workspace_id, typed)
        if other is not None:
            return await _with(ctx, request, other)
    return view.usage(view.nobody_called(typed), leads=bool(request.known.leads))


async def _with(ctx: Context, request: Request, agent_id: int) -> Form:
    async with _audited(ctx, request):
        sheet = await ctx.db.write(service.start_with, request.at, request.known, agent_id)
    return forms.write(sheet)


async def _earlier(ctx: Context, request: Request, agent_id: int, *, stacked: bool = False) -> Form:
    told = await ctx.db.read(service.written, request.known, agent_id)
    if not told.conversations:
        raise NotFoundError("You wrote nothing for them yet.")
    return view.written(told.conversations, told.reader, _words(told), stacked=stacked)


@contextlib.asynccontextmanager
async def _audited(ctx: Context, request: Request) -> AsyncIterator[None]:
    """Write down that somebody asked for what they may not do."""
    try:
        yield
    except (RefusedError, NotFoundError):
        await ctx.db.write(who.refused, request.at, request.slack_id, request.who, request.name)
        raise


def _words(told: Told) -> Words:
    return Words(told.names, told.texts)


def _id(value: str) -> int:
    """Return the id that a button, a menu or a form carried."""
    if not value.isdecimal():
        raise NotFoundError("That is not there any more. Begin anew with /coach.")
    return int(value)
