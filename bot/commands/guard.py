"""Around everything Slack can send: nothing is left unanswered, done twice, or done by whom it does not behove.

Slack waits 3 seconds for an answer. The handler runs as a task: done within 2 seconds, its answer goes with the
acknowledgement; else the person reads that it is under way, and the answer follows.
"""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.errors import SlackApiError

from bot.commands import members
from bot.commands.answers import Answer, Behind, Changed, form_answer, late_page, private
from bot.commands.request import Kind, MalformedError, Request, read
from bot.commands.respond import Respond
from bot.context import Context
from bot.domain import lacking
from bot.domain.people import Role, Who
from bot.errors import DatabaseError, EncoreError, ForbiddenError, FormError
from bot.services import outbox, who
from bot.views import notices
from bot.views.blocks import has_picture, needs_2026
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


class Outcome(StrEnum):
    """What came of a delivery, as the meters count it."""

    ANSWERED = "answered"
    INCOMPLETE = "incomplete"
    REFUSED = "refused"
    FAILED = "failed"
    REPEATED = "repeated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class _Done:
    answer: Answer
    outcome: Outcome


ACK_WITHIN_SECONDS: Final = 2.0
SAY_WITHIN_SECONDS: Final = 0.7
FINISH_WITHIN_SECONDS: Final = 10.0
"""So long the end of Encore waits for answers under way."""
MOST_OPENED: Final = 1_000
"""So many forms are remembered with where they were opened."""
_LATE_TRIGGERS: Final = frozenset(
    {"expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged"}
)


