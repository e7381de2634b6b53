"""Who is asked to decide in a message of their own: it is said, follows what becomes of it, and is over for who may not.

Somebody who is asked for the same once more, since they were not to decide it for a while, gets a message of its own.
"""

import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.domain.asking import Over, Reach, Round, round_of
from bot.services import manners, outbox
from bot.store import merging, roles
from bot.store import outbox as store


def reach(session: Session, at: datetime) -> Reach:
    """Return who could be asked now."""
    return roles.list_reach(session, at.date())


def ask(session: Session, at: datetime, person_id: int, *, key: str, view: str, value: Any) -> None:
    """Ask somebody; `key` is that of what they are asked and of them, and who asks it knows that they are not asked now."""
    next(
        numbered
        for numbered in _numbered(key)
        if outbox.tell(session, at, person_id, key=numbered, view=view, value=value, asks=True)
    )


def follow(
    session: Session, at: datetime, key: str, *, state: str, view: str, value: Any, needless: bool
) -> None:  # fmt: skip
    """Let the message of somebody who is asked show what has become of it; `needless` as in `outbox.edit`."""
    latest = _latest(session, key)
    outbox.edit(session, at, latest, key=f"{latest}:{state}", view=view, value=value, needless=needless)


def round_now(
    session: Session, asked: Sequence[int], able: Collection[int], deciders: Sequence[int] | None,
    key: Callable[[int], str],
) -> Round | None:  # fmt: skip
    """Return who is to be asked instead of whom; None where nobody is. `key` is that of the message to somebody.

    Without `deciders` nobody is asked: it has been decided, and those who were asked see what becomes of it.
    """
    now = {} if set(asked) <= set(able) else merging.map_now(session, asked)
    others = {} if deciders is None else {key(number): number for number in sorted(set(able) - set(asked))}
    once = store.list_known(session, others) if others else set()
    return round_of(asked, now, able, deciders or (), [number for named, number in others.items() if named in once])


def release(session: Session, at: datetime, found: Round, key: Callable[[int], str]) -> None:
    """Let nothing more stand in the messages of those who are not asked any more."""
    for number in found.gone:
        latest = _latest(session, key(number))
        if not store.withdraw(session, latest, given_up=True):
            over = Over(others=bool(found.asked))
            outbox.edit(session, at, latest, key=f"{latest}:over", view=manners.OVER, value=over)


def _numbered(key: str) -> Iterator[str]:
    """Give the keys that messages to one person about one thing have, in their order."""
    return (key if number == 1 else f"{key}:{number}" for number in itertools.count(1))


def _latest(session: Session, key: str) -> str:
    used = itertools.takewhile(
        lambda numbered: store.list_known(session, [numbered]), itertools.islice(_numbered(key), 1, None)
    )
    return [key, *used][-1]
