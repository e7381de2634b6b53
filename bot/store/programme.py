"""Versions of the programme."""

from datetime import datetime

from sqlmodel import Session

from bot.store import bulk, tables


def find_text(session: Session, at: datetime) -> str | None:
    """Return the document in force at a moment as JSON, None where none was ever applied."""
    sql = "SELECT document FROM programme_version WHERE effective_at <= ? ORDER BY effective_at DESC, id DESC LIMIT 1"
    rows = bulk.query(session, sql, [bulk.moment(session, at)])
    return str(rows[0][0]) if rows else None


def find_version(session: Session, at: datetime) -> int:
    """Return the number of the version in force at a moment, 0 where none was ever applied."""
    sql = "SELECT id FROM programme_version WHERE effective_at <= ? ORDER BY effective_at DESC, id DESC LIMIT 1"
    rows = bulk.query(session, sql, [bulk.moment(session, at)])
    return int(rows[0][0]) if rows else 0


def alone(session: Session) -> None:
    """Let nobody else change the programme until this transaction ends, so that no change is lost to another."""
    bulk.alone(session, "programme")


def newest_at(session: Session) -> datetime | None:
    """Return from when on the newest version is in force, in UTC; None where none was ever applied."""
    kept = bulk.query(session, "SELECT MAX(effective_at) FROM programme_version")[0][0]
    return None if kept is None else bulk.read_moment(kept)


def add(session: Session, at: datetime, *, effective_at: datetime, actor: str, document: str) -> int:
    """Add a version in force from `effective_at` on, and return its number."""
    row = tables.ProgrammeVersion(effective_at=effective_at, created_at=at, actor=actor, document=document)
    session.add(row)
    session.flush()
    return row.id or 0
