"""Praises: added once for each key."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.store import bulk, tables


@dataclass(frozen=True, slots=True)
class Kept:
    """A praise that was given before under the same key."""

    id: int
    request_hash: str
    points_each: int
    receivers: tuple[int, ...]


def find(session: Session, key: str) -> Kept | None:
    """Return the praise with this key, None where there is none."""
    row = session.exec(select(tables.Praise).where(tables.Praise.key == key)).first()
    if row is None:
        return None
    receiver = tables.PraiseReceiver
    ids = session.exec(select(receiver.person_id).where(receiver.praise_id == row.id).order_by(col(receiver.person_id)))
    return Kept(row.id or 0, row.request_hash, row.points_each, tuple(ids))


def add(
    session: Session, at: datetime, *, key: str, giver_id: int, text_id: int, request_hash: str, points_each: int,
    receivers: Iterable[int],
) -> bool:  # fmt: skip
    """Add a praise; False where another transaction has just used the key."""
    columns = ("key", "at", "giver_id", "text_id", "request_hash", "points_each")
    row = (key, bulk.moment(session, at), giver_id, text_id, request_hash, points_each)
    if not bulk.insert_new(session, tables.Praise, columns, [row]):
        return False
    praise_id = bulk.query(session, "SELECT id FROM praise WHERE key = ?", [key])[0][0]
    rows = [(praise_id, person_id) for person_id in receivers]
    bulk.insert(session, tables.PraiseReceiver, ("praise_id", "person_id"), rows)
    return True
