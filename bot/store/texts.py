"""Words of people, apart from what they are about, so that they can be erased."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from bot.store import bulk, tables


def add(session: Session, at: datetime, *, kind: str, body: str) -> int:
    """Keep words and return their id."""
    row = kind, body, bulk.moment(session, at)
    text_id = bulk.insert_one(session, tables.Text, ("kind", "body", "created_at"), row)
    assert text_id is not None
    return text_id


def add_all(session: Session, at: datetime, words: Sequence[tuple[str, str]]) -> Sequence[int]:
    """Keep many words, each with its kind, and return their ids in the same order."""
    numbers, moment = bulk.reserve(session, tables.Text, len(words)), bulk.moment(session, at)
    rows = [(number, kind, body, moment) for number, (kind, body) in zip(numbers, words, strict=True)]
    bulk.insert(session, tables.Text, ("id", "kind", "body", "created_at"), rows)
    return numbers


def remove(session: Session, text_id: int) -> None:
    """Erase words."""
    bulk.execute(session, "DELETE FROM text WHERE id = ?", [(text_id,)])


def list_bodies(session: Session, text_ids: Iterable[int]) -> dict[int, str]:
    """Return the words by id; what was erased is not among them."""
    ids = list(text_ids)
    if not ids:
        return {}
    rows = session.exec(select(tables.Text.id, tables.Text.body).where(col(tables.Text.id).in_(ids)))
    return {text_id or 0: body for text_id, body in rows}
