"""What a workspace consists of: people, channels, messages."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.sandbox.files import File

Json = dict[str, Any]
ChannelKind = Literal["public", "private", "im"]


@dataclass
class Person:
    """Somebody in the workspace, people and bots alike. `name` is the handle, `tz` an IANA zone."""

    slack_id: str
    name: str
    real_name: str
    email: str | None = None
    tz: str = "UTC"
    title: str = ""
    is_bot: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    deleted: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone."""
        return ZoneInfo(self.tz)


@dataclass
class Message:
    """Something said in a channel. `ts` names it within its channel; `ephemeral_to` is the only person who sees it.

    `command` is the command it answers, as it was typed; `broadcast` says that a reply stands in the channel too.
    """

    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    bot_id: str | None = None
    app_id: str | None = None
    thread_ts: str | None = None
    ephemeral_to: str | None = None
    command: str | None = None
    edited_ts: str | None = None
    broadcast: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)

    @property
    def is_reply(self) -> bool:
        """Whether it stands in another message's thread."""
        return self.thread_ts not in {None, self.ts}

    @property
    def said_at(self) -> datetime:
        """The moment in the sandbox's time, UTC."""
        return moment_of(self.ts)


@dataclass
class Channel:
    """A channel or a conversation of two. `members` keeps the order of joining."""

    slack_id: str
    name: str
    kind: ChannelKind = "public"
    creator: str = ""
    created_at: datetime = datetime(2020, 1, 1, tzinfo=UTC)
    topic: str = ""
    purpose: str = ""
    is_archived: bool = False
    members: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    read_until: dict[str, str] = field(default_factory=dict)
    """Up to which ts each person has read."""

    @property
    def is_im(self) -> bool:
        """Whether this is a conversation of two."""
        return self.kind == "im"


@dataclass
class UserGroup:
    """People who are mentioned together as @`handle`. A disabled group is kept, and no longer offered."""

    slack_id: str
    handle: str
    name: str
    description: str = ""
    members: list[str] = field(default_factory=list)
    disabled: bool = False
    created_at: datetime = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Happening:
    """Something that has happened in the workspace, of which its app may be told. `kind` is Slack's event name.

    `before` is a message as it was, `name` an emoji's or a channel's.
    """

    kind: str
    user_id: str = ""
    channel: Channel | None = None
    message: Message | None = None
    before: Message | None = None
    person: Person | None = None
    name: str = ""


def moment_of(ts: str) -> datetime:
    """Return the UTC moment that a message's `ts` (seconds, a dot, six digits) stands for."""
    seconds, _, micros = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(micros or 0))


def ts_of(micros: int) -> str:
    """Write `micros` (microseconds since 1970) the way Slack writes a message's ts."""
    return f"{Decimal(micros) / 1_000_000:.6f}"


def micros_of(moment: datetime) -> int:
    """Return the microseconds since 1970 of an aware moment, exactly."""
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
