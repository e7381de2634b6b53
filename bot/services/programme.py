"""The programme in force, and a new version of it."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlmodel import Session

from bot.domain.programme import Programme, parse_programme
from bot.store import audit, boards
from bot.store import programme as store

RANKED_ANEW_DAYS = 62
"""So far back places follow a new programme: this month and the one before."""

CLOCKS_APART = timedelta(minutes=1)
"""So much the clocks of several replicas may differ, and so long a change may wait for another."""


def current(session: Session, at: datetime) -> Programme:
    """Return the programme in force at a moment; before the first version the default one."""
    return _parsed(store.find_text(session, at))


def apply(session: Session, at: datetime, programme: Programme, *, actor: str) -> int:
    """Put a programme in force from now on and return its version; the audit keeps what was before."""
    store.alone(session)
    at = _after_the_newest(session, at)
    before = store.find_text(session, at)
    document = programme.model_dump_json(exclude_unset=True)
    version = store.add(session, at, effective_at=at, actor=actor, document=document)
    boards.mark_recent(session, at.date() - timedelta(days=RANKED_ANEW_DAYS), at)
    audit.append(
        session, at, actor=actor, deed="programme.apply", subject=f"version {version}", before=before, after=document
    )
    return version


def change_site(session: Session, at: datetime, site: str, settings: Mapping[str, Any], *, actor: str) -> bool:
    """Put other settings of one site in force, with the rest unchanged; whether anything is another now.

    A setting that is None goes back to its default. InputError says what cannot be.
    """
    store.alone(session)
    at = _after_the_newest(session, at)
    document = json.loads(store.find_text(session, at) or "{}")
    sites = document.setdefault("sites", {})
    wanted = sites.get(site, {}) | settings
    sites[site] = {name: value for name, value in wanted.items() if value is not None}
    changed = parse_programme(document, origin="What you chose")
    if changed == current(session, at):
        return False
    apply(session, at, changed, actor=actor)
    return True


def _after_the_newest(session: Session, at: datetime) -> datetime:
    """Return a moment at which the newest version is in force: whoever waited for the lock came with an earlier one."""
    newest = store.newest_at(session)
    return newest if newest is not None and at < newest <= at + CLOCKS_APART else at


@lru_cache(maxsize=8)
def _parsed(document: str | None) -> Programme:
    return Programme() if document is None else Programme.model_validate_json(document)
