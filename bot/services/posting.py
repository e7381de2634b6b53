"""The boards of the programme, each posted once for each site and finished period."""

import logging
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.domain.periods import epoch, period_of
from bot.domain.programme import Board, SiteMode
from bot.services import boards, figures, outbox
from bot.services import programme as programmes
from bot.services.figures import PersonDay
from bot.store import bulk, facts, imports, people, runs
from bot.store.people import SiteRecord

log = logging.getLogger(__name__)

READING = timedelta(minutes=2)
"""How long after its last page an import counts as being read."""

SHIFT_ENDS = "shift_ends"
SHIFTS_AT_ONCE = 25
"""How many days one transaction computes anew: well under 200 ms, so that no command waits."""

BACK = timedelta(days=2)
"""How far a first look goes back for shifts that have ended."""


def schedule(session: Session, at: datetime) -> list[tuple[str, str]]:
    """Add the runs that are due and return every (board key, site) that is live.

    The last finished period alone is added: after a pause Encore tells the newest, and never floods a channel.
    """
    programme = programmes.current(session, at)
    live: list[tuple[str, str]] = []
    for site in people.list_sites(session):
        policy = programme.site(site.name)
        if policy.mode is not SiteMode.LIVE or policy.channel is None or policy.live_from is None:
            continue
        for board in programme.boards:
            if board.sites is not None and site.name not in board.sites:
                continue
            live.append((board.key, site.name))
            period, due_at = boards.posting(board, site, at)
            if period.first >= policy.live_from:
                runs.add(session, schedule=_schedule(board, site), period=period.last, due_at=due_at)
    return live


def post(session: Session, at: datetime, board_key: str, site_name: str) -> bool:
    """Queue the board of a run that is due, and mark the run as done, in one; whether anything was queued.

    Where nothing is known of the period yet, the run waits until the next period's comes. So it does where a file was
    not read to its end: the board would count half of it, and is never posted twice.
    """
    # No page of a file may come in between the looks at the figures.
    bulk.alone(session)
    programme = programmes.current(session, at)
    policy = programme.site(site_name)
    board = next((b for b in programme.boards if b.key == board_key), None)
    site = people.find_site(session, site_name)
    if board is None or site is None or policy.mode is not SiteMode.LIVE or policy.channel is None:
        return False
    run = runs.claim(session, _schedule(board, site), at)
    if run is None:
        return False
    unfinished = imports.find_unfinished(session)
    if unfinished is not None:
        words = f"waits: import {unfinished.id} ({unfinished.file_name}) was not read to its end"
        # While its pages come there is nothing to tell.
        if not imports.is_running(session, at - READING) and runs.note(session, run.id, words):
            log.warning("The board %s of %s %s. Import the file again, or undo it.", board_key, site_name, words)
        return False
    period = period_of(board.period, run.period)
    said = boards.compose(session, at, board, site, period)
    if said is None:
        return False
    key = f"{run.schedule}:{period.first}"
    queued = outbox.queue(session, at, key=key, channel=policy.channel, view="board", value=said)
    runs.finish(session, run.id, at)
    return queued


def ended_shifts(session: Session, at: datetime) -> list[list[PersonDay]]:
    """Return whose service level is to be counted to the shift's end, since the last look, in portions."""
    since = runs.find_cursor(session, SHIFT_ENDS) or at - BACK
    ended = sorted(set(facts.list_ended(session, epoch(since), epoch(at))))
    return [ended[i : i + SHIFTS_AT_ONCE] for i in range(0, len(ended), SHIFTS_AT_ONCE)]


def close_shifts(session: Session, at: datetime, portion: list[PersonDay]) -> None:
    """Count the service level of some shifts to their end."""
    figures.replace(session, at, portion)


def shifts_closed(session: Session, at: datetime) -> None:
    """Remember that every shift that ended by a moment is counted."""
    runs.move_cursor(session, SHIFT_ENDS, at)


def _schedule(board: Board, site: SiteRecord) -> str:
    return f"board:{board.key}:{board.period}:site:{site.id}"
