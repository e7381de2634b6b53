"""What was given up: told to every admin in the same transaction, listed, and brought again."""

import logging
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session

from bot.domain.dead_letters import DeadLetter, DeadRun, cause_of, place_of
from bot.domain.manners import whom
from bot.domain.people import Role
from bot.domain.periods import zone
from bot.errors import NotFoundError, RefusedError
from bot.services import outbox
from bot.services.manners import SILENT
from bot.store import audit, manners, people
from bot.store import dead_letters as store
from bot.store import outbox as store_outbox
from bot.store.dead_letters import Letter
from bot.store.outbox import Status

log = logging.getLogger(__name__)

AT_ONCE: Final = 200
"""So many are brought again in one transaction."""

LETTER: Final = "dead_letter"
RUN: Final = "dead_run"
"""The views of the notices."""


def give_up(session: Session, at: datetime, message_id: int, *, why: str, lease: datetime | None = None) -> None:
    """Give a message up that Slack will never take, and tell every admin: once a day for one cause in one place.

    With the `lease` of its sender nothing is done where another one has it now.
    """
    cause = cause_of(why)
    buried = store_outbox.bury(session, message_id, error=cause, lease=lease)
    if buried is None:
        return
    view, channel = buried
    if view in {LETTER, RUN} or cause in SILENT:
        return
    person_id = whom(channel)
    letter = DeadLetter(message_id, view, None if person_id is not None else channel, person_id, cause)
    _tell_admins(session, at, f"{LETTER}:{cause}:{place_of(letter)}", LETTER, letter)


def give_run_up(session: Session, at: datetime, run: DeadRun) -> None:
    """Tell every admin of a board that could not be made: once a day for one cause at one board of a site."""
    _tell_admins(session, at, f"{RUN}:{run.board}:{run.period}:{run.site}:{run.cause}", RUN, run)


def list_all(session: Session) -> list[Letter]:
    """Return every message that was given up, the oldest first."""
    return store.list_all(session)


def retry(session: Session, at: datetime, message_id: int, *, actor: str, missing: bool = False) -> None:
    """Let a message that was given up be sent after all. NotFoundError, RefusedError where it was not given up.

    Whoever says that it is `missing` has looked for it in Slack: else Slack is asked, if it may have the message.
    """
    status = store.find_status(session, message_id)
    if status is None:
        raise NotFoundError(f"There is no message {message_id}. `encore outbox list` shows what was given up.")
    if status is not Status.DEAD:
        raise RefusedError(f"The message {message_id} was not given up: it is {status}.")
    store.revive(session, at, message_id, missing=missing)
    audit.append(
        session, at, actor=actor, deed="outbox.retry", subject=f"message {message_id}",
        after="missing in Slack" if missing else None,
    )  # fmt: skip


def retry_some(
    session: Session, at: datetime, *, behind: int, actor: str, channel: str | None = None, cause: str | None = None
) -> list[int]:  # fmt: skip
    """Let the next ones after `behind` be sent after all that were given up, of a channel, for a cause; return their ids.

    None of them is said to be missing: Slack is asked where it may have one.
    """
    ids = list(store.list_behind(session, behind, AT_ONCE, channel=channel, cause=cause))
    for message_id in ids:
        store.revive(session, at, message_id)
    if ids:
        which = [f"{word} {wanted}" for word, wanted in (("channel", channel), ("cause", cause)) if wanted is not None]
        audit.append(
            session, at, actor=actor, deed="outbox.retry", subject=", ".join(which),
            after=f"{len(ids)} of them, {ids[0]} to {ids[-1]}",
        )  # fmt: skip
    return ids


def _tell_admins(session: Session, at: datetime, key: str, view: str, value: Any) -> None:
    admins = people.list_with_role(session, Role.ADMIN)
    for person_id in admins:
        someone = manners.find_recipient(session, person_id, outbox.ANY_WORKSPACE, at.date())
        day = at.astimezone(zone(someone.zone if someone else manners.NOWHERE)).date()
        # Something is to be done, and so it is not one of the messages that a limit or a card holds back.
        outbox.tell(session, at, person_id, key=f"{key}:{day}:{person_id}", view=view, value=value, asks=True)
    if not admins:
        log.warning("There is no admin yet who could be told of it.")
