"""How an answer is said that the acknowledgement could not hold: by an address, in a modal, or on a page."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from slack_bolt.async_app import AsyncRespond
from slack_sdk.errors import SlackApiError

from bot.commands.answers import Behind, Changed, Done, Outcome, late_page, private
from bot.commands.request import Kind, Request
from bot.commands.respond import Respond
from bot.context import Context
from bot.services import outbox
from bot.views import notices
from bot.views.blocks import has_picture, needs_2026
from bot.views.form import Form, page
from bot.views.message import Message

log = logging.getLogger(__name__)

MOST_OPENED: Final = 1_000
"""So many forms are remembered with where they were opened."""

_TITLE: Final = "Encore"
_LATE_TRIGGERS: Final = frozenset(
    {"expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged"}
)
_REFUSED: Final = frozenset({"invalid_arguments", "invalid_blocks"})
"""What Slack says of a modal with blocks that it does not take."""


class Saying:
    """Says what came of a delivery; `again` makes an answer anew where Slack did not take the first."""

    def __init__(self, ctx: Context, again: Callable[[Request], Awaitable[Done]]) -> None:
        self._ctx = ctx
        self._again = again
        # Where a form was opened that stands open, by the form. Slack itself forgets these addresses after half an hour.
        self._opened_at: OrderedDict[str, str] = OrderedDict()

    async def open(self, request: Request, form: Form) -> Done:
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
            return Done(notices.too_late(), Outcome.FAILED)
        return Done(None, Outcome.ANSWERED)

    async def follow_up(self, request: Request, task: asyncio.Task[Done], respond: AsyncRespond | None) -> None:
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
            await self._on_a_page(request, message, stacked=not in_place)
            return
        # Until now the person reads that a command is under way.
        await self.by_address(request, respond, message, replace_original=in_place or request.kind is Kind.COMMAND)

    async def behind(self, request: Request, task: asyncio.Task[Done], view_id: str) -> None:
        """Let what stands behind a form be as things are now."""
        done = await task
        address = self._opened_at.pop(view_id, "") if isinstance(done.answer, Behind) else ""
        if isinstance(done.answer, Behind) and address:
            await self.by_address(request, Respond(response_url=address), done.answer.message, replace_original=True)

    async def late(self, task: asyncio.Task[Done], title: str, view_id: str) -> None:
        """Put an answer in the place of the page that says it is under way."""
        done = await task
        try:
            await self._ctx.slack.views_update(view_id=view_id, view=late_page(done.answer, title).view())
        except SlackApiError as error:
            # Whoever has closed the page meanwhile does not wait for it; what was done stands all the same.
            log.info("The page of a late answer is closed: %s", error.response["error"])

    def is_untried(self, message: Message) -> bool:
        """Whether it is not known yet that the workspace takes such a message."""
        known = self._ctx.native_workspaces | self._ctx.classic_workspaces
        return has_picture(message.blocks) or (needs_2026(message.blocks) and self._ctx.workspace_id not in known)

    async def by_address(self, request: Request, respond: AsyncRespond, message: Message, **how: Any) -> None:
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
        if has_picture(message.blocks):
            # It may be the picture that Slack could not fetch: the workspace is not remembered for it.
            log.warning("Slack did not take an answer with pictures; it is said without them.")
            made_anew = await self._classic(request)
        else:
            self._ctx.classic_workspaces.add(workspace_id)
            await self._ctx.db.write(outbox.remember_classic, workspace_id)
            made_anew = _message(await self._again(request))
        if made_anew is not None:
            await respond(**private(made_anew), **how)

    def _remember_where(self, request: Request, view_id: str) -> None:
        # What everybody sees changes by itself, and Slack sends it along.
        if request.address and not request.message:
            self._opened_at[view_id] = request.address
            if len(self._opened_at) > MOST_OPENED:
                self._opened_at.popitem(last=False)

    async def _on_a_page(self, request: Request, message: Message, *, stacked: bool) -> None:
        """Show words where something was pressed that is in no message; too late for that, they come as a message."""
        try:
            done = await self.open(request, page(_TITLE, message, stacked=stacked))
        except SlackApiError as error:
            # A message may have what a modal may not: the workspace is not remembered for it.
            classic = await self._classic(request) if needs_2026(message.blocks) else None
            if error.response["error"] not in _REFUSED or classic is None:
                raise
            message = classic
            done = await self.open(request, page(_TITLE, message, stacked=stacked))
        if done.outcome is Outcome.FAILED:
            await self._ctx.slack.chat_postMessage(
                channel=request.slack_id, text=message.text, blocks=message.blocks, link_names=False,
                unfurl_links=False, unfurl_media=False,
            )  # fmt: skip

    async def _classic(self, request: Request) -> Message | None:
        """Make an answer anew without the blocks of 2026, this once."""
        return _message(await self._again(replace(request, wants_classic=True)))


def _message(done: Done) -> Message | None:
    """Return the words of an answer, if it is words."""
    answer = done.answer
    said = answer.message if isinstance(answer, Changed | Behind) else answer
    return said if isinstance(said, Message) else None
