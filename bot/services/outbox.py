"""What must be said in Slack: queued with the fact it tells, settled when Slack has answered."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Session

from bot.store import outbox as store
from bot.store import people, workspaces
from bot.store import texts as store_texts
from bot.store.outbox import Waiting

LEASE = timedelta(minutes=5)
"""Longer than asking and posting takes, each with its time-outs; after it the sender counts as gone."""

PAUSE = timedelta(seconds=1)
"""Slack takes one message a second in a channel."""


def queue(session: Session, at: datetime, *, key: str, channel: str, view: str, value: Any) -> bool:
    """Queue what a view is to say in a channel; False where it was queued before under this key.

    The value is a frozen dataclass of the domain that names people by their ids: names are put in when it is sent.
    """
    document = TypeAdapter(type(value)).dump_json(value).decode()
    return store.add(
        session, at, key=key, public_id=_public_id(key), channel=channel, view=view, value=document
    )  # fmt: skip


def claim(session: Session, at: datetime) -> Waiting | None:
    """Take the next message that may be sent; None where none may."""
    return store.claim(session, at, lease=LEASE, pause=PAUSE)


def sent(session: Session, at: datetime, message_id: int, ts: str) -> None:
    """Remember that a message is in Slack."""
    store.mark_sent(session, at, message_id, ts)


def wait(session: Session, message_id: int, *, until: datetime, why: str) -> None:
    """Let a message wait that Slack surely did not take."""
    store.put_back(session, message_id, try_after=until, error=why)


def doubt(session: Session, message_id: int, *, until: datetime, why: str) -> None:
    """Let a message wait of which the sender does not know what came of it; then Slack is asked."""
    store.doubt(session, message_id, until=until, error=why)


def give_up(session: Session, message_id: int, *, why: str) -> None:
    """Give a message up that Slack will never take."""
    store.bury(session, message_id, error=why)


def next_at(session: Session) -> datetime | None:
    """Return when the next message may be tried, None where all are said."""
    return store.next_at(session)


def names(session: Session, person_ids: set[int]) -> dict[int, str]:
    """Return the names of people, by id; who was erased is not among them."""
    return people.list_names(session, person_ids)


def texts(session: Session, text_ids: set[int]) -> dict[int, str]:
    """Return what people wrote, by id; what was erased is not among it."""
    return store_texts.list_bodies(session, text_ids)


def remember_classic(session: Session, workspace_id: str) -> None:
    """Remember that a workspace refused the blocks of 2026."""
    workspaces.remember_classic(session, workspace_id)


def classic_workspaces(session: Session) -> set[str]:
    """Return the workspaces that get the classic form."""
    return workspaces.list_classic(session)


def _public_id(key: str) -> str:
    """Return an id that says nothing about the message to whoever reads Slack's metadata."""
    return hashlib.sha256(f"outbox:{key}".encode()).hexdigest()[:32]
