"""Ways of a mapping to a moment: one column, a date and a time, a zone a row, the next day, a list of messages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import InputError
from bot.integrations import moments
from bot.integrations.cells import CLOCK_UNITS, UNITS, CellError, Reader, Remembered, duration, guess
from bot.integrations.document import FileShape, Way
from bot.integrations.moments import HOURS, SECONDS, Zone, zone_named
from bot.integrations.texts import Row, cleaner, joined, words

Values = list[Any]
Give = Callable[[Row, Values], Any]
"""A field's value, from the row and the values computed before it; None where it is not known."""

_ISO: Final = ("iso",)


@dataclass(frozen=True, slots=True)
class Made:
    """A way made ready."""

    give: Give
    columns: tuple[int, ...] = ()
    uses: tuple[str, ...] = ()
    """The fields that must be computed before."""
    cell: tuple[int, Remembered[Any]] | None = None
    """Where the value is that of one cell alone: its position and what its texts mean."""
    constant: Any = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What all ways of a document share."""

    position: Callable[[str], int]
    file: FileShape
    zone: Zone
    """The site's zone."""

    def columns(self, way: Way) -> tuple[int, ...]:
        """The positions of the way's column or columns."""
        return tuple(self.position(column) for column in (way.columns or (way.column or "",)))


def site_zone(name: str | None) -> Zone:
    """The zone of the site. Without a site a local time is a bad cell."""
    if name is None:
        return Zone(None)
    try:
        return Zone(ZoneInfo(name))
    except (KeyError, ValueError, OSError) as error:
        near = guess(name, sorted(available_timezones()))
        raise InputError(f'site.zone "{name}" is not a time zone{near}; it is a name such as Asia/Jerusalem') from error


def reader(way: Way, setting: Setting, path: str) -> Reader[int]:
    """Reads a cell with date and time, local in the way's zone where it has no offset."""
    formats = _formats(way.format, "moment", f"{path}.format", moments.WORDS)
    zone = _zone(way, setting, path, local=all("%" in shape and "%z" not in shape for shape in formats))
    moment = moments.moment(formats)
    return lambda text: moment(text, zone)


def by_zone_column(way: Way, setting: Setting, path: str) -> Made:
    """Reads a cell with date and time, whose zone another column names."""
    moment = moments.moment(_formats(way.format, "moment", f"{path}.format", moments.WORDS))
    columns = setting.columns(way)
    zone_of, column = _zone_column(way, setting, path)
    meant = words(way, setting.file)
    text_of = joined(columns, way.join, cleaner(setting.file))

    def give(row: Row, _: Values) -> int | None:
        text = meant(text_of(row))
        return moment(text, zone_of[row[column]]) if text else None

    return Made(give, (*columns, column))


def date_and_time(way: Way, setting: Setting, path: str) -> Made:
    """Joins a column with the date and one with the time of day; not known where either is empty."""
    if way.date is None or way.time is None:
        raise InputError(f"{path} needs both date and time; use column where one column holds both")
    date_formats = _formats(way.date_format, "date", f"{path}.date_format", _ISO)
    time_formats = _formats(way.time_format, "time", f"{path}.time_format", _ISO)
    days = Remembered(_where_known(way, setting, moments.day(date_formats)))
    seconds_of = _where_known(way, setting, moments.clock(time_formats))
    clocks = Remembered(seconds_of, 90_000)
    first, second = setting.position(way.date), setting.position(way.time)
    if way.zone_column:
        zone_of, column = _zone_column(way, setting, path)

        def give_with_zone(row: Row, _: Values) -> int | None:
            ordinal, seconds = days[row[first]], clocks[row[second]]
            return None if ordinal is None or seconds is None else zone_of[row[column]].moment(ordinal, seconds)

        return Made(give_with_zone, (first, second, column))
    zone = _zone(way, setting, path, local=True)

    def give(row: Row, _: Values) -> int | None:
        ordinal, seconds = days[row[first]], clocks[row[second]]
        return None if ordinal is None or seconds is None else zone.moment(ordinal, seconds)

    if time_formats != _ISO or way.null_if or setting.file.null_if:
        return Made(give, (first, second))

    def midnight(text: str) -> int:
        ordinal = days[text]
        base = None if ordinal is None else zone[ordinal]
        if base is None:
            raise KeyError(text)
        return base

    midnights = Remembered(midnight)

    def give_quickly(row: Row, values: Values) -> int | None:
        # Nearly every row has an ordinary day and H:MM:SS, and every row has several moments: three look-ups do.
        # Whatever is not in the tables is read with care.
        clock = row[second]
        try:
            return midnights[row[first]] + HOURS[clock[:-3]] + SECONDS[clock[-3:]]
        except KeyError:
            return give(row, values)

    return Made(give_quickly, (first, second))


