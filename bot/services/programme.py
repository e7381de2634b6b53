"""The programme in force, and a new version of it."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlmodel import Session

from bot.domain.catalogue import Reward
from bot.domain.programme import Programme, parse_programme
from bot.errors import RefusedError
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


def version(session: Session, at: datetime) -> int:
    """Return the number of the version in force, 0 before the first one."""
    return store.find_version(session, at)


def apply_made_of(session: Session, at: datetime, programme: Programme, made_of: int | None, *, actor: str) -> int:
    """Put a programme in force that was made of a version (None: nobody knows of which), and return its version.

    RefusedError where the programme has been changed since: the change would be lost.
    """
    store.alone(session)
    newest = store.find_version(session, _after_the_newest(session, at))
    if made_of is not None and made_of != newest:
        raise RefusedError(
            f"The programme has changed since version {made_of}, of which this file was made: version {newest} is in force, "
            "and nothing was changed. Show it anew, and make your changes there; or take the line “# version” out of the file, "
            "to put it in force all the same."
        )
    return apply(session, at, programme, actor=actor)


def change_site(session: Session, at: datetime, site: str, settings: Mapping[str, Any], *, actor: str) -> bool:
    """Put other settings of one site in force, with the rest unchanged; whether anything is another now.

    A setting that is None goes back to its default. InputError says what cannot be.
    """

    def alter(document: dict[str, Any], _: Programme) -> None:
        sites = document.setdefault("sites", {})
        wanted = sites.get(site, {}) | settings
        sites[site] = {name: value for name, value in wanted.items() if value is not None}

    return _change(session, at, alter, actor=actor)


def change_rewards(
    session: Session, at: datetime, alter: Callable[[Sequence[Reward]], Sequence[Reward]], *, actor: str
) -> bool:
    """Put another catalogue in force, with the rest unchanged; whether anything is another now.

    `alter` makes it of the one in force, which nobody else changes meanwhile. InputError says what cannot be.
    """

    def put(document: dict[str, Any], current: Programme) -> None:
        altered = alter(current.rewards)
        document["rewards"] = [reward.model_dump(mode="json", exclude_unset=True) for reward in altered]

    return _change(session, at, put, actor=actor)


def _change(
    session: Session, at: datetime, alter: Callable[[dict[str, Any], Programme], None], *, actor: str
) -> bool:  # fmt: skip
    store.alone(session)
    at = _after_the_newest(session, at)
    document, before = json.loads(store.find_text(session, at) or "{}"), current(session, at)
    alter(document, before)
    changed = parse_programme(document, origin="What you chose")
    if changed == before:
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
