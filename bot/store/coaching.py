"""Coachings: added once for each key, answered once; and in which teams people are whom somebody may coach."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from bot.store import bulk, tables


@dataclass(frozen=True, slots=True)
class Kept:
    """A coaching as it is kept; `figure` is JSON, texts are ids."""

    id: int
    request_hash: str
    at: datetime
    lead_id: int
    agent_id: int
    about: str
    figure: str | None
    about_text_id: int | None
    went_well_text_id: int
    own_view_text_id: int
    one_thing_text_id: int | None
    next_step_text_id: int | None
    next_on: date | None
    answered_at: datetime | None
    answer_text_id: int | None


class Seat(NamedTuple):
    """Somebody's stay in a team, with what else is asked of whoever is coached; days are ISO text, the last one out."""

    person_id: int
    name: str
    locale: str | None
    left_on: str | None
    site: str
    zone: str
    team_id: int | None
    starts_on: str
    ends_on: str | None

    def covers(self, day: date) -> bool:
        """Whether somebody is there and has not left on that local day."""
        on = day.isoformat()
        return self.starts_on <= on and not any(end is not None and end <= on for end in (self.ends_on, self.left_on))


_SEATS = (
    "SELECT m.person_id, p.name, p.locale, CAST(p.left_on AS TEXT), s.name, s.zone, m.team_id, "
    "CAST(m.starts_on AS TEXT), CAST(m.ends_on AS TEXT) FROM membership m JOIN person p ON p.id = m.person_id "
    "JOIN site s ON s.id = m.site_id WHERE "
)


def list_seats(session: Session, person_id: int) -> list[Seat]:
    """Return every stay of a person, the newest first."""
    rows = bulk.query(session, f"{_SEATS}m.person_id = ? ORDER BY m.starts_on DESC", [person_id])
    return [Seat(*row) for row in rows]


def list_seats_of(session: Session, team_ids: Iterable[int]) -> list[Seat]:
    """Return every stay in these teams."""
    sql = _SEATS + bulk.among(session, "team_id", "bigint")
    return [Seat(*row) for row in bulk.query(session, sql, [bulk.listed(session, team_ids)])]


def alone(session: Session, agent_id: int) -> None:
    """Let one coaching of an agent be written at a time: the same form sent twice at once finds the first."""
    bulk.alone(session, f"coaching.{agent_id}")


def find_by_key(session: Session, key: str) -> Kept | None:
    """Return the coaching with this key, None where there is none."""
    row = session.exec(select(tables.Coaching).where(tables.Coaching.key == key)).first()
    return None if row is None else _kept(row)


def find(session: Session, coaching_id: int, *, to_answer: bool = False) -> Kept | None:
    """Return a coaching, None where there is none; `to_answer` lets nobody else answer it meanwhile."""
    query = select(tables.Coaching).where(tables.Coaching.id == coaching_id)
    row = session.exec(query.with_for_update() if to_answer else query).first()
    return None if row is None else _kept(row)


def add(session: Session, **columns: Any) -> Kept:
    """Add a coaching, whose key is new, and return it."""
    row = tables.Coaching(**columns)
    session.add(row)
    session.flush()
    return _kept(row)


def put_answer(session: Session, at: datetime, coaching_id: int, text_id: int) -> Kept:
    """Write down the agent's answer."""
    row = session.get_one(tables.Coaching, coaching_id)
    row.answered_at, row.answer_text_id = at, text_id
    session.flush()
    return _kept(row)


def list_written(session: Session, lead_id: int, agent_id: int, most: int) -> list[Kept]:
    """Return what one person wrote for another, the newest first."""
    row = tables.Coaching
    query = select(row).where(row.lead_id == lead_id, row.agent_id == agent_id).order_by(col(row.id).desc())
    return [_kept(found) for found in session.exec(query.limit(most))]


def list_received(session: Session, agent_id: int, most: int) -> list[Kept]:
    """Return what was written for a person, the newest first."""
    row = tables.Coaching
    query = select(row).where(row.agent_id == agent_id).order_by(col(row.id).desc())
    return [_kept(found) for found in session.exec(query.limit(most))]


def list_coached_by(session: Session, lead_id: int) -> set[int]:
    """Return for whom a person ever wrote."""
    return {r[0] for r in bulk.query(session, "SELECT DISTINCT agent_id FROM coaching WHERE lead_id = ?", [lead_id])}


def list_last(session: Session, agent_ids: Iterable[int]) -> dict[int, datetime]:
    """Return when anybody last coached these people, by id; who never was is left out."""
    sql = f"SELECT agent_id, MAX(at) FROM coaching WHERE {bulk.among(session, 'agent_id', 'bigint')} GROUP BY agent_id"
    return {r[0]: bulk.read_moment(r[1]) for r in bulk.query(session, sql, [bulk.listed(session, agent_ids)])}


def contact_day(session: Session, person_id: int, external_ids: Iterable[str]) -> str | None:
    """Return the newest work day (ISO text) of a person's contacts with these ids, None where there are none."""
    where = f"person_id = ? AND {bulk.among(session, 'external_id', 'text')}"
    given = [person_id, bulk.listed(session, external_ids)]
    return max((r[0] for r in bulk.select(session, tables.Interaction, ("work_day",), where, given)), default=None)


def _kept(row: tables.Coaching) -> Kept:
    return Kept(**row.model_dump(exclude={"key"}))
