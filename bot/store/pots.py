"""Pots of teams and the parts that people have in them. Whatever changes a pot takes it first, and so one at a time does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlmodel import Session

from bot.domain.pots import Pot, Status
from bot.store import bulk, tables

_IN_IT: Final = "FROM pot_part x WHERE x.pot_id = p.id AND x.amount > 0 AND x.back_at IS NULL"
_POTS: Final = (
    f"SELECT p.id, p.reward, p.title, t.name, p.price, (SELECT COALESCE(SUM(x.amount), 0) {_IN_IT}), "
    f"(SELECT COUNT(DISTINCT x.person_id) {_IN_IT}), (SELECT COALESCE(SUM(x.amount), 0) {_IN_IT} AND x.person_id = ?), "
    "p.ends_on, p.status FROM pot p JOIN team t ON t.id = p.team_id"
)
"""Pots as one person sees them (one parameter)."""

_LIVE: Final = "p.status IN ('open', 'full')"
"""Written as the partial index has it, so that the databases use it."""

_STILL_IN: Final = "amount > 0 AND back_at IS NULL"
"""Of parts: what came too late was never in, and what was taken back is not any more."""

_PART: Final = ("id", "pot_id", "key", "request_hash", "person_id", "held_by", "amount")


class Part(NamedTuple):
    """What somebody put into a pot at once; `held_by` is their entry as it was then."""

    id: int
    pot_id: int
    key: str
    request_hash: str
    person_id: int
    held_by: int
    amount: int


class Open(NamedTuple):
    """An open pot: its reward's key, its last day, and the site of its team, with its IANA zone."""

    id: int
    reward: str
    ends_on: date
    site: str
    zone: str


@dataclass(frozen=True, slots=True)
class New:
    """A pot that is to be opened."""

    team_id: int
    reward: str
    title: str
    price: int
    ends_on: date


def add(session: Session, at: datetime, new: New) -> bool:
    """Open a pot; False where the team has one for this reward that is not over."""
    row = {
        "team_id": new.team_id, "reward": new.reward, "title": new.title, "price": new.price,
        "ends_on": new.ends_on.isoformat(), "status": Status.OPEN.value, "opened_at": bulk.moment(session, at),
    }  # fmt: skip
    return bulk.insert_new(session, tables.Pot, tuple(row), [tuple(row.values())]) == 1


def take_live(session: Session, team_id: int, reward: str, person_id: int) -> Pot | None:
    """Return a team's pot for a reward, as one person sees it, and keep it locked; None where there is none."""
    sql = f"SELECT p.id FROM pot p WHERE {_LIVE} AND p.team_id = ? AND p.reward = ?{bulk.for_update(session)}"
    rows = bulk.query(session, sql, [team_id, reward])
    return find(session, rows[0][0], person_id) if rows else None


def take(session: Session, pot_id: int, person_id: int = 0) -> Pot | None:
    """Return a pot as one person sees it, and keep it locked until the transaction ends; None where there is none."""
    if not bulk.query(session, f"SELECT p.id FROM pot p WHERE p.id = ?{bulk.for_update(session)}", [pot_id]):
        return None
    return find(session, pot_id, person_id)


def find(session: Session, pot_id: int, person_id: int) -> Pot | None:
    """Return a pot as one person sees it, None where there is none."""
    found = _many(session, "p.id = ?", person_id, pot_id)
    return found[0] if found else None


def list_of_team(session: Session, team_id: int, person_id: int) -> list[Pot]:
    """Return a team's pots that are not over, as one person sees them."""
    return _many(session, f"{_LIVE} AND p.team_id = ?", person_id, team_id)


def list_of_person(session: Session, person_id: int) -> list[Pot]:
    """Return the open pots in which somebody has a part, the oldest first, whatever team they are in now."""
    mine = f"p.id IN (SELECT x.pot_id FROM pot_part x WHERE x.person_id = ? AND {_STILL_IN})"
    return _many(session, f"p.status = 'open' AND {mine}", person_id, person_id)


def list_open(session: Session, *, only: int | None = None) -> list[Open]:
    """Return all open pots, the oldest first; or only one of them."""
    sql = (
        "SELECT p.id, p.reward, p.ends_on, s.name, s.zone FROM pot p JOIN team t ON t.id = p.team_id "
        f"JOIN site s ON s.id = t.site_id WHERE {_LIVE} AND p.status = 'open'"
    )
    rows = bulk.query(
        session, sql + (" ORDER BY p.id" if only is None else " AND p.id = ?"), [] if only is None else [only]
    )
    return [Open(row[0], row[1], _day(row[2]), row[3], row[4]) for row in rows]


def move(session: Session, at: datetime, pot_id: int, status: Status) -> None:
    """Say that a pot that is locked is full, or over."""
    when = "full_at" if status is Status.FULL else "ended_at"
    sql = f"UPDATE pot SET status = ?, {when} = ? WHERE id = ?"
    bulk.execute(session, sql, [(status.value, bulk.moment(session, at), pot_id)])


def find_part(session: Session, key: str) -> Part | None:
    """Return the part with this key, None where there is none."""
    rows = bulk.select(session, tables.PotPart, _PART, "key = ?", [key])
    return Part._make(rows[0]) if rows else None


def add_part(
    session: Session, at: datetime, pot_id: int, person_id: int, amount: int, *, key: str, request_hash: str
) -> Part:
    """Keep what somebody put into a pot that is locked; 0 where it was full."""
    row = {
        "pot_id": pot_id, "key": key, "request_hash": request_hash, "person_id": person_id, "held_by": person_id,
        "amount": amount, "at": bulk.moment(session, at),
    }  # fmt: skip
    bulk.insert(session, tables.PotPart, tuple(row), [tuple(row.values())])
    part = find_part(session, key)
    assert part is not None
    return part


def take_parts(session: Session, pot_id: int) -> list[Part]:
    """Return the parts that are in a pot, and keep them locked: nobody who has one is merged meanwhile."""
    where = f"pot_id = ? AND {_STILL_IN} ORDER BY id{bulk.for_update(session)}"
    return [Part._make(row) for row in bulk.select(session, tables.PotPart, _PART, where, [pot_id])]


def list_people(session: Session, pot_id: int) -> list[int]:
    """Return who has a part in a pot, or had when it ended, by id."""
    sql = f"SELECT DISTINCT person_id FROM pot_part WHERE pot_id = ? AND {_STILL_IN} ORDER BY person_id"
    return [row[0] for row in bulk.query(session, sql, [pot_id])]


def taken_back(session: Session, at: datetime, parts: Iterable[Part]) -> None:
    """Remember that somebody took these parts back."""
    moment = bulk.moment(session, at)
    bulk.execute(session, "UPDATE pot_part SET back_at = ? WHERE id = ?", [(moment, part.id) for part in parts])


def _many(session: Session, where: str, person_id: int, *given: object) -> list[Pot]:
    rows = bulk.query(session, f"{_POTS} WHERE {where} ORDER BY p.id", [person_id, *given])
    return [_pot(row) for row in rows]


def _pot(row: bulk.Row) -> Pot:
    number, reward, title, team, price, held, people, own, ends_on, status = row
    return Pot(
        number, reward, title, team, price, int(held), people, int(own), _day(ends_on), Status(status)
    )  # fmt: skip


def _day(kept: object) -> date:
    """Return a day that a plain query brought: SQLite gives text, PostgreSQL a date."""
    return date.fromisoformat(str(kept))
