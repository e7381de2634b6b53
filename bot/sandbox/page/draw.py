"""Blocks drawn as HTML: RENDERERS has one row for each type of block.

Every block is wrapped with its id, so that the page's script knows where an element stands.
"""

from collections.abc import Callable
from typing import Any, Final

from bot.sandbox.model import Json
from bot.sandbox.page import cards, chart, inputs, markdown, rich_text, table
from bot.sandbox.page.elements import draw_element
from bot.sandbox.page.markup import NOTHING, Html, esc, join, tag
from bot.sandbox.page.place import place_of
from bot.sandbox.page.reader import Reader
from bot.sandbox.page.texts import draw_text, picture

Renderer = Callable[[Json, Reader], Html]

HEADINGS: Final = {1: "h2", 2: "h3", 3: "h4", 4: "h5"}
"""A header's levels as headings of the page, whose own title is the h1; without a level it is an h3."""


def draw_blocks(blocks: list[Json], reader: Reader) -> Html:
    """Draw blocks one below the other; a type without a renderer is named instead of drawn."""
    return join([draw_block(block, reader) for block in blocks])


def draw_block(block: Any, reader: Reader) -> Html:
    """Draw one block. A block whose inside is not of the documented shape is named instead of drawn."""
    if not isinstance(block, dict):
        block = {"type": type(block).__name__}
    kind = str(block.get("type", ""))
    try:
        drawn = RENDERERS.get(kind, _unknown)(block, reader)
    except (AttributeError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError):
        drawn = _unknown(block, reader)
    return tag(
        "div",
        drawn,
        class_=f"block block-{kind.replace('_', '-')}",
        data_block=str(block["block_id"]) if block.get("block_id") else None,
        data_dispatch=block.get("dispatch_action") is True or None,
    )


def _header(block: Json, reader: Reader) -> Html:
    level = block.get("level")
    heading = HEADINGS.get(level) if isinstance(level, int) else None
    return tag(heading or "h3", draw_text(block["text"], reader), class_=f"header-{level if heading else 'default'}")


def _section(block: Json, reader: Reader) -> Html:
    text = tag("div", draw_text(block["text"], reader)) if block.get("text") else NOTHING
    fields = [tag("div", draw_text(field, reader), class_="section-field") for field in block.get("fields") or []]
    words = tag("div", text, tag("div", *fields, class_="fields") if fields else NOTHING, class_="section-words")
    accessory = block.get("accessory")
    return join([words, draw_element(accessory, place_of(block, accessory, reader))]) if accessory else words


def _divider(_: Json, __: Reader) -> Html:
    return tag("hr")


def _image(block: Json, reader: Reader) -> Html:
    title = tag("figcaption", draw_text(block["title"], reader)) if block.get("title") else NOTHING
    return tag("figure", title, picture(block))


def _elements(block: Json, reader: Reader) -> Html:
    return join([draw_element(element, place_of(block, element, reader)) for element in block["elements"]])


def _markdown(block: Json, reader: Reader) -> Html:
    return markdown.draw(str(block["text"]), reader)


def _carousel(block: Json, reader: Reader) -> Html:
    return cards.draw_carousel([draw_block(card, reader) for card in block["elements"]])


def _container(block: Json, reader: Reader) -> Html:
    return cards.draw_container(block, draw_blocks(block["child_blocks"], reader), reader)


def _plan(block: Json, reader: Reader) -> Html:
    return cards.draw_plan(block, [draw_block({"type": "task_card", **task}, reader) for task in block["tasks"] or []])


def _unknown(block: Json, _: Reader) -> Html:
    return tag("p", esc(f"A block of type {block.get('type')} that this page cannot draw."), class_="undrawn")


RENDERERS: dict[str, Renderer] = {
    "actions": _elements,
    "alert": cards.draw_alert,
    "card": cards.draw_card,
    "carousel": _carousel,
    "container": _container,
    "context": _elements,
    "context_actions": _elements,
    "data_table": table.draw_data_table,
    "data_visualization": chart.draw,
    "divider": _divider,
    "file": cards.draw_file,
    "header": _header,
    "image": _image,
    "input": inputs.draw_input,
    "markdown": _markdown,
    "plan": _plan,
    "rich_text": rich_text.draw,
    "section": _section,
    "table": table.draw_table,
    "task_card": cards.draw_task,
    "video": cards.draw_video,
}
