"""What Slack's own client checks before a form leaves: what is missing or of the wrong kind is said beside the field."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from bot.sandbox.model import Json

MISSING: Final = "Please complete this required field."
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
ADDRESS: Final = re.compile(r"https?://\S+", re.IGNORECASE)

Check = Callable[[Json, str], str | None]


def complaints(blocks: Sequence[Json], state: Json) -> dict[str, str]:
    """Return what is wrong with a form, by block_id: `blocks` are its view's, `state` is what people chose and typed."""
    found: dict[str, str] = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            value = _value(state["values"].get(block["block_id"], {}).get(element.get("action_id"), {}))
            wrong = _wrong(block, element, value)
            if wrong:
                found[block["block_id"]] = wrong
    return found


def _wrong(block: Json, element: Json, value: Any) -> str | None:
    if value in (None, "", []):
        # Files cannot be chosen in the sandbox, so a form must not wait for one.
        needed = not block.get("optional") and element["type"] != "file_input"
        return MISSING if needed else None
    check = CHECKS.get(element["type"])
    return check(element, str(value)) if check else None


def _value(chosen: Mapping[str, Any]) -> Any:
    return next((value for name, value in chosen.items() if name != "type"), None)


def _length(element: Json, text: str) -> str | None:
    least, most = element.get("min_length") or 0, element.get("max_length") or 3_000
    if len(text) < least:
        return f"This field must be at least {least} characters."
    if len(text) > most:
        return f"This field must be at most {most} characters."
    return None


def _number(element: Json, text: str) -> str | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and number != number.to_integral_value():
        return "Please enter a whole number."
    if element.get("min_value") is not None and number < Decimal(element["min_value"]):
        return f"Please enter a number that is at least {element['min_value']}."
    if element.get("max_value") is not None and number > Decimal(element["max_value"]):
        return f"Please enter a number that is at most {element['max_value']}."
    return None


def _email(_: Json, text: str) -> str | None:
    return None if EMAIL.fullmatch(text) else "Please enter a valid email address."


def _address(_: Json, text: str) -> str | None:
    return None if ADDRESS.fullmatch(text) else "Please enter a valid URL."


CHECKS: Final[dict[str, Check]] = {
    "plain_text_input": _length,
    "number_input": _number,
    "email_text_input": _email,
    "url_text_input": _address,
}
