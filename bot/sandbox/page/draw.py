"""Blocks drawn as HTML: RENDERERS has one row for each type of block."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.model import Json
from bot.sandbox.page import chart, mrkdwn, rich_text, table
from bot.sandbox.page.markup import NOTHING, Html, esc, join, tag
from bot.sandbox.page.reader import SAFE_LINK, Reader

Renderer = Callable[[Json, Reader], Html]


def draw_blocks(blocks: list[Json], reader: Reader) -> Html:
    """Draw blocks one below the other; a type without a renderer is named instead of drawn."""
    return join([draw_block(block, reader) for block in blocks])


def draw_block(block: Json, reader: Reader) -> Html:
    """Draw one block. A block whose inside is not of the documented shape is named instead of drawn."""
    kind = str(block.get("type", ""))
    renderer = RENDERERS.get(kind, _unknown)
    try:
        drawn = renderer(block, reader)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError):
        drawn = _unknown(block, reader)
    return tag("div", drawn, class_=f"block block-{kind.replace('_', '-')}")


def draw_text(text: Any, reader: Reader) -> Html:
    """Draw a text object: mrkdwn or plain text."""
    if not isinstance(text, dict):
        return NOTHING
    written = str(text.get("text", ""))
    return mrkdwn.draw(written, reader) if text.get("type") == "mrkdwn" else reader.plain(written)


def _header(block: Json, reader: Reader) -> Html:
    return tag("h3", draw_text(block["text"], reader))


def _section(block: Json, reader: Reader) -> Html:
    text = tag("div", draw_text(block["text"], reader)) if block.get("text") else NOTHING
    fields = [tag("div", draw_text(field, reader), class_="field") for field in block.get("fields") or []]
    words = tag("div", text, tag("div", *fields, class_="fields") if fields else NOTHING, class_="section-words")
    accessory = block.get("accessory")
    return join([words, _element(accessory, reader)]) if accessory else words


def _context(block: Json, reader: Reader) -> Html:
    return join(
        [
            _image_element(element, reader)
            if element.get("type") == "image"
            else tag("span", draw_text(element, reader), class_="context-text")
            for element in block.get("elements", [])
        ]
    )


def _divider(_: Json, __: Reader) -> Html:
    return tag("hr")


def _image(block: Json, reader: Reader) -> Html:
    title = tag("figcaption", draw_text(block["title"], reader)) if block.get("title") else NOTHING
    return tag("figure", title, _image_element(block, reader))


def _actions(block: Json, reader: Reader) -> Html:
    return join([_element(element, reader) for element in block.get("elements", [])])


def _markdown(block: Json, reader: Reader) -> Html:
    return reader.plain(str(block.get("text", "")))


def _element(element: Json, reader: Reader) -> Html:
    if element.get("type") == "image":
        return _image_element(element, reader)
    if element.get("type") != "button":
        label = draw_text(element.get("placeholder"), reader) or esc(str(element.get("type", "")).replace("_", " "))
        return tag("button", label, type="button", class_="button", disabled=True)
    style = str(element.get("style", "default"))
    label = draw_text(element["text"], reader)
    if element.get("url"):
        return reader.link(str(element["url"]), tag("span", label, class_=f"button button-{style}"))
    title = "Buttons are drawn here and cannot be pressed yet"
    return tag("button", label, type="button", class_=f"button button-{style}", disabled=True, title=title)


def _image_element(element: Json, _: Reader) -> Html:
    address, alt = str(element.get("image_url", "")), str(element.get("alt_text", ""))
    if not SAFE_LINK.match(address):
        return esc(alt)
    return tag("img", src=address, alt=alt, loading="lazy", referrerpolicy="no-referrer")


def _unknown(block: Json, _: Reader) -> Html:
    return tag("p", esc(f"A block of type {block.get('type')} that this page cannot draw."), class_="undrawn")


RENDERERS: dict[str, Renderer] = {
    "actions": _actions,
    "context": _context,
    "data_table": table.draw_data_table,
    "data_visualization": chart.draw,
    "divider": _divider,
    "header": _header,
    "image": _image,
    "markdown": _markdown,
    "rich_text": rich_text.draw,
    "section": _section,
    "table": table.draw_table,
}
