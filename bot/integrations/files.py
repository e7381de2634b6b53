"""Reads a file of rows through a mapping: CSV, TSV or JSON lines, page by page, in bounded memory."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from bot.domain.facts import Record
from bot.errors import InputError
from bot.integrations.cells import CellError
from bot.integrations.lines import NUL, TOO_LONG, check_text
from bot.integrations.mapping import Mapping, load_mapping, parse_mapping
from bot.integrations.tables import RowError, Table, open_table

__all__ = ["Mapping", "Page", "Rejected", "load_mapping", "parse_mapping", "read"]

_HOPELESS: Final = 1_000
"""So many rows without a single good one, and the file is not what the mapping is for."""
_SHOWN: Final = 80
_TOO_FEW: Final = 10
"""Fewer bad rows are reported one by one even where there is no good one."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row, or a field of it, that cannot be read."""

    line: int
    """The physical line on which the row begins, from 1."""
    field: str
    """Our name of the field; empty where the row as a whole is wrong."""
    value: str
    """The text found, cut at 80 characters."""
    why: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a file, in order."""

    records: list[Record]
    lines: list[int]
    """The line on which each record's row begins."""
    read: int
    """Rows read: records, skipped and rejected ones together."""
    skipped: dict[str, int]
    """How many rows were left out for which of the mapping's reasons."""
    rejected: list[Rejected]
    position: int
    """Bytes of the file read so far."""


def read(path: Path, mapping: Mapping, *, page_size: Callable[[], int]) -> Iterator[Page]:
    """The pages of a file. `page_size` is asked before each page how many rows it may hold.

    A file that is missing, is not text or has not the mapping's shape is refused with an `InputError` at once, before
    the first page is asked for. A row that cannot be read is in its page's `rejected` and stops no other.
    """
    codec = check_text(path, mapping.document.file.encoding)
    with path.open("rb") as file:
        open_table(file, path, mapping, codec)
    return _pages(path, mapping, codec, page_size)


def _pages(path: Path, mapping: Mapping, codec: str, page_size: Callable[[], int]) -> Iterator[Page]:
    with path.open("rb") as file:
        reader = _Reader(open_table(file, path, mapping, codec))
        held: list[Page] = []
        hopeful = False
        while (page := reader.page(max(1, page_size()))).read:
            # Rows that are all bad are held back: a file in which none is good has the wrong shape, though not by its
            # header, and is refused as a whole.
            hopeful = hopeful or bool(page.records or page.skipped)
            if hopeful:
                yield from held
                held.clear()
                yield page
                continue
            held.append(page)
            if sum(bad.read for bad in held) >= _HOPELESS:
                break
        if sum(bad.read for bad in held) >= _TOO_FEW:
            raise InputError(_hopeless(path, mapping, held))
        yield from held


def _hopeless(path: Path, mapping: Mapping, held: list[Page]) -> str:
    bad = [each for page in held for each in page.rejected][:3]
    shown = "\n".join(f'  line {each.line}, {each.field or "row"}: "{each.value}" {each.why}' for each in bad)
    return (
        f"{path.name} is not a file for the mapping {mapping.name} ({mapping.kind}): "
        f"it has the columns, but none of the {sum(page.read for page in held):,} rows read could be used.\n{shown}\n"
        "  what to do: look whether the columns under [fields] are the right ones, and their formats and units"
    )


class _Reader:
    """Makes pages of the rows of a table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._line = table.lines_before + table.rows.line_num
        """The last physical line taken."""

    def page(self, size: int) -> Page:
        """The next `size` rows; a page without rows after the last."""
        rows, width, text, before = self._table.rows, self._table.width, self._table.lines, self._table.lines_before
        skip, build = self._table.plan.skip, self._table.plan.build
        records: list[Record] = []
        lines: list[int] = []
        skipped: Counter[str] = Counter()
        rejected: list[Rejected] = []
        read = 0
        line = self._line
        while read < size:
            taken = rows.line_num
            try:
                for row in islice(rows, size - read):
                    first, line = line + 1, before + rows.line_num
                    if not row:
                        continue
                    read += 1
                    if len(row) != width or (text.marked and any(NUL in cell for cell in row)):
                        rejected.append(_odd(row, width, first, line))
                    elif reason := skip(row):
                        skipped[reason] += 1
                    else:
                        try:
                            records.append(build(row))
                            lines.append(first)
                        except CellError:
                            rejected.extend(self._faults(row, first))
            except (csv.Error, RowError) as error:
                first, line = line + 1, before + rows.line_num
                read += 1
                rejected.append(_broken(error, first, line))
            if rows.line_num == taken:
                break
        self._line = line
        return Page(records, lines, read, dict(skipped), rejected, text.position)

    def _faults(self, row: list[str], line: int) -> list[Rejected]:
        return [_rejected(line, fault.field, fault.value, fault.why) for fault in self._table.plan.faults(row)]


def _odd(row: list[str], width: int, first: int, last: int) -> Rejected:
    if any(TOO_LONG in cell for cell in row):
        return _rejected(first, "", "", "is longer than 1 MiB")
    if any(NUL in cell for cell in row):
        return _rejected(first, "", " ".join(row).replace(NUL, "\\0"), "holds a NUL character")
    why = f"has {len(row)} columns, and {width} are expected"
    if last > first:
        why += f"; it runs to line {last}: is a quote not closed?"
    return _rejected(first, "", " ".join(row), why)


def _broken(error: csv.Error | RowError, first: int, last: int) -> Rejected:
    if isinstance(error, RowError):
        return _rejected(first, "", error.value, error.why)
    why = f"cannot be split into columns: {error}"
    if last > first:
        why += f'; lines {first} to {last} are left out: is a quote not closed? (quote = "" where nothing is quoted)'
    return _rejected(first, "", "", why)


def _rejected(line: int, field: str, value: str, why: str) -> Rejected:
    return Rejected(line, field, value if len(value) <= _SHOWN else f"{value[: _SHOWN - 1]}…", why)
