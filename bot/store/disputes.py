"""Questions about entries: the next is added when the last is answered, and answered while it is locked."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlmodel import Session

from bot.domain.points import Asked
from bot.store import bulk, tables

_COLUMNS: Final = (
    "id", "key", "request_hash", "entry_id", "person_id", "text_id", "sent_to", "status", "answered_by",
    "answer_text_id", "adjustment_id", "number", "passed_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """A question as it stands."""

    id: int
    key: str
    request_hash: str
    entry_id: int
    person_id: int
    text_id: int
    sent_to: tuple[int, ...]
    state: Asked
    by: int | None
    answer_text_id: int | None
    adjustment_id: int | None
    number: int
    """Which question about the entry it is, from 1."""
    passed_by: int | None
    """Who passed it on to the admins; None where nobody did."""


def find_of(session: Session, entry_id: int) -> Kept | None:
    """Return the latest question about an entry, None where there is none."""
    return _one(session, "entry_id = ? ORDER BY number DESC LIMIT 1", entry_id)


def list_before(session: Session, kept: Kept) -> list[Kept]:
    """Return the questions about the same entry that came before one, the oldest first."""
    where = "entry_id = ? AND number < ? ORDER BY number"
    return [_kept(row) for row in bulk.select(session, tables.Dispute, _COLUMNS, where, [kept.entry_id, kept.number])]


def look(session: Session, dispute_id: int) -> Kept | None:
    """Return a question as it stands, None where there is none."""
    return _one(session, "id = ?", dispute_id)


def take(session: Session, dispute_id: int) -> Kept | None:
    """Return a question and keep it locked until the transaction ends; None where there is none."""
    return _one(session, f"id = ?{bulk.for_update(session)}", dispute_id)


def add(
    session: Session, at: datetime, *, key: str, request_hash: str, entry_id: int, number: int, person_id: int,
    text_id: int, sent_to: Iterable[int], state: Asked,
) -> bool:  # fmt: skip
    """Add a question; False where there is one of this number about this entry, or the key has been used."""
    columns = ("key", "request_hash", "entry_id", "number", "person_id", "text_id", "asked_at", "sent_to", "status")
    row = (
        key, request_hash, entry_id, number, person_id, text_id, bulk.moment(session, at), json.dumps(list(sent_to)),
        state.value,
    )  # fmt: skip
    return bulk.insert_new(session, tables.Dispute, columns, [row]) == 1


def pass_on(session: Session, at: datetime, dispute_id: int, by: int, sent_to: Iterable[int]) -> None:
    """Say that a question that is locked was passed on to the admins, and to whom it has been sent by now."""
    sql = "UPDATE dispute SET status = ?, passed_at = ?, passed_by = ?, sent_to = ? WHERE id = ?"
    row = (Asked.ADMINS.value, bulk.moment(session, at), by, json.dumps(list(sent_to)), dispute_id)
    bulk.execute(session, sql, [row])


def list_open(session: Session) -> list[Kept]:
    """Return the questions that nobody has answered, the oldest first."""
    return [
        _kept(row) for row in bulk.select(session, tables.Dispute, _COLUMNS, "status <> 'answered' ORDER BY id", [])
    ]


def send_to(session: Session, dispute_id: int, state: Asked, sent_to: Iterable[int]) -> None:
    """Say with whom a question is that is locked, and to whom it has been sent by now."""
    row = (state.value, json.dumps(list(sent_to)), dispute_id)
    bulk.execute(session, "UPDATE dispute SET status = ?, sent_to = ? WHERE id = ?", [row])


def answer(
    session: Session, at: datetime, dispute_id: int, by: int, text_id: int, adjustment_id: int | None
) -> None:  # fmt: skip
    """Say that somebody answered a question that is locked, and what correction came of it."""
    sql = "UPDATE dispute SET status = ?, answered_at = ?, answered_by = ?, answer_text_id = ?, adjustment_id = ? WHERE id = ?"
    row = (Asked.ANSWERED.value, bulk.moment(session, at), by, text_id, adjustment_id, dispute_id)
    bulk.execute(session, sql, [row])


def find_team(session: Session, person_id: int, on: date) -> int | None:
    """Return the team that somebody is in on a local day; of who has left it is the last one."""
    sql = "SELECT team_id FROM membership WHERE person_id = ? AND starts_on <= ? ORDER BY starts_on DESC LIMIT 1"
    rows = bulk.query(session, sql, [person_id, on.isoformat()])
    return rows[0][0] if rows else None


def list_leads(session: Session, team_id: int | None, on: date) -> list[int]:
    """Return the leads of a team who work here on a day and are in Slack, by id."""
    sql = (
        "SELECT DISTINCT p.id FROM role_grant g JOIN person p ON p.id = g.person_id WHERE g.role = 'lead' "
        "AND g.team_id = ? AND p.merged_into IS NULL AND (p.left_on IS NULL OR p.left_on > ?) "
        "AND EXISTS (SELECT 1 FROM slack_identity i WHERE i.person_id = p.id) ORDER BY p.id"
    )
    return [row[0] for row in bulk.query(session, sql, [team_id, on.isoformat()])]


def _one(session: Session, where: str, value: int) -> Kept | None:
    rows = bulk.select(session, tables.Dispute, _COLUMNS, where, [value])
    return _kept(rows[0]) if rows else None


def _kept(row: bulk.Row) -> Kept:
    (dispute_id, key, request_hash, entry_id, person_id, text_id, sent_to, status, by, answer_text_id, adjustment_id,
     number, passed_by) = row  # fmt: skip
    return Kept(
        dispute_id, key, request_hash, entry_id, person_id, text_id, tuple(json.loads(sent_to)), Asked(status), by,
        answer_text_id, adjustment_id, number, passed_by,
    )  # fmt: skip
