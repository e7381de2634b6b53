"""A channel's messages as one person sees them."""

import zlib
from collections.abc import Iterable

from bot.sandbox.model import Channel, Message, Person
from bot.sandbox.page import dates, mrkdwn
from bot.sandbox.page.draw import draw_blocks
from bot.sandbox.page.markup import NOTHING, Html, esc, icon, join, tag
from bot.sandbox.page.reader import Reader

AVATAR_COLOURS = 8
LATEST = 200


def visible(channel: Channel, person: Person) -> list[Message]:
    """Return what this person sees of a channel, replies right after what they reply to; the latest 200."""
    seen = [message for message in channel.messages if message.ephemeral_to in {None, person.slack_id}]
    replies: dict[str, list[Message]] = {}
    roots = []
    known = {message.ts for message in seen}
    for message in seen:
        if message.thread_ts not in {None, message.ts} and message.thread_ts in known:
            replies.setdefault(str(message.thread_ts), []).append(message)
        else:
            roots.append(message)
    return [message for root in roots[-LATEST:] for message in (root, *replies.get(root.ts, []))]


def draw_messages(channel: Channel, reader: Reader) -> Html:
    """Draw the messages of a channel with a line between days."""
    shown = visible(channel, reader.person)
    if not shown:
        return tag("li", esc("Nothing has been said here yet."), class_="empty")
    return join(list(_with_days(shown, reader)))


def draw_message(message: Message, reader: Reader) -> Html:
    """Draw one message."""
    author = reader.workspace.person(message.user)
    local = message.said_at.astimezone(reader.zone)
    written_at = int(message.said_at.timestamp())
    head = tag(
        "div",
        tag("span", esc(author.real_name), class_="author"),
        tag("span", esc("App"), class_="badge") if author.is_bot else NOTHING,
        tag(
            "time",
            esc(dates.clock_time(local)),
            datetime=message.said_at.isoformat(),
            title=reader.workspace_time(written_at),
        ),
        class_="message-head",
    )
    reply = message.thread_ts not in {None, message.ts}
    marks = "message" + (" ephemeral" if message.ephemeral_to else "") + (" reply" if reply else "")
    return tag(
        "li",
        _avatar(author),
        tag(
            "div",
            _note(message, reader),
            head,
            _body(message, reader),
            _reactions(message, reader),
            class_="message-body",
        ),
        class_=marks,
        id=f"m{message.ts}",
    )


def _with_days(shown: Iterable[Message], reader: Reader) -> Iterable[Html]:
    day = None
    for message in shown:
        local_on = message.said_at.astimezone(reader.zone).date()
        is_reply = message.thread_ts not in {None, message.ts}
        if local_on != day and not is_reply:
            day = local_on
            written = dates.written(int(message.said_at.timestamp()), "{day_divider_pretty}", reader.zone, reader.now)
            yield tag("li", tag("span", esc(written)), class_="day")
        yield draw_message(message, reader)


def _avatar(author: Person) -> Html:
    words = [word for word in author.real_name.split() if word[0].isalnum()]
    initials = "".join(word[0] for word in words[:2]).upper() or "?"
    colour = zlib.crc32(author.slack_id.encode()) % AVATAR_COLOURS
    kind = "avatar-app" if author.is_bot else f"avatar-{colour}"
    return tag("span", esc(initials), class_=f"avatar {kind}", aria_hidden="true")


def _note(message: Message, reader: Reader) -> Html:
    """Draw the line above a message: who sees it, and what it answers."""
    parts: list[Html] = []
    if message.ephemeral_to is not None:
        parts.append(tag("span", icon("eye"), esc(" Only visible to you")))
    if message.command is not None:
        who = "You used " if message.ephemeral_to == reader.person.slack_id else "In answer to "
        parts.append(tag("span", esc(who), tag("code", esc(message.command))))
    return tag("div", *parts, class_="note") if parts else NOTHING


def _body(message: Message, reader: Reader) -> Html:
    drawn = draw_blocks(message.blocks, reader) if message.blocks else mrkdwn.draw(message.text, reader)
    edited = tag("span", esc(" (edited)"), class_="edited") if message.edited_ts else NOTHING
    return tag("div", drawn, edited, class_="words")


def _reactions(message: Message, reader: Reader) -> Html:
    if not message.reactions:
        return NOTHING
    drawn = [
        tag("span", reader.emoji(name), esc(f" {len(people)}"), class_="reaction")
        for name, people in message.reactions.items()
    ]
    return tag("div", *drawn, class_="reactions")
