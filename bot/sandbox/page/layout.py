"""The page around the messages: the list of channels, the switch between people, the clock, the composer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from bot.sandbox.commands import Command
from bot.sandbox.model import Channel, Person
from bot.sandbox.page.markup import NOTHING, Html, esc, icon, join, tag
from bot.sandbox.page.messages import draw_messages
from bot.sandbox.page.reader import Reader

APP_CONVERSATION = "app"


@dataclass(frozen=True)
class Scene:
    """What one person looks at: their channel, and whether the app is there."""

    reader: Reader
    channel: Channel
    connected: bool

    @property
    def person(self) -> Person:
        """The person looking."""
        return self.reader.person

    @property
    def seen(self) -> str:
        """A mark that changes whenever the page would look different."""
        return f"{self.reader.workspace.version}.{int(self.connected)}.{self.channel.slack_id}.{self.person.slack_id}"

    def address(self, channel_id: str | None = None) -> str:
        """Return the relative address of the page for the same person in a channel."""
        return "./?" + urlencode({"as": self.person.slack_id, "in": channel_id or self.channel.slack_id})


def draw_page(scene: Scene, commands: Mapping[str, Command]) -> Html:
    """Draw the whole page."""
    workspace = scene.reader.workspace
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", esc(f"{channel_title(scene.channel, scene)} - {workspace.name} - Sandbox")),
        tag("link", rel="icon", href="static/icon.svg", type="image/svg+xml"),
        tag("link", rel="stylesheet", href="static/page.css"),
        tag("script", src="static/page.js", defer=True),
    )
    body = tag(
        "body",
        tag("a", esc("Skip to the message box"), href="#text", class_="skip-link"),
        tag("nav", draw_side(scene), id="side", aria_label="Workspace"),
        tag(
            "main",
            tag("header", draw_top(scene), id="top"),
            tag(
                "div",
                tag("ol", draw_messages(scene.channel, scene.reader), id="messages"),
                id="scroll",
                tabindex="0",
                role="log",
                aria_label="Messages",
            ),
            _composer(scene),
        ),
        _completions(scene, commands),
        data_seen=scene.seen,
        data_as=scene.person.slack_id,
        data_in=scene.channel.slack_id,
    )
    return Html("<!doctype html>" + tag("html", head, body, lang="en"))


def draw_side(scene: Scene) -> Html:
    """Draw the left column."""
    workspace = scene.reader.workspace
    channels = [channel for channel in workspace.visible_channels(scene.person) if not channel.is_im]
    state, word = ("on", "connected") if scene.connected else ("off", "not connected")
    app_open = scene.channel.is_im and workspace.bot_user.slack_id in scene.channel.members
    return join(
        [
            tag(
                "div", tag("strong", esc(workspace.name)), tag("span", esc("Sandbox"), class_="tagline"), class_="team"
            ),
            _people(scene),
            tag("h2", esc("Channels")),
            tag("ul", *[_channel_row(scene, channel) for channel in channels], class_="rooms"),
            tag("h2", esc("Apps")),
            tag(
                "ul", _row(scene, APP_CONVERSATION, "app", workspace.bot_user.real_name, here=app_open), class_="rooms"
            ),
            tag(
                "p", tag("span", class_=f"light light-{state}"), esc(f"{workspace.app_name} is {word}"), class_="state"
            ),
        ]
    )


def draw_top(scene: Scene) -> Html:
    """Draw the line above the messages: where one is, and the sandbox's clock."""
    channel, reader = scene.channel, scene.reader
    about = "Just you and the app" if channel.is_im else _about(channel)
    return join(
        [
            tag(
                "button",
                icon("menu"),
                type="button",
                id="open-side",
                aria_controls="side",
                aria_expanded="false",
                aria_label="Channels and people",
            ),
            tag("div", tag("h1", esc(channel_title(channel, scene))), tag("p", esc(about)), class_="where"),
            tag(
                "form",
                _hidden(scene),
                tag(
                    "div",
                    tag("span", esc("Sandbox time"), class_="clock-label"),
                    tag(
                        "time",
                        esc(f"{reader.now.astimezone(reader.zone):%a %-d %b %Y, %H:%M}"),
                        id="clock",
                        datetime=reader.now.isoformat(),
                        data_zone=reader.zone.key,
                        title=reader.zone.key,
                    ),
                    class_="clock",
                ),
                _skip("hour", "Skip an hour", "+1 h"),
                _skip("tomorrow", "Skip to tomorrow 09:00", "Tomorrow 9:00"),
                method="post",
                action="clock",
                id="move",
                aria_label="The sandbox's clock",
            ),
        ]
    )


