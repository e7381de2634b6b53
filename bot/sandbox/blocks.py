"""Which blocks the workspace takes: one table of block types, and the rules that hold for a whole message or view.

The limits are those of Slack's pages and libraries. Where Slack only describes a rule, the words of the complaint are
ours, in Slack's manner.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from bot.sandbox.elements import (
    ADDRESS,
    ID,
    IMAGE_ELEMENT,
    IMAGE_SOURCE,
    IN_ACTIONS,
    IN_CARD,
    IN_CONTEXT,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    SLACK_FILE,
)
from bot.sandbox.model import Json
from bot.sandbox.rich_text import RICH_TEXT
from bot.sandbox.rules import (
    Rule,
    Spot,
    Surface,
    anything,
    each,
    flag,
    needs_one_of,
    one_of,
    plain_text,
    shape,
    string,
    text,
    together,
    typed,
)
from bot.sandbox.tables import CHART, DATA_TABLE, TABLE, words

MOST_BLOCKS: Final[dict[Surface, int]] = {"message": 50, "modal": 100, "home": 100}
MOST_CHARACTERS_IN_BLOCKS: Final = 13_200
MOST_CHARTS: Final = 2

BLOCKS_OF_2026: Final = frozenset({"alert", "card", "carousel", "container", "data_table", "data_visualization"})

_ID: Final[dict[str, Rule]] = {"block_id": ID}
_BOTH: Final[dict[str, Rule]] = {"image_url": ADDRESS, "slack_file": SLACK_FILE}
_TASK_STATUS: Final = one_of("pending", "in_progress", "complete", "error")


def _only_in(surface: Surface, kind: str) -> Rule:
    def check(spot: Spot) -> None:
        if spot.surface != surface:
            spot.at("type").wrong(f"unsupported type: {kind}")

    return check


def _files_only_in_modals(spot: Spot) -> None:
    element = spot.value.get("element")
    if isinstance(element, dict) and element.get("type") == "file_input":
        _only_in("modal", "file_input")(spot.at("element"))


CARD: Final = together(
    shape(
        {},
        _ID
        | {"hero_image": IMAGE_ELEMENT, "icon": IMAGE_ELEMENT, "slack_icon": anything}
        | {"title": text(150), "subtitle": text(150), "body": text(200), "subtext": text(200)}
        | {"actions": each(IN_CARD, least=1, most=5)},
    ),
    needs_one_of("hero_image", "title", "actions", "body"),
)

_TASK_CARD: Final = shape(
    {"task_id": string(), "title": string(), "status": _TASK_STATUS},
    _ID | {"details": RICH_TEXT, "output": RICH_TEXT, "sources": each(anything)},
)

BLOCKS: Final[dict[str, Rule]] = {
    "actions": shape({"elements": each(IN_ACTIONS, least=1, most=25)}, _ID),
    "alert": together(
        shape({"text": text(200)}, _ID | {"level": one_of("default", "info", "warning", "error", "success")}),
        _only_in("modal", "alert"),
    ),
    "card": CARD,
    "carousel": shape({"elements": each(typed({"card": CARD}), least=1, most=10)}, _ID),
    "context": shape({"elements": each(IN_CONTEXT, least=1, most=10)}, _ID),
    "context_actions": shape({"elements": each(IN_CONTEXT_ACTIONS, least=1, most=5)}, _ID),
    "data_table": DATA_TABLE,
    "data_visualization": CHART,
    "divider": shape({}, _ID),
    "file": together(
        shape({"external_id": string(), "source": one_of("remote")}, _ID),
        _only_in("message", "file"),
    ),
    "header": shape({"text": plain_text(150)}, _ID | {"level": anything}),
    "image": together(
        shape({"alt_text": string(2_000)}, _ID | _BOTH | {"title": plain_text(2_000)}),
        IMAGE_SOURCE,
    ),
    "input": together(
        shape(
            {"label": plain_text(2_000), "element": IN_INPUT},
            _ID | {"hint": plain_text(2_000), "optional": flag, "dispatch_action": flag},
        ),
        _files_only_in_modals,
    ),
    "markdown": shape({"text": string(12_000)}, _ID),
    "plan": shape({"title": string()}, _ID | {"tasks": each(typed({"task_card": _TASK_CARD}))}),
    "rich_text": RICH_TEXT,
    "section": together(
        shape(
            {},
            _ID
            | {"text": text(3_000), "fields": each(text(2_000), least=1, most=10)}
            | {"accessory": IN_SECTION, "expand": flag},
        ),
        needs_one_of("text", "fields"),
    ),
    "table": TABLE,
    "task_card": _TASK_CARD,
    "video": shape(
        {"alt_text": string(), "title": plain_text(199), "thumbnail_url": ADDRESS, "video_url": ADDRESS},
        _ID
        | {"author_name": string(49), "description": plain_text(200), "provider_icon_url": ADDRESS}
        | {"provider_name": string(), "title_url": ADDRESS},
    ),
}

_IN_CONTAINER: Final = typed(
    BLOCKS,
    {"actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section", "table", "video"},
)
BLOCKS["container"] = together(
    shape(
        {"child_blocks": each(_IN_CONTAINER, least=1, most=10)},
        _ID
        | {"title": plain_text(150), "rich_text_title": RICH_TEXT, "subtitle": text(150), "icon": IMAGE_ELEMENT}
        | {"width": one_of("narrow", "standard", "wide", "full")}
        | {"is_collapsible": flag, "default_collapsed": flag, "has_header_divider": flag},
    ),
    needs_one_of("title", "rich_text_title"),
)


def problems(blocks: Any, *, new_blocks: bool, surface: Surface = "message", pointer: str = "/blocks") -> list[str]:
    """Return what is wrong with `blocks`, in Slack's manner of speaking; nothing if they are fine.

    `new_blocks` says whether the workspace has the block types of 2026, `pointer` where the blocks stand in what was
    sent.
    """
    spot = Spot(blocks, pointer, surface, [])
    known = BLOCKS.keys() if new_blocks else BLOCKS.keys() - BLOCKS_OF_2026
    each(typed(BLOCKS, known), most=MOST_BLOCKS[surface])(spot)
    if isinstance(blocks, list):
        _check_ids(spot)
        charts = [block for block in blocks if isinstance(block, dict) and block.get("type") == "data_visualization"]
        if len(charts) > MOST_CHARTS:
            spot.wrong(f"no more than {MOST_CHARTS} data_visualization blocks allowed")
        if surface != "message":
            _check_focus(spot)
    return spot.found


def tables_in(blocks: list[Json]) -> int:
    """Return how many blocks of the older type of table there are; a message may have one."""
    return sum(block["type"] == "table" for block in blocks)


def weight(blocks: list[Json]) -> int:
    """Return how much of a message's room these blocks take, in characters.

    Slack measures them as JSON. The rows of tables have a limit of their own, which leaves room for far more cells than
    would fit as JSON, so of them only the words are counted.
    """
    total = 0
    for block in blocks:
        rows = block.get("rows", []) if block["type"] in {"table", "data_table"} else []
        rest = {name: value for name, value in block.items() if name != "rows"} if rows else block
        total += len(json.dumps(rest, ensure_ascii=False, separators=(",", ":"))) + sum(map(len, words(rows)))
    return total


def _check_ids(spot: Spot) -> None:
    seen: set[str] = set()
    for block in _holders(spot):
        block_id = block.value.get("block_id")
        # An empty one counts as none: Slack makes an id up.
        if isinstance(block_id, str) and block_id:
            if block_id in seen:
                block.at("block_id").wrong(f"block_id must be unique: {block_id}")
            seen.add(block_id)
        actions: set[str] = set()
        for element in _elements(block):
            action_id = element.value.get("action_id")
            if not isinstance(action_id, str) or not action_id:
                continue
            if action_id in actions:
                element.at("action_id").wrong(f"action_id must be unique: {action_id}")
            actions.add(action_id)


def _check_focus(spot: Spot) -> None:
    focused = [
        element
        for block in _holders(spot)
        for element in _elements(block)
        if element.value.get("focus_on_load") is True
    ]
    for element in focused[1:]:
        element.at("focus_on_load").wrong("only one element may have focus_on_load")


def _holders(spot: Spot) -> Iterator[Spot]:
    """Return every block, also those inside others: within each of them an action_id may stand once."""
    for place, block in enumerate(spot.value):
        if isinstance(block, dict):
            yield spot.at(place)
            inner = {"container": "child_blocks", "carousel": "elements"}.get(str(block.get("type")), "")
            if isinstance(block.get(inner), list):
                yield from _holders(spot.at(place).at(inner))


def _elements(spot: Spot) -> Iterator[Spot]:
    for name in ("accessory", "element", "elements", "actions"):
        below = spot.value.get(name)
        places = range(len(below)) if isinstance(below, list) else [None]
        for place in places:
            element = below if place is None else below[place]
            if isinstance(element, dict):
                yield spot.at(name) if place is None else spot.at(name).at(place)
