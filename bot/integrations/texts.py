"""Cells as clean texts, and the questions that are asked about them."""

import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from bot.errors import InputError
from bot.integrations.cells import CellError, Reader, Remembered, number
from bot.integrations.document import FileShape, Test, Way

Row = Sequence[str]

_ASKED: Final = ("equals", "not_equals", "empty", "matches", "below", "above")


def cleaner(file: FileShape) -> Reader[str]:
    """A cell without the blanks around it and, where the mapping says so, without Excel's ="..." and apostrophe."""
    return _from_excel if file.excel_cells else str.strip


def _from_excel(raw: str) -> str:
    text = raw.strip()
    if text.startswith('="') and text.endswith('"') and len(text) >= 3:
        return text[2:-1].replace('""', '"').strip()
    return text[1:].strip() if text.startswith("'") else text


def words(way: Way, file: FileShape) -> Reader[str | None]:
    """The text that a cell means after cleaning, the list of empty words and the table of values; nothing or None where it means nothing."""
    clean = cleaner(file)
    lower = way.lower
    empty = frozenset(["", *file.null_if, *way.null_if])
    table = way.values
    keep, instead = way.otherwise.word == "keep", way.otherwise.constant
    refuse = way.otherwise.word == "reject"
    if not lower and table is None and len(empty) == 1:
        return clean

    def read(raw: str) -> str | None:
        text = clean(raw)
        if lower:
            text = text.lower()
        if text in empty:
            return None
        if table is None:
            return text
        if (found := table.get(text)) is None:
            if refuse:
                raise CellError(text, f"is not in the table of values; it holds: {', '.join(table)[:200]}")
            found = text if keep else instead
        return found or None

    return read


def joined(columns: Sequence[int], join: str, clean: Reader[str]) -> Callable[[Row], str]:
    """The cells of several columns as one text; nothing where all of them are empty."""
    if len(columns) == 1:
        (column,) = columns
        return lambda row: row[column]
    pick = itemgetter(*columns)
    nothing = join * (len(columns) - 1)

    def text_of(row: Row) -> str:
        text = join.join(map(clean, pick(row)))
        return "" if text == nothing else text

    return text_of


class Questions(NamedTuple):
    """Do all of some tests hold for a row? The first is at hand, since it alone is asked of every row."""

    column: int
    answers: Remembered[bool]
    others: "Questions | None" = None

    def hold(self, row: Row) -> bool:
        """Whether all of them do."""
        return self.answers[row[self.column]] and (self.others is None or self.others.hold(row))


def questions(tests: Sequence[Test], position: Callable[[str], int], file: FileShape, path: str) -> Questions:
    """The questions that tests ask of the cells of a row."""
    if not tests:
        raise InputError(f"{path} asks nothing: it needs a column and one of {', '.join(_ASKED)}")
    asked = Questions(*_question(tests[-1], position, file, path))
    for test in reversed(tests[:-1]):
        asked = Questions(*_question(test, position, file, path), asked)
    return asked


def _question(test: Test, position: Callable[[str], int], file: FileShape, path: str) -> tuple[int, Remembered[bool]]:
    asked = [key for key in _ASKED if getattr(test, key) is not None]
    if test.column is None or len(asked) != 1:
        raise InputError(f"{path} needs a column and exactly one of {', '.join(_ASKED)}")
    clean = cleaner(file)
    check = _check(test, file, path)
    return position(test.column), Remembered(lambda raw: check(clean(raw)))


def _check(test: Test, file: FileShape, path: str) -> Callable[[str], bool]:
    if test.equals is not None:
        return frozenset(test.equals).__contains__
    if test.not_equals is not None:
        others = frozenset(test.not_equals)
        return lambda text: text not in others
    if test.empty is not None:
        wanted = test.empty
        empty = frozenset(["", *file.null_if])
        return lambda text: (text in empty) == wanted
    if test.matches is not None:
        try:
            pattern = re.compile(test.matches)
        except re.error as error:
            raise InputError(f"{path}.matches is not a regular expression: {error}; found: {test.matches}") from error
        return lambda text: pattern.search(text) is not None
    return lambda text: _lies(text, test, file.decimal)


def _lies(text: str, test: Test, decimal: str) -> bool:
    try:
        amount = number(text, decimal)
    except CellError:
        return False
    return amount < test.below if test.below is not None else test.above is not None and amount > test.above