def _skip(step: str, words: str, short: str) -> Html:
    return tag(
        "button",
        tag("span", esc(words), class_="wide"),
        tag("span", esc(short), class_="narrow", aria_hidden="true"),
        name="move",
        value=step,
        class_="quiet",
        aria_label=words,
    )


def channel_title(channel: Channel, scene: Scene) -> str:
    """Return how a channel is called on the page."""
    if not channel.is_im:
        return f"#{channel.name}"
    others = [slack_id for slack_id in channel.members if slack_id != scene.person.slack_id]
    return scene.reader.workspace.person(others[0] if others else scene.person.slack_id).real_name


def _about(channel: Channel) -> str:
    count = f"{len(channel.members)} {'member' if len(channel.members) == 1 else 'members'}"
    return f"{count} · {channel.topic}" if channel.topic else count


def _people(scene: Scene) -> Html:
    workspace = scene.reader.workspace
    options = [
        tag(
            "option",
            esc(person.real_name + (f" · {person.title}" if person.title else "")),
            value=person.slack_id,
            selected=person is scene.person,
        )
        for person in sorted(workspace.people.values(), key=lambda person: person.real_name)
        if can_be(person, workspace.slackbot.slack_id)
    ]
    return tag(
        "form",
        tag("label", esc("You are"), for_="as"),
        tag("select", *options, name="as", id="as"),
        tag("input", type="hidden", name="in", value=scene.channel.slack_id),
        tag("noscript", tag("button", esc("Switch"))),
        method="get",
        action="./",
        class_="you",
    )


def can_be(person: Person, slackbot_id: str) -> bool:
    """Return whether the page lets one be this person."""
    return not (person.is_bot or person.deleted or person.slack_id == slackbot_id)


def _channel_row(scene: Scene, channel: Channel) -> Html:
    sign = "lock" if channel.kind == "private" else "hash"
    return _row(scene, channel.slack_id, sign, channel.name, here=channel is scene.channel)


def _row(scene: Scene, channel_id: str, sign: str, name: str, *, here: bool) -> Html:
    return tag(
        "li",
        tag(
            "a",
            icon(sign),
            esc(name),
            href=scene.address(channel_id),
            aria_current="page" if here else None,
        ),
    )


def _composer(scene: Scene) -> Html:
    if scene.channel.is_archived:
        return tag("p", esc("This channel is archived."), class_="archived", id="say")
    title = channel_title(scene.channel, scene)
    box = tag(
        "textarea",
        name="text",
        id="text",
        rows=1,
        placeholder=f"Message {title}, or / for a command",
        aria_label=f"Message {title}",
        role="combobox",
        aria_autocomplete="list",
        aria_expanded="false",
        aria_controls="completions",
        autocomplete="off",
        spellcheck="true",
    )
    return tag(
        "form",
        tag("ul", id="completions", role="listbox", aria_label="Suggestions", hidden=True),
        _hidden(scene),
        tag("div", box, tag("button", esc("Send"), class_="send"), class_="box"),
        tag("p", id="working", role="status"),
        method="post",
        action="say",
        id="say",
    )


def _hidden(scene: Scene) -> Html:
    return join(
        [
            tag("input", type="hidden", name="as", value=scene.person.slack_id),
            tag("input", type="hidden", name="in", value=scene.channel.slack_id),
        ]
    )


def _completions(scene: Scene, commands: Mapping[str, Command]) -> Html:
    workspace = scene.reader.workspace
    rows = [
        {"typed": row.name, "hint": row.usage_hint, "about": row.description, "is_command": True}
        for row in commands.values()
    ]
    rows += [
        {"typed": f"@{person.name}", "hint": "", "about": person.real_name, "is_command": False}
        for person in workspace.people.values()
        if not person.deleted
    ]
    rows += [
        {"typed": f"#{channel.name}", "hint": "", "about": channel.topic, "is_command": False}
        for channel in workspace.visible_channels(scene.person)
        if not channel.is_im
    ]
    # Inside a script element nothing but "<" can end it, so that is written as JSON's own escape.
    written = Html(json.dumps(rows).replace("<", "\\u003c"))
    return tag("script", written, type="application/json", id="known") if rows else NOTHING
