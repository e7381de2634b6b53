"""Elements to type into: text, numbers, addresses, dates and times, with the browser's own controls."""

from datetime import UTC, datetime
from typing import Any, Final

from bot.sandbox.model import Json
from bot.sandbox.page.markup import Attribute, Html, esc, join, tag
from bot.sandbox.page.place import Place
from bot.sandbox.page.texts import words
from bot.sandbox.tables import words as words_in

SINGLE_LINES: Final = {
    "plain_text_input": "text",
    "email_text_input": "email",
    "url_text_input": "url",
    "number_input": "number",
}
PICKERS: Final = {
    "datepicker": ("date", "initial_date", "Choose a date"),
    "timepicker": ("time", "initial_time", "Choose a time"),
    "datetimepicker": ("datetime-local", "initial_date_time", "Choose a date and a time"),
}
TRIGGERS: Final = {"on_enter_pressed": "enter", "on_character_entered": "character"}


def draw_text_input(element: Json, place: Place) -> Html:
    """Draw a field for text, a number, an address of mail or of the web."""
    kind = str(element["type"])
    shared: dict[str, Attribute] = {
        "class_": "field",
        "placeholder": words(element.get("placeholder")) or None,
        "minlength": element.get("min_length"),
        "maxlength": element.get("max_length"),
        "data_acts_on": _acts_on(element),
        **place.named(element, "Text"),
    }
    value = str(element.get("initial_value", ""))
    if element.get("multiline"):
        return tag("textarea", _first_line_kept(value), rows=4, **shared)
    if kind == "number_input":
        shared |= {
            "min": element.get("min_value"),
            "max": element.get("max_value"),
            "step": "any" if element.get("is_decimal_allowed") else 1,
        }
    autocomplete = "off"
    return tag("input", type=SINGLE_LINES[kind], value=value or None, autocomplete=autocomplete, **shared)


def draw_rich_text_input(element: Json, place: Place) -> Html:
    """Draw a field for rich text; here one types into it without styles."""
    value = _plain(element.get("initial_value") or {})
    return tag(
        "textarea",
        _first_line_kept(value),
        rows=int(element.get("min_lines") or 4),
        class_="field",
        placeholder=words(element.get("placeholder")) or None,
        data_acts_on=_acts_on(element),
        **place.named(element, "Text"),
    )


def draw_picker(element: Json, place: Place) -> Html:
    """Draw a field for a date, a time or both, the last in the reader's zone."""
    kind, initial, asks = PICKERS[str(element["type"])]
    value = element.get(initial)
    if isinstance(value, int):
        value = f"{datetime.fromtimestamp(value, UTC).astimezone(place.reader.zone):%Y-%m-%dT%H:%M}"
    return tag("input", type=kind, value=value, class_="field", **place.named(element, asks))


def draw_file_input(_: Json, place: Place) -> Html:
    """Draw a field for files, which the sandbox does not take."""
    return join(
        [
            tag("input", type="file", class_="field", disabled=True, **place.named({}, "File")),
            remark("Files cannot be sent here."),
        ]
    )


def remark(said: str) -> Html:
    """Draw a few small words beside a control."""
    return tag("small", esc(said), class_="remark")


def _acts_on(element: Json) -> str:
    """Return what makes a field act in a block that says it does: Enter, unless it is configured otherwise."""
    wanted = (element.get("dispatch_action_config") or {}).get("trigger_actions_on") or ["on_enter_pressed"]
    return " ".join(TRIGGERS[name] for name in wanted if name in TRIGGERS)


def _first_line_kept(value: str) -> Html:
    # The first line break inside a textarea is not part of its value.
    return esc(f"\n{value}")


def _plain(rich_text: Json) -> str:
    return "\n".join(_line(part) for part in rich_text.get("elements") or [])


def _line(part: Any) -> str:
    if part.get("type") == "rich_text_list":
        return "\n".join(f"• {''.join(words_in(item))}" for item in part.get("elements") or [])
    return "".join(words_in(part))
