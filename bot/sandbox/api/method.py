"""What a Web API method is, what one call of it is, and how it refuses."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

from bot.errors import NotFoundError
from bot.sandbox.manifest import Manifest
from bot.sandbox.model import Channel, ChannelKind, Json, Message
from bot.sandbox.rates import Tier
from bot.sandbox.strict_json import read_json
from bot.sandbox.workspace import Workspace

Caller = Literal["anyone", "bot", "app"]
Row = TypeVar("Row")

FAMILIES: Final[dict[ChannelKind, str]] = {"public": "channels", "private": "groups", "im": "im"}
"""With which word the scopes for each kind of channel begin."""

KINDS: Final[dict[str, ChannelKind | None]] = {
    "public_channel": "public",
    "private_channel": "private",
    "im": "im",
    "mpim": None,
}
"""Slack's types of conversations; the sandbox has none of several people."""


class SlackError(Exception):
    """A refusal under one of Slack's own error names; `more` joins the answer."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


class RateLimitedError(SlackError):
    """Too many calls: try again after so many seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


def explained(messages: list[str]) -> Json:
    """Return the complaints as they stand in Slack's answers: once bare, once with their weight in brackets."""
    bare = [message.removeprefix("[ERROR] ") for message in messages]
    return {"errors": bare, "response_metadata": {"messages": messages}} if messages else {}


@dataclass(frozen=True)
class Call:
    """One call of a method. `open_link` makes a new address for Socket Mode; `site_url` ends in a slash."""

    workspace: Workspace
    manifest: Manifest
    arguments: Mapping[str, Any]
    site_url: str
    open_link: Callable[[], str]

    def text(self, name: str, default: str = "") -> str:
        """Return an argument as text, `default` where it is missing."""
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def flag(self, name: str) -> bool:
        """Return an argument as yes or no; a missing one is no."""
        return self.text(name).casefold() in {"1", "true", "yes", "on"}

    def number(self, name: str, default: int, most: int) -> int:
        """Return an argument as a whole number from 1 to `most`. Raises SlackError `invalid_limit`."""
        try:
            value = int(self.text(name) or default)
        except ValueError:
            raise SlackError("invalid_limit") from None
        return max(1, min(value or default, most))

    def ids(self, name: str) -> list[str]:
        """Return an argument that is a list, or text with commas, of ids; each once."""
        value = self.arguments.get(name)
        texts = [str(row) for row in value] if isinstance(value, list) else self.text(name).split(",")
        return list(dict.fromkeys(text.strip() for text in texts if text.strip()))

    def structure(self, name: str, error: str) -> Any:
        """Return an argument that is JSON or text holding JSON, None where it is missing. Raises SlackError `error`."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return read_json(value) if value else None
        except ValueError:
            raise SlackError(error) from None

    def kinds(self) -> list[ChannelKind]:
        """Return the kinds of conversation the call is about: those it asks for as `types`, and its channel's."""
        asked = [KINDS.get(kind.strip()) for kind in self.text("types").split(",")]
        channel = self.found_channel()
        known = channel is not None and (channel.kind == "public" or self.bot_id in channel.members)
        return [kind for kind in (*asked, channel.kind if channel and known else None) if kind is not None]

    def may(self, scope: str) -> bool:
        """Whether the app has this scope."""
        return self.manifest.scopes is None or scope in self.manifest.scopes

    def found_channel(self) -> Channel | None:
        """Return the `channel` named by id or #name, whoever may know of it, or None."""
        wanted = self.text("channel")
        return self.workspace.channels.get(wanted) or self.workspace.channel_named(wanted.removeprefix("#"))

    def channel(self, *, by_name: bool = False) -> Channel:
        """Return the `channel` of this id, if the bot may know of it; by its #name only where Slack takes names.

        Raises SlackError `channel_not_found`.
        """
        channel = self.found_channel() if by_name else self.workspace.channels.get(self.text("channel"))
        if channel is None or (channel.kind != "public" and self.bot_id not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def joined_channel(self, *, by_name: bool = False) -> Channel:
        """Return a channel the bot is a member of. Raises SlackError `channel_not_found` or `not_in_channel`."""
        channel = self.channel(by_name=by_name)
        if self.bot_id not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def message(self, channel: Channel, name: str = "ts", missing: str = "message_not_found") -> Message:
        """Return the message that everybody in `channel` sees under this ts. Raises SlackError `missing`."""
        try:
            message = self.workspace.message(channel.slack_id, self.text(name))
        except NotFoundError:
            raise SlackError(missing) from None
        if message.ephemeral_to is not None:
            raise SlackError(missing)
        return message

    def permalink(self, channel: Channel, message: Message) -> str:
        """Return the address of a message; a reply's names its thread."""
        path = f"{self.site_url}archives/{channel.slack_id}/p{message.ts.replace('.', '')}"
        return f"{path}?thread_ts={message.thread_ts}&cid={channel.slack_id}" if message.is_reply else path

    @property
    def bot_id(self) -> str:
        """The Slack id of the app's bot user."""
        return self.workspace.bot_user.slack_id


@dataclass(frozen=True)
class Method:
    """One row of the table of methods.

    `scope` names the scopes of which the token needs one, `required` the arguments without which it refuses, `caller`
    whose token it takes, `tier` how often it may be called (None: as often as one likes). `says` marks the method that
    may say one thing a second in each channel.
    """

    run: Callable[[Call], Json]
    scope: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    caller: Caller = "bot"
    tier: Tier | None = None
    says: bool = False

    def scopes_for(self, call: Call) -> list[tuple[str, ...]]:
        """Return sets of scopes of each of which the token needs one: those for the kinds of channel it is about."""
        fitting = [
            tuple(scope for scope in self.scope if scope.partition(":")[0] == FAMILIES[kind]) for kind in call.kinds()
        ]
        return [scopes or self.scope for scopes in fitting] or [self.scope]


def page_of(rows: Sequence[Row], call: Call, default: int, most: int) -> tuple[list[Row], Json]:
    """Cut one page out of `rows` as the arguments `limit` and `cursor` ask; returns it with its response_metadata.

    Raises SlackError `invalid_cursor`.
    """
    start = _read_cursor(call.text("cursor"))
    limit = call.number("limit", default, most)
    rest = start + limit
    cursor = base64.b64encode(f"from:{rest}".encode()).decode() if rest < len(rows) else ""
    return list(rows[start:rest]), {"next_cursor": cursor}


def _read_cursor(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "from":
            return int(number)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        pass
    raise SlackError("invalid_cursor")
