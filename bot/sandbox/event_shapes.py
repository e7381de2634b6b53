"""What the app is told of the things that happen: SHAPES has one row for each, a function from it to Slack's events."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

from bot.sandbox import shapes
from bot.sandbox.model import Channel, Happening, Json, Message, micros_of, ts_of
from bot.sandbox.workspace import Workspace

KINDS: Final = {"public": "channel", "private": "group", "im": "im"}


@dataclass(frozen=True)
class Event:
    """One kind of event: the manifest's name for it, the scope it needs, and its shape.

    `heard` says whether the bot has to be a member of the channel.
    """

    name: str
    scope: str
    event: Json
    heard: bool = True


def _message(happening: Happening, workspace: Workspace) -> list[Event]:
    channel, message = _channel(happening), happening.message
    if message is None or message.ephemeral_to is not None:
        return []
    kind = KINDS[channel.kind]
    event = _said(message, channel, workspace) | {
        "channel": channel.slack_id,
        "event_ts": message.ts,
        "channel_type": kind,
    }
    if message.files:
        event |= {"subtype": "file_share"}
        # Slack leaves this out there.
        del event["team"]
    events = [Event(f"message.{kind}s" if kind != "im" else "message.im", _history(kind), event)]
    mentioned = f"<@{workspace.bot_user.slack_id}" in message.text and message.user != workspace.bot_user.slack_id
    if mentioned and kind != "im":
        mention = {key: value for key, value in event.items() if key != "channel_type"} | {"type": "app_mention"}
        events.append(Event("app_mention", "app_mentions:read", mention))
    return events


def _message_changed(happening: Happening, workspace: Workspace) -> list[Event]:
    channel, message, before = _channel(happening), happening.message, happening.before
    if message is None or before is None or message.ephemeral_to is not None:
        return []
    changed = {"subtype": "message_changed", "message": _said(message, channel, workspace)}
    return [_hidden(happening, workspace, changed | {"previous_message": _said(before, channel, workspace)})]


def _message_deleted(happening: Happening, workspace: Workspace) -> list[Event]:
    channel, before = _channel(happening), happening.before
    if before is None or before.ephemeral_to is not None:
        return []
    gone = {
        "subtype": "message_deleted",
        "previous_message": _said(before, channel, workspace),
        "deleted_ts": before.ts,
    }
    return [_hidden(happening, workspace, gone)]


def _hidden(happening: Happening, workspace: Workspace, event: Json) -> Event:
    channel, now = _channel(happening), _now(workspace)
    kind = KINDS[channel.kind]
    where = {"channel": channel.slack_id, "hidden": True, "ts": now, "event_ts": now, "channel_type": kind}
    return Event(
        f"message.{kind}s" if kind != "im" else "message.im", _history(kind), {"type": "message", **event, **where}
    )


def _reaction(happening: Happening, workspace: Workspace) -> list[Event]:
    channel, message = _channel(happening), happening.message
    if message is None:
        return []
    event = {
        "type": happening.kind,
        "user": happening.user_id,
        "reaction": happening.name,
        "item": {"type": "message", "channel": channel.slack_id, "ts": message.ts},
        "item_user": message.user,
        "event_ts": _now(workspace),
    }
    return [Event(happening.kind, "reactions:read", event)]


def _membership(happening: Happening, workspace: Workspace) -> list[Event]:
    channel = _channel(happening)
    event = {
        "type": happening.kind,
        "user": happening.user_id,
        "channel": channel.slack_id,
        "channel_type": "C",
        "team": workspace.team_id,
        "event_ts": _now(workspace),
    }
    return [] if channel.is_im else [Event(happening.kind, _read(channel), event)]


def _person(happening: Happening, workspace: Workspace) -> list[Event]:
    if happening.person is None:
        return []
    event = {
        "user": shapes.user(happening.person, workspace),
        "cache_ts": shapes.seconds(workspace.clock),
        "event_ts": _now(workspace),
    }
    names = [happening.kind, *(["user_profile_changed"] if happening.kind == "user_change" else [])]
    return [Event(name, "users:read", {"type": name, **event}, heard=False) for name in names]


def _archive(happening: Happening, workspace: Workspace) -> list[Event]:
    channel = _channel(happening)
    name = _named(happening.kind, channel)
    event = {"type": name, "channel": channel.slack_id, "user": happening.user_id, "event_ts": _now(workspace)}
    return [Event(name, _read(channel), event, heard=channel.kind != "public")]


def _rename(happening: Happening, workspace: Workspace) -> list[Event]:
    channel = _channel(happening)
    name = _named(happening.kind, channel)
    renamed = {
        "id": channel.slack_id,
        "is_channel": channel.kind == "public",
        "is_mpim": False,
        "name": channel.name,
        "name_normalized": channel.name,
        "created": int(channel.created_at.timestamp()),
    }
    event = {"type": name, "channel": renamed, "event_ts": _now(workspace)}
    return [Event(name, _read(channel), event, heard=channel.kind != "public")]


def _home(happening: Happening, workspace: Workspace) -> list[Event]:
    event: Json = {
        "type": "app_home_opened",
        "user": happening.user_id,
        "channel": _channel(happening).slack_id,
        "tab": happening.name,
        "event_ts": _now(workspace),
    }
    view = workspace.home_views.get(happening.user_id)
    if happening.name == "home" and view is not None:
        event["view"] = deepcopy(view)
    return [Event("app_home_opened", "", event, heard=False)]


def _revoked(_: Happening, workspace: Workspace) -> list[Event]:
    tokens = {"oauth": [], "bot": [workspace.bot_user.slack_id]}
    return [
        Event(
            "tokens_revoked", "", {"type": "tokens_revoked", "tokens": tokens, "event_ts": _now(workspace)}, heard=False
        )
    ]


def _uninstalled(_: Happening, workspace: Workspace) -> list[Event]:
    return [Event("app_uninstalled", "", {"type": "app_uninstalled", "event_ts": _now(workspace)}, heard=False)]


def _said(message: Message, channel: Channel, workspace: Workspace) -> Json:
    # Frozen at this moment: by the time it is delivered, the message may be another.
    said = deepcopy(shapes.message(message, workspace, channel=channel))
    said.setdefault("blocks", _as_typed(message))
    if message.bot_id is None:
        said["client_msg_id"] = f"{message.ts.replace('.', '-')}-{message.user.lower()}"
    return said


def _as_typed(message: Message) -> list[Json]:
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": message.text}]}
    return [{"type": "rich_text", "block_id": message.ts[-5:], "elements": [words]}]


def _named(kind: str, channel: Channel) -> str:
    return kind if channel.kind == "public" else kind.replace("channel_", "group_")


def _read(channel: Channel) -> str:
    return "channels:read" if channel.kind == "public" else "groups:read"


def _history(kind: str) -> str:
    return "im:history" if kind == "im" else f"{kind}s:history"


def _channel(happening: Happening) -> Channel:
    if happening.channel is None:
        raise ValueError(f"{happening.kind} happens in a channel")
    return happening.channel


def _now(workspace: Workspace) -> str:
    return ts_of(micros_of(workspace.clock.now()))


SHAPES: Final[dict[str, Callable[[Happening, Workspace], list[Event]]]] = {
    "message": _message,
    "message_changed": _message_changed,
    "message_deleted": _message_deleted,
    "reaction_added": _reaction,
    "reaction_removed": _reaction,
    "member_joined_channel": _membership,
    "member_left_channel": _membership,
    "team_join": _person,
    "user_change": _person,
    "channel_archive": _archive,
    "channel_unarchive": _archive,
    "channel_rename": _rename,
    "app_home_opened": _home,
    "tokens_revoked": _revoked,
    "app_uninstalled": _uninstalled,
}
