"""Messages that wait to be said, in order, each once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from bot.store import bulk, tables


class Status(StrEnum):
    """Where a message is: waiting, with a sender, said, or given up."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that a sender has claimed."""

    id: int
    public_id: str
    channel: str
    view: str
    value: str
    """The frozen value as JSON."""
    uncertain: bool
    """An earlier sender never told what came of it: Slack is to be asked before it is sent again."""
    created_at: datetime
    attempts: int
    """How often it was claimed, this time included."""


def add(session: Session, at: datetime, *, key: str, public_id: str, channel: str, view: str, value: str) -> bool:
    """Queue a message; False where one with this key was queued before."""
    moment = bulk.moment(session, at)
    columns = ("key", "public_id", "channel", "view", "value", "status", "created_at", "try_after", "attempts")
    row = (key, public_id, channel, view, value, Status.QUEUED.value, moment, moment, 0)
    return bulk.insert_new(session, tables.Outbox, columns, [row]) == 1


def claim(session: Session, at: datetime, *, lease: timedelta, pause: timedelta) -> Waiting | None:
    """Take the oldest message of some channel that may be sent now; None where there is none.

    A channel's messages leave in order, one at a time and at least `pause` apart. Where the oldest waits, so do those
    behind it.
    """
    row = tables.Outbox
    unsent = select(row).where(col(row.status).in_([Status.QUEUED, Status.SENDING])).order_by(col(row.id))
    seen: set[str] = set()
    for message in session.exec(unsent.with_for_update()):
        if message.channel in seen:
            continue
        seen.add(message.channel)
        if message.try_after > at or _leased(message, at) or _too_soon(session, message.channel, at - pause):
            continue
        uncertain = message.status == Status.SENDING
        message.status, message.lease_until = Status.SENDING, at + lease
        message.attempts += 1
        session.flush()
        return Waiting(
            message.id or 0, message.public_id, message.channel, message.view, message.value, uncertain,
            message.created_at, message.attempts,
        )  # fmt: skip
    return None


def mark_sent(session: Session, at: datetime, message_id: int, ts: str) -> None:
    """Remember that a message is in Slack, and under which `ts`."""
    row = session.get_one(tables.Outbox, message_id)
    row.status, row.sent_at, row.ts, row.lease_until, row.error = Status.SENT, at, ts, None, None
    session.flush()


def put_back(session: Session, message_id: int, *, try_after: datetime, error: str) -> None:
    """Let a message wait that Slack surely did not take."""
    row = session.get_one(tables.Outbox, message_id)
    row.status, row.try_after, row.lease_until, row.error = Status.QUEUED, try_after, None, error
    session.flush()


def doubt(session: Session, message_id: int, *, until: datetime, error: str) -> None:
    """Shorten a sender's own lease: its try is over, and what came of it may be looked up from `until` on."""
    row = session.get_one(tables.Outbox, message_id)
    row.lease_until, row.error = until, error
    session.flush()


def bury(session: Session, message_id: int, *, error: str) -> None:
    """Give a message up that Slack will never take; those behind it go on."""
    row = session.get_one(tables.Outbox, message_id)
    row.status, row.lease_until, row.error = Status.DEAD, None, error
    session.flush()


def next_at(session: Session) -> datetime | None:
    """Return the earliest moment at which an unsent message may be tried, None where all are said."""
    row = tables.Outbox
    query = select(row.try_after, row.lease_until).where(col(row.status).in_([Status.QUEUED, Status.SENDING]))
    moments = [max(filter(None, found)) for found in session.exec(query)]
    return min(moments, default=None)


def _leased(message: tables.Outbox, at: datetime) -> bool:
    return message.status == Status.SENDING and message.lease_until is not None and message.lease_until > at


def _too_soon(session: Session, channel: str, since: datetime) -> bool:
    row = tables.Outbox
    query = select(row.id).where(row.channel == channel, col(row.sent_at) > since)
    return session.exec(query.limit(1)).first() is not None
