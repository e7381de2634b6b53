"""What a Web API method is, what one call of it is, and how it refuses."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from bot.errors import NotFoundError
from bot.sandbox.model import Channel, Json, Message
from bot.sandbox.rates import Tier
from bot.sandbox.workspace import Workspace

Caller = Literal["anyone", "bot", "app"]
Row = TypeVar("Row")


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

    def structure(self, name: str, error: str) -> Any:
        """Return an argument that is JSON or text holding JSON, None where it is missing. Raises SlackError `error`."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise SlackError(error) from None

    def found_channel(self, name: str = "channel") -> Channel | None:
        """Return the channel named by id or #name, whoever may know of it, or None."""
        wanted = self.text(name)
        return self.workspace.channels.get(wanted) or self.workspace.channel_named(wanted.removeprefix("#"))

    def channel(self, name: str = "channel") -> Channel:
        """Return the channel named by id or #name, if the bot may know of it. Raises SlackError."""
        channel = self.found_channel(name)
        if channel is None or (channel.kind != "public" and self.bot_id not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def joined_channel(self, name: str = "channel") -> Channel:
        """Return a channel the bot is a member of. Raises SlackError `channel_not_found` or `not_in_channel`."""
        channel = self.channel(name)
        if self.bot_id not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """Return the message that everybody in `channel` sees under this ts. Raises SlackError `message_not_found`."""
        try:
            message = self.workspace.message(channel.slack_id, self.text(name))
        except NotFoundError:
            raise SlackError("message_not_found") from None
        if message.ephemeral_to is not None:
            raise SlackError("message_not_found")
        return message

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
