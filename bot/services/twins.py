"""What may stand in Slack twice, since it was in doubt once: looked for some time after it was said."""

from datetime import datetime

from sqlmodel import Session

from bot.services import outbox
from bot.store import twins as store
from bot.store.twins import Doubted

LOOK = "conversations.history"


def take(session: Session, at: datetime, workspace_id: str) -> Doubted | None:
    """Take a message that was in doubt, to look for it; None where there is none, or Slack wants to be left alone."""
    return None if outbox.is_slow(session, at, workspace_id, LOOK) else store.take(session, at)


def settle(session: Session, at: datetime, message_id: int, ts: str) -> None:
    """Remember that a message that was in doubt stands in Slack once, under which `ts`."""
    store.settle(session, at, message_id, ts)
