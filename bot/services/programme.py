"""The programme in force, and a new version of it."""

from datetime import datetime, timedelta
from functools import lru_cache

from sqlmodel import Session

from bot.domain.programme import Programme
from bot.store import audit, boards
from bot.store import programme as store

RANKED_ANEW_DAYS = 62
"""So far back places follow a new programme: this month and the one before."""


def current(session: Session, at: datetime) -> Programme:
    """Return the programme in force at a moment; before the first version the default one."""
    return _parsed(store.find_text(session, at))


def apply(session: Session, at: datetime, programme: Programme, *, actor: str) -> int:
    """Put a programme in force from now on and return its version; the audit keeps what was before."""
    before = store.find_text(session, at)
    document = programme.model_dump_json(exclude_unset=True)
    version = store.add(session, at, effective_at=at, actor=actor, document=document)
    boards.mark_recent(session, at.date() - timedelta(days=RANKED_ANEW_DAYS), at)
    audit.append(
        session, at, actor=actor, deed="programme.apply", subject=f"version {version}", before=before, after=document
    )
    return version


@lru_cache(maxsize=8)
def _parsed(document: str | None) -> Programme:
    return Programme() if document is None else Programme.model_validate_json(document)
