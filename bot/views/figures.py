"""Figures, days and moments in words, as the reader's locale writes them.

What is printed is rounded first, so that few distinct values remain and Babel's work for each is done once.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent

from bot.domain.metrics import Basis, Metric, Value
from bot.domain.periods import Period, PeriodKind, epoch, zone
from bot.errors import InputError

INTERNATIONAL: Final = "en-001"
"""English as it is written outside America: the days stand before the months, and the day has 24 hours."""

ENGLISH: Final = "en"
"""The locale of what many read at once, and of readers whose own is not known."""

_NOTHING: Final = {
    Basis.RATINGS: "no ratings",
    Basis.REQUESTS: "no surveys",
    Basis.CONTACTS: "no contacts",
    Basis.SHIFTS: "nothing measured",
}
_MISSING: Final = {
    Basis.RATINGS: "no ratings yet",
    Basis.REQUESTS: "no surveys yet",
    Basis.CONTACTS: "not measured",
    Basis.SHIFTS: "not measured",
}
_MADE_OF: Final = {
    Basis.RATINGS: ("answer", "answers"),
    Basis.REQUESTS: ("survey sent", "surveys sent"),
    Basis.CONTACTS: ("contact", "contacts"),
    Basis.SHIFTS: ("shift", "shifts"),
}
_SMALLEST_STEP: Final = {"stars": 0.01, "share": 0.001, "points": 0.1}


@lru_cache(maxsize=512)
def locale_of(code: str) -> Locale:
    """Return Babel's locale for a code such as `en-PH`; English for one it does not know."""
    try:
        return Locale.parse(code, sep="-" if "-" in code else "_")
    except (UnknownLocaleError, ValueError, TypeError):
        return Locale.parse(ENGLISH)


def dates_in(locale: str) -> Locale:
    """Return the locale in which dates are written: the reader's own way of English, since the sentences are English."""
    known = locale_of(locale)
    return known if known.language == ENGLISH else locale_of(INTERNATIONAL)


def count_words(count: int, locale: str) -> str:
    """Return a whole number, such as “12,044”."""
    return _decimal(count, None, locale)


def value_words(metric: Metric, value: Value, locale: str) -> str:
    """Return a value in the metric's unit: “4.62 ★”, “83%”, “3 min 20 s”; null reads as what is missing."""
    if value is None:
        return "nothing yet" if metric.unit == "count" else _MISSING[metric.basis]
    if isinstance(value, Mapping):
        median, p90 = (_amount(metric, value[key], locale) for key in ("median", "p90"))
        return f"half within {median}, 9 in 10 within {p90}"
    return _amount(metric, value, locale)


def step_words(metric: Metric, step: float, locale: str) -> str:
    """Return a rise of a value with its sign; one too small to print is printed as the smallest that can be."""
    step = max(step, _SMALLEST_STEP.get(metric.unit, 1))
    if metric.unit == "share":
        return f"+{_decimal(round(step * 100, 1), None, locale)} percentage points"
    return f"+{_amount(metric, step, locale)}"


def made_of(metric: Metric, count: int, locale: str) -> str:
    """Return how many answers, contacts or shifts stand behind a value."""
    one, many = _MADE_OF[metric.basis]
    return f"{count_words(count, locale)} {one if count == 1 else many}"


def made_of_title(metric: Metric) -> str:
    """Return what a value is counted from, as a column's title."""
    return _MADE_OF[metric.basis][1].capitalize()


def nothing_of(metric: Metric) -> str:
    """Return what a period without a value had."""
    return _NOTHING[metric.basis]


def ordinal(place: int) -> str:
    """Return “1st”, “2nd”, “3rd”, “4th”."""
    ending = "th" if place % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"


@lru_cache(maxsize=4096)
def period_words(period: Period, locale: str) -> str:
    """Return the day in full, the ISO week with its days, or the month, each with its year."""
    known = dates_in(locale)
    match period.kind:
        case PeriodKind.DAY:
            return format_date(period.first, "full", locale=known)
        case PeriodKind.WEEK:
            return f"Week {period.first.isocalendar().week}, {days_words(period.first, period.last, locale)}"
        case PeriodKind.MONTH:
            return format_skeleton("yMMMM", period.first, locale=known)


