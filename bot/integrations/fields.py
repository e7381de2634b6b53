"""Which fields a record of each kind has, what each holds, and which keys of a mapping make sense for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from bot.domain.facts import ACTIVITIES, CAUSES, CHANNELS, STATES, Kind
from bot.errors import InputError
from bot.integrations import cells, moments
from bot.integrations.cells import Reader, guess
from bot.integrations.document import FileShape, Way

ROLES: Final = ("agent", "lead", "recovery", "executive", "admin")


@dataclass(frozen=True, slots=True)
class FieldType:
    """What a field holds."""

    sort: str
    reader: Callable[[Way, FileShape], Reader[Any]]
    """Makes the reader of a cell that is not empty; moments and messages are read by the plan, since they need a zone."""
    keys: frozenset[str] = frozenset()
    """The keys of a way that only this sort understands."""
    repeats: bool = True
    """Whether texts of such a column repeat themselves, so that remembering pays."""


def _plain(read: Reader[Any]) -> Callable[[Way, FileShape], Reader[Any]]:
    return lambda _way, _file: read


def _duration(into: str) -> FieldType:
    def reader(way: Way, file: FileShape) -> Reader[Any]:
        unit = way.unit or into
        possible = (*cells.UNITS, *cells.CLOCK_UNITS)
        if unit not in possible:
            raise InputError(f'unit "{unit}" is not possible{guess(unit, possible)}; possible: {", ".join(possible)}')
        return cells.duration(unit, way.decimal or file.decimal, way.minimum, way.maximum, into)

    return FieldType("duration", reader, frozenset({"unit", "decimal", "minimum", "maximum"}))


def _score(lowest: int, highest: int, factor: int) -> FieldType:
    def reader(way: Way, file: FileShape) -> Reader[Any]:
        if way.scale and way.scale[0] == way.scale[1]:
            raise InputError("scale needs two different numbers: the file's lowest answer and its highest")
        return cells.score(
            lowest,
            highest,
            factor,
            scale=way.scale,
            decimal=way.decimal or file.decimal,
            minimum=way.minimum,
            maximum=way.maximum,
        )

    return FieldType("score", reader, frozenset({"scale", "decimal", "minimum", "maximum"}))


def _choice(options: Sequence[str]) -> FieldType:
    return FieldType("choice", _plain(cells.choice(options)))


def _local_date(way: Way, _file: FileShape) -> Reader[Any]:
    formats = way.format or ("iso",)
    moments.check_formats(formats, "date", ("iso",))
    read = moments.day(formats)
    return lambda text: date.fromordinal(read(text)).isoformat()


NAME: Final = FieldType("text", _plain(cells.name))
ID: Final = FieldType("text", _plain(cells.name), repeats=False)
COMMENT: Final = FieldType("text", _plain(cells.comment), repeats=False)
EMAIL: Final = FieldType("e-mail", _plain(cells.email), repeats=False)
FLAG: Final = FieldType("flag", _plain(cells.flag))
DATE: Final = FieldType("date", _local_date, frozenset({"format"}))
SECONDS: Final = _duration("seconds")
MINUTES: Final = _duration("minutes")
STARS: Final = _score(1, 5, 1000)
RECOMMEND: Final = _score(0, 10, 1)
MOMENT: Final = FieldType("moment", _plain(cells.name), frozenset({"format", "zone", "zone_column"}))
MESSAGES: Final = FieldType(
    "list of messages", _plain(cells.comment), frozenset({"format", "zone", "zone_column", "separator", "unit"})
)

FIELDS: Final[dict[Kind, dict[str, FieldType]]] = {
    "interactions": {
        "external_id": ID,
        "agent": NAME,
        "channel": _choice(CHANNELS),
        "start": MOMENT,
        "end": MOMENT,
        "arrival": MOMENT,
        "talk_seconds": SECONDS,
        "hold_seconds": SECONDS,
        "after_contact_seconds": SECONDS,
        "wait_seconds": SECONDS,
        "reply_seconds": SECONDS,
        "editing_seconds": SECONDS,
        "messages": MESSAGES,
        "customer_left": MOMENT,
        "customer": ID,
        "topic": NAME,
    },
    "feedback": {
        "external_id": ID,
        "agent": NAME,
        "contact": ID,
        "channel": _choice(CHANNELS),
        "requested": MOMENT,
        "responded": MOMENT,
        "stars": STARS,
        "recommend": RECOMMEND,
        "resolved": FLAG,
        "cause": _choice(CAUSES),
        "disputed": FLAG,
        "comment": COMMENT,
    },
    "shifts": {
        "external_id": ID,
        "agent": NAME,
        "start": MOMENT,
        "end": MOMENT,
        "activity": _choice(ACTIVITIES),
    },
    "presence": {
        "external_id": ID,
        "agent": NAME,
        "start": MOMENT,
        "end": MOMENT,
        "state": _choice(STATES),
    },
    "people": {
        "external_id": ID,
        "agent": NAME,
        "email": EMAIL,
        "slack_id": NAME,
        "site": NAME,
        "team": NAME,
        "role": _choice(ROLES),
        "employer": NAME,
        "locale": NAME,
        "starts_on": DATE,
        "contracted_minutes": MINUTES,
    },
}

MAPPED: Final[dict[Kind, tuple[str, ...]]] = {
    "interactions": ("external_id", "agent", "channel", "start"),
    "feedback": ("external_id", "channel"),
    "shifts": ("external_id", "agent", "start", "end"),
    "presence": ("external_id", "agent", "start", "end"),
    "people": ("external_id",),
}
"""The fields that every mapping of a kind must name. All of them but the agent must have a value in every row."""
