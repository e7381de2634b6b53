"""Cells: numbers, durations, scores and words, with properties that hold for any text."""

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.integrations.cells import (
    CLOCK_UNITS,
    UNITS,
    CellError,
    Remembered,
    choice,
    comment,
    duration,
    email,
    flag,
    half_up,
    name,
    number,
    score,
)

from .conftest import CALLS, Reading


@pytest.mark.parametrize(
    ("text", "unit", "seconds"),
    [
        ("90", "seconds", 90),
        ("89.5", "seconds", 90),
        ("89.49", "seconds", 89),
        ("1.5", "minutes", 90),
        ("0.25", "hours", 900),
        ("499", "milliseconds", 0),
        ("500", "milliseconds", 1),
        ("1:02:03", "h:mm:ss", 3723),
        ("62:03", "h:mm:ss", 3723),
        ("62:03.5", "mm:ss", 3724),
        ("27:00:00", "h:mm:ss", 97_200),
        ("1:30", "h:mm", 5400),
    ],
)
def test_durations(text: str, unit: str, seconds: int) -> None:
    assert duration(unit)(text) == seconds


@pytest.mark.parametrize(
    ("text", "unit", "why"),
    [
        ("1,5", "seconds", "is not a number such as 12.5"),
        ("1e3", "seconds", "is not a number such as 12.5"),
        ("-1", "seconds", "is a negative duration (minimum = 0 makes such cells unknown)"),
        ("-0:01", "mm:ss", "is a negative duration (minimum = 0 makes such cells unknown)"),
        ("1:60", "h:mm:ss", "is not a duration written as h:mm:ss"),
        ("1:75:00", "h:mm:ss", "is not a duration written as h:mm:ss"),
        ("1:75", "h:mm", "is not a duration written as h:mm"),
        ("99999999999", "seconds", "is longer than ten years when read as seconds"),
    ],
)
def test_what_is_no_duration(text: str, unit: str, why: str) -> None:
    with pytest.raises(CellError) as error:
        duration(unit)(text)
    assert error.value.why == why


def test_durations_below_the_minimum_are_unknown() -> None:
    assert [duration("seconds", minimum=0)(text) for text in ("-3", "0", "3")] == [None, 0, 3]
    assert [duration("seconds", maximum=100)(text) for text in ("99", "101")] == [99, None]
    assert duration("minutes", decimal=",")("1,5") == 90


def test_contracted_hours_become_minutes() -> None:
    assert duration("hours", into="minutes")("38.5") == 2310


@pytest.mark.parametrize(
    ("text", "scale", "stars"),
    [("4.5", None, 4500), ("5", None, 5000), ("4.33333", None, 4333), ("4.3335", None, 4334), ("0", [0, 100], 1000),
     ("100", [0, 100], 5000), ("50", [0, 100], 3000), ("33", [0, 100], 2320), ("1", [5, 1], 5000), ("7", [1, 10], 3667)],
)  # fmt: skip
def test_stars(text: str, scale: list[float] | None, stars: int) -> None:
    assert score(1, 5, 1000, scale=scale)(text) == stars


def test_scores_outside_their_scale() -> None:
    for text in ("0", "5.01", "-1"):
        with pytest.raises(CellError, match="lies outside 1 to 5"):
            score(1, 5, 1000)(text)
    with pytest.raises(CellError, match="is not a whole number"):
        score(0, 10, 1)("8.5")
    assert score(0, 10, 1)("8.0") == 8
    assert score(0, 10, 1, scale=[1, 5])("4") == 8
    assert score(1, 5, 1000, minimum=1)("0") is None


def test_yes_and_no() -> None:
    assert [flag(text) for text in ("Yes", "TRUE", "1", "y", "t")] == [1] * 5
    assert [flag(text) for text in ("no", "False", "0", "N", "f")] == [0] * 5


def test_a_choice_tells_the_nearest() -> None:
    with pytest.raises(CellError) as error:
        choice(["phone", "email"])("e-mail")
    assert error.value.why == 'is not possible (did you mean "email"?); possible: phone, email'


