"""A channel's messages as one person sees them, with a line between days and one above what is new."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from bot.sandbox.model import Channel, Message, Person
from bot.sandbox.page import dates
from bot.sandbox.page.composer import why_silent
from bot.sandbox.page.markup import NOTHING, Html, esc, icon, join, tag
from bot.sandbox.page.message import draw_message
from bot.sandbox.page.scene import Scene, title_of

LATEST: Final = 100
TOGETHER: Final = timedelta(minutes=5)
"""Within this time messages of one author stand together."""


def visible(channel: Channel, person: Person) -> list[Message]:
    """Return what this person sees of a channel, the latest 100; replies only if they were sent to it as well."""
    known = {message.ts for message in channel.messages}
    return [
        message
        for message in channel.messages
        if message.ephemeral_to in {None, person.slack_id}
        and (not message.is_reply or message.broadcast or message.thread_ts not in known)
    ][-LATEST:]


def draw_messages(scene: Scene) -> Html:
    """Draw the messages of the channel that somebody looks at."""
    shown = visible(scene.channel, scene.person)
    if not shown:
        return _beginning(scene)
    earlier = tag("li", esc("Earlier messages are not shown here."), class_="earlier", id="earlier")
    return join([*([earlier] if len(shown) == LATEST else []), *_with_lines(shown, scene)])


def stands_with(message: Message, other: Message | None) -> bool:
    """Return whether a message stands with the one before it, its author not named again."""
    return (
        other is not None
        and other.user == message.user
        and other.ephemeral_to == message.ephemeral_to
        and message.command is None
        and not (message.broadcast or other.broadcast)
        and message.said_at - other.said_at < TOGETHER
    )


def _with_lines(shown: Iterable[Message], scene: Scene) -> Iterable[Html]:
    day, before, is_new = None, None, False
    reader, replies = scene.reader, _threads(scene.channel)
    for message in shown:
        local_on = message.said_at.astimezone(reader.zone).date()
        if local_on != day:
            day, before = local_on, None
            written = dates.written(int(message.said_at.timestamp()), "{day_divider_pretty}", reader.zone, reader.now)
            yield tag("li", tag("span", esc(written)), class_="day", id=f"day-{local_on}")
        if not is_new and _is_new(message, scene):
            is_new, before = True, None
            yield tag("li", tag("span", esc("New")), class_="new-line", id="new-line")
        yield draw_message(message, scene, replies=replies.get(message.ts, ()), follows=stands_with(message, before))
        before = message


def _threads(channel: Channel) -> dict[str, list[Message]]:
    """Return the replies that everybody sees, by the message they reply to."""
    threads: dict[str, list[Message]] = {}
    for message in channel.messages:
        if message.is_reply and message.ephemeral_to is None:
            threads.setdefault(str(message.thread_ts), []).append(message)
    return threads


def _is_new(message: Message, scene: Scene) -> bool:
    return scene.new_since is not None and message.ts > scene.new_since and message.user != scene.person.slack_id


def _beginning(scene: Scene) -> Html:
    title = title_of(scene.channel, scene)
    is_im = scene.channel.is_im
    first = f"Here you and {title} talk" if is_im else f"This is the beginning of {title}"
    hint = "Say something below, or type / to see what the app can do."
    if why_silent(scene):
        # Nothing can be written below, and what stands there says so.
        first, hint = (f"Here {title} writes to you", "What it has for you alone.") if scene.is_app else (first, "")
    return tag(
        "li",
        tag("span", icon("comment" if is_im else "hash"), class_="beginning-sign"),
        tag("h2", esc(first)),
        tag("p", esc(hint)) if hint else NOTHING,
        class_="beginning",
        id="beginning",
    )
