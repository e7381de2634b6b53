"""The ways of a mapping as closures: where a value comes from, and what happens to it before it is one."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from bot.domain.facts import RECORDS
from bot.errors import InputError
from bot.integrations import moment_ways
from bot.integrations.cells import CellError, Reader, Remembered, guess
from bot.integrations.document import Document, Way
from bot.integrations.fields import FIELDS, MESSAGES, MOMENT, SECONDS, FieldType
from bot.integrations.moment_ways import Made, Setting, Values
from bot.integrations.texts import Row, cleaner, joined, questions, words

_TEXT_KEYS: Final = {"lower", "null_if", "values", "otherwise", "default"}
_LATER_KEYS: Final = {"not_before", "tolerance_seconds"}
_ALWAYS: Final = {"when", "unless"}
_SOURCES: Final[dict[str, set[str]]] = {
    "column": _TEXT_KEYS,
    "columns": {*_TEXT_KEYS, "join"},
    "constant": set(),
    "first_of": {"default"},
    "date": {"time", "date_format", "time_format", "zone", "zone_column", "null_if"},
    "field": {"plus", "minus"},
    "from": {"to", "minimum", "maximum", "default"},
}
"""Where a value may come from, and the keys that go with it. Keys of the sort of field join `column` and `columns`."""


class Ways:
    """Makes the ways of one document over the positions of its columns."""

    def __init__(self, document: Document, position: Callable[[str], int]) -> None:
        self._document = document
        self._file = document.file
        self._types = FIELDS[document.kind]
        self._positions = {name: at for at, name in enumerate(RECORDS[document.kind]._fields)}
        zone = moment_ways.site_zone(document.site.zone if document.site else None)
        self._setting = Setting(position, document.file, zone)

    def field(self, name: str) -> Made:
        """A field of the document."""
        return self._made(self._document.fields[name], self._types[name], f"fields.{name}")

    def _made(self, way: Way, kind: FieldType, path: str) -> Made:
        source = _source(way, path)
        _check_keys(way, kind, source, path)
        make = {
            "column": self._column,
            "columns": self._column,
            "constant": self._constant,
            "first_of": self._first_of,
            "date": lambda way, _, path: moment_ways.date_and_time(way, self._setting, path),
            "field": self._computed,
            "from": self._difference,
        }[source]
        made = make(way, kind, path)
        if way.not_before:
            reference = self._reference(way.not_before, MOMENT, f"{path}.not_before")
            made = moment_ways.not_before(made, way, reference, self._setting, path)
        return self._guarded(made, way, path) if way.when or way.unless else made

    def _column(self, way: Way, kind: FieldType, path: str) -> Made:
        if kind is MESSAGES:
            return moment_ways.messages(way, self._positions["start"], self._setting, path)
        if way.zone_column:
            return moment_ways.by_zone_column(way, self._setting, path)
        columns = self._setting.columns(way)
        meant = words(way, self._file)
        parse = self._parser(way, kind, path)
        default = _default(way, parse, path)

        if len(columns) > 1:
            text_of = joined(columns, way.join, cleaner(self._file))

            def give(row: Row, _: Values) -> Any:
                text = meant(text_of(row))
                value = parse(text) if text else None
                return default if value is None else value

            return Made(give, columns)

        def read(raw: str) -> Any:
            text = meant(raw)
            value = parse(text) if text else None
            return default if value is None else value

        (column,) = columns
        if kind.repeats and kind is not MOMENT:
            cell = Remembered(read)
            return Made(lambda row, _: cell[row[column]], columns, cell=(column, cell))
        return Made(lambda row, _: read(row[column]), columns)

    def _parser(self, way: Way, kind: FieldType, path: str) -> Reader[Any]:
        if kind is MOMENT:
            return moment_ways.reader(way, self._setting, path)
        try:
            parse = kind.reader(way, self._file)
        except InputError as error:
            raise InputError(f"{path}: {error}") from error
        for key, value in (way.values or {}).items():
            if value:
                _parsed(parse, value, f"{path}.values.{key}")
        if way.otherwise.constant:
            _parsed(parse, way.otherwise.constant, f"{path}.otherwise")
        return parse

    def _constant(self, way: Way, kind: FieldType, path: str) -> Made:
        value = _parsed(self._parser(way, kind, path), way.constant or "", f"{path}.constant")
        return Made(lambda _row, _values: value, constant=value)

    def _first_of(self, way: Way, kind: FieldType, path: str) -> Made:
        inner = [self._made(each, kind, f"{path}.first_of[{at}]") for at, each in enumerate(way.first_of or ())]
        if not inner:
            raise InputError(f"{path}.first_of is an empty list")
        first, others = inner[0].give, tuple(made.give for made in inner[1:])
        default = None if way.default is None else _default(way, self._parser(way, kind, path), path)

        def give(row: Row, values: Values) -> Any:
            value = first(row, values)
            if value is not None:
                return value
            for each in others:
                value = each(row, values)
                if value is not None:
                    return value
            return default

        return Made(give, _all(inner, "columns"), _all(inner, "uses"))

    def _computed(self, way: Way, kind: FieldType, path: str) -> Made:
        if way.plus and way.minus:
            raise InputError(f"{path} has plus and minus: one of them")
        at = self._reference(way.field or "", kind, path)
        added = way.plus or way.minus
        if added is None:
            return Made(lambda _, values: values[at], uses=(way.field or "",))
        if kind is not MOMENT:
            raise InputError(f"{path}: only a moment can be computed with plus and minus")
        length = self._made(added, SECONDS, f"{path}.{'plus' if way.plus else 'minus'}")
        seconds_of, sign = length.give, 1 if way.plus else -1

        def give(row: Row, values: Values) -> int | None:
            base, seconds = values[at], seconds_of(row, values)
            return None if base is None or seconds is None else base + sign * seconds

        return Made(give, length.columns, (way.field or "", *length.uses))

    def _difference(self, way: Way, kind: FieldType, path: str) -> Made:
        if kind is not SECONDS or way.from_ is None or way.to is None:
            raise InputError(f"{path} needs both from and to, and only a duration in seconds can be computed so")
        first = self._made(way.from_, MOMENT, f"{path}.from")
        last = self._made(way.to, MOMENT, f"{path}.to")
        default = None if way.default is None else _default(way, self._parser(way, kind, path), path)
        lowest, highest = way.minimum, way.maximum

        def give(row: Row, values: Values) -> int | None:
            start, end = first.give(row, values), last.give(row, values)
            if start is None or end is None:
                return default
            seconds: int = end - start
            if (lowest is not None and seconds < lowest) or (highest is not None and seconds > highest):
                return default
            if seconds < 0:
                raise CellError("", f"is negative: {seconds} seconds (minimum = 0 makes such a duration unknown)")
            return seconds

        return Made(give, _all([first, last], "columns"), _all([first, last], "uses"))

    def _guarded(self, made: Made, way: Way, path: str) -> Made:
        inner = made.give
        wanted = questions(way.when, self._setting.position, self._file, f"{path}.when") if way.when else None
        hidden = questions(way.unless, self._setting.position, self._file, f"{path}.unless") if way.unless else None

        def give(row: Row, values: Values) -> Any:
            return None if wanted and not wanted.hold(row) else inner(row, values)

        if hidden is None:
            return Made(give, made.columns, made.uses)
        next_give = give if wanted else inner
        column, answers, others = hidden

        def give_unless(row: Row, values: Values) -> Any:
            if answers[row[column]] and (others is None or others.hold(row)):
                return None
            return next_give(row, values)

        return Made(give_unless, made.columns, made.uses)

    def _reference(self, name: str, kind: FieldType, path: str) -> int:
        found = self._types.get(name)
        if found is None or name not in self._document.fields:
            possible = [known for known in self._document.fields if self._types[known].sort == kind.sort]
            raise InputError(
                f'{path} is computed from the field "{name}", which the mapping does not name'
                f"{guess(name, possible)}; possible: {', '.join(possible)}"
            )
        if found.sort != kind.sort:
            raise InputError(f'{path} needs a {kind.sort}, and "{name}" is a {found.sort}')
        return self._positions[name]


def _source(way: Way, path: str) -> str:
    given = [key for key in _SOURCES if getattr(way, "from_" if key == "from" else key) is not None]
    if way.time and not way.date:
        given.append("time")
    if len(given) != 1 or given[0] == "time":
        found = " and ".join(given) or "none of them"
        raise InputError(
            f"{path} needs exactly one of {', '.join(_SOURCES)} (time goes with date, to with from); found: {found}"
        )
    return given[0]


def _check_keys(way: Way, kind: FieldType, source: str, path: str) -> None:
    possible = {source, *_SOURCES[source], *_ALWAYS}
    if source in {"column", "columns"}:
        possible |= kind.keys
    if kind.sort in {"moment", "list of messages"}:
        possible -= {"default"}
    if kind is MOMENT:
        possible -= {"constant"}
        possible |= _LATER_KEYS
    written = {"from" if key == "from_" else key for key in way.model_fields_set}
    for key in sorted(written - possible):
        raise InputError(
            f'{path}: "{key}" is not possible with {source} for a field that holds a {kind.sort}; '
            f"possible: {', '.join(sorted(possible))}"
        )


def _default(way: Way, parse: Reader[Any], path: str) -> Any:
    return None if way.default is None else _parsed(parse, way.default, f"{path}.default")


def _parsed(parse: Reader[Any], text: str, path: str) -> Any:
    try:
        return parse(text)
    except CellError as error:
        raise InputError(f'{path} {error.why}; found: "{text}"') from error


def _all(made: Sequence[Made], what: str) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(part for each in made for part in getattr(each, what)))
