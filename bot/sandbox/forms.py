"""Modals as people use them: a form is sent, gone back from or closed, and the app's answer decides what comes next."""

from collections.abc import Mapping
from typing import Any, Final

from bot.errors import NotFoundError
from bot.sandbox.answers import complaints
from bot.sandbox.delivery import DeliveryError
from bot.sandbox.gateway import Gateway
from bot.sandbox.interactions import NOT_INTERACTIVE, Interactions, Outcome
from bot.sandbox.manifest import Manifest
from bot.sandbox.model import Json
from bot.sandbox.responses import Conversation, Responses
from bot.sandbox.state import Typed, elements_in
from bot.sandbox.view_content import ViewError, read_view
from bot.sandbox.workspace import Workspace

TROUBLE: Final = "We had some trouble connecting. Try again?"


class _TroubleError(Exception):
    """The app's answer to a form cannot be followed."""


class Forms:
    """The forms of the people of a workspace."""

    def __init__(
        self,
        workspace: Workspace,
        manifest: Manifest,
        gateway: Gateway,
        responses: Responses,
        interactions: Interactions,
    ) -> None:
        self._workspace = workspace
        self._interactive = manifest.interactive
        self._gateway = gateway
        self._responses = responses
        self._interactions = interactions

    async def submit(self, user_id: str, view_id: str, typed: Typed) -> Outcome:
        """Send a form: `typed` is what stands in all its fields.

        What is missing is said at once and nothing is sent, as Slack's client does; then the app may name errors,
        change the view, show another above it, or let it close. Raises NotFoundError if the view is not open.
        """
        view = self._open_view(user_id, view_id)
        state = self._interactions.state(user_id, view, typed)
        wrong = complaints(view["blocks"], state)
        if wrong:
            return Outcome(errors=wrong)
        if not self._interactive:
            return Outcome(NOT_INTERACTIVE)
        filled = view | {"state": state}
        self._workspace.modals.replace(filled)
        payload = self._interactions.view_payload("view_submission", user_id, filled)
        payload["trigger_id"] = self._workspace.triggers.issue(user_id, view_id)
        payload["response_urls"] = self._response_urls(user_id, filled)
        answers = await self._gateway.deliver("interactive", f"view_submission {view['callback_id']}", payload)
        outcomes = [self._follow(user_id, view_id, answer) for answer in answers]
        self._workspace.changed()
        return outcomes[0]

    async def close(self, user_id: str, view_id: str) -> None:
        """Close a view as its X or its own button does; the view below comes into sight unless all are to be cleared.

        Raises NotFoundError if the view is not open.
        """
        modals = self._workspace.modals
        view = self._open_view(user_id, view_id)
        if view["clear_on_close"]:
            await self._tell_closed(user_id, modals.clear(user_id), is_cleared=True)
        else:
            modals.close(user_id)
            await self._tell_closed(user_id, [view], is_cleared=False)
        self._workspace.changed()

    def _follow(self, user_id: str, view_id: str, answer: Json | DeliveryError) -> Outcome:
        if isinstance(answer, DeliveryError):
            return Outcome(TROUBLE)
        found = self._workspace.modals.find(view_id)
        if found is None:
            # An earlier copy of the same delivery has closed it.
            return Outcome()
        try:
            return self._do(str(answer.get("response_action", "")), user_id, found[1], answer)
        except (ViewError, _TroubleError):
            return Outcome(TROUBLE)

    def _do(self, action: str, user_id: str, view: Json, answer: Json) -> Outcome:
        modals = self._workspace.modals
        if action == "errors":
            return Outcome(errors=_errors(view, answer.get("errors")))
        if action == "update":
            modals.replace(read_view(answer.get("view"), "modal", user_id, self._workspace, view))
        elif action == "push":
            pushed = read_view(answer.get("view"), "modal", user_id, self._workspace)
            if modals.top(user_id) is not view or not modals.push(user_id, pushed):
                raise _TroubleError
        elif action == "clear":
            modals.clear(user_id)
        elif answer:
            # Slack follows an empty acknowledgement or a response_action, and nothing else.
            raise _TroubleError
        else:
            # The app may have shown another view above this one meanwhile: that one stays.
            modals.remove(view["id"])
        return Outcome()

    async def _tell_closed(self, user_id: str, views: list[Json], *, is_cleared: bool) -> None:
        for view in views:
            if view["notify_on_close"] and self._interactive:
                payload = self._interactions.view_payload("view_closed", user_id, view) | {"is_cleared": is_cleared}
                # Nothing that the person could see depends on whether the app takes it.
                await self._gateway.deliver("interactive", f"view_closed {view['callback_id']}", payload)

    def _response_urls(self, user_id: str, view: Json) -> list[Json]:
        rows = []
        # The app may have chosen at first what the person does not even see.
        seen = {channel.slack_id for channel in self._workspace.visible_channels(self._workspace.person(user_id))}
        for block, element in elements_in(view["blocks"]):
            if block["type"] == "input" and element.get("response_url_enabled"):
                chosen = view["state"]["values"][block["block_id"]][element["action_id"]]
                channel_id = chosen.get("selected_conversation") or chosen.get("selected_channel")
                if channel_id in seen:
                    conversation: Conversation = self._responses.open(channel_id, user_id, way="app")
                    ids = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel_id}
                    rows.append(ids | {"response_url": self._interactions.response_url(conversation)})
        return rows

    def _open_view(self, user_id: str, view_id: str) -> Json:
        top = self._workspace.modals.top(user_id)
        if top is None or top["id"] != view_id:
            raise NotFoundError(f"The view {view_id} is not open.")
        return top


def _errors(view: Json, errors: Any) -> dict[str, str]:
    fields = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, Mapping):
        raise _TroubleError
    shown = {str(name): text for name, text in errors.items() if name in fields and isinstance(text, str)}
    if not shown:
        raise _TroubleError
    return shown
