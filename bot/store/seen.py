"""What Slack delivered and was answered."""

from datetime import datetime

from sqlmodel import Session

from bot.store import bulk, tables


def exists(session: Session, key: str) -> bool:
    """Whether this was answered before."""
    return bool(bulk.query(session, "SELECT 1 FROM seen WHERE key = ?", [key]))


def add(session: Session, at: datetime, key: str) -> None:
    """Remember that this was answered; a second time changes nothing."""
    bulk.insert_new(session, tables.Seen, ("key", "at"), [(key, bulk.moment(session, at))])


def sweep(session: Session, before: datetime) -> None:
    """Forget what was answered before a moment: Slack delivers nothing again after so long."""
    bulk.execute(session, "DELETE FROM seen WHERE at < ?", [(bulk.moment(session, before),)])
