"""What a month moved on people's accounts, and what they have; for the report of points and for how kudos flow."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlmodel import Session

from bot.store import bulk

_PERSON: Final = "person:"
_PEOPLE: Final = f"{_PERSON}%"

_OF: Final = (
    "FROM txn t JOIN entry e ON e.txn_id = t.id JOIN account a ON a.id = e.account_id LEFT JOIN txn o ON o.id = t.reverses "
    "WHERE t.at >= ? AND t.at < ? AND e.version IS NOT NULL AND a.owner LIKE ?"
)
_MOVED: Final = (
    f"SELECT a.owner, a.unit, SUM(e.amount), t.kind, o.kind {_OF} GROUP BY a.id, a.owner, a.unit, t.kind, o.kind"
)


class Line(NamedTuple):
    """What moved on a person's account at a moment, or from then on; `of_kind` is the kind of what it takes back."""

    person_id: int
    unit: str
    amount: int
    at: datetime
    kind: str
    of_kind: str | None


def list_moved(session: Session, first: datetime, end: datetime) -> Iterator[Line]:
    """Return what moved on people's accounts from `first` to `end` (out): one line for each account and kind."""
    given = [bulk.moment(session, first), bulk.moment(session, end), _PEOPLE]
    for owner, unit, amount, kind, of_kind in bulk.query(session, _MOVED, given):
        yield Line(_id(owner), unit, int(amount), first, kind, of_kind)


def list_entries(session: Session, person_ids: Iterable[int], first: datetime, end: datetime) -> Iterator[Line]:
    """Return every entry of these people from `first` to `end` (out), in no order."""
    owners = [f"{_PERSON}{number}" for number in person_ids]
    if not owners:
        return
    sql = f"SELECT a.owner, a.unit, e.amount, t.at, t.kind, o.kind {_OF} AND {bulk.among(session, 'owner', 'text')}"
    given = [bulk.moment(session, first), bulk.moment(session, end), _PEOPLE, bulk.listed(session, owners)]
    for owner, unit, amount, at, kind, of_kind in bulk.query(session, sql, given):
        yield Line(_id(owner), unit, int(amount), bulk.read_moment(at), kind, of_kind)


def list_sums(session: Session, units: Sequence[str], before: datetime) -> Mapping[int, int]:
    """Return what each person had of these units together before a moment: what they have, less what moved since."""
    among = f"a.unit IN ({', '.join('?' * len(units))}) AND a.owner LIKE ?"
    sql = (
        f"SELECT owner, SUM(amount) FROM (SELECT a.owner, a.balance AS amount FROM account a WHERE {among} AND a.balance <> 0 "
        "UNION ALL SELECT a.owner, -e.amount FROM txn t JOIN entry e ON e.txn_id = t.id "
        f"JOIN account a ON a.id = e.account_id WHERE t.at >= ? AND {among}) had GROUP BY owner HAVING SUM(amount) <> 0"
    )
    rows = bulk.query(session, sql, [*units, _PEOPLE, bulk.moment(session, before), *units, _PEOPLE])
    return {_id(row[0]): int(row[1]) for row in rows}


def find_first(session: Session) -> datetime | None:
    """Return when anything moved in the ledger for the first time, None where nothing has."""
    rows = bulk.query(session, "SELECT MIN(at) FROM txn", [])
    return None if rows[0][0] is None else bulk.read_moment(rows[0][0])


def list_zones(session: Session) -> list[str]:
    """Return the zones of all sites."""
    return [row[0] for row in bulk.query(session, "SELECT DISTINCT zone FROM site ORDER BY zone")]


def list_heads(session: Session, on: date) -> Sequence[tuple[str, str | None, int]]:
    """Return how many people are of each site's teams on a day: the names of both (no team: None), and the number."""
    sql = (
        "SELECT s.name, t.name, COUNT(DISTINCT m.person_id) FROM membership m JOIN site s ON s.id = m.site_id "
        "LEFT JOIN team t ON t.id = m.team_id WHERE m.starts_on <= ? AND (m.ends_on IS NULL OR m.ends_on > ?) "
        "GROUP BY s.name, t.name"
    )
    return [(row[0], row[1], int(row[2])) for row in bulk.query(session, sql, [on.isoformat(), on.isoformat()])]


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
