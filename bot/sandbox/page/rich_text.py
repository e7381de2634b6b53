"""The rich_text block: its parts and its elements, each a row of a table."""

from collections.abc import Callable

from bot.sandbox.model import Json
from bot.sandbox.page.markup import Html, esc, join, tag
from bot.sandbox.page.reader import Reader, lines

Draw = Callable[[Json, Reader], Html]
STYLES = {"bold": "strong", "italic": "em", "strike": "s", "underline": "u", "highlight": "mark", "code": "code"}
DEEPEST_INDENT = 8


def draw(block: Json, reader: Reader) -> Html:
    """Draw a rich_text block; parts and elements the page does not know are left out."""
    return join([PARTS[part["type"]](part, reader) for part in block.get("elements", []) if part.get("type") in PARTS])


def _inside(part: Json, reader: Reader) -> Html:
    elements = [element for element in part.get("elements", []) if element.get("type") in ELEMENTS]
    return join([_styled(ELEMENTS[each["type"]](each, reader), each.get("style") or {}) for each in elements])


def _styled(drawn: Html, style: Json) -> Html:
    for name, element in STYLES.items():
        if style.get(name):
            drawn = tag(element, drawn)
    return drawn


def _section(part: Json, reader: Reader) -> Html:
    return tag("div", _inside(part, reader), class_="rich-section")


def _list(part: Json, reader: Reader) -> Html:
    ordered = part.get("style") == "ordered"
    items = [tag("li", _inside(item, reader)) for item in part.get("elements", [])]
    indent = min(int(part.get("indent") or 0), DEEPEST_INDENT)
    start = int(part.get("offset") or 0) + 1
    return tag("ol" if ordered else "ul", *items, class_=f"indent-{indent}", start=start if ordered else None)


def _preformatted(part: Json, reader: Reader) -> Html:
    return tag("pre", tag("code", _inside(part, reader)))


def _quote(part: Json, reader: Reader) -> Html:
    return tag("blockquote", _inside(part, reader))


def _text(element: Json, _: Reader) -> Html:
    return lines(str(element.get("text", "")))


def _link(element: Json, reader: Reader) -> Html:
    address = str(element.get("url", ""))
    return reader.link(address, lines(str(element.get("text") or address)))


def _emoji(element: Json, reader: Reader) -> Html:
    return reader.emoji(str(element.get("name", "")))


def _date(element: Json, reader: Reader) -> Html:
    fallback = str(element.get("fallback") or element.get("timestamp", ""))
    drawn = reader.moment(int(element.get("timestamp") or 0), str(element.get("format", "{date}")), fallback)
    return reader.link(str(element["url"]), drawn) if element.get("url") else drawn


def _color(element: Json, _: Reader) -> Html:
    return tag("code", esc(element.get("value", "")))


PARTS: dict[str, Draw] = {
    "rich_text_section": _section,
    "rich_text_list": _list,
    "rich_text_preformatted": _preformatted,
    "rich_text_quote": _quote,
}
ELEMENTS: dict[str, Draw] = {
    "text": _text,
    "link": _link,
    "emoji": _emoji,
    "date": _date,
    "color": _color,
    "user": lambda element, reader: reader.user(str(element.get("user_id", ""))),
    "channel": lambda element, reader: reader.channel(str(element.get("channel_id", ""))),
    "usergroup": lambda element, reader: reader.usergroup(str(element.get("usergroup_id", ""))),
    "broadcast": lambda element, reader: reader.broadcast(str(element.get("range", ""))),
}
