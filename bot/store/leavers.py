"""Who leaves, and what those who left still have in the ledger."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlmodel import Session

from bot.store import bulk


class Left(NamedTuple):
    """Somebody who has left and still has something; `zone` is that of the last site, `left_on` the first day away."""

    person_id: int
    left_on: date
    zone: str


def find_left_on(session: Session, person_id: int) -> date | None:
    """Return somebody's first local day away, which may be still to come; None while they stay."""
    rows = bulk.query(session, "SELECT CAST(left_on AS TEXT) FROM person WHERE id = ?", [person_id])
    return date.fromisoformat(rows[0][0]) if rows and rows[0][0] else None


def mark(session: Session, person_id: int, left_on: date | None) -> None:
    """Say from which local day on somebody is away; None: they stay."""
    day = None if left_on is None else left_on.isoformat()
    bulk.execute(session, "UPDATE person SET left_on = ? WHERE id = ?", [(day, person_id)])


def list_left(session: Session, on: date) -> Sequence[Left]:
    """Return those who had left by a day and still have points or paid minutes, and nothing that is held."""
    sql = (
        "SELECT p.id, CAST(p.left_on AS TEXT), COALESCE((SELECT s.zone FROM membership m JOIN site s ON s.id = m.site_id "
        "WHERE m.person_id = p.id ORDER BY m.starts_on DESC LIMIT 1), 'UTC') FROM person p "
        "WHERE p.left_on <= ? AND p.merged_into IS NULL AND EXISTS (SELECT 1 FROM account a "
        "WHERE a.owner = 'person:' || p.id AND a.unit IN ('points', 'minutes') AND a.balance > 0) "
        "AND NOT EXISTS (SELECT 1 FROM account a WHERE a.owner = 'person:' || p.id AND a.unit IN ('held', 'held_minutes') AND a.balance > 0) "
        "ORDER BY p.id"
    )
    rows = bulk.query(session, sql, [on.isoformat()])
    return [Left(row[0], date.fromisoformat(row[1]), row[2]) for row in rows]
