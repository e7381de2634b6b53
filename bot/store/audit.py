"""Who did what, with what was before and after."""

from datetime import datetime

from sqlmodel import Session

from bot.store import bulk, tables


def exists(session: Session, deed: str) -> bool:
    """Whether such a deed was ever done."""
    return bool(bulk.select(session, tables.Audit, ("id",), "deed = ? LIMIT 1", [deed]))


def append(
    session: Session, at: datetime, *, actor: str, deed: str, subject: str,
    before: str | None = None, after: str | None = None,
) -> None:  # fmt: skip
    """Write one line. No secrets belong in it."""
    session.add(tables.Audit(at=at, actor=actor, deed=deed, subject=subject, before=before, after=after))
    session.flush()
