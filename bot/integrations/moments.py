"""From clock readings to epoch seconds: dates, times of day, time zones, ISO 8601 and other formats.

A local time that a clock change skips is moved forward by the gap (2:30 becomes 3:30); one that happens twice is the
first of the two. Neither is an error: a contact did take place, and an hour's doubt is better than no contact.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from bot.errors import InputError
from bot.integrations.cells import CellError, Reader, Remembered, guess, half_up, number

EPOCHS: Final = {"epoch": 1, "epoch_ms": 1_000, "epoch_us": 1_000_000}
WORDS: Final = ("iso", *EPOCHS)
"""The formats that have a name; any other is written with %, as in strptime."""

HOURS: Final = {
    f"{hour:{form}}:{minute:02}": hour * 3600 + minute * 60
    for form in ("d", "02d")
    for hour in range(24)
    for minute in range(60)
}
SECONDS: Final = {f":{second:02}": second for second in range(60)}
"""The two parts of H:MM:SS in seconds. A day has 86,400 times, too many to remember each for a file of some thousands."""

_DAY: Final = 86_400
_FIRST: Final = date(1970, 1, 1).toordinal()
_LAST: Final = date(2099, 12, 31).toordinal()
_SAMPLE: Final = datetime(2021, 12, 31, 13, 45, tzinfo=UTC)
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d)(?:[.,](\d)\d*)?)?", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})", re.ASCII)

Moment = Callable[[str, "Zone"], int]


class Zone(dict[int, int | None]):
    """The midnights of a time zone: the epoch second at which a day (an ordinal) begins, None where clocks change."""

    def __init__(self, tz: tzinfo | None) -> None:
        super().__init__()
        self.tz = tz

    def __missing__(self, ordinal: int) -> int | None:
        if not _FIRST <= ordinal <= _LAST:
            raise CellError("", f"lies in the year {_year(ordinal)}, not between 1970 and 2099")
        # A day on which clocks change begins and ends with different offsets; its moments are worked out one by one.
        offset = self._offset(ordinal, 0)
        regular = offset == self._offset(ordinal + 1, 0)
        self[ordinal] = (ordinal - _FIRST) * _DAY - offset if regular else None
        return self[ordinal]

    def moment(self, ordinal: int, seconds: int) -> int:
        """Epoch seconds of a local day and seconds by its clock since midnight."""
        base = self[ordinal]
        if base is not None:
            return base + seconds
        return (ordinal - _FIRST) * _DAY + seconds - self._offset(ordinal, seconds)

    def day_later(self, moment: int) -> int:
        """The same clock reading on the next local day."""
        local = datetime.fromtimestamp(moment, self.tz)
        return self.moment(local.toordinal() + 1, local.hour * 3600 + local.minute * 60 + local.second)

    def _offset(self, ordinal: int, seconds: int) -> int:
        if self.tz is None:
            raise CellError("", "has no offset from UTC, and the mapping names no zone: add [site] with a zone")
        local = datetime.fromordinal(ordinal) + timedelta(seconds=seconds)
        return int((local.replace(tzinfo=self.tz).utcoffset() or timedelta()).total_seconds())


def zone_named(text: str) -> Zone:
    """The zone of an IANA name (Asia/Jerusalem), UTC, Z, or a fixed offset (+02:00)."""
    if text in {"UTC", "Z", "GMT"}:
        return Zone(UTC)
    if found := _OFFSET.fullmatch(text):
        sign, hours, minutes = found.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        if offset < timedelta(days=1):
            return Zone(timezone(-offset if sign == "-" else offset))
    try:
        return Zone(ZoneInfo(text))
    except (KeyError, ValueError, OSError) as error:
        # An OSError: the name of a folder of zones, such as "America", or a name too long for a file.
        raise CellError(text, "is not a time zone such as Asia/Jerusalem, UTC or +02:00") from error


def day(formats: Sequence[str]) -> Reader[int]:
    """Dates as ordinals; the formats are tried in order."""

    def read(text: str) -> int:
        for shape in formats:
            try:
                return (date.fromisoformat(text) if shape == "iso" else _read(text, shape)).toordinal()
            except (ValueError, OverflowError):
                continue
        raise CellError(text, f"is not a date {_such_as(formats, '2024-12-31')}")

    return read


def clock(formats: Sequence[str]) -> Reader[int]:
    """Times of day in whole seconds since midnight. With `iso` H:MM, H:MM:SS with or without a fraction, and 24:00."""

    def read(text: str) -> int:
        for shape in formats:
            if shape == "iso":
                if found := _CLOCK.fullmatch(text):
                    hours, minutes, seconds, tenths = (int(part or 0) for part in found.groups())
                    # 24:00 ends a day: rosters write a shift that ends at midnight so.
                    if hours < 24 or (hours == 24 and minutes == seconds == tenths == 0):
                        return hours * 3600 + minutes * 60 + seconds + (tenths >= 5)
                continue
            try:
                return _seconds(_read(text, shape))
            except ValueError:
                continue
        raise CellError(text, f"is not a time {_such_as(formats, '13:45:00')}")

    return read


def moment(formats: Sequence[str]) -> Moment:
    """Moments in epoch seconds; a reading without an offset is local in the given zone; formats are tried in order."""
    readers = [_epoch(EPOCHS[shape]) if shape in EPOCHS else _reading(shape) for shape in formats]

    def read(text: str, zone: Zone) -> int:
        for reader in readers:
            try:
                return reader(text, zone)
            except (ValueError, OverflowError):
                continue
            except CellError as error:
                raise CellError(text, error.why) from error
        raise CellError(text, f"is not a date and time {_such_as(formats, '2024-12-31 13:45:00')}")

    return read


def check_formats(formats: Sequence[str], needs: str, words: Sequence[str] = WORDS) -> None:
    """Refuse a format that cannot give what is needed: a "date", a "time" or a "moment"."""
    for shape in formats:
        if "%" not in shape:
            if shape not in words:
                raise InputError(
                    f'"{shape}" is not a format{guess(shape, words)}; possible: {", ".join(words)}, '
                    'or one written with %, such as "%d/%m/%Y"'
                )
            continue
        try:
            back = _read(_SAMPLE.strftime(shape), shape)
        except ValueError as error:
            raise InputError(f'"{shape}" is not a format: {error}') from error
        if needs in {"date", "moment"} and back.date() != _SAMPLE.date():
            raise InputError(f'"{shape}" does not give a whole date: it needs a year, a month and a day')
        if needs in {"time", "moment"} and (back.hour, back.minute) != (_SAMPLE.hour, _SAMPLE.minute):
            raise InputError(f'"{shape}" does not give a whole time: it needs %H and %M, or %I, %M and %p')


def _epoch(per_second: int) -> Moment:
    def read(text: str, _: Zone) -> int:
        try:
            value = half_up(number(text) / per_second)
        except CellError as error:
            raise ValueError(text) from error
        if not 0 <= value < (_LAST + 1 - _FIRST) * _DAY:
            raise CellError(text, "lies not between 1970 and 2099: epoch counts seconds, epoch_ms and epoch_us less")
        return value

    return read


def _reading(shape: str) -> Moment:
    if parts := _two_parts(shape):
        return _date_and_time(*parts)

    def read(text: str, zone: Zone) -> int:
        found = datetime.fromisoformat(text) if shape == "iso" else _read(text, shape)
        if shape == "iso" and len(text) <= 10:
            raise CellError(text, "has no time of day")
        ordinal = found.toordinal()
        if found.tzinfo is None:
            return zone.moment(ordinal, _seconds(found))
        if not _FIRST <= ordinal <= _LAST:
            raise CellError(text, f"lies in the year {found.year}, not between 1970 and 2099")
        since = found - datetime(1970, 1, 1, tzinfo=UTC)
        return since.days * _DAY + since.seconds + (since.microseconds >= 500_000)

    return read


def _two_parts(shape: str) -> tuple[str, str] | None:
    """The formats of the date and of the time, where one space parts them."""
    first, _, second = shape.partition(" ")
    if "%" not in shape or "%z" in shape or " " in second:
        return None
    try:
        check_formats([first], "date", ())
        check_formats([second], "time", ())
    except InputError:
        return None
    return first, second


def _date_and_time(date_format: str, time_format: str) -> Moment:
    # Dates and times repeat where date-times do not: remembered apart they are five times as fast as strptime.
    days = Remembered(day([date_format]))
    clocks = Remembered(clock([time_format]), 90_000)

    def read(text: str, zone: Zone) -> int:
        first, _, second = text.partition(" ")
        try:
            return zone.moment(days[first], clocks[second.strip()])
        except CellError as error:
            if error.value:
                raise ValueError(text) from error
            raise

    return read


def _read(text: str, shape: str) -> datetime:
    return datetime.strptime(text, shape)  # noqa: DTZ007 (a file's clock reading; its zone is the mapping's)


def _seconds(found: datetime) -> int:
    return found.hour * 3600 + found.minute * 60 + found.second + (found.microsecond >= 500_000)


def _year(ordinal: int) -> int:
    return date.fromordinal(max(1, min(ordinal, date.max.toordinal()))).year


def _such_as(formats: Sequence[str], iso: str) -> str:
    shown = [
        f"such as {iso}" if shape == "iso" else f"written as {shape}" if "%" in shape else f"in {shape}"
        for shape in formats
    ]
    return " or ".join(shown)
