"""One message as one person sees it, with its reactions, its thread and what can be done with it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.sandbox.model import Message
from bot.sandbox.page import dates, mrkdwn
from bot.sandbox.page.attachments import draw_attachments
from bot.sandbox.page.draw import draw_blocks
from bot.sandbox.page.emoji import glyph
from bot.sandbox.page.files import draw_files
from bot.sandbox.page.markup import NOTHING, Html, esc, icon, join, tag
from bot.sandbox.page.people import avatar, named
from bot.sandbox.page.reader import Reader
from bot.sandbox.page.scene import Scene

MOST_FACES: Final = 4


def draw_message(
    message: Message, scene: Scene, *, replies: Sequence[Message] = (), follows: bool = False, in_thread: bool = False
) -> Html:
    """Draw one message, with a way to its thread if there are `replies`.

    One that `follows` another of the same author does not name them again.
    """
    reader = replace(scene.reader, place=f"{'t' if in_thread else 'm'}{message.ts}-")
    author = reader.workspace.person(message.user)
    marks = ["message"] + ["follows"] * follows + ["ephemeral"] * (message.ephemeral_to is not None)
    side = _when(message, reader) if follows else avatar(author)
    body = tag(
        "div",
        _note(message, scene),
        NOTHING if follows else _head(message, reader),
        _body(message, reader),
        _reactions(message, reader),
        _thread_link(message, replies, scene) if replies else NOTHING,
        class_="message-body",
    )
    return tag(
        "li",
        tag("div", side, class_="gutter"),
        body,
        NOTHING if message.ephemeral_to else _tools(in_thread=in_thread),
        class_=" ".join(marks),
        id=f"{reader.place}row",
        data_container="message",
        data_channel=scene.channel.slack_id,
        data_ts=message.ts,
    )


def _head(message: Message, reader: Reader) -> Html:
    author = reader.workspace.person(message.user)
    badge = tag("span", esc("App"), class_="badge") if author.is_bot else NOTHING
    return tag(
        "div", tag("span", esc(author.real_name), class_="author"), badge, _when(message, reader), class_="message-head"
    )


def _when(message: Message, reader: Reader) -> Html:
    return tag(
        "time",
        esc(dates.clock_time(message.said_at.astimezone(reader.zone))),
        datetime=message.said_at.isoformat(),
        title=reader.workspace_time(int(message.said_at.timestamp())),
    )


def _note(message: Message, scene: Scene) -> Html:
    """Draw the line above a message: who sees it, and what it answers."""
    parts: list[Html] = []
    if message.ephemeral_to is not None:
        parts.append(tag("span", icon("eye"), esc(" Only visible to you")))
    if message.command is not None:
        who = "You used " if message.ephemeral_to == scene.person.slack_id else "In answer to "
        parts.append(tag("span", esc(who), tag("code", esc(message.command))))
    if message.is_reply and message.broadcast:
        parts.append(tag("a", esc("replied to a thread"), href=scene.address(thread=str(message.thread_ts))))
    return tag("div", *parts, class_="note") if parts else NOTHING


def _body(message: Message, reader: Reader) -> Html:
    drawn = draw_blocks(message.blocks, reader) if message.blocks else mrkdwn.draw(message.text, reader)
    files = draw_files(message.files, reader)
    more = draw_attachments(message.attachments, reader)
    edited = tag("span", esc(" (edited)"), class_="edited") if message.edited_ts else NOTHING
    return tag("div", drawn, more, files, edited, class_="words")


def _reactions(message: Message, reader: Reader) -> Html:
    if not message.reactions:
        return NOTHING
    add = tag("button", icon("smile"), type="button", class_="reaction", aria_label="Add reaction", data_do="react")
    drawn = [_reaction(name, people, reader) for name, people in message.reactions.items()]
    return tag("div", *drawn, add, class_="reactions")


def _reaction(name: str, people: list[str], reader: Reader) -> Html:
    who = named(people, reader)
    said = f"{who[0].upper()}{who[1:]} reacted with :{name}:"
    return tag(
        "button",
        tag("span", esc(glyph(name) or f":{name}:"), class_="emoji"),
        tag("span", esc(len(people))),
        type="button",
        class_="reaction",
        title=said,
        aria_label=f"{len(people)} {name.replace('_', ' ')}. {said}",
        aria_pressed="true" if reader.person.slack_id in people else "false",
        data_emoji=name,
    )


def _thread_link(message: Message, replies: Sequence[Message], scene: Scene) -> Html:
    reader = scene.reader
    authors = list(dict.fromkeys(reply.user for reply in replies))[:MOST_FACES]
    faces = [avatar(reader.workspace.person(one), "small") for one in authors]
    count = f"{len(replies)} {'reply' if len(replies) == 1 else 'replies'}"
    last_at = int(replies[-1].said_at.timestamp())
    when = dates.written(last_at, "Last reply {date_short_pretty} at {time}", reader.zone, reader.now)
    return tag(
        "a",
        tag("span", *faces, class_="faces"),
        tag("span", esc(count), class_="replies"),
        tag("span", esc(when), class_="last-reply"),
        href=scene.address(thread=message.ts),
        class_="thread-link",
        data_do="thread",
    )


def _tools(*, in_thread: bool) -> Html:
    """Draw what appears on a message below the pointer. The menu holds all of it, so the rest is no stop of its own."""
    react = _tool("react", "smile", "Add reaction", reached=False)
    reply = NOTHING if in_thread else _tool("thread", "comment", "Reply in thread", reached=False)
    return tag("div", join([react, reply, _tool("more", "more", "More actions")]), class_="message-tools")


def _tool(deed: str, sign: str, words: str, *, reached: bool = True) -> Html:
    return tag(
        "button",
        icon(sign),
        type="button",
        class_="tool",
        aria_label=words,
        title=words,
        aria_haspopup=None if deed == "thread" else "menu" if deed == "more" else "dialog",
        aria_expanded="false" if deed == "more" else None,
        tabindex=None if reached else -1,
        data_do=deed,
    )
