"""Files as rows of cells: the header of a CSV file, the keys of JSON lines, and whether they fit a mapping."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from bot.errors import InputError
from bot.integrations.cells import guess
from bot.integrations.lines import NUL, TOO_LONG, Lines
from bot.integrations.mapping import Mapping
from bot.integrations.plan import Plan, make_plan
from bot.integrations.texts import cleaner

DELIMITERS: Final = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
ENDINGS: Final = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
}  # fmt: skip
_LOOKED_AT: Final = 100
"""Objects of a JSON lines file whose keys are looked at before any is read: a key may be left out in some."""


class RowError(Exception):
    """A line that is no row at all. The next one can be read."""

    def __init__(self, value: str, why: str) -> None:
        super().__init__(value, why)
        self.value = value
        self.why = why


class Rows(Protocol):
    """Rows, and how many physical lines they have taken so far."""

    @property
    def line_num(self) -> int: ...  # noqa: D102
    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Table:
    """An open file that fits its mapping."""

    rows: Rows
    lines: Lines
    lines_before: int
    """Physical lines that came before those that `rows` counts."""
    width: int
    """Cells of a row."""
    plan: Plan


def open_table(file: BinaryIO, path: Path, mapping: Mapping, codec: str) -> Table:
    """The rows of an open file, past its header, or an `InputError` where its shape is not the mapping's."""
    shape = mapping.document.file
    form = shape.format or ENDINGS.get(path.suffix.lower())
    if form is None:
        raise InputError(
            f"{path.name}: its ending does not tell what it is. Add to {mapping.name}, under [file], "
            'format = "csv", "tsv" or "jsonl"'
        )
    lines = Lines(file, codec)
    stream = chain.from_iterable(lines.blocks())
    for _ in range(shape.skip_lines):
        next(stream, None)
    if form == "jsonl":
        return _json_table(stream, lines, path, mapping)
    return _csv_table(stream, lines, path, mapping, "\t" if form == "tsv" else None)


def _csv_table(stream: Iterable[str], lines: Lines, path: Path, mapping: Mapping, by_form: str | None) -> Table:
    shape = mapping.document.file
    iterator = iter(stream)
    blank: list[str] = []
    first = ""
    for line in iterator:
        if line.strip("\r\n"):
            first = line
            break
        blank.append(line)
    if not first:
        raise InputError(f"{path.name} is empty after its first {shape.skip_lines} lines")
    delimiter = shape.delimiter or by_form or _delimiter(first, mapping)
    rows = csv.reader(
        chain([first], iterator),
        delimiter=delimiter,
        quotechar=shape.quote or None,
        quoting=csv.QUOTE_MINIMAL if shape.quote else csv.QUOTE_NONE,
    )
    header = list(shape.columns or ())
    if not header:
        try:
            header = [cleaner(shape)(name) for name in next(rows)]
        except csv.Error as error:
            raise InputError(f"{path.name}: its header cannot be read: {error}") from error
        _check_header(header, first, delimiter, path, mapping)
    return Table(
        rows=rows,
        lines=lines,
        lines_before=shape.skip_lines + len(blank),
        width=len(header),
        plan=make_plan(mapping.document, header.index),
    )


def _delimiter(first: str, mapping: Mapping) -> str:
    columns = mapping.document.file.columns

    def fits(delimiter: str) -> int:
        header = _split(first, delimiter, mapping)
        return len(header) == len(columns) if columns else sum(column in header for column in mapping.columns)

    return max(DELIMITERS, key=fits)


