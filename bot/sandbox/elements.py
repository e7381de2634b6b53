"""What stands inside blocks: buttons, menus, pickers, fields to type in, images, and the objects they are made of."""

import re
from datetime import date
from decimal import Decimal
from typing import Any, Final

from bot.sandbox.rich_text import RICH_TEXT
from bot.sandbox.rules import (
    Rule,
    Spot,
    anything,
    each,
    flag,
    matching,
    mrkdwn,
    number,
    one_of,
    only_one_of,
    plain_text,
    shape,
    string,
    text,
    together,
    typed,
)

MOST_OF_AN_ID: Final = 255
MOST_OF_A_URL: Final = 3_000

DATE: Final = r"\d{4}-\d\d-\d\d"
NUMERAL: Final = r"-?(\d{1,100}\.?\d{0,100}|\.\d{1,100})"

STYLE: Final = one_of("primary", "danger")
ID: Final = string(MOST_OF_AN_ID, least=0)
ADDRESS: Final = together(string(MOST_OF_A_URL), matching(r"(?i)https?://[^\s/]\S*", "invalid url"))
# What a button opens may also be a mail, a call or a place in Slack.
LINK: Final = together(
    string(MOST_OF_A_URL), matching(r"(?i)(https?://[^\s/]|slack://|mailto:|tel:)\S*", "invalid url")
)

CONFIRM: Final = shape(
    {"text": text(300)},
    {"title": plain_text(100), "confirm": plain_text(30), "deny": plain_text(30), "style": STYLE},
)
DISPATCH: Final = shape(
    {},
    {"trigger_actions_on": each(one_of("on_enter_pressed", "on_character_entered"), least=1, most=2)},
)
IMAGE_SOURCE: Final = only_one_of("image_url", "slack_file")
SLACK_FILE: Final = together(shape({}, {"id": string(), "url": ADDRESS}), only_one_of("id", "url"))
IMAGE: Final = together(
    shape({"alt_text": string(2_000)}, {"image_url": ADDRESS, "slack_file": SLACK_FILE}),
    IMAGE_SOURCE,
)

_OPTION: Final[dict[str, Rule]] = {"text": plain_text(75), "value": string(150)}
OPTION: Final = shape(_OPTION, {"description": plain_text(75)})
LINKED_OPTION: Final = shape(_OPTION, {"description": plain_text(75), "url": LINK})
MARKED_OPTION: Final = shape({"text": text(75), "value": string(150)}, {"description": text(75)})
OPTION_GROUP: Final = shape({"label": plain_text(75), "options": each(OPTION, least=1, most=100)})

_COMMON: Final[dict[str, Rule]] = {"action_id": ID, "confirm": CONFIRM}
_FOCUS: Final[dict[str, Rule]] = _COMMON | {"focus_on_load": flag}
_MENU: Final[dict[str, Rule]] = _FOCUS | {"placeholder": plain_text(150)}
_MANY: Final[dict[str, Rule]] = _MENU | {"max_selected_items": number(1, whole=True)}
_TYPED: Final[dict[str, Rule]] = {
    "action_id": ID,
    "focus_on_load": flag,
    "placeholder": plain_text(150),
    "dispatch_action_config": DISPATCH,
}
_OPTIONS: Final[dict[str, Rule]] = {
    "options": each(OPTION, least=1, most=100),
    "option_groups": each(OPTION_GROUP, least=1, most=100),
}
_CONVERSATIONS: Final[dict[str, Rule]] = {
    "default_to_current_conversation": flag,
    "filter": shape(
        {},
        {
            "include": each(one_of("im", "mpim", "private", "public"), least=1),
            "exclude_external_shared_channels": flag,
            "exclude_bot_users": flag,
        },
    ),
}
_NUMERAL: Final = matching(NUMERAL, "must be a number written as a string")
_ONE_CHOICE: Final = only_one_of("options", "option_groups")
_IDS: Final = each(string(), least=1)


def _initial_among_options(spot: Spot) -> None:
    value = spot.value
    if not isinstance(value, dict):
        return
    known = [*_listed(value.get("options"))]
    for group in _listed(value.get("option_groups")):
        known += _listed(group.get("options")) if isinstance(group, dict) else []
    chosen = _listed(value.get("initial_options")) + ([value["initial_option"]] if "initial_option" in value else [])
    for option in chosen:
        if option not in known:
            spot.wrong("initial option must be one of the options")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _choice(options: Rule, initial: str) -> Rule:
    single = options if initial == "initial_option" else each(options, least=1)
    fields = {**_FOCUS, initial: single}
    return together(shape({"options": each(options, least=1, most=10)}, fields), _initial_among_options)


def _lengths(spot: Spot) -> None:
    shortest, longest = spot.value.get("min_length"), spot.value.get("max_length")
    if isinstance(shortest, int) and isinstance(longest, int) and shortest > longest:
        spot.wrong("min_length must be less than or equal to max_length")


def _bounds(spot: Spot) -> None:
    least, most = (_amount(spot.value.get(name)) for name in ("min_value", "max_value"))
    if least is not None and most is not None and least > most:
        spot.wrong("min_value must be less than or equal to max_value")


def _amount(value: Any) -> Decimal | None:
    return Decimal(value) if isinstance(value, str) and re.fullmatch(NUMERAL, value, re.ASCII) else None


