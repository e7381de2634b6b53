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


def renew(session: Session, at: datetime, key: str, since: datetime) -> bool:
    """Remember this as of now; False where it was remembered after `since`, and nothing changes."""
    sql = (
        "INSERT INTO seen (key, at) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET at = excluded.at "
        "WHERE seen.at <= ? RETURNING key"
    )
    return bool(bulk.query(session, sql, [key, bulk.moment(session, at), bulk.moment(session, since)]))


def remove(session: Session, key: str) -> None:
    """Forget this."""
    bulk.execute(session, "DELETE FROM seen WHERE key = ?", [(key,)])


def sweep(session: Session, before: datetime) -> None:
    """Forget what was answered before a moment: Slack delivers nothing again after so long."""
    bulk.execute(session, "DELETE FROM seen WHERE at < ?", [(bulk.moment(session, before),)])
