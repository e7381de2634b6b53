"""Figures and days in words."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from bot.domain.metrics import METRICS, Value
from bot.domain.periods import PeriodKind, period_of
from bot.views.figures import (
    ago_words,
    count_words,
    locale_of,
    made_of,
    moment_mrkdwn,
    moment_words,
    ordinal,
    period_words,
    shift_words,
    short_day,
    step_words,
    value_words,
)


@pytest.mark.parametrize(
    ("key", "value", "locale", "words"),
    [
        ("csat", 4.6234, "en", "4.62 ★"),
        ("csat", 5, "de-DE", "5,00 ★"),
        ("csat", None, "en", "no ratings yet"),
        ("positive", 0.834, "en", "83%"),
        ("positive", 0.834, "de-DE", "83\N{NO-BREAK SPACE}%"),
        ("nps", -33.333, "en", "−33.3 points"),
        ("nps", -0.01, "en", "0 points"),
        ("response_rate", None, "en", "no surveys yet"),
        ("service_level", None, "en", "not measured"),
        ("volume", 12044.0, "en", "12,044"),
        ("volume", 12044.0, "de_CH", "12’044"),
        ("volume", 1204400.0, "hi", "12,04,400"),
        ("volume", None, "en", "nothing yet"),
        ("handle_time", 0.4, "en", "0 s"),
        ("handle_time", 59.4, "en", "59 s"),
        ("handle_time", 200, "en", "3 min 20 s"),
        ("handle_time", 180, "en", "3 min"),
        ("longest_contact", 4264, "en", "1 h 11 min"),
        ("first_response", {"median": 12.2, "p90": 75.0}, "en", "half within 12 s, 9 in 10 within 1 min 15 s"),
    ],
)
def test_values(key: str, value: Value, locale: str, words: str) -> None:
    assert value_words(METRICS[key], value, locale) == words


@pytest.mark.parametrize(
    ("key", "step", "locale", "words"),
    [
        ("csat", 0.0312, "en", "+0.03 ★"),
        ("csat", 0.0001, "de-DE", "+0,01 ★"),
        ("positive", 0.0213, "en", "+2.1 percentage points"),
        ("nps", 0.0, "en", "+0.1 points"),
        ("volume", 0.2, "en", "+1"),
        ("handle_time", 75, "en", "+1 min 15 s"),
    ],
)
def test_steps_are_never_nothing(key: str, step: float, locale: str, words: str) -> None:
    assert step_words(METRICS[key], step, locale) == words


def test_what_a_value_is_made_of() -> None:
    assert made_of(METRICS["csat"], 1, "en") == "1 answer"
    assert made_of(METRICS["volume"], 1204, "de") == "1.204 contacts"
    assert made_of(METRICS["response_rate"], 2, "en") == "2 surveys sent"
    assert count_words(-0, "en") == "0"


def test_ordinals() -> None:
    places = (1, 2, 3, 4, 11, 12, 13, 21, 101, 111, 112)
    assert [ordinal(n) for n in places] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "101st", "111th", "112th",
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["", "xx", "tlh-QX", "not a locale", "en_US.UTF-8@euro", "a-b-c-d-e-f"])
def test_an_unknown_locale_reads_english(code: str) -> None:
    assert locale_of(code).language == "en"


def test_periods() -> None:
    friday = date(2026, 11, 20)
    assert period_words(period_of(PeriodKind.DAY, friday), "en") == "Friday, November 20, 2026"
    assert period_words(period_of(PeriodKind.DAY, friday), "de") == "Friday, 20 November 2026"
    assert period_words(period_of(PeriodKind.WEEK, friday), "en-GB").startswith("Week 47, 16")
    assert period_words(period_of(PeriodKind.MONTH, friday), "en") == "November 2026"
    assert short_day(friday, PeriodKind.WEEK, "en") == "Nov 20"
    assert short_day(friday, PeriodKind.MONTH, "en") == "Nov 2026"


def test_moments_are_each_readers_own() -> None:
    at = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    same = at.astimezone(timezone(timedelta(hours=8)))
    assert moment_words(at, "Asia/Manila", "en-GB") == "20 Nov 2026, 17:30 (Asia/Manila)"
    assert moment_words(at, "Nowhere/Land", "en-GB") == "20 Nov 2026, 09:30 (UTC)"
    assert moment_mrkdwn("As of", same, "Asia/Manila", "en-GB") == moment_mrkdwn("As of", at, "Asia/Manila", "en-GB")
    assert moment_mrkdwn("As of", at, "UTC", "en-GB") == (
        f"<!date^{int(at.timestamp())}^As of {{date_short_pretty}} at {{time}}|As of 20 Nov 2026, 09:30 (UTC)>"
    )


def test_a_shift_and_how_long_ago_something_was() -> None:
    begins, ends = datetime(2026, 11, 23, 14, 0, tzinfo=UTC), datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    assert shift_words(begins, ends, "Asia/Manila", "en-GB") == "Mon 23 Nov, 22:00 – 06:30"
    ago = [ago_words(timedelta(seconds=n), "de-DE") for n in (-5, 59, 60, 3_600, 90_000)]
    assert ago == ["just now", "just now", "1 minute ago", "1 hour ago", "1 day ago"]