class Guard:
    """The listeners that Bolt calls, one for each kind of delivery; `tables` says what each name does."""

    def __init__(self, ctx: Context, tables: Mapping[Kind, Mapping[str, Row]]) -> None:
        self._ctx = ctx
        self._tables = tables
        self._under_way: dict[str, asyncio.Task[_Done]] = {}
        # The event loop itself holds tasks only weakly.
        self._later: set[asyncio.Task[None]] = set()
        # Where a form was opened that stands open, by the form. Slack itself forgets these addresses after half an hour.
        self._opened_at: OrderedDict[str, str] = OrderedDict()

    async def command(self, ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        """Answer a slash command, to the person alone."""
        request = read(Kind.COMMAND, body, self._ctx.now())
        task = self._begin(request)
        if not await _soon(task):
            await ack(**private(notices.working()))
            self._do_later(self._follow_up(request, task, respond))
            return
        answer = task.result().answer
        if not isinstance(answer, Message):
            await ack()
        elif self._is_untried(answer):
            # A refused acknowledgement is told to nobody but the person; a refused answer by the address is told us.
            # The acknowledgement leaves when this ends, and so a slow address is not waited for.
            await ack()
            await asyncio.wait({self._do_later(self._say(request, respond, answer))}, timeout=SAY_WITHIN_SECONDS)
        else:
            await ack(**private(answer))

    async def action(self, ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        """Do what a button or a menu is for; the answer follows the acknowledgement, which holds none."""
        request = read(Kind.ACTION, body, self._ctx.now())
        task = self._begin(request)
        await _soon(task)
        await ack()
        self._do_later(self._follow_up(request, task, respond if body.get("response_url") else None))

    async def shortcut(self, ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        """Do what a shortcut is for; the answer follows the acknowledgement, which holds none."""
        request = read(Kind.SHORTCUT, body, self._ctx.now())
        task = self._begin(request)
        await _soon(task)
        await ack()
        self._do_later(self._follow_up(request, task, respond if body.get("response_url") else None))

    async def form(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Take a form: it closes, says what is wrong, or becomes a page that says what came of it."""
        request = read(Kind.FORM, body, self._ctx.now())
        title, view_id = str(body["view"]["title"]["text"]), str(body["view"]["id"])
        task = self._begin(request)
        self._do_later(self._show_behind(request, task, view_id))
        if await _soon(task):
            done = task.result()
            await ack(**form_answer(done.answer, title, answered=done.outcome is Outcome.ANSWERED))
            return
        await ack(response_action="update", view=page(title, notices.working()).view())
        self._do_later(self._show_late(task, title, view_id))

    async def finish(self) -> None:
        """Wait, but not for ever, for what is still to be said and written down."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_WITHIN_SECONDS):
                while tasks := [*(task for task in self._under_way.values() if not task.done()), *self._later]:
                    await asyncio.wait(tasks)
                    # A listener that waited for one of them acknowledges now.
                    await asyncio.sleep(0.05)

    def _begin(self, request: Request) -> asyncio.Task[_Done]:
        """Start what was asked for; while it is under way, the same delivery gets the same answer."""
        task = self._under_way.get(request.key)
        if task is None:
            task = self._under_way[request.key] = asyncio.create_task(self._do(request))
        elif task.done():
            # Answered, and not yet written down.
            return asyncio.create_task(_repeated())
        return task

    async def _do(self, request: Request) -> _Done:
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

    async def _answer(self, request: Request, *, again: bool = False) -> _Done:
        """Run the handler; what goes wrong is told kindly, with a reference that is in the log."""
        row = self._tables[request.kind].get(request.name)
        if row is None:
            # A button that is a link tells of itself, too.
            log.info("Nothing is done at the %s %s.", request.kind, request.name)
            return _Done(None, Outcome.UNKNOWN)
        try:
            met = await self._ctx.db.read(who.meet, request.at, request.key, request.workspace_id, request.slack_id)
            if met.seen and not again:
                return _Done(None, Outcome.REPEATED)
            request = replace(request, who=met.who)
            # Whom no admin can link is not sent to one.
            guest = met.who is None and await members.is_guest(self._ctx, request.at, request.slack_id)
            answer = await self._run(row, request, guest=guest)
            if isinstance(answer, Form) and request.kind is not Kind.FORM:
                return await self._open(request, answer)
        except DatabaseError:
            # Its words are for whoever runs Encore, and belong in the log.
            return _trouble(request)
        except EncoreError as error:
            if isinstance(error, FormError) and request.kind is Kind.FORM:
                return _Done(Errors(error.fields), Outcome.INCOMPLETE)
            return _Done(notices.notice(str(error)), Outcome.REFUSED)
        except Exception:
            return _trouble(request)
        return _Done(answer, Outcome.INCOMPLETE if isinstance(answer, Errors) else Outcome.ANSWERED)

    async def _run(self, row: Row, request: Request, *, guest: bool) -> Answer:
        """Run the handler where somebody may; who may not is refused, and it is written down."""
        try:
            if guest:
                raise ForbiddenError(lacking.GUEST)
            if not _may(row, request.who):
                raise ForbiddenError(await self._ctx.db.read(who.forbidden, request.at, request.who, row.role))
            return await row.handler(self._ctx, request)
        except ForbiddenError as error:
            what = error.what or request.name
            await self._ctx.db.write(who.refused, request.at, request.slack_id, request.who, what)
            raise

    async def _open(self, request: Request, form: Form) -> _Done:
        """Show a modal: by itself, upon the modal it was asked for from, or in its place."""
        slack, view = self._ctx.slack, form.view()
        try:
            if request.modal_id and form.stacked:
                await slack.views_push(trigger_id=request.trigger_id, view=view)
            elif request.modal_id:
                await slack.views_update(view_id=request.modal_id, view=view)
            else:
                opened = await slack.views_open(trigger_id=request.trigger_id, view=view)
                self._remember_where(request, str(opened["view"]["id"]))
        except SlackApiError as error:
            if error.response["error"] not in _LATE_TRIGGERS:
                raise
            return _Done(notices.too_late(), Outcome.FAILED)
        return _Done(None, Outcome.ANSWERED)

    async def _follow_up(self, request: Request, task: asyncio.Task[_Done], respond: AsyncRespond | None) -> None:
        """Say by the address what the acknowledgement did not hold; where there is no address, on a page."""
        done = await task
        in_place = isinstance(done.answer, Changed)
        message = done.answer.message if isinstance(done.answer, Changed) else done.answer
        if not isinstance(message, Message):
            if request.kind is Kind.COMMAND and respond is not None:
                # What stands there is only that it is under way.
                await respond(delete_original=True)
            return
        if respond is None:
            await self._open(request, page("Encore", message, stacked=not in_place))
            return
        # Until now the person reads that a command is under way.
        await self._say(request, respond, message, replace_original=in_place or request.kind is Kind.COMMAND)

    def _remember_where(self, request: Request, view_id: str) -> None:
        # What everybody sees changes by itself, and Slack sends it along.
        if request.address and not request.message:
            self._opened_at[view_id] = request.address
            if len(self._opened_at) > MOST_OPENED:
                self._opened_at.popitem(last=False)

    async def _show_behind(self, request: Request, task: asyncio.Task[_Done], view_id: str) -> None:
        """Let what stands behind a form be as things are now."""
        done = await task
        address = self._opened_at.pop(view_id, "") if isinstance(done.answer, Behind) else ""
        if isinstance(done.answer, Behind) and address:
            await self._say(request, Respond(response_url=address), done.answer.message, replace_original=True)

    async def _show_late(self, task: asyncio.Task[_Done], title: str, view_id: str) -> None:
        done = await task
        try:
            await self._ctx.slack.views_update(view_id=view_id, view=late_page(done.answer, title).view())
        except SlackApiError as error:
            # Whoever has closed the page meanwhile does not wait for it; what was done stands all the same.
            log.info("The page of a late answer is closed: %s", error.response["error"])

    def _is_untried(self, message: Message) -> bool:
        known = self._ctx.native_workspaces | self._ctx.classic_workspaces
        return has_picture(message.blocks) or (needs_2026(message.blocks) and self._ctx.workspace_id not in known)

    async def _say(self, request: Request, respond: AsyncRespond, message: Message, **how: Any) -> None:
        """Answer by the response_url; where the workspace refuses the blocks of 2026, the answer is made anew without."""
        workspace_id = request.workspace_id
        response = await respond(**private(message), **how)
        if response.status_code == HTTPStatus.OK:
            if needs_2026(message.blocks):
                self._ctx.native_workspaces.add(workspace_id)
            return
        if "invalid_blocks" not in str(response.body) or not needs_2026(message.blocks):
            log.warning("Slack did not take an answer: %s %s", response.status_code, response.body)
            return
        self._ctx.classic_workspaces.add(workspace_id)
        if has_picture(message.blocks):
            # It may be the picture that Slack could not fetch: the workspace is not remembered for it.
            log.warning("Slack did not take an answer with pictures; it is said without them.")
            classic = (await self._answer(request, again=True)).answer
            self._ctx.classic_workspaces.discard(workspace_id)
        else:
            await self._ctx.db.write(outbox.remember_classic, workspace_id)
            classic = (await self._answer(request, again=True)).answer
        made_anew = classic.message if isinstance(classic, Changed | Behind) else classic
        if isinstance(made_anew, Message):
            await respond(**private(made_anew), **how)

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


async def _repeated() -> _Done:
    return _Done(None, Outcome.REPEATED)


async def _soon(task: asyncio.Task[_Done]) -> bool:
    """Whether it is done while Slack waits."""
    done, _ = await asyncio.wait({task}, timeout=ACK_WITHIN_SECONDS)
    return bool(done)


def _may(row: Row, somebody: Who | None) -> bool:
    """Whether somebody may do that."""
    if somebody is None:
        return not row.linked
    return not somebody.has_left and somebody.may(row.role)


def _trouble(request: Request) -> _Done:
    """Write down the error that is being handled, and tell its reference."""
    # The key is unique to this one delivery, and its end says nothing about the person.
    reference = request.key.rpartition(".")[2].rpartition(":")[2][-8:] or "none"
    log.exception("%s %s failed, reference %s", request.kind, request.name, reference)
    return _Done(notices.trouble(reference), Outcome.FAILED)
