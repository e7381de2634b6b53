"""What one person looks at: found from the address of the page, and written into addresses again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from bot.errors import NotFoundError
from bot.sandbox.manifest import Manifest
from bot.sandbox.model import Channel, Message, Person
from bot.sandbox.page.doors import Doors
from bot.sandbox.page.reader import Reader
from bot.sandbox.workspace import Workspace

APP_CONVERSATION: Final = "app"
"""Stands in addresses for the conversation with the app, which is opened when somebody goes there."""


@dataclass(frozen=True)
class Scene:
    """One person in a channel. `tab` is home or messages, which differ only in the app's conversation.

    `thread` is the message whose thread is open beside the channel; `new_since` is the ts up to which the channel was
    read when it was opened, None if there was nothing new.
    """

    reader: Reader
    channel: Channel
    manifest: Manifest
    connected: bool
    born: str
    tab: str = "messages"
    thread: Message | None = None
    new_since: str | None = None

    @property
    def person(self) -> Person:
        """The person looking."""
        return self.reader.person

    @property
    def workspace(self) -> Workspace:
        """The workspace they are in."""
        return self.reader.workspace

    @property
    def is_app(self) -> bool:
        """Whether this is the conversation with the app."""
        return self.channel.is_im and self.workspace.bot_user.slack_id in self.channel.members

    @property
    def place(self) -> str:
        """A mark of where one is: the same for everything drawn for the same address."""
        thread = self.thread.ts if self.thread else ""
        return f"{self.person.slack_id}/{self.channel.slack_id}/{self.tab}/{thread}"

    @property
    def seen(self) -> str:
        """A mark that changes whenever the page would look different."""
        today = self.reader.now.astimezone(self.reader.zone).date()
        return f"{self.born}/{self.workspace.version}/{int(self.connected)}/{today}/{self.place}"

    def address(self, channel_id: str | None = None, **further: str) -> str:
        """Return the relative address of the page for the same person, in a channel if it is named."""
        return "./?" + urlencode({"as": self.person.slack_id, "in": channel_id or self.channel.slack_id, **further})

    def here(self) -> str:
        """Return the relative address of just this."""
        tab = {"tab": self.tab} if self.is_app else {}
        return self.address(**tab, **({"thread": self.thread.ts} if self.thread else {}))


def scene_of(doors: Doors, asked: Mapping[str, Any], *, opens: bool = False) -> Scene | None:
    """Return what is asked for, or what comes nearest: None only if there are no people or no channels.

    The conversation with somebody (`with`) is opened only if it `opens`.
    """
    workspace = doors.workspace
    person = _person(workspace, str(asked.get("as", "")))
    channel = _channel(workspace, person, asked, opens=opens) if person else None
    if person is None or channel is None:
        return None
    scene = Scene(Reader(workspace, person), channel, doors.manifest, doors.connected(), doors.born)
    return replace(
        scene,
        tab=_tab(scene, str(asked.get("tab", ""))),
        thread=_thread(scene, str(asked.get("thread", ""))),
        new_since=str(asked["since"]) if "since" in asked else None,
    )


def scene_of_deed(doors: Doors, asked: Mapping[str, Any]) -> Scene:
    """Return exactly what is asked for, to do something there. Raises NotFoundError if any of it is not there.

    The conversation with somebody (`with`) is opened if need be.
    """
    workspace = doors.workspace
    person = workspace.person(str(asked.get("as", "")))
    if asked.get("with"):
        channel = workspace.conversation_of([workspace.person(str(asked["with"])).slack_id, person.slack_id])
        asked = {**asked, "in": channel.slack_id}
    scene = scene_of(doors, asked)
    wanted = str(asked.get("thread_ts") or "")
    if (
        scene is None
        or scene.person is not person
        or (asked.get("in") not in {scene.channel.slack_id, APP_CONVERSATION if scene.is_app else ""})
        or (wanted and (scene.thread is None or scene.thread.ts != wanted))
    ):
        raise NotFoundError("This is not there.")
    return scene


def tabs_of(scene: Scene) -> list[str]:
    """Return the tabs of the app's conversation; messages that are there are shown even if they are switched off."""
    home = ["home"] if scene.manifest.home_tab else []
    messages = scene.manifest.messages_tab or scene.channel.messages or not home
    return home + (["messages"] if messages else [])


def can_be(person: Person, workspace: Workspace) -> bool:
    """Return whether the page lets one be this person."""
    return not (person.is_bot or person.deleted or person is workspace.slackbot)


def title_of(channel: Channel, scene: Scene) -> str:
    """Return how a channel is called on the page."""
    return other_in(channel, scene).real_name if channel.is_im else f"#{channel.name}"


def other_in(channel: Channel, scene: Scene) -> Person:
    """Return the other one in a conversation of two."""
    others = [slack_id for slack_id in channel.members if slack_id != scene.person.slack_id]
    return scene.workspace.person(others[0] if others else scene.person.slack_id)


def _person(workspace: Workspace, slack_id: str) -> Person | None:
    choice = [person for person in workspace.people.values() if can_be(person, workspace)]
    return next((person for person in choice if person.slack_id == slack_id), choice[0] if choice else None)


def _channel(workspace: Workspace, person: Person, asked: Mapping[str, Any], *, opens: bool) -> Channel | None:
    other = workspace.people.get(str(asked.get("with", "")))
    if other is not None and can_be(other, workspace):
        pair = [other.slack_id, person.slack_id]
        known = workspace.conversation_of(pair) if opens else workspace.known_conversation_of(pair)
        if known is not None:
            return known
    slack_id = str(asked.get("in", ""))
    if slack_id == APP_CONVERSATION:
        return workspace.conversation_of([workspace.bot_user.slack_id, person.slack_id])
    choice = workspace.visible_channels(person)
    first = next((channel for channel in choice if person.slack_id in channel.members), choice[0] if choice else None)
    return next((channel for channel in choice if channel.slack_id == slack_id), first)


def _tab(scene: Scene, asked: str) -> str:
    tabs = tabs_of(scene) if scene.is_app else ["messages"]
    if asked in tabs:
        return asked
    unread = scene.workspace.unread(scene.channel, scene.person.slack_id)
    return tabs[-1] if unread else tabs[0]


def _thread(scene: Scene, ts: str) -> Message | None:
    try:
        said = scene.workspace.message(scene.channel.slack_id, ts)
        parent = scene.workspace.message(scene.channel.slack_id, str(said.thread_ts)) if said.is_reply else said
    except NotFoundError:
        return None
    return parent if parent.ephemeral_to is None else None
