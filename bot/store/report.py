"""What a month moved on people's accounts, and what they have; for the report of points and for how kudos flow."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlmodel import Session

from bot.store import bulk

_PERSON: Final = "person:"
_PEOPLE: Final = f"{_PERSON}%"

_MOVED: Final = (
    "SELECT a.owner, a.unit, e.amount, t.at, t.kind, o.kind FROM txn t JOIN entry e ON e.txn_id = t.id "
    "JOIN account a ON a.id = e.account_id LEFT JOIN txn o ON o.id = t.reverses "
    "WHERE t.at >= ? AND t.at < ? AND e.version IS NOT NULL AND a.owner LIKE ?"
)


class Line(NamedTuple):
    """One entry of a person's account; `of_kind` is the kind of what it takes back."""

    person_id: int
    unit: str
    amount: int
    at: datetime
    kind: str
    of_kind: str | None


def list_moved(session: Session, first: datetime, end: datetime) -> Iterator[Line]:
    """Return the entries of people's accounts from `first` to `end` (out), in no order."""
    for row in bulk.query(session, _MOVED, [bulk.moment(session, first), bulk.moment(session, end), _PEOPLE]):
        yield Line(_id(row[0]), row[1], int(row[2]), bulk.read_moment(row[3]), row[4], row[5])


def list_sums(session: Session, units: Sequence[str], before: datetime) -> Mapping[int, int]:
    """Return what each person had of these units together before a moment; who had nothing is left out."""
    sql = (
        "SELECT a.owner, SUM(e.amount) FROM account a JOIN entry e ON e.account_id = a.id JOIN txn t ON t.id = e.txn_id "
        f"WHERE a.unit IN ({', '.join('?' * len(units))}) AND t.at < ? AND a.owner LIKE ? "
        "GROUP BY a.owner HAVING SUM(e.amount) <> 0"
    )
    rows = bulk.query(session, sql, [*units, bulk.moment(session, before), _PEOPLE])
    return {_id(row[0]): int(row[1]) for row in rows}


def list_gifts(session: Session, first: datetime, end: datetime) -> list[tuple[int, int, int, datetime]]:
    """Return who gave whom how many points in kudos, and when; what was taken back since is left out."""
    sql = (
        "SELECT p.giver_id, r.person_id, p.points_each, p.at FROM praise p JOIN praise_receiver r ON r.praise_id = p.id "
        "WHERE p.at >= ? AND p.at < ? AND p.points_each > 0 AND NOT EXISTS (SELECT 1 FROM txn t "
        "JOIN txn back ON back.reverses = t.id WHERE t.key = p.key)"
    )
    rows = bulk.query(session, sql, [bulk.moment(session, first), bulk.moment(session, end)])
    return [(row[0], row[1], int(row[2]), bulk.read_moment(row[3])) for row in rows]


def list_places(session: Session) -> Mapping[int, tuple[str, str]]:
    """Return the names of every team, with its site's, by the team's id."""
    rows = bulk.query(session, "SELECT t.id, s.name, t.name FROM team t JOIN site s ON s.id = t.site_id")
    return {row[0]: (row[1], row[2]) for row in rows}


def list_site_names(session: Session) -> Mapping[int, str]:
    """Return the names of the sites, by id."""
    return {row[0]: row[1] for row in bulk.query(session, "SELECT id, name FROM site")}


def _id(owner: str) -> int:
    return int(owner.removeprefix(_PERSON))