def not_before(made: Made, way: Way, reference: int, setting: Setting, path: str) -> Made:
    """Moves a moment to the next day where its clock reading went past midnight after the reference's."""
    inner = made.give
    tolerance = way.tolerance_seconds or 0
    zone = _zone(way, setting, path, local=False)
    if zone.tz is None and not way.zone_column:
        raise InputError(f"{path}.not_before needs to know when a day begins: name a zone, in it or in [site]")
    by_row = _zone_column(way, setting, path) if way.zone_column else None

    def give(row: Row, values: Values) -> int | None:
        moment: int | None = inner(row, values)
        earliest: int | None = values[reference]
        if moment is None or earliest is None or moment + tolerance >= earliest:
            return moment
        moved = (by_row[0][row[by_row[1]]] if by_row else zone).day_later(moment)
        if moved + tolerance < earliest:
            raise CellError("", f"lies before {way.not_before}, and on the next day it still would")
        return moved

    return Made(give, made.columns, (*made.uses, way.not_before or ""))


def messages(way: Way, start: int, setting: Setting, path: str) -> Made:
    """Reads a list of messages as seconds after the start; those before it belong to somebody else's part."""
    separator = way.separator or ","
    columns = setting.columns(way)
    meant = words(way, setting.file)
    text_of = joined(columns, way.join, cleaner(setting.file))
    seconds_of = _message_reader(way, setting, path)

    def give(row: Row, values: Values) -> str | None:
        text, begin = meant(text_of(row)), values[start]
        if not text or begin is None:
            return None
        found = sorted(seconds_of(part.strip(), begin) for part in text.split(separator) if part.strip())
        return ",".join(str(seconds) for seconds in found if seconds >= 0) or None

    return Made(give, columns, ("start",))


def _message_reader(way: Way, setting: Setting, path: str) -> Callable[[str, int], int]:
    if way.format:
        moment = reader(way, setting, path)
        return lambda text, begin: moment(text) - begin
    unit = way.unit or "seconds"
    if unit not in (*UNITS, *CLOCK_UNITS):
        raise InputError(f'{path}.unit "{unit}" is not possible; possible: {", ".join((*UNITS, *CLOCK_UNITS))}')
    length = duration(unit)
    return lambda text, _: length(text) or 0


def _where_known(way: Way, setting: Setting, read: Reader[int]) -> Reader[int | None]:
    meant = words(way, setting.file)

    def known(raw: str) -> int | None:
        text = meant(raw)
        return read(text) if text else None

    return known


def _formats(given: Sequence[str] | None, needs: str, path: str, possible: Sequence[str]) -> Sequence[str]:
    try:
        moments.check_formats(given or _ISO, needs, possible)
    except InputError as error:
        raise InputError(f"{path} {error}") from error
    return given or _ISO


def _zone(way: Way, setting: Setting, path: str, *, local: bool) -> Zone:
    if way.zone is None:
        if local and setting.zone.tz is None:
            raise InputError(f"{path} gives local times, and no zone is named: add [site] with a zone, or zone here")
        return setting.zone
    try:
        return zone_named(way.zone)
    except CellError as error:
        raise InputError(f'{path}.zone "{way.zone}" {error.why}') from error


def _zone_column(way: Way, setting: Setting, path: str) -> tuple[Remembered[Zone], int]:
    if way.zone:
        raise InputError(f"{path} has zone and zone_column: one of them")
    clean = cleaner(setting.file)

    def named(raw: str) -> Zone:
        text = clean(raw)
        return zone_named(text) if text else setting.zone

    return Remembered(named), setting.position(way.zone_column or "")
