"""What Slack delivered and was answered, and what deeds came to that cannot see it any more when they are done again."""

from datetime import datetime

from sqlmodel import Session

from bot.store import bulk, tables


def exists(session: Session, key: str) -> bool:
    """Whether this was answered before."""
    return bool(bulk.query(session, "SELECT 1 FROM seen WHERE key = ?", [key]))


def add(session: Session, at: datetime, key: str, note: str | None = None) -> None:
    """Remember that this was answered, and what it came to; a second time changes nothing."""
    bulk.insert_new(session, tables.Seen, ("key", "at", "note"), [(key, bulk.moment(session, at), note)])


def find_note(session: Session, key: str) -> str | None:
    """Return what this came to; None where it was not done, or nothing was noted."""
    rows = bulk.query(session, "SELECT note FROM seen WHERE key = ?", [key])
    return rows[0][0] if rows else None


def renew(session: Session, at: datetime, key: str, since: datetime, note: str) -> bool:
    """Remember this as of now; False where another note of it was remembered after `since`, and nothing changes."""
    sql = (
        "INSERT INTO seen (key, at, note) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET at = excluded.at, "
        "note = excluded.note WHERE seen.at <= ? OR seen.note = excluded.note RETURNING key"
    )
    return bool(bulk.query(session, sql, [key, bulk.moment(session, at), note, bulk.moment(session, since)]))


def remove(session: Session, key: str) -> None:
    """Forget this."""
    bulk.execute(session, "DELETE FROM seen WHERE key = ?", [(key,)])


def sweep(session: Session, before: datetime) -> None:
    """Forget what was answered before a moment: Slack delivers nothing again after so long."""
    bulk.execute(session, "DELETE FROM seen WHERE at < ?", [(bulk.moment(session, before),)])
