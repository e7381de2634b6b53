"""Block Kit as plain dicts: every shape of block that Encore sends is made here and nowhere else.

slack_sdk has classes for most of them, but none for `data_table` and `data_visualization`, and building one header
through them takes longer than building a whole answer here.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bot.views.message import Block, Message

BLOCKS_OF_2026: Final = frozenset({"alert", "card", "carousel", "container", "data_table", "data_visualization"})
"""What a workspace may not have yet."""
MOST_BLOCKS: Final = 50
MOST_OF_A_MESSAGE: Final = 12_500
"""Characters of its JSON; Slack refuses it from about 13,200 on."""
MOST_OF_A_HEADER: Final = 150
MOST_FIELDS: Final = 10
MOST_TABLE_ROWS: Final = 100
"""Rows beside the header's."""
MOST_CATEGORIES: Final = 20
MOST_CARDS: Final = 10
MOST_OF_A_LABEL: Final = 20
MOST_OF_A_CHART_TITLE: Final = 50


def plain(text: str) -> Block:
    """Return words that are shown as they are; `:fire:` stays text, since it may be somebody's name."""
    return {"type": "plain_text", "text": text, "emoji": False}


def mrkdwn(text: str) -> Block:
    """Return words of ours with Slack's markup; nobody else's words belong in them."""
    return {"type": "mrkdwn", "text": text}


def header(text: str) -> Block:
    """Return a title, cut to what Slack takes."""
    return {
        "type": "header",
        "text": plain(text if len(text) <= MOST_OF_A_HEADER else text[: MOST_OF_A_HEADER - 1] + "…"),
    }


def section(text: str, beside: Block | None = None) -> Block:
    """Return a paragraph of mrkdwn, with a button beside it if there is one."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return block if beside is None else block | {"accessory": beside}


def fields(texts: Sequence[str]) -> list[Block]:
    """Return short mrkdwn texts side by side, in as many sections as they need."""
    return [
        {"type": "section", "fields": [mrkdwn(text) for text in texts[start : start + MOST_FIELDS]]}
        for start in range(0, len(texts), MOST_FIELDS)
    ]


def context(*elements: Block) -> Block:
    """Return small print out of `plain` and `mrkdwn` elements."""
    return {"type": "context", "elements": list(elements)}


def run(text: str, *, bold: bool = False, code: bool = False) -> Block:
    """Return a run of words of a rich text; markup in them stays as typed."""
    element: Block = {"type": "text", "text": text}
    style = {name: True for name, on in (("bold", bold), ("code", code)) if on}
    return element | {"style": style} if style else element


def link(url: str, text: str) -> Block:
    """Return a run that leads somewhere."""
    return {"type": "link", "url": url, "text": text}


def emoji(name: str) -> Block:
    """Return a run that is an emoji, by its short name; one that a workspace does not have is shown as `:name:`."""
    return {"type": "emoji", "name": name}


def channel(channel_id: str) -> Block:
    """Return a run that is a channel's name; readers who may not know it see that it is private."""
    return {"type": "channel", "channel_id": channel_id}


def rich_text(*runs: Block) -> Block:
    """Return a paragraph of runs; a line break is a run's own."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(runs)}]}


def bullets(*lines: Sequence[Block]) -> Block:
    """Return a list with one line of runs an item."""
    items = [{"type": "rich_text_section", "elements": list(line)} for line in lines]
    return {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": items}]}


def text_cell(text: str) -> Block:
    """Return a table's cell of words."""
    return {"type": "raw_text", "text": text}


def number_cell(value: float, text: str) -> Block:
    """Return a cell that sorts by `value` and reads `text`."""
    return {"type": "raw_number", "value": value, "text": text}


def data_table(caption: str, titles: Sequence[str], rows: Sequence[Sequence[Block]], *, named_by: int = 0) -> Block:
    """Return a table (since 2026-05) of 1 to 100 rows beside its titles, on one page.

    `named_by` is the column, from 0, that a screen reader takes for the name of a row.
    """
    shown = rows[:MOST_TABLE_ROWS]
    return {
        "type": "data_table",
        "caption": caption,
        "rows": [[text_cell(title) for title in titles], *(list(row) for row in shown)],
        "page_size": len(shown),
        "row_header_column_index": named_by,
    }


