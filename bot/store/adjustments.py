"""Bonuses and corrections by hand: added once for each key, decided while they are locked."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlmodel import Session

from bot.domain.adjustments import State
from bot.domain.ledger import person
from bot.store import bulk, tables

_COLUMNS: Final = (
    "id", "key", "request_hash", "asked_by", "person_ids", "unit", "amount", "total", "of_key", "text_id", "sent_to",
    "status", "decided_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """A bonus or a correction as it stands."""

    id: int
    key: str
    request_hash: str
    asked_by: int | None
    person_ids: tuple[int, ...]
    unit: str
    amount: int
    total: int
    of_key: str | None
    text_id: int
    sent_to: tuple[int, ...]
    state: State
    by: int | None


def alone(session: Session, asked_by: int | None) -> None:
    """Let one deed of an admin happen at a time: what they moved within a day is added up."""
    bulk.alone(session, f"adjustment.{asked_by}")


def find(session: Session, key: str) -> Kept | None:
    """Return the one with this key, None where there is none."""
    return _one(session, "key = ?", key)


def look(session: Session, adjustment_id: int) -> Kept | None:
    """Return one as it stands, None where there is none."""
    return _one(session, "id = ?", adjustment_id)


def take(session: Session, adjustment_id: int) -> Kept | None:
    """Return one and keep it locked until the transaction ends; None where there is none."""
    return _one(session, f"id = ?{bulk.for_update(session)}", adjustment_id)


def add(
    session: Session, at: datetime, *, key: str, request_hash: str, asked_by: int | None, person_ids: Iterable[int],
    unit: str, amount: int, total: int, of_key: str | None, text_id: int, sent_to: Iterable[int], state: State,
) -> None:  # fmt: skip
    """Add one, whose key is new: `alone` comes before."""
    columns = (
        "key", "request_hash", "asked_by", "asked_at", "person_ids", "unit", "amount", "total", "of_key", "text_id",
        "sent_to", "status",
    )  # fmt: skip
    row = (
        key, request_hash, asked_by, bulk.moment(session, at), json.dumps(list(person_ids)), unit, amount, total, of_key,
        text_id, json.dumps(list(sent_to)), state.value,
    )  # fmt: skip
    bulk.insert(session, tables.Adjustment, columns, [row])


def decide(session: Session, at: datetime, adjustment_id: int, state: State, by: int | None) -> None:
    """Say what became of one that is locked, and who decided."""
    sql = "UPDATE adjustment SET status = ?, decided_at = ?, decided_by = ? WHERE id = ?"
    bulk.execute(session, sql, [(state.value, bulk.moment(session, at), by, adjustment_id)])


def send_to(session: Session, adjustment_id: int, sent_to: Iterable[int]) -> None:
    """Say to whom one that is locked has been sent by now."""
    row = (json.dumps(list(sent_to)), adjustment_id)
    bulk.execute(session, "UPDATE adjustment SET sent_to = ? WHERE id = ?", [row])


def moved_since(session: Session, asked_by: Collection[int], unit: str, since: datetime) -> int:
    """Return how many units an admin gave and took by themselves since a moment, both counted as they are.

    `asked_by` are all entries of one person; none: the command line.
    """
    whose, given = ("asked_by IS NULL", []) if not asked_by else (bulk.among(session, "asked_by", "bigint"), [asked_by])
    sql = (
        f"SELECT COALESCE(SUM(total), 0) FROM adjustment WHERE {whose} AND asked_at > ? AND unit = ? "
        "AND status = 'done' AND decided_by IS NULL"
    )
    who = [bulk.listed(session, ids) for ids in given]
    return int(bulk.query(session, sql, [*who, bulk.moment(session, since), unit])[0][0])


def list_made_admin(session: Session, by: Iterable[int], since: datetime) -> set[int]:
    """Return whom somebody (by all entries of theirs) has made an admin since a moment, by id."""
    actors = bulk.listed(session, [person(number) for number in by])
    sql = (
        "SELECT subject FROM audit WHERE deed = 'role.grant' AND after = 'admin' AND at > ? AND "
        f"{bulk.among(session, 'actor', 'text')}"
    )
    rows = bulk.query(session, sql, [bulk.moment(session, since), actors])
    return {int(row[0].removeprefix("person ")) for row in rows}


def list_waiting(session: Session) -> list[Kept]:
    """Return those that wait for a second admin, the oldest first."""
    return _many(session, "status = 'waiting' ORDER BY id", [])


def list_admins(session: Session, on: date) -> list[int]:
    """Return the admins who work here on a day and are in Slack, by id."""
    sql = (
        "SELECT DISTINCT p.id FROM role_grant g JOIN person p ON p.id = g.person_id WHERE g.role = 'admin' "
        "AND p.merged_into IS NULL AND (p.left_on IS NULL OR p.left_on > ?) "
        "AND EXISTS (SELECT 1 FROM slack_identity i WHERE i.person_id = p.id) ORDER BY p.id"
    )
    return [row[0] for row in bulk.query(session, sql, [on.isoformat()])]


def _one(session: Session, where: str, value: int | str) -> Kept | None:
    found = _many(session, where, [value])
    return found[0] if found else None


def _many(session: Session, where: str, parameters: list[object]) -> list[Kept]:
    return [_kept(row) for row in bulk.select(session, tables.Adjustment, _COLUMNS, where, parameters)]


def _kept(row: bulk.Row) -> Kept:
    (number, key, request_hash, asked_by, person_ids, unit, amount, total, of_key, text_id, sent_to, status, by) = row
    return Kept(
        number, key, request_hash, asked_by, tuple(json.loads(person_ids)), unit, amount, total, of_key, text_id,
        tuple(json.loads(sent_to)), State(status), by,
    )  # fmt: skip
