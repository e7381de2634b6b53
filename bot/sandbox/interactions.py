"""What people do with blocks and shortcuts: the payloads that are sent for it, and what the app's answers do."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.errors import NotFoundError
from bot.sandbox import shapes
from bot.sandbox.chosen import check_chosen, check_typed
from bot.sandbox.delivery import DeliveryError
from bot.sandbox.gateway import Gateway
from bot.sandbox.manifest import Manifest, ShortcutKind
from bot.sandbox.model import Channel, Json, Message, micros_of, ts_of
from bot.sandbox.offers import Offers
from bot.sandbox.responses import Conversation, Responses
from bot.sandbox.state import Typed, action_of, find_element, state_of
from bot.sandbox.workspace import Workspace

NOT_INTERACTIVE: Final = "This app is not set up for interactive responses"
TROUBLE: Final = "The app did not answer in time. Try again?"
ARCHIVED: Final = "This channel is archived."


@dataclass(frozen=True)
class OnMessage:
    """The place of a block: a message."""

    channel_id: str
    ts: str


@dataclass(frozen=True)
class OnView:
    """The place of a block: a modal or an App Home."""

    view_id: str


Place = OnMessage | OnView


@dataclass(frozen=True)
class Outcome:
    """What the person sees: `error` when the app could not be reached or did not answer, `errors` beside fields."""

    error: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


class Interactions:
    """Actions and shortcuts of the people of a workspace. `response_url` writes a conversation's address."""

    def __init__(
        self,
        workspace: Workspace,
        manifest: Manifest,
        gateway: Gateway,
        responses: Responses,
        response_url: Callable[[Conversation], str],
    ) -> None:
        self._workspace = workspace
        self._manifest = manifest
        self._gateway = gateway
        self._responses = responses
        self.response_url = response_url
        self._offers = Offers()

    async def act(
        self, user_id: str, place: Place, block_id: str, action_id: str, values: Sequence[str], typed: Typed
    ) -> Outcome:
        """Use one element: send `block_actions`. `typed` is what stands in all elements of that message or view.

        Raises NotFoundError for a place, a block, an element or a choice that is not there (any more), ValueError for
        more choices than the element allows.
        """
        blocks = self._blocks(place, user_id)
        if isinstance(place, OnMessage) and self._workspace.channel(place.channel_id).is_archived:
            return Outcome(ARCHIVED)
        block, element = self._find(blocks, block_id, action_id)
        person = self._workspace.person(user_id)
        zone = person.zone
        check_chosen(element, values, person, self._workspace)
        check_typed(blocks, typed, person, self._workspace)
        action = action_of(block, element, values, zone, self._now_ts())
        payload = self._base("block_actions", user_id) | self._context(place, user_id)
        payload["trigger_id"] = self._workspace.triggers.issue(user_id, _view_id(place))
        payload["actions"] = [action]
        state = state_of(blocks, typed, zone)
        if isinstance(place, OnView):
            payload["view"] = payload["view"] | {"state": state}
        else:
            payload["state"] = state
            payload["response_url"] = self.response_url(self._conversation(place, user_id))
        return await self._send(f"block_actions {action_id}", payload)

    async def shortcut(self, user_id: str, callback_id: str) -> Outcome:
        """Use an entry of the menu of shortcuts. Raises NotFoundError if the manifest has none like it."""
        self._check_shortcut("global", callback_id)
        payload = self._base("shortcut", user_id) | {"callback_id": callback_id, "action_ts": self._now_ts()}
        payload["trigger_id"] = self._workspace.triggers.issue(user_id)
        del payload["user"]["name"], payload["api_app_id"]
        return await self._send(f"shortcut {callback_id}", payload)

    async def message_shortcut(self, user_id: str, callback_id: str, channel_id: str, ts: str) -> Outcome:
        """Use an entry of a message's menu. Raises NotFoundError as `shortcut` does, and for an unknown message.

        Ephemeral messages have no such menu.
        """
        self._check_shortcut("message", callback_id)
        channel, message = self._workspace.channel(channel_id), self._workspace.message(channel_id, ts)
        if message.ephemeral_to is not None:
            raise NotFoundError(f"The message {ts} has no shortcuts.")
        if channel.is_archived:
            return Outcome(ARCHIVED)
        conversation = self._responses.open(channel_id, user_id, "", way="app")
        payload = self._base("message_action", user_id) | {
            "callback_id": callback_id,
            "action_ts": self._now_ts(),
            "trigger_id": self._workspace.triggers.issue(user_id),
            "channel": _channel_of(channel),
            "message_ts": ts,
            "message": shapes.message(message, self._workspace),
            "response_url": self.response_url(conversation),
        }
        del payload["api_app_id"]
        return await self._send(f"message_action {callback_id}", payload)

    async def suggest(
        self, user_id: str, place: Place, block_id: str, action_id: str, typed: str, chosen: Collection[str] = ()
    ) -> list[Json]:
        """Ask the app what a menu offers for these letters: options, or groups of them. Raises NotFoundError.

        An app that does not answer, or not in the documented way, offers nothing. `chosen` are the values that stand in
        the menu already.
        """
        self._find(self._blocks(place, user_id), block_id, action_id)
        payload = self._base("block_suggestion", user_id) | self._context(place, user_id)
        payload |= {"block_id": block_id, "action_id": action_id, "value": typed}
        outcome = (await self._gateway.deliver("interactive", f"block_suggestion {action_id}", payload))[0]
        if isinstance(outcome, DeliveryError):
            return []
        return self._offers.take((_key(place), block_id, action_id), outcome, chosen)

    def state(self, user_id: str, view: Json, typed: Typed) -> Json:
        """Return the state of a view's elements as Slack writes it. Raises as `act` does for what cannot be chosen."""
        person, blocks = self._workspace.person(user_id), self._offers.completed(view["id"], view["blocks"])
        check_typed(blocks, typed, person, self._workspace)
        return state_of(blocks, typed, person.zone)

    def view_payload(self, kind: str, user_id: str, view: Json) -> Json:
        """Return what `view_submission` and `view_closed` have in common."""
        return self._base(kind, user_id) | {"view": view}

    async def _send(self, title: str, payload: Json) -> Outcome:
        if not self._manifest.interactive:
            return Outcome(NOT_INTERACTIVE)
        outcome = (await self._gateway.deliver("interactive", title, payload))[0]
        return Outcome(TROUBLE) if isinstance(outcome, DeliveryError) else Outcome()

    def _base(self, kind: str, user_id: str) -> Json:
        workspace = self._workspace
        person = workspace.person(user_id)
        return {
            "type": kind,
            "user": {
                "id": user_id, "username": person.name, "name": person.name, "team_id": workspace.team_id
            },
            "api_app_id": workspace.app_id,
            "token": workspace.verification_token,
            "team": {"id": workspace.team_id, "domain": workspace.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }  # fmt: skip

    def _context(self, place: Place, user_id: str) -> Json:
        if isinstance(place, OnView):
            view = self._view(place, user_id)
            return {"container": {"type": "view", "view_id": view["id"]}, "view": view}
        channel, message = self._message(place, user_id)
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.slack_id,
            "is_ephemeral": message.ephemeral_to is not None,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        context: Json = {"container": container, "channel": _channel_of(channel)}
        if message.ephemeral_to is None:
            context["message"] = shapes.message(message, self._workspace)
        return context

    def _blocks(self, place: Place, user_id: str) -> list[Json]:
        if isinstance(place, OnView):
            blocks: list[Json] = self._view(place, user_id)["blocks"]
        else:
            blocks = self._message(place, user_id)[1].blocks
        return self._offers.completed(_key(place), blocks)

    def _message(self, place: OnMessage, user_id: str) -> tuple[Channel, Message]:
        message = self._workspace.message(place.channel_id, place.ts)
        if message.ephemeral_to not in {None, user_id}:
            raise NotFoundError(f"No message {place.ts} in {place.channel_id}.")
        return self._workspace.channel(place.channel_id), message

    def _view(self, place: OnView, user_id: str) -> Json:
        home = self._workspace.home_views.get(user_id)
        if home is not None and home["id"] == place.view_id:
            return home
        found = self._workspace.modals.find(place.view_id)
        if found is None or found[0] != user_id:
            raise NotFoundError(f"The view {place.view_id} is not open.")
        return found[1]

    def _find(self, blocks: Sequence[Json], block_id: str, action_id: str) -> tuple[Json, Json]:
        found = find_element(blocks, block_id, action_id)
        if found is None:
            raise NotFoundError(f"There is no element {action_id} in a block {block_id} here.")
        return found

    def _conversation(self, place: OnMessage, user_id: str) -> Conversation:
        message = self._workspace.message(place.channel_id, place.ts)
        return self._responses.open(place.channel_id, user_id, "", way="actions", about=message)

    def _check_shortcut(self, kind: ShortcutKind, callback_id: str) -> None:
        if not any((row.kind, row.callback_id) == (kind, callback_id) for row in self._manifest.shortcuts):
            raise NotFoundError(f"The app has no {kind} shortcut {callback_id}.")

    def _now_ts(self) -> str:
        return ts_of(micros_of(self._workspace.clock.now()))


def _key(place: Place) -> str:
    return place.view_id if isinstance(place, OnView) else f"{place.channel_id}/{place.ts}"


def _view_id(place: Place) -> str | None:
    return place.view_id if isinstance(place, OnView) else None


def _channel_of(channel: Channel) -> Json:
    return {"id": channel.slack_id, "name": shapes.channel_name(channel)}
