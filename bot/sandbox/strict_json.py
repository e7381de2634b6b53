"""JSON as Slack would read it: only what the standard knows, so that nothing is stored that could not be sent on."""

import json
import math
from typing import Any, Final, NoReturn

DEEPEST: Final = 100


def read_json(body: bytes | str, charset: str = "utf-8") -> Any:
    """Return what `body` says.

    Raises ValueError for what is no JSON, for numbers that are not finite, for halves of surrogate pairs, and for more than
    100 levels.
    """
    text = body if isinstance(body, str) else body.decode(charset)
    try:
        read = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError:
        raise ValueError("too many levels") from None
    _check(read, DEEPEST)
    return read


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is out of range")
    return number


def _check(value: Any, room: int) -> None:
    if isinstance(value, str):
        # Half of a surrogate pair can be escaped in JSON but not written in UTF-8: this raises a ValueError.
        value.encode()
    elif isinstance(value, list | dict):
        if not room:
            raise ValueError("too many levels")
        for item in value if isinstance(value, list) else [*value, *value.values()]:
            _check(item, room - 1)
