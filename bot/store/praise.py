"""Praises: added once for each key, and for a message once from each giver to each receiver."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.store import bulk, tables


@dataclass(frozen=True, slots=True)
class Kept:
    """A praise that was given before under the same key."""

    request_hash: str
    points_each: int


def alone(session: Session, giver_id: int) -> None:
    """Let no other praise of this giver happen until this transaction ends.

    On PostgreSQL two of them would both find that their key, or their message, is new.
    """
    bulk.alone(session, f"praise.{giver_id}")


def find(session: Session, key: str) -> Kept | None:
    """Return the praise with this key, None where there is none."""
    rows = bulk.select(session, tables.Praise, ("request_hash", "points_each"), "key = ?", [key])
    return Kept(*rows[0]) if rows else None


def list_thanked(session: Session, once_for: str, person_ids: Iterable[int]) -> set[int]:
    """Return those of these people who were thanked before for what `once_for` stands for: a message and its giver."""
    where = f"once_for = ? AND {bulk.among(session, 'person_id', 'bigint')}"
    parameters = [once_for, bulk.listed(session, person_ids)]
    return {row[0] for row in bulk.select(session, tables.PraiseReceiver, ("person_id",), where, parameters)}


def add(
    session: Session, at: datetime, *, key: str, giver_id: int, text_id: int, request_hash: str, points_each: int,
    private: bool, receivers: Iterable[int], once_for: str | None,
) -> None:  # fmt: skip
    """Add a praise. An error where its key was used, or somebody was thanked for the message: `alone` comes before."""
    columns = ("key", "at", "giver_id", "text_id", "request_hash", "points_each", "private")
    row = (key, bulk.moment(session, at), giver_id, text_id, request_hash, points_each, private)
    bulk.insert(session, tables.Praise, columns, [row])
    praise_id = bulk.query(session, "SELECT id FROM praise WHERE key = ?", [key])[0][0]
    rows = [(praise_id, person_id, once_for) for person_id in receivers]
    bulk.insert(session, tables.PraiseReceiver, ("praise_id", "person_id", "once_for"), rows)
