"""From the text of one cell to a value: numbers, durations, scores, yes and no, choices and names.

Every reader here takes text that is not empty and either gives a value or raises `CellError`, whatever the text is.
Values are whole numbers, rounded once and half up, so that every later figure is an exact sum.
"""

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from fractions import Fraction
from typing import Final, Generic, TypeVar

T = TypeVar("T")
Reader = Callable[[str], T]

LONGEST_NAME: Final = 200
"""Characters of a name or id. They are keys of an index, and PostgreSQL refuses a key of more than some 2,700 bytes."""
LONGEST_DURATION: Final = 10 * 366 * 86_400
"""Seconds, ten years: more is a moment, or another unit, in the wrong column; and it fits 32 bits."""

UNITS: Final = {
    "milliseconds": Fraction(1, 1000),
    "seconds": Fraction(1),
    "minutes": Fraction(60),
    "hours": Fraction(3600),
}
CLOCK_UNITS: Final = ("h:mm:ss", "mm:ss", "h:mm")
YES: Final = frozenset({"1", "true", "t", "yes", "y"})
NO: Final = frozenset({"0", "false", "f", "no", "n"})

_NUMBER = re.compile(r"[+-]?(\d{1,18}(\.\d{0,18})?|\.\d{1,18})", re.ASCII)
_CLOCK = re.compile(r"([+-]?)(?:(\d{1,6}):)?(\d{1,6}):(\d{2}(?:\.\d{1,9})?)", re.ASCII)
_HOURS = re.compile(r"([+-]?)(\d{1,6}):(\d{2})", re.ASCII)


class CellError(Exception):
    """A cell does not hold what its field needs. `value` is the cell's text, `why` a phrase that begins with a verb."""

    def __init__(self, value: str, why: str) -> None:
        super().__init__(value, why)
        self.value = value
        self.why = why


class Remembered(dict[str, T], Generic[T]):
    """What a text was read as. Columns repeat themselves, and a look-up is ten times cheaper than reading again.

    It holds at most `limit` short texts and starts anew when it is full, so that memory stays flat.
    """

    __slots__ = ("_limit", "_read")

    def __init__(self, read: Reader[T], limit: int = 4_096) -> None:
        super().__init__()
        self._read = read
        self._limit = limit

    def __missing__(self, text: str) -> T:
        value = self._read(text)
        if len(text) <= 64:
            if len(self) >= self._limit:
                self.clear()
            self[text] = value
        return value


def half_up(value: Fraction) -> int:
    """The nearest whole number; a half goes up, also below zero."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def number(text: str, decimal: str = ".") -> Fraction:
    """The number a cell holds, exactly. Groups of thousands and exponents are refused: they are ambiguous or lossy."""
    plain = text if decimal == "." else text.replace(".", "?").replace(decimal, ".")
    if not _NUMBER.fullmatch(plain):
        raise CellError(text, f"is not a number such as 12{decimal}5")
    return Fraction(plain)


def clock_length(text: str, unit: str, decimal: str = ".") -> Fraction:
    """Seconds in a duration written like a clock. With h:mm:ss the hours may be left out."""
    plain = text.replace(decimal, ".")
    if unit == "h:mm":
        if found := _HOURS.fullmatch(plain):
            sign, hours, minutes = found.groups()
            if int(minutes) < 60:
                return (-1 if sign == "-" else 1) * Fraction(int(hours) * 3600 + int(minutes) * 60)
    elif found := _CLOCK.fullmatch(plain):
        sign, hours, minutes, seconds = found.groups()
        # Only what stands first may exceed 59: 75:30 is seventy-five minutes, 1:75:30 is a mistake.
        well_formed = Fraction(seconds) < 60 and (hours is None or (unit == "h:mm:ss" and int(minutes) < 60))
        if well_formed:
            length = int(hours or 0) * 3600 + int(minutes) * 60 + Fraction(seconds)
            return -length if sign == "-" else length
    raise CellError(text, f"is not a duration written as {unit}")


def duration(
    unit: str, decimal: str = ".", minimum: float | None = None, maximum: float | None = None, into: str = "seconds"
) -> Reader[int | None]:
    """Durations in whole `into`. None where the cell lies below `minimum` or above `maximum`, in the cell's own unit."""
    clock = unit in CLOCK_UNITS
    factor = (Fraction(1) if clock else UNITS[unit]) / UNITS[into]
    within = _bounds(minimum, maximum)
    as_written = not clock and factor == 1 and maximum is None and (minimum or 0) <= 0

    def read(text: str) -> int | None:
        if as_written and len(text) < 9 and text.isascii() and text.isdigit():
            return int(text)
        amount = clock_length(text, unit, decimal) if clock else number(text, decimal)
        if not within(amount):
            return None
        if amount < 0:
            raise CellError(text, "is a negative duration (minimum = 0 makes such cells unknown)")
        length = half_up(amount * factor)
        if length > LONGEST_DURATION:
            raise CellError(text, f"is longer than ten years when read as {unit}")
        return length

    return read


