"""What Slack tells of somebody: a command typed, a button pressed, a form sent, a shortcut used."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from bot.domain.people import Who

Value = str | Sequence[str] | None
"""What stands in a field: words, the chosen value or id, or several of them."""


class Kind(StrEnum):
    """The ways in which somebody reaches Encore."""

    COMMAND = "command"
    ACTION = "action"
    FORM = "form"
    SHORTCUT = "shortcut"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Request:
    """One thing that somebody asked for."""

    kind: Kind
    name: str
    """The command with its slash, the action, the form, or the shortcut: a key of the tables."""
    workspace_id: str
    slack_id: str
    at: datetime
    """When it reached us, in UTC."""
    key: str
    """What this deed is known by, however often it is delivered."""
    trigger_id: str
    who: Who | None = None
    """Who it is, where they are linked; put in by the guard."""
    channel_id: str = ""
    text: str = ""
    """What was typed after the command."""
    value: str = ""
    """The value of the button, the chosen one of the menu, or the tab that was opened."""
    note: str = ""
    """What the form carried unseen. It comes from Slack, and is checked again."""
    address: str = ""
    """The `response_url` of a button in a message."""
    modal_id: str = ""
    """The modal in which a button was pressed, if it was one."""
    home_hash: str = ""
    """What Slack calls the state of the person's Home, where it says so."""
    fields: Mapping[str, Value] = field(default_factory=dict)
    """What stands in a form, by the field's name."""
    message: Mapping[str, Any] = field(default_factory=dict)
    """The message that a shortcut or a button belongs to."""
    wants_classic: bool = False
    """Whether this one answer is made without the blocks of 2026, whatever the workspace takes."""

    @property
    def known(self) -> Who:
        """Who it is; for handlers whose row says that only people who are linked get there."""
        assert self.who is not None
        return self.who

    def is_classic(self, workspaces: Container[str]) -> bool:
        """Whether the answer is made without the blocks of 2026; `workspaces` are those that refused them."""
        return self.wants_classic or self.workspace_id in workspaces

    def words(self, name: str) -> str:
        """Return what was typed or chosen in a field, without spaces around it; empty where nothing was."""
        value = self.fields.get(name)
        return value.strip() if isinstance(value, str) else ""

    def several(self, name: str) -> tuple[str, ...]:
        """Return what was chosen in a field of several."""
        value = self.fields.get(name)
        return tuple(value) if value is not None and not isinstance(value, str) else ()


def what_of(request: Request) -> str:
    """Return what was asked for where a command has words of its own: `/encore bonus`."""
    return " ".join([request.name, *request.text.casefold().split()[:1]])


class MalformedError(Exception):
    """Signed, but not what Slack sends."""


def read(kind: Kind, body: Mapping[str, Any], at: datetime) -> Request:
    """Return what a payload of Slack asks for; MalformedError where it is none."""
    try:
        return _READERS[kind](body, at)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise MalformedError(f"a {kind} without what a {kind} has: {error!r}") from error


def _of_command(body: Mapping[str, Any], at: datetime) -> Request:
    """Return the command that Slack's payload holds."""
    return Request(
        Kind.COMMAND, str(body["command"]), str(body["team_id"]), str(body["user_id"]), at,
        f"{Kind.COMMAND}:{body['team_id']}:{body['trigger_id']}", str(body["trigger_id"]), channel_id=str(body["channel_id"]),
        text=str(body.get("text") or "").strip(),
    )  # fmt: skip


def _of_action(body: Mapping[str, Any], at: datetime) -> Request:
    """Return the press of a button or the choice from a menu. What tells buttons apart is left off its name."""
    action = body["actions"][0]
    place, view = body.get("container") or {}, body.get("view") or {}
    where = place.get("message_ts") or place.get("view_id") or ""
    key = f"{where}:{action['action_id']}:{action['action_ts']}"
    return _of(
        Kind.ACTION, str(action["action_id"]).partition(":")[0], body, at, key, value=str(_value(action) or ""),
        channel_id=str(body.get("channel", {}).get("id", "")), message=body.get("message") or {},
        note=str(view.get("private_metadata") or ""), fields=_fields(body), address=str(body.get("response_url") or ""),
        modal_id=str(view["id"]) if view.get("type") == "modal" else "",
        home_hash=str(view.get("hash") or "") if view.get("type") == "home" else "",
    )  # fmt: skip


def _of_form(body: Mapping[str, Any], at: datetime) -> Request:
    """Return a form that was sent, known by its id and its hash: a form in the place of another has the same id."""
    view = body["view"]
    return _of(
        Kind.FORM, str(view["callback_id"]), body, at, f"{view['id']}:{view.get('hash', '')}",
        note=str(view.get("private_metadata") or ""),
        fields=_fields(body),
    )  # fmt: skip


def _of_shortcut(body: Mapping[str, Any], at: datetime) -> Request:
    """Return the use of a shortcut, of a message or of the box in which one writes."""
    return _of(
        Kind.SHORTCUT, str(body["callback_id"]), body, at, str(body["trigger_id"]), message=body.get("message") or {},
        channel_id=str(body.get("channel", {}).get("id", "")),
    )  # fmt: skip


def _of_event(body: Mapping[str, Any], at: datetime) -> Request:
    """Return something that happened. Copies of it come with ids of their own, and with the moment that they share."""
    event = body["event"]
    team, user = str(body["team_id"]), str(event["user"])
    return Request(
        Kind.EVENT, str(event["type"]), team, user, at, f"{Kind.EVENT}:{team}:{user}:{event['type']}:{event['event_ts']}", "",
        value=str(event.get("tab") or ""), home_hash=str((event.get("view") or {}).get("hash") or ""),
    )  # fmt: skip


_READERS: Final = MappingProxyType(
    {
        Kind.COMMAND: _of_command, Kind.ACTION: _of_action, Kind.FORM: _of_form, Kind.SHORTCUT: _of_shortcut,
        Kind.EVENT: _of_event,
    }
)  # fmt: skip


def _of(kind: Kind, name: str, body: Mapping[str, Any], at: datetime, key: str, **more: Any) -> Request:
    team, user = (
        str((body.get("team") or body["user"])["id" if body.get("team") else "team_id"]),
        str(body["user"]["id"]),
    )
    return Request(
        kind, name, team, user, at, f"{kind}:{team}:{user}:{key}", str(body.get("trigger_id") or ""), **more
    )  # fmt: skip


def _fields(body: Mapping[str, Any]) -> Mapping[str, Value]:
    state = (body.get("view") or body).get("state") or {}
    return {
        action_id: _value(element) for block in state.get("values", {}).values() for action_id, element in block.items()
    }


_HOLDS: Final = MappingProxyType(
    {
        "static_select": "selected_option", "radio_buttons": "selected_option", "overflow": "selected_option",
        "checkboxes": "selected_options", "multi_static_select": "selected_options", "users_select": "selected_user",
        "multi_users_select": "selected_users", "conversations_select": "selected_conversation",
        "channels_select": "selected_channel", "datepicker": "selected_date",
    }
)  # fmt: skip
"""Where an element keeps what was chosen; the others keep it in `value`."""


def _value(element: Mapping[str, Any]) -> Value:
    held = element.get(_HOLDS.get(str(element.get("type")), "value"))
    if isinstance(held, Mapping):
        return str(held["value"])
    if isinstance(held, list):
        return [str(one["value"]) if isinstance(one, Mapping) else str(one) for one in held]
    return None if held is None else str(held)
