"""“Something wrong?” at an entry of one's points: asked, answered, passed on."""

from bot.commands.answers import Answer, Changed
from bot.commands.request import Request
from bot.context import Context
from bot.domain.disputes import Moved
from bot.services import disputes as service
from bot.services.disputes import Question
from bot.views import disputes as view
from bot.views import notices
from bot.views.message import Message
from bot.views.words import Words


async def open_question(ctx: Context, request: Request) -> Answer:
    """Open the form about an entry, with what was answered before; while a question is open, say where it is."""
    entry, before = await ctx.db.read(service.entry_of, request.known, _id(request.value))
    if before is not None and before.case is not None and not before.case.may_ask_again:
        return view.asked(before, request.known.locale)
    return view.question(entry.entry, request.known.reader, Words(entry.names, entry.texts), before)


async def ask(ctx: Context, request: Request) -> Answer:
    """Keep the question, and send it to whoever answers."""
    question = Question(f"dispute:{request.key}", request.known, _id(request.note), request.words("words"))
    return view.asked(await ctx.db.write(service.ask, request.at, question), request.known.locale)


async def open_answer(ctx: Context, request: Request) -> Answer:
    """Open the form for the answer; where there is one already, show it."""
    seen = await ctx.db.write(service.look, request.at, request.known, _id(request.value))
    if seen.case is None:
        return notices.notice(view.NOT_FOR_YOU)
    if not seen.taken:
        return Changed(_shown(request, seen))
    return view.answering(seen, request.known.locale)


async def answer(ctx: Context, request: Request) -> Answer:
    """Keep the answer, correct the entry where an admin says so, and tell whoever asked."""
    given = service.Answer(
        request.known, _id(request.note), request.words("words"), request.words("correct") == view.CORRECT
    )  # fmt: skip
    came = await ctx.db.write(service.answer, request.at, given)
    return notices.notice(view.NOT_FOR_YOU) if came.case is None else view.sent(came, request.known.locale)


async def pass_on(ctx: Context, request: Request) -> Answer:
    """Pass the question on to the admins."""
    came = await ctx.db.write(service.pass_on, request.at, request.known, _id(request.value))
    return notices.notice(view.NOT_FOR_YOU) if came.case is None else Changed(_shown(request, came))


def _shown(request: Request, came: Moved) -> Message:
    assert came.case is not None
    return view.request(came.case, Words(came.names, came.texts, locale=request.known.locale), late=not came.taken)


def _id(value: str) -> int:
    """Return the id that a button, a menu or a form carried; 0, which names nothing, where it is none."""
    return int(value) if value.isdecimal() and len(value) < 19 else 0
