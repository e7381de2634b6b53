"""A mapping made ready for rows: one small closure a field over the positions of its columns.

The document is understood once, when it is loaded; a row then costs a look-up a field and little else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

from bot.domain.facts import RECORDS, Record
from bot.errors import InputError
from bot.integrations.cells import CellError, Remembered, guess
from bot.integrations.document import Document, Way
from bot.integrations.fields import FIELDS, MAPPED
from bot.integrations.moment_ways import Give, Made
from bot.integrations.texts import Questions, Row, questions
from bot.integrations.ways import Ways


@dataclass(frozen=True, slots=True)
class Fault:
    """A field that a row does not give: its name, the text found, and why it does not do."""

    field: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    position: int
    made: Made


@dataclass(frozen=True, slots=True)
class Plan:
    """How a row becomes a record."""

    skip: Callable[[Row], str | None]
    """The reason for which a row is left out; None where it is not."""
    build: Callable[[Row], Record]
    """The record of a row; `CellError` where a cell does not do, and `faults` tells the rest."""
    faults: Callable[[Row], list[Fault]]
    """Everything that is wrong with a row; empty where `build` gives a record."""
    needed: dict[str, tuple[str, ...]]
    """The fields that have a value in every row, and the columns that each is read from."""


def make_plan(document: Document, index: Callable[[str], int]) -> Plan:
    """The plan of a document over columns whose positions `index` tells. An `InputError` names the key that is wrong."""
    names: dict[int, str] = {}

    def position(column: str) -> int:
        at = index(column)
        names[at] = column
        return at

    _check_fields(document)
    ways = Ways(document, position)
    skips = tuple(
        (questions(skip.tests(), position, document.file, f"skip[{number}]"), skip.reason)
        for number, skip in enumerate(document.skip)
    )
    record = RECORDS[document.kind]
    fields = [_Field(name, record._fields.index(name), ways.field(name)) for name in _order(document)]
    required = [name for name in MAPPED[document.kind] if name != "agent"]
    return Plan(
        skip=_skipper(skips),
        build=_builder(record, fields, required),
        faults=_examiner(record, fields, required, names),
        needed={each.name: tuple(names[at] for at in each.made.columns) for each in fields if each.name in required},
    )


def _skipper(skips: Sequence[tuple[Questions, str]]) -> Callable[[Row], str | None]:
    asked = [(*questions, reason) for questions, reason in skips]

    def skip(row: Row) -> str | None:
        for column, answers, others, reason in asked:
            if answers[row[column]] and (others is None or others.hold(row)):
                return reason
        return None

    return skip


def _check_fields(document: Document) -> None:
    if document.contact_source and document.kind != "feedback":
        raise InputError("contact_source is for feedback alone")
    possible = list(FIELDS[document.kind])
    for name in document.fields:
        if name not in possible:
            raise InputError(
                f"fields.{name} is not a field of {document.kind}{guess(name, possible)}; "
                f"possible: {', '.join(possible)}"
            )
    for name in MAPPED[document.kind]:
        if name not in document.fields:
            raise InputError(f"fields.{name} is missing: {document.kind} cannot be read without it")


def _order(document: Document) -> list[str]:
    """The fields, each after those that it is computed from."""
    order: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = " -> ".join([*path[path.index(name) :], name])
            raise InputError(f"fields.{name} is computed from itself: {circle}")
        if name in order:
            return
        for other in _others(document.fields[name], name):
            if other not in document.fields:
                possible = [known for known in document.fields if known != name]
                raise InputError(
                    f'fields.{name} is computed from the field "{other}", which the mapping does not name'
                    f"{guess(other, possible)}; it names: {', '.join(possible)}"
                )
            visit(other, (*path, name))
        order.append(name)

    for name in document.fields:
        visit(name, ())
    return order


def _others(way: Way, name: str) -> list[str]:
    inner = [*(way.first_of or ()), *(part for part in (way.plus, way.minus, way.from_, way.to) if part)]
    found = [other for other in (way.field, way.not_before) if other]
    found += [other for part in inner for other in _others(part, "")]
    return [*found, "start"] if name == "messages" else found


def _builder(record: type[Record], fields: Sequence[_Field], required: Sequence[str]) -> Callable[[Row], Record]:
    template = _template(record)
    cells: list[tuple[int, int, Remembered[Any]]] = []
    gives: list[tuple[int, Give]] = []
    for each in fields:
        if each.made.constant is not None:
            template[each.position] = each.made.constant
        elif each.made.cell is not None:
            cells.append((each.position, *each.made.cell))
        else:
            gives.append((each.position, each.made.give))
    must = [record._fields.index(name) for name in required if template[record._fields.index(name)] is None]
    start, end = _ends(record)
    # What `record._make` does, without its call: the template has the right length.
    make = cast("Callable[[Sequence[Any]], Record]", partial(tuple.__new__, record))

    def build(row: Row) -> Record:
        values = template[:]
        for at, column, cell in cells:
            values[at] = cell[row[column]]
        for at, give in gives:
            values[at] = give(row, values)
        for at in must:
            if values[at] is None:
                raise CellError("", "is empty")
        if end and values[end] is not None and values[end] < values[start]:
            raise CellError("", "lies before the start")
        return make(values)

    return build


def _examiner(
    record: type[Record], fields: Sequence[_Field], required: Sequence[str], names: dict[int, str]
) -> Callable[[Row], list[Fault]]:
    start, end = _ends(record)

    def faults(row: Row) -> list[Fault]:
        found: list[Fault] = []
        values = _template(record)
        unknown: set[str] = set()
        for each in fields:
            # What is computed from a field that is wrong is not wrong for a reason of its own.
            if unknown.intersection(each.made.uses):
                unknown.add(each.name)
                continue
            try:
                values[each.position] = each.made.give(row, values)
            except CellError as error:
                found.append(_fault(each, row, error, names))
                unknown.add(each.name)
                continue
            if values[each.position] is None and each.name in required:
                found.append(_fault(each, row, CellError("", "is empty, and there is no record without it"), names))
        if end and not found and values[end] is not None and values[end] < values[start]:
            last = next(each for each in fields if each.position == end)
            found.append(_fault(last, row, CellError("", "lies before the start"), names))
        return found

    return faults


def _fault(each: _Field, row: Row, error: CellError, names: dict[int, str]) -> Fault:
    columns = each.made.columns
    exact = [at for at in columns if error.value and error.value in row[at]]
    told = exact or columns
    value = error.value or " ".join(filter(None, (row[at].strip() for at in columns)))
    shown = ", ".join(names[at] for at in told)
    return Fault(each.name, value, f"{error.why} (column {shown})" if told else error.why)


def _template(record: type[Record]) -> list[Any]:
    return [record._field_defaults.get(name) for name in record._fields]


_ENDS: Final = ("start", "end")


def _ends(record: type[Record]) -> tuple[int, int]:
    if all(name in record._fields for name in _ENDS):
        return record._fields.index("start"), record._fields.index("end")
    return 0, 0
