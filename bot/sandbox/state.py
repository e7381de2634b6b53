"""What people chose and typed in the elements of blocks: read from the page, written as Slack writes it.

From the page everything comes as lists of texts, `Typed`: {block_id: {action_id: [texts]}}. One table says for each kind
of element under which name Slack gives the value, and how the texts become it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.sandbox.model import Json

Typed = Mapping[str, Mapping[str, Sequence[str]]]
Read = Callable[[Json, Sequence[str], ZoneInfo], Any]

COMES_ALONG: Final = frozenset(
    {"placeholder", "confirm", "min_query_length", "timezone", "text", "value", "url", "style", "accessibility_label"}
    | {"icon", "workflow"}
)
"""What of an element's definition comes along when it is used, besides its initial value."""


@dataclass(frozen=True)
class Kind:
    """How one kind of element gives its value: its name in Slack's JSON, the reader, and the initial value's field."""

    field: str
    read: Read
    initial: str
    stateful: bool = True


def elements_in(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Go through (block, element) for everything that can be pressed, chosen or typed into, also inside other blocks."""
    for block in blocks:
        yield from elements_in([*(block.get("child_blocks") or []), *_cards(block)])
        for name in ("accessory", "element"):
            if isinstance(block.get(name), dict):
                yield block, block[name]
        for name in ("elements", "actions"):
            if block["type"] in {"actions", "context_actions", "card"}:
                yield from ((block, element) for element in block.get(name) or [])


def find_element(blocks: Sequence[Json], block_id: str, action_id: str) -> tuple[Json, Json] | None:
    """Return the block and the element with these ids, or None."""
    for block, element in elements_in(blocks):
        if (block.get("block_id"), element.get("action_id")) == (block_id, action_id):
            return block, element
    return None


def state_of(blocks: Sequence[Json], typed: Typed, zone: ZoneInfo) -> Json:
    """Return Slack's `state` of everything stateful in `blocks`; what the page said nothing of has its initial value."""
    values: dict[str, Json] = {}
    for block, element in elements_in(blocks):
        kind = KINDS.get(element["type"])
        if kind is not None and kind.stateful:
            texts = typed.get(block["block_id"], {}).get(element["action_id"])
            value = _initial(element, kind) if texts is None else kind.read(element, texts, zone)
            written = {} if value is None and element["type"] == "rich_text_input" else {kind.field: value}
            values.setdefault(block["block_id"], {})[element["action_id"]] = {"type": element["type"], **written}
    return {"values": values}


def action_of(block: Json, element: Json, texts: Sequence[str], zone: ZoneInfo, action_ts: str) -> Json:
    """Return the row of `actions` for an element that was used with these values."""
    kind = KINDS.get(element["type"])
    definition = {name: value for name, value in element.items() if name in COMES_ALONG or name.startswith("initial_")}
    if element["type"] == "feedback_buttons":
        pressed = _feedback(element, texts)
        definition = {"text": pressed.get("text"), "value": pressed.get("value")}
    elif kind is not None and kind.field in TYPED:
        # Of what is typed, Slack sends nothing but the words.
        definition = {}
    chosen = {kind.field: kind.read(element, texts, zone)} if kind else {}
    ids = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"]}
    return {**definition, **chosen, **ids, "action_ts": action_ts}


def options_of(element: Json) -> list[Json]:
    """Return every option of an element, those in groups too."""
    groups = [option for group in element.get("option_groups") or [] for option in group["options"]]
    return [*(element.get("options") or []), *groups]


def _cards(block: Json) -> list[Json]:
    return block.get("elements") or [] if block["type"] == "carousel" else []


def _initial(element: Json, kind: Kind) -> Any:
    return element.get(kind.initial, [] if kind.field.endswith("s") else None)


def _feedback(element: Json, texts: Sequence[str]) -> Json:
    buttons: list[Json] = [element["positive_button"], element["negative_button"]]
    return next((button for button in buttons if [button.get("value")] == list(texts)), buttons[0])


def _one(_: Json, texts: Sequence[str], __: ZoneInfo) -> str | None:
    return texts[0] if texts and texts[0] else None


def _many(_: Json, texts: Sequence[str], __: ZoneInfo) -> list[str]:
    return [text for text in texts if text]


def _option(element: Json, texts: Sequence[str], _: ZoneInfo) -> Json | None:
    return next((option for option in options_of(element) if texts and option["value"] == texts[0]), None)


def _options(element: Json, texts: Sequence[str], _: ZoneInfo) -> list[Json]:
    return [option for option in options_of(element) if option["value"] in texts]


def _moment(_: Json, texts: Sequence[str], zone: ZoneInfo) -> int | None:
    if not texts or not texts[0]:
        return None
    try:
        return int(datetime.fromisoformat(texts[0]).replace(tzinfo=zone).timestamp())
    except ValueError:
        return None


def _rich(_: Json, texts: Sequence[str], __: ZoneInfo) -> Json | None:
    if not texts or not texts[0]:
        return None
    words = {"type": "text", "text": texts[0]}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [words]}]}


def _none(_: Json, __: Sequence[str], ___: ZoneInfo) -> list[Json]:
    return []


TYPED: Final = frozenset({"value", "rich_text_value"})
_TEXT: Final = Kind("value", _one, "initial_value")

KINDS: Final[dict[str, Kind]] = {
    "static_select": Kind("selected_option", _option, "initial_option"),
    "external_select": Kind("selected_option", _option, "initial_option"),
    "radio_buttons": Kind("selected_option", _option, "initial_option"),
    "overflow": Kind("selected_option", _option, "", stateful=False),
    "multi_static_select": Kind("selected_options", _options, "initial_options"),
    "multi_external_select": Kind("selected_options", _options, "initial_options"),
    "checkboxes": Kind("selected_options", _options, "initial_options"),
    "users_select": Kind("selected_user", _one, "initial_user"),
    "multi_users_select": Kind("selected_users", _many, "initial_users"),
    "conversations_select": Kind("selected_conversation", _one, "initial_conversation"),
    "multi_conversations_select": Kind("selected_conversations", _many, "initial_conversations"),
    "channels_select": Kind("selected_channel", _one, "initial_channel"),
    "multi_channels_select": Kind("selected_channels", _many, "initial_channels"),
    "datepicker": Kind("selected_date", _one, "initial_date"),
    "timepicker": Kind("selected_time", _one, "initial_time"),
    "datetimepicker": Kind("selected_date_time", _moment, "initial_date_time"),
    "plain_text_input": _TEXT,
    "number_input": _TEXT,
    "email_text_input": _TEXT,
    "url_text_input": _TEXT,
    "rich_text_input": Kind("rich_text_value", _rich, "initial_value"),
    "file_input": Kind("files", _none, ""),
}