def score(
    lowest: int,
    highest: int,
    factor: int,
    *,
    scale: Sequence[float] | None = None,
    decimal: str = ".",
    minimum: float | None = None,
    maximum: float | None = None,
) -> Reader[int | None]:
    """Answers from `lowest` to `highest`, times `factor`, rounded once.

    `scale` holds the two numbers of the file that stand for our lowest and highest. None where the cell lies below
    `minimum` or above `maximum`, as the file counts.
    """
    within = _bounds(minimum, maximum)
    first, last = (_exact(end) for end in (scale or (lowest, highest)))
    stretch = Fraction(highest - lowest) / (last - first)

    def read(text: str) -> int | None:
        amount = number(text, decimal)
        if not within(amount):
            return None
        if not min(first, last) <= amount <= max(first, last):
            raise CellError(text, f"lies outside {float(first):g} to {float(last):g}")
        value = (lowest + (amount - first) * stretch) * factor
        if scale is None and factor == 1 and value.denominator != 1:
            raise CellError(text, "is not a whole number")
        return half_up(value)

    return read


def flag(text: str) -> int:
    """1 for yes, 0 for no."""
    word = text.lower()
    if word in YES:
        return 1
    if word in NO:
        return 0
    raise CellError(text, "is neither yes nor no (nor true, false, y, n, t, f, 1 or 0)")


def choice(options: Sequence[str]) -> Reader[str]:
    """One of our own words, in capitals or not."""

    def read(text: str) -> str:
        word = text.lower()
        if word in options:
            return word
        raise CellError(text, f"is not possible{guess(word, options)}; possible: {', '.join(options)}")

    return read


def name(text: str) -> str:
    """An id or a name, as it stands."""
    if len(text) > LONGEST_NAME:
        raise CellError(text, f"is longer than {LONGEST_NAME} characters")
    return text


def email(text: str) -> str:
    """An e-mail address, in small letters."""
    local, at, domain = name(text).lower().rpartition("@")
    if not at or not local or not domain or any(letter.isspace() for letter in text):
        raise CellError(text, "is not an e-mail address")
    return f"{local}@{domain}"


def comment(text: str) -> str:
    """Free text, cut at 10,000 characters: a figure is not lost because somebody wrote a lot."""
    return text[:10_000]


def guess(word: str, options: Sequence[str]) -> str:
    """` (did you mean "x"?)` where an option comes near, else nothing."""
    plain = {_letters(option): option for option in reversed(options)}
    near = get_close_matches(_letters(word), plain, n=1, cutoff=0.6)
    return f' (did you mean "{plain[near[0]]}"?)' if near else ""


def _letters(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter.isalnum())[:80]


def _exact(amount: float) -> Fraction:
    # By way of its text, so that 0.1 in the mapping is a tenth.
    return Fraction(str(amount))


def _bounds(minimum: float | None, maximum: float | None) -> Callable[[Fraction], bool]:
    lowest = None if minimum is None else _exact(minimum)
    highest = None if maximum is None else _exact(maximum)

    def within(amount: Fraction) -> bool:
        return (lowest is None or amount >= lowest) and (highest is None or amount <= highest)

    return within