@given(st.integers(0, 10**8), st.sampled_from(list(CLOCK_UNITS)))
def test_durations_written_as_clocks_come_back(seconds: int, unit: str) -> None:
    if unit == "h:mm":
        seconds -= seconds % 60
        text = f"{seconds // 3600}:{seconds // 60 % 60:02}"
    elif unit == "mm:ss":
        seconds %= 60 * 10**6
        text = f"{seconds // 60}:{seconds % 60:02}"
    else:
        text = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    assert duration(unit)(text) == seconds


@given(st.decimals(0, 10**6, places=3))
def test_decimals_are_exact_and_rounded_half_up(value: object) -> None:
    assert number(str(value)) == Fraction(str(value))
    assert duration("seconds")(str(value)) == half_up(Fraction(str(value)))
    assert duration("seconds", ",")(str(value).replace(".", ",")) == half_up(Fraction(str(value)))


@given(st.fractions(1, 5), st.fractions(-100, 100), st.fractions(1, 100))
def test_a_scale_is_a_straight_line(stars: Fraction, low: Fraction, width: Fraction) -> None:
    first, last = float(low), float(low + width)
    read = score(1, 5, 1000, scale=[first, last])
    exact = Fraction(str(first)) + (stars - 1) / 4 * (Fraction(str(last)) - Fraction(str(first)))
    text = f"{float(exact):.9f}"
    with suppress(CellError):  # the last digit may lie outside
        assert abs((read(text) or 0) - stars * 1000) <= 1


READERS: list[Callable[[str], object]] = [
    *(duration(unit, decimal) for unit in (*UNITS, *CLOCK_UNITS) for decimal in ".,"),
    duration("seconds", minimum=-5, maximum=5),
    score(1, 5, 1000),
    score(0, 10, 1, scale=[100, 0], decimal=","),
    number, flag, choice(["phone"]), name, email, comment,
]  # fmt: skip


@given(st.one_of(st.text(max_size=400), st.from_regex(r"[-+]?[\d٣]{0,25}[.,:]?\d{0,25}(:\d\d)?", fullmatch=True)))
def test_any_text_is_a_value_or_a_bad_cell(text: str) -> None:
    for read in READERS:
        with suppress(CellError):
            read(text)


def test_what_is_remembered_is_bounded() -> None:
    asked: list[str] = []

    def read(text: str) -> int:
        asked.append(text)
        return len(text)

    remembered = Remembered(read, limit=10)
    assert [remembered[text] for text in ["a", "a", "bb", "a"]] == [1, 1, 2, 1]
    assert asked == ["a", "bb"]
    for n in range(1000):
        _ = remembered[str(n)]
    _ = remembered["x" * 1000]
    assert len(remembered) <= 10
    assert "x" * 1000 not in remembered


def test_words_values_and_what_stands_for_nothing(reading: Reading) -> None:
    mapping = CALLS.replace(
        'talk_seconds = "talk"', 'talk_seconds = { column = "talk", null_if = "NULL", default = 7 }'
    ) + (
        'customer = { column = "customer", null_if = ["0", "Unknown"] }\n'
        'topic = { column = "topic", lower = true, values = { b = "billing", x = "" }, otherwise = "keep" }\n'
        'wait_seconds = { column = "talk", null_if = ["NULL"], unless = { column = "customer", equals = "0" } }\n'
        'hold_seconds = { first_of = [{ column = "topic", values = { B = "5" }, otherwise = "empty" }, { column = "talk", null_if = "NULL" }], default = 1 }\n'
    )
    start = "2026-03-05 09:00:00"
    outcome = reading(
        f"id,agent,start,talk,customer,topic\n1,Ada,{start},NULL,0,B\n2,,{start}, 8 ,Unknown,X\n3,Ada,{start},NULL,17,Other\n",
        mapping,
    )
    assert outcome.column("talk_seconds") == [7, 8, 7]
    assert outcome.column("customer") == [None, None, "17"]
    assert outcome.column("topic") == ["billing", None, "other"]
    assert outcome.column("wait_seconds") == [None, 8, None]
    assert outcome.column("hold_seconds") == [5, 8, 1]
    assert outcome.column("agent") == ["Ada", None, "Ada"]
