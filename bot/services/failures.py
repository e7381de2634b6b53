"""What a job could not do: it waits an hour before it is tried again, so that it holds up nobody else."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.store import outbox as store

AGAIN_AFTER: Final = timedelta(hours=1)


def without(session: Session, at: datetime, job: str, ids: Sequence[int]) -> list[int]:
    """Return those of a job's ids that did not fail within the last hour, in the same order."""
    waiting = store.list_slow(session, at, [_name(job, number) for number in ids])
    return [number for number in ids if _name(job, number) not in waiting]


def remember(session: Session, at: datetime, job: str, number: int) -> None:
    """Let one wait that could not be done."""
    store.slow_down(session, _name(job, number), at + AGAIN_AFTER)


def _name(job: str, number: int) -> str:
    return f"failed:{job}:{number}"
