"""Versions of the programme."""

from datetime import datetime

from sqlmodel import Session

from bot.store import bulk, tables


def find_text(session: Session, at: datetime) -> str | None:
    """Return the document in force at a moment as JSON, None where none was ever applied."""
    sql = "SELECT document FROM programme_version WHERE effective_at <= ? ORDER BY effective_at DESC, id DESC LIMIT 1"
    rows = bulk.query(session, sql, [bulk.moment(session, at)])
    return str(rows[0][0]) if rows else None


def add(session: Session, at: datetime, *, effective_at: datetime, actor: str, document: str) -> int:
    """Add a version in force from `effective_at` on, and return its number."""
    row = tables.ProgrammeVersion(effective_at=effective_at, created_at=at, actor=actor, document=document)
    session.add(row)
    session.flush()
    return row.id or 0
