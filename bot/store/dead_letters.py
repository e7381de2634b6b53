"""Messages that were given up: listed, and brought again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.manners import conversation
from bot.store import bulk, outbox
from bot.store.outbox import Status

FRESH: Final = timedelta(days=7)
"""So long what could not be said to somebody is worth saying."""

MEND_THEMSELVES: Final = ("not_in_slack", "has_left")
"""Why nobody could be written to who may be linked, or come back."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that was given up, and why."""

    id: int
    view: str
    channel: str
    error: str
    attempts: int
    created_at: datetime


def list_all(session: Session) -> list[Letter]:
    """Return every message that was given up, the oldest first."""
    sql = (
        "SELECT id, view, channel, COALESCE(error, ''), attempts, created_at FROM outbox WHERE status = 'dead' "
        "ORDER BY id"
    )
    return [Letter(r[0], r[1], r[2], r[3], r[4], bulk.read_moment(r[5])) for r in bulk.query(session, sql)]


def find_status(session: Session, message_id: int) -> Status | None:
    """Return where a message is, and keep it there until this transaction ends; None where there is none."""
    sql = "SELECT status FROM outbox WHERE id = ?" + bulk.for_update(session)
    found = bulk.query(session, sql, [message_id])
    return Status(found[0][0]) if found else None


def revive(session: Session, at: datetime, message_id: int, *, missing: bool = False) -> None:
    """Let a message that was given up be tried again; if it was ever in doubt and not `missing`, Slack is asked first.

    Edits of it that were dropped with it follow again.
    """
    sql = (
        "UPDATE outbox SET status = CASE WHEN doubted AND NOT ? THEN 'sending' ELSE 'queued' END, "
        "lease_until = NULL, try_after = ?, attempts = 0, error = NULL WHERE id = ? AND status = 'dead'"
    )
    bulk.execute(session, sql, [(missing, bulk.moment(session, at), message_id)])
    outbox.edit_again(session, at, message_id)


def list_behind(
    session: Session, behind: int, limit: int, *, channel: str | None = None, cause: str | None = None
) -> Sequence[int]:
    """Return the ids of so many that were given up, of one channel or for one cause, ascending after `behind`.

    They are kept as they are until this transaction ends.
    """
    wanted = {name: value for name, value in (("channel", channel), ("error", cause)) if value is not None}
    where = "".join(f" AND {name} = ?" for name in wanted)
    sql = f"SELECT id FROM outbox WHERE status = 'dead' AND id > ?{where} ORDER BY id LIMIT ?"
    rows = bulk.query(session, sql + bulk.for_update(session), [behind, *wanted.values(), limit])
    return [row[0] for row in rows]


def bring_again(session: Session, at: datetime, person_id: int) -> None:
    """Let everything fresh be said to somebody that was given up because they were not linked to Slack, or had left.

    What was to go to an entry that is merged into this one is meant for them as well. Their row is to be taken before:
    whoever gives something up at this moment waits for it, or is waited for.
    """
    sql = (
        "SELECT id FROM outbox WHERE status = 'dead' AND channel = ? AND error IN (?, ?) AND created_at > ? ORDER BY id"
    )
    fresh = bulk.moment(session, at - FRESH)
    entries = bulk.query(session, "SELECT id FROM person WHERE id = ? OR merged_into = ?", [person_id, person_id])
    for (entry,) in entries:
        for row in bulk.query(session, sql, [conversation(entry), *MEND_THEMSELVES, fresh]):
            revive(session, at, row[0])
