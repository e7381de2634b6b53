"""Board tables: everybody's parts joined, and everybody's place, kept so that looking costs nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import delete
from sqlmodel import Session, col, select

from bot.domain.metrics import Metric
from bot.domain.parts import Merge, Parts, join
from bot.domain.periods import Period
from bot.store import bulk, tables


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: everybody's, one site's, or one team's."""

    site_id: int | None = None
    team_id: int | None = None

    def __str__(self) -> str:
        if self.team_id is not None:
            return f"team:{self.team_id}"
        return "all" if self.site_id is None else f"site:{self.site_id}"


@dataclass(frozen=True, slots=True)
class Member:
    """One person's parts over a period, with what decides where they are ranked."""

    person_id: int
    name: str
    parts: Parts
    starts_on: date | None
    left_on: date | None
    boards: str | None
    lead: bool


BoardRowValues = tuple[int, int, int, str, int | None, int, float | None, float | None]
"""(board id, build, person id, cohort, place, how many are ranked, adjusted value, rise to the next place)."""


class Mark(NamedTuple):
    """Which board: a key of sets, made often."""

    scope: str
    period: str
    first: str
    metric: str


class Place(NamedTuple):
    """One person's kept place on a board, with everybody's parts joined."""

    scope: str
    period: str
    first: str
    metric: str
    total: Parts
    people: int
    cohort: str | None
    place: int | None
    ranked: int | None
    to_next: float | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A build that was begun."""

    mark: Mark
    board_id: int
    number: int
    dirty_at: datetime | None
    """The mark that the build clears, where nothing changed meanwhile."""


def parse_scope(text: str) -> Scope:
    """Return the scope of its text."""
    kind, _, number = text.partition(":")
    return Scope(site_id=int(number) if kind == "site" else None, team_id=int(number) if kind == "team" else None)


def list_members(session: Session, metric: Metric, period: Period, scope: Scope) -> list[Member]:
    """Return everybody of the scope with parts in the period; past days count where the person belonged then."""
    join_scope, given = "", []
    if scope.site_id is not None or scope.team_id is not None:
        column, number = ("team_id", scope.team_id) if scope.team_id is not None else ("site_id", scope.site_id)
        join_scope = (
            f"JOIN membership m ON m.person_id = d.person_id AND m.{column} = ? "
            "AND d.work_day >= m.starts_on AND (m.ends_on IS NULL OR d.work_day < m.ends_on) "
        )
        given = [number]
    numerator = "MAX(d.numerator)" if metric.merge is Merge.MAX else "SUM(d.numerator)"
    histogram = metric.merge is Merge.HISTOGRAM
    sums = (
        "d.numerator, d.denominator, d.count, d.buckets"
        if histogram
        else (f"{numerator}, SUM(d.denominator), SUM(d.count), NULL")
    )
    sql = (
        f"SELECT d.person_id, {sums} FROM day_stat d {join_scope}WHERE d.metric = ? AND d.work_day >= ? "
        f"AND d.work_day <= ? {'' if histogram else 'GROUP BY d.person_id'}"
    )
    rows = bulk.query(session, sql, [*given, metric.key, period.first.isoformat(), period.last.isoformat()])
    parts: dict[int, list[Parts]] = {}
    for person_id, n, d, c, buckets in rows:
        whole = Parts(int(n), None if d is None else int(d), int(c), bulk.load_buckets(buckets))
        parts.setdefault(person_id, []).append(whole)
    return _members(session, {person_id: join(metric.merge, found) for person_id, found in parts.items()})


def site_parts(session: Session, metric: Metric, period: Period, site_id: int | None) -> Parts:
    """Return the parts that belong to a site (or to all sites) and to nobody in it."""
    sql = (
        "SELECT numerator, denominator, count, buckets FROM site_stat "
        f"WHERE metric = ? AND work_day >= ? AND work_day <= ?{'' if site_id is None else ' AND site_id = ?'}"
    )
    given = [metric.key, period.first.isoformat(), period.last.isoformat(), *([] if site_id is None else [site_id])]
    return join(
        metric.merge, (Parts(r[0], r[1], r[2], bulk.load_buckets(r[3])) for r in bulk.query(session, sql, given))
    )


def mark_dirty(session: Session, marks: Iterable[Mark], at: datetime) -> None:
    """Say that figures behind these boards changed; boards not known yet come to be."""
    rows = [(*mark, bulk.moment(session, at), 0, 0, 0, 0, 0) for mark in sorted(marks)]
    columns = (*Mark._fields, "dirty_at", "claimed", "build", "people", "numerator", "count")
    bulk.upsert(session, tables.Board, Mark._fields, columns, rows, changing=("dirty_at",))


def mark_recent(session: Session, since: date, at: datetime) -> None:
    """Say that all boards of periods that began on or after a day are to be built anew: the rules changed."""
    bulk.execute(
        session, "UPDATE board SET dirty_at = ? WHERE first >= ?", [(bulk.moment(session, at), since.isoformat())]
    )


def find_dirty(session: Session, built_before: datetime) -> Mark | None:
    """Return the newest period's board that waits to be built and was not built since a moment."""
    row = tables.Board
    query = select(row).where(
        col(row.dirty_at).is_not(None), col(row.built_at).is_(None) | (col(row.built_at) <= built_before)
    )
    found = session.exec(query.order_by(col(row.first).desc(), col(row.id)).limit(1)).first()
    return None if found is None else Mark(found.scope, found.period, found.first.isoformat(), found.metric)


