"""Around everything Slack can send: nothing is left unanswered, done twice, or done by whom it does not behove.

Slack waits 3 seconds for an answer. The handler runs as a task: done within 2 seconds, its answer goes with the
acknowledgement; else the person reads that it is under way, and the answer follows.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot.commands import home, members
from bot.commands.answers import Answer, Done, Outcome, form_answer, private
from bot.commands.request import Kind, MalformedError, Request, read
from bot.commands.saying import Saying
from bot.context import Context
from bot.domain import lacking
from bot.domain.people import Role, Who
from bot.errors import DatabaseError, EncoreError, ForbiddenError, FormError
from bot.services import who
from bot.views import notices
from bot.views.form import Errors, Form, page
from bot.views.message import Message

log = logging.getLogger(__name__)


Handler = Callable[[Context, Request], Awaitable[Answer]]
"""Parses, asks one service, and shows what came of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that Slack can send: what is done, who may, and whether only people who are linked get there."""

    handler: Handler
    role: Role = Role.AGENT
    linked: bool = True


ACK_WITHIN_SECONDS: Final = 2.0
SAY_WITHIN_SECONDS: Final = 0.7
FINISH_WITHIN_SECONDS: Final = 10.0
"""So long the end of Encore waits for answers under way."""


class Guard:
    """The listeners that Bolt calls, one for each kind of delivery; `tables` says what each name does."""

    def __init__(self, ctx: Context, tables: Mapping[Kind, Mapping[str, Row]]) -> None:
        self._ctx = ctx
        self._tables = tables
        self._under_way: dict[str, asyncio.Task[Done]] = {}
        # The event loop itself holds tasks only weakly.
        self._later: set[asyncio.Task[None]] = set()
        self._saying = Saying(ctx, lambda request: self._answer(request, again=True))

    async def command(self, ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        """Answer a slash command, to the person alone."""
        request = read(Kind.COMMAND, body, self._ctx.now())
        task = self._begin(request)
        if not await _soon(task):
            await ack(**private(notices.working()))
            self._do_later(self._saying.follow_up(request, task, respond))
            return
        answer = task.result().answer
        if not isinstance(answer, Message):
            await ack()
        elif self._saying.is_untried(answer):
            # A refused acknowledgement is told to nobody but the person; a refused answer by the address is told us.
            # The acknowledgement leaves when this ends, and so a slow address is not waited for.
            await ack()
            await asyncio.wait(
                {self._do_later(self._saying.by_address(request, respond, answer))}, timeout=SAY_WITHIN_SECONDS
            )
        else:
            await ack(**private(answer))

    async def action(self, ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        """Do what a button or a menu is for; the answer follows the acknowledgement, which holds none."""
        request = read(Kind.ACTION, body, self._ctx.now())
        task = self._begin(request)
        await _soon(task)
        await ack()
        self._do_later(self._saying.follow_up(request, task, respond if body.get("response_url") else None))

    async def shortcut(self, ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        """Do what a shortcut is for; the answer follows the acknowledgement, which holds none."""
        request = read(Kind.SHORTCUT, body, self._ctx.now())
        task = self._begin(request)
        await _soon(task)
        await ack()
        self._do_later(self._saying.follow_up(request, task, respond if body.get("response_url") else None))

    async def event(self, body: dict[str, Any]) -> None:
        """Do what follows from something that happened. Nobody waits for an answer: why not stands in their Home."""
        request = read(Kind.EVENT, body, self._ctx.now())
        task = self._begin(request)
        self._do_later(self._tell_at_home(request, task))
        await _soon(task)

    async def form(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Take a form: it closes, says what is wrong, or becomes a page that says what came of it."""
        request = read(Kind.FORM, body, self._ctx.now())
        title, view_id = str(body["view"]["title"]["text"]), str(body["view"]["id"])
        task = self._begin(request)
        self._do_later(self._saying.behind(request, task, view_id))
        if await _soon(task):
            done = task.result()
            await ack(**form_answer(done.answer, title, answered=done.outcome is Outcome.ANSWERED))
            return
        await ack(response_action="update", view=page(title, notices.working()).view())
        self._do_later(self._saying.late(task, title, view_id))

    async def _tell_at_home(self, request: Request, task: asyncio.Task[Done]) -> None:
        done = await task
        if isinstance(done.answer, Message) and done.outcome is Outcome.REFUSED:
            await home.say(self._ctx, request, done.answer)

    async def finish(self) -> None:
        """Wait, but not for ever, for what is still to be said and written down."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_WITHIN_SECONDS):
                while tasks := [*(task for task in self._under_way.values() if not task.done()), *self._later]:
                    await asyncio.wait(tasks)
                    # A listener that waited for one of them acknowledges now.
                    await asyncio.sleep(0.05)

    def _begin(self, request: Request) -> asyncio.Task[Done]:
        """Start what was asked for; while it is under way, the same delivery gets the same answer."""
        task = self._under_way.get(request.key)
        if task is None:
            task = self._under_way[request.key] = asyncio.create_task(self._do(request))
        elif task.done():
            # Answered, and not yet written down.
            return asyncio.create_task(_repeated())
        return task

    async def _do(self, request: Request) -> Done:
        started = asyncio.get_running_loop().time()
        done = await self._answer(request)
        meters = self._ctx.meters
        name = request.name if done.outcome is not Outcome.UNKNOWN else "unknown"
        meters.deliveries.labels(request.kind, name, done.outcome).inc()
        meters.seconds.labels(request.kind, name).observe(asyncio.get_running_loop().time() - started)
        self._do_later(self._remember(request, done.outcome))
        self._ctx.wake.set()
        return done

    async def _remember(self, request: Request, outcome: Outcome) -> None:
        """Write down that a delivery was answered; a form that was refused is mended and sent again."""
        try:
            if outcome is Outcome.ANSWERED or (outcome is Outcome.REFUSED and request.kind is not Kind.FORM):
                await self._ctx.db.write(who.answered, request.at, request.key)
        finally:
            del self._under_way[request.key]

    async def _answer(self, request: Request, *, again: bool = False) -> Done:
        """Run the handler; what goes wrong is told kindly, with a reference that is in the log."""
        row = self._tables[request.kind].get(request.name)
        if row is None:
            # A button that is a link tells of itself, too.
            log.info("Nothing is done at the %s %s.", request.kind, request.name)
            return Done(None, Outcome.UNKNOWN)
        try:
            met = await self._ctx.db.read(who.meet, request.at, request.key, request.workspace_id, request.slack_id)
            if met.seen and not again:
                return Done(None, Outcome.REPEATED)
            request = replace(request, who=met.who)
            # Whom no admin can link is not sent to one.
            guest = met.who is None and await members.is_guest(self._ctx, request.at, request.slack_id)
            answer = await self._run(row, request, guest=guest)
            if isinstance(answer, Form) and request.kind is not Kind.FORM:
                return await self._saying.open(request, answer)
        except DatabaseError:
            # Its words are for whoever runs Encore, and belong in the log.
            return _trouble(request)
        except EncoreError as error:
            if isinstance(error, FormError) and request.kind is Kind.FORM:
                return Done(Errors(error.fields), Outcome.INCOMPLETE)
            return Done(notices.notice(str(error)), Outcome.REFUSED)
        except Exception:
            return _trouble(request)
        return Done(answer, Outcome.INCOMPLETE if isinstance(answer, Errors) else Outcome.ANSWERED)

    async def _run(self, row: Row, request: Request, *, guest: bool) -> Answer:
        """Run the handler where somebody may; who may not is refused, and it is written down."""
        try:
            if guest:
                raise ForbiddenError(lacking.GUEST)
            if not _may(row, request.who):
                raise ForbiddenError(await self._ctx.db.read(who.forbidden, request.at, request.who, row.role))
            return await row.handler(self._ctx, request)
        except ForbiddenError as error:
            # To look at one's own Home is to ask for nothing.
            if request.kind is not Kind.EVENT:
                what = error.what or request.name
                await self._ctx.db.write(who.refused, request.at, request.slack_id, request.who, what)
            raise

    def _do_later(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something that nobody waits for: what goes wrong in it is told here or nowhere."""

        async def quietly() -> None:
            try:
                await coroutine
            except Exception:
                log.exception("What follows an answer did not get through.")

        task = asyncio.create_task(quietly())
        self._later.add(task)
        task.add_done_callback(self._later.discard)
        return task


async def malformed(error: Exception) -> BoltResponse:
    """Answer what a listener could not even read."""
    if not isinstance(error, MalformedError):
        raise error
    log.warning("Slack sent what nobody can read: %s", error)
    return BoltResponse(status=HTTPStatus.BAD_REQUEST, body={"error": "invalid request"})


async def _repeated() -> Done:
    return Done(None, Outcome.REPEATED)


async def _soon(task: asyncio.Task[Done]) -> bool:
    """Whether it is done while Slack waits."""
    done, _ = await asyncio.wait({task}, timeout=ACK_WITHIN_SECONDS)
    return bool(done)


def _may(row: Row, somebody: Who | None) -> bool:
    """Whether somebody may do that."""
    if somebody is None:
        return not row.linked
    return not somebody.has_left and somebody.may(row.role)


def _trouble(request: Request) -> Done:
    """Write down the error that is being handled, and tell its reference."""
    # The key is unique to this one delivery, and its end says nothing about the person.
    reference = request.key.rpartition(".")[2].rpartition(":")[2][-8:] or "none"
    log.exception("%s %s failed, reference %s", request.kind, request.name, reference)
    return Done(notices.trouble(reference), Outcome.FAILED)