def _real_date(spot: Spot) -> None:
    matching(DATE, "must be in the format YYYY-MM-DD")(spot)
    if isinstance(spot.value, str) and re.fullmatch(DATE, spot.value, re.ASCII):
        try:
            date.fromisoformat(spot.value)
        except ValueError:
            spot.wrong("must be a valid date")


BUTTON: Final = shape(
    {"text": plain_text(75)},
    _COMMON | {"value": string(2_000), "url": LINK, "style": STYLE, "accessibility_label": string(75)},
)
_FEEDBACK: Final = shape({"text": plain_text(75), "value": string(2_000)}, {"accessibility_label": string(75)})

ELEMENTS: Final[dict[str, Rule]] = {
    "button": BUTTON,
    "workflow_button": shape(
        {"text": plain_text(75), "workflow": anything}, _COMMON | {"style": STYLE, "accessibility_label": string(75)}
    ),
    "overflow": shape({"options": each(LINKED_OPTION, least=1, most=5)}, _COMMON),
    "radio_buttons": _choice(MARKED_OPTION, "initial_option"),
    "checkboxes": _choice(MARKED_OPTION, "initial_options"),
    "static_select": together(
        shape({}, _MENU | _OPTIONS | {"initial_option": OPTION}), _ONE_CHOICE, _initial_among_options
    ),
    "multi_static_select": together(
        shape({}, _MANY | _OPTIONS | {"initial_options": each(OPTION, least=1, most=100)}),
        _ONE_CHOICE,
        _initial_among_options,
    ),
    "external_select": shape({}, _MENU | {"initial_option": OPTION, "min_query_length": number(0, whole=True)}),
    "multi_external_select": shape(
        {}, _MANY | {"initial_options": each(OPTION, least=1, most=100), "min_query_length": number(0, whole=True)}
    ),
    "users_select": shape({}, _MENU | {"initial_user": string()}),
    "multi_users_select": shape({}, _MANY | {"initial_users": _IDS}),
    "conversations_select": shape(
        {}, _MENU | _CONVERSATIONS | {"initial_conversation": string(), "response_url_enabled": flag}
    ),
    "multi_conversations_select": shape({}, _MANY | _CONVERSATIONS | {"initial_conversations": _IDS}),
    "channels_select": shape({}, _MENU | {"initial_channel": string(), "response_url_enabled": flag}),
    "multi_channels_select": shape({}, _MANY | {"initial_channels": _IDS}),
    "datepicker": shape({}, _MENU | {"initial_date": _real_date}),
    "timepicker": shape(
        {},
        _MENU
        | {"initial_time": matching(r"([01]\d|2[0-3]):[0-5]\d", "must be in the format HH:mm")}
        | {"timezone": string()},
    ),
    "datetimepicker": shape({}, _FOCUS | {"initial_date_time": number(10**9, 10**10 - 1, whole=True)}),
    "plain_text_input": together(
        shape(
            {},
            _TYPED
            | {"initial_value": string(least=0), "multiline": flag}
            | {"min_length": number(0, 3_000, whole=True), "max_length": number(1, 3_000, whole=True)},
        ),
        _lengths,
    ),
    "number_input": together(
        shape(
            {"is_decimal_allowed": flag},
            _TYPED | {"initial_value": _NUMERAL, "min_value": _NUMERAL, "max_value": _NUMERAL},
        ),
        _bounds,
    ),
    "email_text_input": shape({}, _TYPED | {"initial_value": string()}),
    "url_text_input": shape({}, _TYPED | {"initial_value": string()}),
    "rich_text_input": shape({}, _TYPED | {"initial_value": RICH_TEXT, "min_lines": anything, "max_lines": anything}),
    "file_input": shape({}, {"action_id": ID, "filetypes": each(string()), "max_files": number(1, 10, whole=True)}),
    "image": IMAGE,
    "feedback_buttons": shape({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {"action_id": ID}),
    "icon_button": shape(
        {"icon": string(), "text": plain_text(75)},
        _COMMON | {"value": string(2_000), "accessibility_label": string(75), "visible_to_user_ids": each(string())},
    ),
    "plain_text": plain_text(3_000),
    "mrkdwn": mrkdwn(3_000),
}

_MENUS: Final = frozenset(
    {"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
    | {"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select"}
    | {"multi_channels_select", "datepicker", "timepicker", "radio_buttons", "checkboxes"}
)
_FIELDS: Final = frozenset(
    {"plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input", "file_input"}
)

IN_SECTION: Final = typed(ELEMENTS, _MENUS | {"button", "workflow_button", "overflow", "image"})
IN_ACTIONS: Final = typed(
    ELEMENTS, _MENUS | {"button", "workflow_button", "overflow", "datetimepicker", "rich_text_input"}
)
IN_INPUT: Final = typed(ELEMENTS, _MENUS | _FIELDS | {"datetimepicker"})
IN_CONTEXT: Final = typed(ELEMENTS, {"plain_text", "mrkdwn", "image"})
IN_CONTEXT_ACTIONS: Final = typed(ELEMENTS, {"feedback_buttons", "icon_button"})
IN_CARD: Final = typed(ELEMENTS, {"button"})
IMAGE_ELEMENT: Final = typed(ELEMENTS, {"image"})