@lru_cache(maxsize=4096)
def days_words(first: date, last: date, locale: str) -> str:
    """Return a stretch of days with its year, such as “Nov 16 – 22, 2026”."""
    return format_interval(first, last, "yMMMd", locale=dates_in(locale))


@lru_cache(maxsize=4096)
def short_day(first: date, kind: PeriodKind, locale: str) -> str:
    """Return the first day of a period for a chart's axis: “Nov 20”, or “Nov 2026” for a month."""
    return format_skeleton("yMMM" if kind is PeriodKind.MONTH else "MMMd", first, locale=dates_in(locale))


@lru_cache(maxsize=4096)
def date_words(day: date, locale: str) -> str:
    """Return a day in full, such as “1 December 2026”."""
    return format_date(day, "long", locale=dates_in(locale))


def moment_words(at: datetime, zone_name: str, locale: str) -> str:
    """Return a moment with its zone, for where Slack cannot put in each reader's own time."""
    try:
        there = zone(zone_name)
    except InputError:
        return moment_words(at, "UTC", locale)
    local, known = at.astimezone(there), dates_in(locale)
    return f"{format_date(local, 'medium', locale=known)}, {format_time(local, 'short', locale=known)} ({zone_name})"


def shift_words(begins: datetime, ends: datetime, zone_name: str, locale: str) -> str:
    """Return a shift with its weekday on a zone's clock, such as “Mon, Nov 23, 22:00 – 06:00”."""
    there, known = zone(zone_name), dates_in(locale)
    on = format_skeleton("MMMEd", begins.astimezone(there), locale=known)
    return f"{on}, {time_words(begins.astimezone(there).time(), locale)} – {time_words(ends.astimezone(there).time(), locale)}"


def time_words(at: time, locale: str) -> str:
    """Return a time of day, such as “9:00 AM”."""
    return format_time(at, "short", locale=dates_in(locale))


def ago_words(since: timedelta, locale: str) -> str:
    """Return how long ago something was, such as “3 minutes ago”; within the last minute it is “just now”."""
    if since < timedelta(minutes=1):
        return "just now"
    return format_timedelta(-since, add_direction=True, locale=dates_in(locale))


@lru_cache(maxsize=4096)
def moment_mrkdwn(before: str, at: datetime, zone_name: str, locale: str) -> str:
    """Return a moment that Slack shows in each reader's own time, with the words `before` it; for mrkdwn.

    The words are part of what Slack fills in: it writes “today” with a capital only where its pattern begins with it.
    """
    shown = moment_words(at, zone_name, locale)
    return f"<!date^{epoch(at)}^{before} {{date_short_pretty}} at {{time}}|{before} {shown}>"


def duration_words(seconds: int) -> str:
    """Return “3 min 20 s”, “2 h 30 min”."""
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (0 if hours else rest, "s")]
    words = " ".join(f"{amount} {unit}" for amount, unit in parts if amount)
    return f"{'−' if seconds < 0 else ''}{words or '0 s'}"


def _amount(metric: Metric, value: float, locale: str) -> str:
    match metric.unit:
        case "stars":
            return f"{_decimal(round(value, 2), '#,##0.00', locale)} ★"
        case "share":
            return _percent(round(value, 2), locale)
        case "points":
            return f"{_decimal(round(value, 1), None, locale)} points"
        case "seconds":
            return duration_words(round(value))
        case _:
            return _decimal(round(value, 1), None, locale)


@lru_cache(maxsize=16384)
def _decimal(value: float, pattern: str | None, locale: str) -> str:
    # Adding zero turns the negative zero of a rounded small loss into a plain one; what is below it has one sign everywhere.
    return format_decimal(value + 0, format=pattern, locale=locale_of(locale)).replace("-", "−")


@lru_cache(maxsize=4096)
def _percent(share: float, locale: str) -> str:
    return format_percent(share + 0, locale=locale_of(locale))