def _split(line: str, delimiter: str, mapping: Mapping) -> list[str]:
    shape = mapping.document.file
    try:
        return [cleaner(shape)(name) for name in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _check_header(header: list[str], first: str, delimiter: str, path: Path, mapping: Mapping) -> None:
    missing = [column for column in mapping.columns if column not in header]
    if missing:
        advice = "name the file's own columns under [fields], or export a file that has these"
        for other, name in DELIMITERS.items():
            split = _split(first, other, mapping)
            if other != delimiter and all(column in split for column in mapping.columns):
                advice = f"the columns are parted by {name}: write delimiter = {json.dumps(other)} under [file]"
        raise InputError(_misfit(path, mapping, mapping.columns, header, missing, advice))
    count = Counter(header)
    if twice := [column for column in mapping.columns if count[column] > 1]:
        raise InputError(
            f'{path.name}: the header has the column "{twice[0]}" {count[twice[0]]} times, so it is not clear which '
            "one is meant. Give the columns other names in the file, or list them all as columns under [file] "
            "together with skip_lines = 1"
        )


def _misfit(
    path: Path, mapping: Mapping, expected: Sequence[str], found: Sequence[str], missing: Sequence[str], advice: str
) -> str:
    def listed(names: Sequence[str]) -> str:
        shown = ", ".join(name[:60] for name in names[:40])
        return f"{shown} and {len(names) - 40} more" if len(names) > 40 else shown or "nothing"

    lacking = ", ".join(f"{name}{guess(name, found)}" for name in missing)
    return (
        f"{path.name} is not a file for the mapping {mapping.name} ({mapping.kind}).\n"
        f"  expected the columns: {listed(expected)}\n"
        f"  found: {listed(found)}\n"
        f"  missing: {lacking}\n"
        f"  what to do: {advice}"
    )


def _json_table(stream: Iterator[str], lines: Lines, path: Path, mapping: Mapping) -> Table:
    shape = mapping.document.file
    position = {column: at for at, column in enumerate(mapping.columns)}
    plan = make_plan(mapping.document, position.__getitem__)
    seen: list[str] = []
    objects: list[dict[str, Any]] = []
    size = 0
    for line in stream:
        seen.append(line)
        size += len(line)
        found = _parsed(line)
        if isinstance(found, dict):
            objects.append(found)
        if len(seen) >= _LOOKED_AT or size > 1 << 20:
            break
    _check_objects(objects, seen, plan, path, mapping)
    return Table(
        rows=_JsonRows(chain(seen, stream), mapping.columns),
        lines=lines,
        lines_before=shape.skip_lines,
        width=len(mapping.columns),
        plan=plan,
    )


def _check_objects(objects: list[dict[str, Any]], seen: list[str], plan: Plan, path: Path, mapping: Mapping) -> None:
    first = next((line.strip() for line in seen if line.strip()), "")
    if not objects or (first.startswith("[") and _parsed(first) is None):
        advice = (
            "it begins a list: write one object a line, for example with jq -c '.[]'"
            if first.startswith("[")
            else "expected was one JSON object a line"
        )
        raise InputError(f"{path.name} is not a file of JSON lines; {advice}; found: {first[:80]}")
    getters = {column: _getter(column) for column in mapping.columns}
    for field, columns in plan.needed.items():
        if columns and not any(getters[column](each) is not None for each in objects for column in columns):
            found = list(dict.fromkeys(key for each in objects for key in _keys(each)))
            advice = f"name under [fields] what holds {field}, nested keys with dots (agent.email)"
            raise InputError(_misfit(path, mapping, mapping.columns, found, columns, advice))


def _keys(found: dict[str, Any], before: str = "", depth: int = 0) -> Iterator[str]:
    for key, value in found.items():
        if isinstance(value, dict) and depth < 4:
            yield from _keys(value, f"{before}{key}.", depth + 1)
        else:
            yield f"{before}{key}"


class _JsonRows:
    """One JSON object a line as the cells of the columns that a mapping names."""

    def __init__(self, lines: Iterator[str], columns: Sequence[str]) -> None:
        self._lines = lines
        self._columns = [(column, _getter(column)) for column in columns]
        self.line_num = 0

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        line = next(self._lines)
        self.line_num += 1
        if not line.strip():
            return []
        if NUL in line:
            raise RowError("", "is longer than 1 MiB" if TOO_LONG in line else "holds a NUL character")
        found = _parsed(line)
        if not isinstance(found, dict):
            why = "is not JSON" if found is None else "is not a JSON object"
            raise RowError(line.strip(), why)
        row = [_cell(column, get(found)) for column, get in self._columns]
        if "\\u" in line:
            _check_escapes(row)
        return row


def _parsed(line: str) -> Any:
    try:
        # Numbers stay as they are written: 4.10 is a version or a name as often as a number.
        return json.loads(line, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def _getter(column: str) -> Callable[[dict[str, Any]], Any]:
    parts = column.split(".")

    def get(found: dict[str, Any]) -> Any:
        if column in found or len(parts) == 1:
            return found.get(column)
        value: Any = found
        for part in parts:
            if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
                value = value[int(part)]
            elif isinstance(value, dict):
                value = value.get(part)
            else:
                return None
        return value

    return get


def _cell(column: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return ",".join(_cell(column, item) for item in value)
    raise RowError(
        json.dumps(value, ensure_ascii=False), f'holds more than one value in "{column}"; name one inside it'
    )


def _check_escapes(row: list[str]) -> None:
    for cell in row:
        if NUL in cell:
            raise RowError(cell, "holds a NUL character")
        try:
            cell.encode()
        except UnicodeEncodeError as error:
            raise RowError(ascii(cell), "holds half of a pair of surrogates, which is no character") from error
