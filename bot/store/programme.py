"""Versions of the programme."""

from datetime import datetime

from sqlmodel import Session, col, select

from bot.store import tables


def find_text(session: Session, at: datetime) -> str | None:
    """Return the document in force at a moment as JSON, None where none was ever applied."""
    row = tables.ProgrammeVersion
    query = select(row.document).where(row.effective_at <= at)
    return session.exec(query.order_by(col(row.effective_at).desc(), col(row.id).desc()).limit(1)).first()


def add(session: Session, at: datetime, *, effective_at: datetime, actor: str, document: str) -> int:
    """Add a version in force from `effective_at` on, and return its number."""
    row = tables.ProgrammeVersion(effective_at=effective_at, created_at=at, actor=actor, document=document)
    session.add(row)
    session.flush()
    return row.id or 0
