"""The state of the sandbox: one workspace, in memory, with the one app that is installed in it."""

import itertools
import secrets
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from typing import Any

from bot.errors import NotFoundError, RefusedError
from bot.sandbox.clock import Clock, Move
from bot.sandbox.files import Files
from bot.sandbox.modals import Modals
from bot.sandbox.model import Channel, ChannelKind, Happening, Json, Message, Person, UserGroup, micros_of, ts_of
from bot.sandbox.triggers import Triggers

FIRST_ID = 1_000


class Workspace:
    """A Slack workspace: its people, channels, messages and the app's tokens.

    `new_blocks` says whether the workspace already has the block types of 2026, `rates` whether it counts the app's
    calls and refuses too many. `version` grows with every change, so that the page knows when to draw again.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        name: str = "Sample Contact Centre",
        domain: str = "sample",
        app_name: str = "Encore",
        bot_name: str = "encore",
        new_blocks: bool = True,
        rates: bool = True,
    ) -> None:
        self.clock = clock or Clock()
        self.team_id = "T0SANDBOX"
        self.name = name
        self.domain = domain
        self.new_blocks = new_blocks
        self.rates = rates
        self.app_id = "A0SANDBOX"
        self.app_name = app_name
        self.bot_id = "B0SANDBOX"
        self.bot_token = f"xoxb-sandbox-{secrets.token_hex(12)}"
        self.app_token = f"xapp-sandbox-{secrets.token_hex(12)}"
        self.signing_secret = secrets.token_hex(16)
        self.verification_token = secrets.token_hex(12)
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.usergroups: dict[str, UserGroup] = {}
        self.home_views: dict[str, Json] = {}
        self.files = Files()
        self.modals = Modals()
        self.triggers = Triggers()
        self.installed = True
        self.moves: tuple[Move, ...] = ()
        self.version = 0
        self._listeners: list[Callable[[Happening], None]] = []
        self._watchers: list[Callable[[], None]] = []
        self._numbers = itertools.count(FIRST_ID)
        self._last_micros: dict[str, int] = {}
        self.slackbot = self.add_person("slackbot", real_name="Slackbot", slack_id="USLACKBOT")
        self.bot_user = self.add_person(bot_name, real_name=app_name, is_bot=True)

    def add_person(
        self,
        name: str,
        *,
        real_name: str = "",
        slack_id: str | None = None,
        email: str | None = None,
        tz: str = "UTC",
        title: str = "",
        is_bot: bool = False,
        is_admin: bool = False,
        is_restricted: bool = False,
    ) -> Person:
        """Add somebody with the handle `name`, living in the IANA zone `tz`. Raises RefusedError if it is taken."""
        if self.person_named(name) is not None:
            raise RefusedError(f"There is already somebody called @{name}.")
        person = Person(
            slack_id or f"U{self._next_id()}",
            name,
            real_name or name,
            email=email,
            tz=tz,
            title=title,
            is_bot=is_bot,
            is_admin=is_admin,
            is_restricted=is_restricted,
        )
        self.people[person.slack_id] = person
        self._happened(Happening("team_join", person.slack_id, person=person))
        return person

    def change_person(self, slack_id: str, **fields: Any) -> Person:
        """Change fields of a person: a new title, another zone, gone. Raises NotFoundError."""
        person = self.person(slack_id)
        for name, value in fields.items():
            setattr(person, name, value)
        self._happened(Happening("user_change", slack_id, person=person))
        return person

    def add_channel(
        self,
        name: str,
        *,
        kind: ChannelKind = "public",
        members: Iterable[str] = (),
        with_bot: bool = True,
        slack_id: str | None = None,
        topic: str = "",
        purpose: str = "",
    ) -> Channel:
        """Add a channel with `members` (Slack ids), the app's bot among them unless `with_bot` is False."""
        everyone = [*members, *([self.bot_user.slack_id] if with_bot else [])]
        letter = {"public": "C", "private": "G", "im": "D"}[kind]
        channel = Channel(
            slack_id or f"{letter}{self._next_id()}",
            name,
            kind,
            creator=next(iter(everyone), ""),
            created_at=self.clock.now(),
            topic=topic,
            purpose=purpose,
            members=list(dict.fromkeys(everyone)),
        )
        self.channels[channel.slack_id] = channel
        self.changed()
        return channel

    def add_usergroup(
        self,
        handle: str,
        name: str,
        *,
        members: Iterable[str] = (),
        description: str = "",
        disabled: bool = False,
        slack_id: str | None = None,
    ) -> UserGroup:
        """Add a group mentioned as @`handle`, with `members` (Slack ids)."""
        group = UserGroup(
            slack_id or f"S{self._next_id()}", handle, name, description, list(members), disabled, self.clock.now()
        )
        self.usergroups[group.slack_id] = group
        self.changed()
        return group

    def post(self, channel_id: str, user_id: str, text: str, **fields: Any) -> Message:
        """Store a message of `user_id`; `fields` are the other fields of Message. Raises NotFoundError."""
        channel = self.channel(channel_id)
        self.person(user_id)
        message = Message(self._next_ts(channel_id), user_id, text, **fields)
        channel.messages.append(message)
        if message.ephemeral_to is None:
            channel.read_until[user_id] = message.ts
        self._happened(Happening("message", user_id, channel, message))
        return message

    def post_as_bot(self, channel_id: str, text: str, **fields: Any) -> Message:
        """Store a message of the app's bot, as `post` does."""
        return self.post(channel_id, self.bot_user.slack_id, text, bot_id=self.bot_id, app_id=self.app_id, **fields)

    def amend(self, channel_id: str, ts: str, *, silently: bool = False, **fields: Any) -> Message:
        """Change a message's fields, marked as edited unless `silently`. Raises NotFoundError."""
        channel, message = self.channel(channel_id), self.message(channel_id, ts)
        before = deepcopy(message)
        for name, value in fields.items():
            setattr(message, name, value)
        if not silently:
            message.edited_ts = ts_of(micros_of(self.clock.now()))
        self._happened(Happening("message_changed", message.user, channel, message, before))
        return message

    def delete(self, channel_id: str, ts: str) -> None:
        """Remove a message. Raises NotFoundError."""
        channel, message = self.channel(channel_id), self.message(channel_id, ts)
        channel.messages.remove(message)
        self._happened(Happening("message_deleted", message.user, channel, before=message))

    def react(self, channel_id: str, ts: str, user_id: str, name: str) -> bool:
        """Add somebody's emoji `name` to a message; False if it is there already. Raises NotFoundError."""
        message = self.message(channel_id, ts)
        people = message.reactions.setdefault(name, [])
        if user_id in people:
            return False
        people.append(user_id)
        self._happened(Happening("reaction_added", user_id, self.channel(channel_id), message, name=name))
        return True

    def unreact(self, channel_id: str, ts: str, user_id: str, name: str) -> bool:
        """Take somebody's emoji off a message; False if it is not there. Raises NotFoundError."""
        message = self.message(channel_id, ts)
        if user_id not in message.reactions.get(name, []):
            return False
        message.reactions[name].remove(user_id)
        if not message.reactions[name]:
            del message.reactions[name]
        self._happened(Happening("reaction_removed", user_id, self.channel(channel_id), message, name=name))
        return True

    def join(self, channel_id: str, user_id: str) -> bool:
        """Make somebody a member; False if they are one. Raises NotFoundError."""
        channel = self.channel(channel_id)
        self.person(user_id)
        if user_id in channel.members:
            return False
        channel.members.append(user_id)
        self._happened(Happening("member_joined_channel", user_id, channel))
        return True

    def leave(self, channel_id: str, user_id: str) -> bool:
        """End somebody's membership; False if there is none. Raises NotFoundError."""
        channel = self.channel(channel_id)
        if user_id not in channel.members:
            return False
        # Told first: whoever leaves, the bot too, still belongs to those who hear of it.
        self._happened(Happening("member_left_channel", user_id, channel))
        channel.members.remove(user_id)
        return True

    def archive(self, channel_id: str, user_id: str, *, archived: bool = True) -> None:
        """Archive a channel, or open it again. Raises NotFoundError."""
        channel = self.channel(channel_id)
        channel.is_archived = archived
        self._happened(Happening("channel_archive" if archived else "channel_unarchive", user_id, channel))

    def rename(self, channel_id: str, name: str) -> None:
        """Give a channel another name. Raises NotFoundError."""
        channel = self.channel(channel_id)
        channel.name = name
        self._happened(Happening("channel_rename", "", channel, name=name))

    def open_home(self, user_id: str, channel_id: str, tab: str) -> None:
        """Note that somebody looks at the app's Home or Messages (`tab`: home or messages). Raises NotFoundError."""
        self._happened(Happening("app_home_opened", user_id, self.channel(channel_id), name=tab))

    def uninstall(self) -> None:
        """Take the app out of the workspace: its tokens end, and it is told."""
        self._happened(Happening("tokens_revoked"))
        self._happened(Happening("app_uninstalled"))
        self.installed = False

    def mark_read(self, channel_id: str, user_id: str) -> None:
        """Note that somebody has read a channel to its end. Raises NotFoundError."""
        channel = self.channel(channel_id)
        latest = channel.messages[-1].ts if channel.messages else ""
        if channel.read_until.get(user_id, "") < latest:
            channel.read_until[user_id] = latest
            self.changed()

    def unread(self, channel: Channel, user_id: str) -> list[Message]:
        """Return the messages of others that this person has not read there, the latest first.

        Replies in threads do not count unless they were sent to the channel as well.
        """
        until = channel.read_until.get(user_id, "")
        later = itertools.takewhile(lambda message: message.ts > until, reversed(channel.messages))
        return [
            message
            for message in later
            if message.user != user_id
            and message.ephemeral_to in {None, user_id}
            and (message.broadcast or not message.is_reply)
        ]

    def person(self, slack_id: str) -> Person:
        """Return the person with this Slack id. Raises NotFoundError."""
        if slack_id not in self.people:
            raise NotFoundError(f"Nobody here has the id {slack_id}.")
        return self.people[slack_id]

    def person_named(self, name: str) -> Person | None:
        """Return the person with the handle `name`, whatever its case, or None."""
        wanted = name.casefold()
        return next((person for person in self.people.values() if person.name.casefold() == wanted), None)

    def channel(self, slack_id: str) -> Channel:
        """Return the channel with this Slack id. Raises NotFoundError."""
        if slack_id not in self.channels:
            raise NotFoundError(f"No channel here has the id {slack_id}.")
        return self.channels[slack_id]

    def channel_named(self, name: str) -> Channel | None:
        """Return the channel called `name` (without the #), or None. Conversations of two have no name."""
        return next((found for found in self.channels.values() if found.name == name and not found.is_im), None)

    def message(self, channel_id: str, ts: str) -> Message:
        """Return one message. Raises NotFoundError."""
        for message in self.channel(channel_id).messages:
            if message.ts == ts:
                return message
        raise NotFoundError(f"No message {ts} in {channel_id}.")

    def conversation_of(self, members: Sequence[str]) -> Channel:
        """Return the conversation of exactly these two people, opened if need be. Raises NotFoundError."""
        for slack_id in members:
            self.person(slack_id)
        return self.known_conversation_of(members) or self.add_channel("", kind="im", members=members, with_bot=False)

    def known_conversation_of(self, members: Sequence[str]) -> Channel | None:
        """Return the conversation of exactly these two people if it has been opened, or None."""
        pair = set(members)
        return next((one for one in self.channels.values() if one.is_im and set(one.members) == pair), None)

    def visible_channels(self, person: Person) -> list[Channel]:
        """Return the channels this person sees: public ones and those they belong to, conversations last."""
        seen = [
            channel
            for channel in self.channels.values()
            if person.slack_id in channel.members or (channel.kind == "public" and not person.is_restricted)
        ]
        return sorted(seen, key=lambda channel: (channel.is_im, channel.name))

    def on_happening(self, listener: Callable[[Happening], None]) -> None:
        """Call `listener(happening)` after everything that an app may be told of."""
        self._listeners.append(listener)

    def _happened(self, happening: Happening) -> None:
        self.changed()
        for listener in self._listeners:
            listener(happening)

    def on_change(self, watcher: Callable[[], None]) -> None:
        """Call `watcher()` after everything that a page shows."""
        self._watchers.append(watcher)

    def changed(self) -> None:
        """Note that something that a page shows has changed."""
        self.version += 1
        for watcher in self._watchers:
            watcher()

    def _next_id(self) -> str:
        return f"0SANDBOX{next(self._numbers)}"

    def _next_ts(self, channel_id: str) -> str:
        micros = max(micros_of(self.clock.now()), self._last_micros.get(channel_id, 0) + 1)
        self._last_micros[channel_id] = micros
        return ts_of(micros)
