"""Days, weeks and months, and which local day a moment belongs to."""

import difflib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import InputError


class PeriodKind(StrEnum):
    """What figures are added up over: the local day, the ISO week (from Monday), the calendar month."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One day, week or month; `first` and `last` both belong to it."""

    first: date
    last: date
    kind: PeriodKind

    def days(self) -> list[date]:
        """Every local day of the period, ascending."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def previous(self) -> "Period":
        """The period of the same kind just before."""
        return period_of(self.kind, self.first - timedelta(days=1))


@lru_cache(maxsize=4096)
def period_of(kind: PeriodKind, on: date) -> Period:
    """Return the day, ISO week or calendar month that holds the local date `on`."""
    match kind:
        case PeriodKind.DAY:
            return Period(on, on, kind)
        case PeriodKind.WEEK:
            monday = on - timedelta(days=on.weekday())
            return Period(monday, monday + timedelta(days=6), kind)
        case PeriodKind.MONTH:
            following = (on.replace(day=28) + timedelta(days=4)).replace(day=1)
            return Period(on.replace(day=1), following - timedelta(days=1), kind)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """Return the IANA time zone of that name; InputError where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(f"“{name}” is not a time zone. Use an IANA name such as Asia/Manila.") from error


def nearest_zones(text: str) -> list[str]:
    """Return up to three IANA names that come closest to a word, such as a city's name alone."""
    asked = text.strip().casefold().replace(" ", "_")
    cities: dict[str, list[str]] = {}
    for name in sorted(available_timezones()):
        if "/" in name:
            cities.setdefault(name.rpartition("/")[2].casefold(), []).append(name)
            cities.setdefault(name.casefold(), []).append(name)
    close = [asked] if asked in cities else difflib.get_close_matches(asked, cities, n=3, cutoff=0.7)
    return list(dict.fromkeys(name for word in close for name in cities[word]))[:3]


def local_date(moment: int, in_zone: ZoneInfo) -> date:
    """Return the calendar day on which the moment (epoch seconds) falls in the zone."""
    return datetime.fromtimestamp(moment, in_zone).date()


def moment_of(on: date, at: time, in_zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, at which clocks of the zone show `at` on that day.

    A time that a clock change skips is moved forward by the gap; of a time that occurs twice the first is taken. So
    every local day has exactly one such moment.
    """
    return datetime.combine(on, at, tzinfo=in_zone).astimezone(UTC)


def epoch(moment: datetime) -> int:
    """Return an aware moment as whole epoch seconds, rounded down."""
    if moment.tzinfo is None:
        raise InputError(f"The time {moment} has no time zone.")
    return int(moment.timestamp() // 1)
