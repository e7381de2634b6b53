"""What stands everywhere in blocks: text objects and pictures."""

from typing import Any

from bot.sandbox.model import Json
from bot.sandbox.page import mrkdwn
from bot.sandbox.page.emoji import glyph
from bot.sandbox.page.markup import NOTHING, Html, esc, icon, tag
from bot.sandbox.page.reader import SAFE_LINK, SHORT_NAME, Reader, lines


def draw_text(text: Any, reader: Reader) -> Html:
    """Draw a text object: mrkdwn or plain text, whose emoji stay as typed if it says so; nothing if it is none."""
    if not isinstance(text, dict):
        return NOTHING
    written = str(text.get("text", ""))
    if text.get("type") == "mrkdwn":
        return mrkdwn.draw(written, reader)
    return lines(written) if text.get("emoji") is False else reader.plain(written)


def words(text: Any, otherwise: str = "") -> str:
    """Return a text object as characters alone, for places that take no markup; `otherwise` if it is none."""
    if not isinstance(text, dict) or not text.get("text"):
        return otherwise
    written = str(text["text"])
    if text.get("emoji") is False:
        return written
    return SHORT_NAME.sub(lambda match: glyph(match.group(1)) or match.group(), written)


def picture(image: Json, *, class_: str | None = None) -> Html:
    """Draw an image object. A file of Slack's own cannot be had here: its description stands in for it."""
    alt = str(image.get("alt_text", ""))
    address = str(image.get("image_url", ""))
    if SAFE_LINK.match(address):
        return tag("img", src=address, alt=alt, class_=class_, loading="lazy", referrerpolicy="no-referrer")
    name = "no-picture" if class_ is None else f"no-picture {class_}"
    return tag("span", icon("image"), tag("span", esc(alt)), class_=name)