def line_chart(title: str, name: str, points: Sequence[tuple[str, float]], unit: str) -> Block:
    """Return a chart (since 2026-06) of one series of at most 20 labelled values, each label once."""
    return {
        "type": "data_visualization",
        "title": title[:MOST_OF_A_CHART_TITLE],
        "chart": {
            "type": "line",
            "series": [{"name": name, "data": [{"label": label, "value": value} for label, value in points]}],
            "axis_config": {"categories": [label for label, _ in points], "y_label": unit},
        },
    }


def fitting(build: Callable[[int], Message], sizes: Sequence[int]) -> Message:
    """Return a message of the first of these sizes with which Slack takes it, whatever it is written in; else of the last.

    `sizes` are what `build` can be told to keep to, such as rows or characters of a line, the largest first.
    """
    for size in sizes[:-1]:
        message = build(size)
        if len(json.dumps({"text": message.text, "blocks": message.blocks})) <= MOST_OF_A_MESSAGE:
            return message
    return build(sizes[-1])


def needs_2026(blocks: Sequence[Block]) -> bool:
    """Whether an older workspace would refuse these."""
    return any(block["type"] in BLOCKS_OF_2026 for block in blocks)


def button(action: str, words: str, value: str = "", *, style: str = "", confirm: Block | None = None) -> Block:
    """Return a button. `action` is a key of the table ACTIONS; `style` is `primary`, `danger` or none.

    Where several buttons of one message do the same thing, `action` goes on with a colon and what tells them apart.
    """
    element: Block = {"type": "button", "action_id": action, "text": plain(words)}
    # Slack takes neither an empty value nor an empty style.
    element |= {name: said for name, said in (("value", value), ("style", style)) if said}
    return element | {"confirm": confirm} if confirm is not None else element


def menu(action: str, placeholder: str, choices: Mapping[str, str]) -> Block:
    """Return a menu of up to 100 choices (value -> words) that acts at once. `action` is a key of the table ACTIONS."""
    options = [{"text": plain(words), "value": value} for value, words in choices.items()]
    return {"type": "static_select", "action_id": action, "placeholder": plain(placeholder), "options": options}


def confirm(title: str, words: str, *, yes: str, no: str = "Not now") -> Block:
    """Return the question that Slack asks before a button does anything."""
    return {"title": plain(title), "text": plain(words), "confirm": plain(yes), "deny": plain(no)}


def actions(*elements: Block) -> Block:
    """Return buttons and menus side by side, 25 at most."""
    return {"type": "actions", "elements": list(elements)}


def divider() -> Block:
    """Return a line between two parts."""
    return {"type": "divider"}


def image(address: str, words: str) -> Block:
    """Return a picture, with what it shows; Slack fetches it, and refuses the whole message where it cannot."""
    return {"type": "image", "image_url": address, "alt_text": words}


def has_picture(blocks: Sequence[Block]) -> bool:
    """Whether Slack has to fetch a picture to show these."""
    return any("hero_image" in block or has_picture(block.get("elements", ())) for block in blocks)


def card(title: str, subtitle: str, body: str, *buttons: Block, picture: Block | None = None) -> Block:
    """Return a card (since 2026) of escaped mrkdwn: at most 150 characters, 150, and 200; nothing in it is made a link."""
    words = (("title", title), ("subtitle", subtitle), ("body", body))
    block: Block = {"type": "card"} | {name: mrkdwn(text) | {"verbatim": True} for name, text in words if text}
    block |= {} if picture is None else {"hero_image": picture}
    return block | {"actions": list(buttons)} if buttons else block


def carousel(cards: Sequence[Block]) -> Block:
    """Return up to 10 cards (since 2026) side by side."""
    return {"type": "carousel", "elements": list(cards)[:MOST_CARDS]}
