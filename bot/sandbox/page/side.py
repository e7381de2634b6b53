"""The left column: who one is, the channels, the conversations, the app, and what is unread in them."""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.model import Channel, Message, Person
from bot.sandbox.page.markup import NOTHING, Html, esc, icon, join, tag
from bot.sandbox.page.people import avatar
from bot.sandbox.page.scene import APP_CONVERSATION, Scene, can_be, other_in


def draw_side(scene: Scene) -> Html:
    """Draw the column. Its parts have ids, so that only what has changed is put in anew."""
    workspace = scene.workspace
    state, word = ("on", "connected") if scene.connected else ("off", "not connected")
    light = tag("span", class_=f"light light-{state}")
    return join(
        [
            tag(
                "div",
                tag("strong", esc(workspace.name)),
                tag("span", esc("Sandbox"), class_="tagline"),
                class_="team",
                id="team",
            ),
            _you(scene),
            _rooms("channels", "Channels", _channels(scene)),
            _rooms("apps", "Apps", [_app(scene)]),
            tag("h2", esc("Direct messages"), id="title-dms"),
            tag("ul", *_conversations(scene), class_="rooms", id="dms", aria_labelledby="title-dms"),
            _new_message(scene),
            tag("p", light, esc(f"{workspace.app_name} is {word}"), class_="state", id="state"),
        ]
    )


def unread_for(scene: Scene, channel: Channel) -> tuple[bool, int]:
    """Return whether there is something unread, and how much of it is meant for this person.

    In a conversation of two that is everything, in a channel where they are mentioned.
    """
    person = scene.person
    if person.slack_id not in channel.members:
        return False, 0
    unread = scene.workspace.unread(channel, person.slack_id)
    if channel.is_im:
        return bool(unread), len(unread)
    return bool(unread), sum(_mentions(message, person, scene) for message in unread)


def _mentions(message: Message, person: Person, scene: Scene) -> bool:
    groups = [group.slack_id for group in scene.workspace.usergroups.values() if person.slack_id in group.members]
    calls = [f"<@{person.slack_id}", "<!channel", "<!here", "<!everyone", *[f"<!subteam^{group}" for group in groups]]
    said = list(_calling(message.blocks)) if message.blocks else [message.text]
    return any(call in words for words in said for call in calls)


def _calling(part: Any) -> Iterator[str]:
    """Give the words of blocks in which a mention calls somebody: plain text only looks like one."""
    match part:
        case list():
            for inner in part:
                yield from _calling(inner)
        case {"type": "mrkdwn", "text": str(words)}:
            yield words
        case {"type": "user", "user_id": str(called)}:
            yield f"<@{called}"
        case {"type": "usergroup", "usergroup_id": str(called)}:
            yield f"<!subteam^{called}"
        case {"type": "broadcast", "range": str(called)}:
            yield f"<!{called}"
        case dict():
            for inner in part.values():
                yield from _calling(inner)


def _you(scene: Scene) -> Html:
    workspace = scene.workspace
    options = [
        tag(
            "option",
            esc(f"{person.real_name} – {person.title}" if person.title else person.real_name),
            value=person.slack_id,
            selected=person is scene.person,
        )
        for person in sorted(workspace.people.values(), key=lambda person: person.real_name)
        if can_be(person, workspace)
    ]
    return tag(
        "form",
        tag("label", esc("You are"), for_="as"),
        tag("div", avatar(scene.person, "small"), tag("select", *options, name="as", id="as"), class_="you-row"),
        tag("p", esc(scene.person.title), class_="you-title") if scene.person.title else NOTHING,
        tag("input", type="hidden", name="in", value=APP_CONVERSATION if scene.is_app else scene.channel.slack_id),
        tag("noscript", tag("button", esc("Switch"))),
        method="get",
        action="./",
        class_="you",
        id="you",
    )


def _rooms(name: str, title: str, rows: list[Html]) -> Html:
    heading = tag("h2", esc(title), id=f"title-{name}")
    return tag(
        "section", heading, tag("ul", *rows, class_="rooms"), id=f"rooms-{name}", aria_labelledby=f"title-{name}"
    )


def _channels(scene: Scene) -> list[Html]:
    return [
        _row(scene, channel, icon("lock" if channel.kind == "private" else "hash"), channel.name)
        for channel in scene.workspace.visible_channels(scene.person)
        if not channel.is_im
    ]


def _app(scene: Scene) -> Html:
    workspace = scene.workspace
    pair = {workspace.bot_user.slack_id, scene.person.slack_id}
    known = next((room for room in workspace.channels.values() if room.is_im and set(room.members) == pair), None)
    bot = workspace.bot_user
    if known is not None:
        return _row(scene, known, avatar(bot, "small"), bot.real_name)
    return tag(
        "li", tag("a", avatar(bot, "small"), _name(bot.real_name), href=scene.address(APP_CONVERSATION)), id="room-app"
    )


def _conversations(scene: Scene) -> list[Html]:
    workspace = scene.workspace
    rows = []
    for room in workspace.visible_channels(scene.person):
        other = other_in(room, scene)
        spoken = room.messages or room is scene.channel
        if room.is_im and spoken and other is not workspace.bot_user:
            rows.append((other.real_name.casefold(), _row(scene, room, avatar(other, "small"), other.real_name)))
    return [row for _, row in sorted(rows)]


def _row(scene: Scene, channel: Channel, sign: Html, name: str) -> Html:
    here = channel is scene.channel
    unread, count = (False, 0) if here and scene.tab == "messages" else unread_for(scene, channel)
    badge = tag("span", esc(count), class_="count-badge", title=f"{count} for you") if count else NOTHING
    heard = tag("span", esc(" (unread)"), class_="visually-hidden") if unread else NOTHING
    return tag(
        "li",
        tag(
            "a",
            sign,
            _name(name),
            heard,
            badge,
            href=scene.address(channel.slack_id),
            class_="unread" if unread else None,
            aria_current="page" if here else None,
        ),
        id=f"room-{channel.slack_id}",
    )


def _name(name: str) -> Html:
    return tag("span", esc(name), class_="room-name", title=name)


def _new_message(scene: Scene) -> Html:
    """Draw the list of people with whom a conversation can be opened."""
    workspace = scene.workspace
    others = [one for one in workspace.people.values() if can_be(one, workspace) and one is not scene.person]
    if not others:
        return NOTHING
    rows = [
        tag(
            "li",
            tag("a", avatar(one, "small"), _name(one.real_name), href=f"{scene.address()}&with={one.slack_id}"),
        )
        for one in sorted(others, key=lambda one: one.real_name.casefold())
    ]
    return tag(
        "details",
        tag("summary", icon("plus"), esc("Message somebody")),
        tag("ul", *rows, class_="rooms"),
        class_="new-message",
        id="new-message",
    )
