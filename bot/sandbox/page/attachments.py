"""The older way to say more: attachments below a message, drawn simply, with a bar beside each."""

from collections.abc import Sequence
from typing import Final

from bot.sandbox.model import Json
from bot.sandbox.page import mrkdwn
from bot.sandbox.page.draw import draw_blocks
from bot.sandbox.page.markup import NOTHING, Html, join, tag
from bot.sandbox.page.reader import Reader

NAMED_COLOURS: Final = ("good", "warning", "danger")
"""Slack's names for the bar's colour; for one given as a number the bar stays grey here."""
SHOWN: Final = ("text", "title", "pretext", "blocks")


def draw_attachments(attachments: Sequence[Json], reader: Reader) -> Html:
    """Draw them one below the other: what stands above, the title, the words or the blocks."""
    return join([_attachment(attachment, reader) for attachment in attachments])


def _attachment(attachment: Json, reader: Reader) -> Html:
    # Where nothing else is said, the words for clients that show no more are shown here too.
    words = attachment.get("text" if any(attachment.get(name) for name in SHOWN) else "fallback")
    colour = attachment.get("color")
    marks = ["attachment"] + [name for name in NAMED_COLOURS if name == colour]
    blocks = draw_blocks(attachment.get("blocks") or [], reader)
    inside = [_title(attachment, reader), _words(words, reader), blocks]
    return join([_words(attachment.get("pretext"), reader), tag("div", *inside, class_=" ".join(marks))])


def _title(attachment: Json, reader: Reader) -> Html:
    title = attachment.get("title")
    if not title:
        return NOTHING
    label = reader.plain(str(title))
    address = attachment.get("title_link")
    return tag("div", reader.link(str(address), label) if address else label, class_="attachment-title")


def _words(words: object, reader: Reader) -> Html:
    return tag("div", mrkdwn.draw(str(words), reader)) if words else NOTHING
