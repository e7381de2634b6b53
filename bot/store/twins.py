"""Messages that Slack has and that may stand there twice, since they were in doubt once."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlmodel import Session

from bot.store import bulk
from bot.store.outbox import Said, edit_again

AGAIN: Final = timedelta(minutes=10)
FOR: Final = timedelta(days=1)
"""How long after a look that failed a message is looked for again, and for how long after it was said."""


class Doubted(NamedTuple):
    """A message that Slack has, perhaps twice."""

    id: int
    public_id: str
    said: Said
    created_at: datetime


def take(session: Session, at: datetime) -> Doubted | None:
    """Take a message that is to be looked for once more; None where there is none. Nobody else takes it for a while."""
    sql = (
        "SELECT id, public_id, posted_in, ts, created_at, sent_at FROM outbox WHERE status = 'sent' AND doubted "
        f"AND try_after <= ? ORDER BY try_after LIMIT 1{bulk.for_update(session, free='outbox')}"
    )
    found = bulk.query(session, sql, [bulk.moment(session, at)])
    if not found:
        return None
    message_id, public_id, channel, ts, created_at, sent_at = found[0]
    last = channel is None or bulk.read_moment(sent_at) < at - FOR
    update = "UPDATE outbox SET try_after = ?, doubted = ? WHERE id = ?"
    bulk.execute(session, update, [(bulk.moment(session, at + AGAIN), not last, message_id)])
    return Doubted(message_id, public_id, Said(channel, ts), bulk.read_moment(created_at))


def settle(session: Session, at: datetime, message_id: int, ts: str) -> None:
    """Remember that a message stands in Slack once, and where; edits that went to a twin follow again."""
    sql = "SELECT ts FROM outbox WHERE id = ?" + bulk.for_update(session)
    ((before,),) = bulk.query(session, sql, [message_id])
    bulk.execute(session, "UPDATE outbox SET doubted = ?, ts = ? WHERE id = ?", [(False, ts, message_id)])
    if ts != before:
        edit_again(session, at, message_id)