def claim_build(session: Session, built_before: datetime) -> Claim | None:
    """Begin a build of the newest period's board that waits and was not built since a moment; None where none waits.

    Each build has a number of its own, so that of two that were begun at once the later one is seen.
    """
    mark = find_dirty(session, built_before)
    if mark is None:
        return None
    row = _find(session, mark)
    row.claimed += 1
    session.flush()
    return Claim(mark, row.id or 0, row.claimed, row.dirty_at)


def add_rows(session: Session, rows: Sequence[BoardRowValues]) -> None:
    """Add places of a build that nobody sees yet; a build that was cut short is written over."""
    columns = ("board_id", "build", "person_id", "cohort", "place", "ranked", "adjusted", "to_next")
    bulk.upsert(session, tables.BoardRow, columns[:3], columns, rows)


def show_build(
    session: Session, board_id: int, build: int, *, total: Parts, people: int, at: datetime, dirty_at: datetime | None
) -> None:
    """Make a build the one that is seen, unless a later one is. What changed meanwhile leaves the board dirty."""
    row = session.get_one(tables.Board, board_id, with_for_update=True)
    if row.build >= build:
        return
    row.build, row.built_at, row.people = build, at, people
    row.numerator, row.denominator, row.count = total.numerator, total.denominator, total.count
    if row.dirty_at == dirty_at:
        row.dirty_at = None
    row.buckets = bulk.dump_buckets(total.buckets)
    session.flush()


def remove_old_rows(session: Session, board_id: int, build: int, most: int) -> int:
    """Delete rows of earlier builds, at most so many people's, and return how many."""
    row = tables.BoardRow
    query = select(row.person_id, row.build).where(row.board_id == board_id, row.build < build).limit(most)
    old = session.exec(query).all()
    for number in {b for _, b in old}:
        ids = [p for p, b in old if b == number]
        session.exec(
            delete(row).where(col(row.board_id) == board_id, col(row.build) == number, col(row.person_id).in_(ids))
        )
    return len(old)


def list_places(session: Session, person_id: int, scopes: Sequence[Scope], period: Period) -> list[Place]:
    """Return what is kept of these scopes and this period, with the person's own places."""
    marks = ", ".join("?" * len(scopes))
    sql = (
        "SELECT b.scope, b.period, CAST(b.first AS TEXT), b.metric, b.numerator, b.denominator, b.count, b.buckets, "
        "b.people, r.cohort, r.place, r.ranked, r.to_next FROM board b LEFT JOIN board_row r "
        "ON r.board_id = b.id AND r.build = b.build AND r.person_id = ? "
        f"WHERE b.scope IN ({marks}) AND b.first = ? AND b.period = ?"
    )
    rows = bulk.query(session, sql, [person_id, *map(str, scopes), period.first.isoformat(), period.kind.value])
    return [
        Place(r[0], r[1], r[2], r[3], Parts(r[4], r[5], r[6], bulk.load_buckets(r[7])), r[8], r[9], r[10], r[11], r[12])
        for r in rows
    ]


def _find(session: Session, mark: Mark) -> tables.Board:
    row = tables.Board
    query = select(row).where(
        row.scope == mark.scope, row.period == mark.period, row.first == date.fromisoformat(mark.first),
        row.metric == mark.metric,
    )  # fmt: skip
    return session.exec(query.with_for_update()).one()


def _members(session: Session, parts: Mapping[int, Parts]) -> list[Member]:
    where = f"{bulk.among(session, 'id', 'bigint')}"
    columns = ("id", "name", "starts_on", "left_on", "boards")
    people = bulk.select(session, tables.Person, columns, where, [bulk.listed(session, parts)])
    leads = {r[0] for r in bulk.query(session, "SELECT DISTINCT person_id FROM role_grant WHERE role = 'lead'")}
    return [
        Member(number, name, parts[number], _day(starts), _day(left), boards, number in leads)
        for number, name, starts, left, boards in people
    ]


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
