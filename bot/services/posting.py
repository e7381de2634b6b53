"""The boards of the programme, each posted once for each site and finished period."""

import logging
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.dead_letters import DeadRun
from bot.domain.periods import Period, epoch, period_of
from bot.domain.programme import Board, CatchUp, Programme, SiteMode
from bot.services import boards, dead_letters, figures, outbox
from bot.services import programme as programmes
from bot.services.figures import PersonDay
from bot.store import bulk, facts, imports, people, runs
from bot.store.people import SiteRecord
from bot.store.runs import DueRun

log = logging.getLogger(__name__)

READING = timedelta(minutes=2)
"""How long after its last page an import counts as being read."""

MOST_MISSED: Final = 31
"""How many periods are caught up at most, and how far back one may still wait for its figures."""

AGAIN: Final = timedelta(minutes=10)
"""How often a period is looked at that has no figures, while later ones have."""

AGAIN_NEWEST: Final = timedelta(minutes=1)
"""How often the newest period is looked at while it has no figures: looking at them is no small deed."""

MISSED: Final = timedelta(hours=12)
"""So long after it was due a board counts as missed."""

MOST_TRIES: Final = 8
FIRST_WAIT: Final = timedelta(minutes=1)
"""A board that cannot be made is tried again after this, then after twice as long each time: two hours in all."""

SHIFT_ENDS = "shift_ends"
SHIFTS_AT_ONCE = 25
"""How many days one transaction computes anew: well under 200 ms, so that no command waits."""

BACK = timedelta(days=2)
"""How far a first look goes back for shifts that have ended."""


def schedule(session: Session, at: datetime) -> list[tuple[str, str]]:
    """Add the runs that are due and return every (board key, site) that is live.

    What is added of the periods since the last run is the board's policy (`catch_up`); a schedule that never ran has
    missed none and begins with the newest. No period is added that is not after the last: whatever is changed about a
    schedule, nothing is posted twice, and nothing older after newer.
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
            name = _schedule(board, site)
            newest = runs.find_newest(session, name)
            finished = _finished(board, site, at)
            missed = [
                period
                for period in (finished[-1:] if newest is None else finished)
                if period.first >= policy.live_from and (newest is None or period.last > newest)
            ]
            for period in missed:
                runs.add(session, schedule=name, period=period.last, due_at=boards.due_at(board, site, period))
            if missed:
                oldest = missed[-1] if board.catch_up is not CatchUp.ALL else finished[0]
                runs.skip_before(session, name, oldest.last, at)
    return live


def find_due(session: Session, at: datetime, board_key: str, site_name: str) -> DueRun | None:
    """Return the earliest run of a board that is due, None where none is."""
    found = _board(session, at, board_key, site_name)
    return None if found is None else runs.find_due(session, _schedule(*found), at)


def post(session: Session, at: datetime, board_key: str, site_name: str, run: DueRun) -> bool:
    """Queue the board of a run that is due, and mark the run as done, in one; whether another may be due behind it.

    Where nothing is known of the newest period yet, its run waits until the next period's comes. So it does where a
    file was not read to its end: the board would count half of it, and is never posted twice.
    """
    # No page of a file may come in between the looks at the figures.
    bulk.alone(session)
    programme = programmes.current(session, at)
    policy = programme.site(site_name)
    found = _board(session, at, board_key, site_name)
    if found is None or policy.mode is not SiteMode.LIVE or policy.channel is None:
        return False
    board, site = found
    if not runs.claim(session, run, at):
        # Whoever else did it has told so: the next one may be looked for.
        return True
    period = period_of(board.period, run.period)
    why = _why_not(session, at, programme, board, site, run)
    if why is not None:
        runs.finish(session, run.id, at, status="skipped", note=why)
        return True
    unfinished = imports.find_unfinished(session)
    if unfinished is not None:
        words = f"waits: import {unfinished.id} ({unfinished.file_name}) was not read to its end"
        # While its pages come there is nothing to tell.
        if not imports.is_running(session, at - READING) and runs.note(session, run.id, words):
            log.warning("The board %s of %s %s. Import the file again, or undo it.", board_key, site_name, words)
        return False
    said = boards.compose(session, at, board, site, period)
    if said is None:
        is_newest = runs.find_newest(session, run.schedule) == run.period
        # Those after it need not wait: a day on which nothing happens never has figures.
        runs.wait(session, run.id, at + (AGAIN_NEWEST if is_newest else AGAIN))
        return not is_newest
    key = f"{run.schedule}:{period.first}"
    outbox.queue(session, at, key=key, channel=policy.channel, view="board", value=said, site_id=site.id)
    runs.finish(session, run.id, at)
    return True


def failed(session: Session, at: datetime, board_key: str, site_name: str, run: DueRun, cause: str) -> None:
    """Let the run of a board wait that could not be made, longer each time; give it up in the end and tell the admins.

    Several that failed at one run together count once. `cause` is the kind of the error and nothing of its words.
    """
    found = _board(session, at, board_key, site_name)
    if found is None or not runs.claim(session, run, at):
        return
    tries = runs.fail(session, run.id, try_after=at, note=cause)
    if tries < MOST_TRIES:
        runs.wait(session, run.id, at + FIRST_WAIT * 2 ** (tries - 1))
        return
    runs.finish(session, run.id, at, status="dead", note=cause)
    board, site = found
    period = period_of(board.period, run.period)
    dead = DeadRun(run.id, board.key, site.name, board.period, period.first, period.last, tries, cause)
    dead_letters.give_run_up(session, at, dead)


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


def _finished(board: Board, site: SiteRecord, at: datetime) -> list[Period]:
    """Return the periods that may still be posted at a moment, ascending: the last, or as many as are caught up."""
    period, _ = boards.posting(board, site, at)
    periods = [period]
    while board.catch_up is CatchUp.ALL and len(periods) < MOST_MISSED:
        periods.append(periods[-1].previous())
    return periods[::-1]


def _why_not(
    session: Session, at: datetime, programme: Programme, board: Board, site: SiteRecord, run: DueRun
) -> str | None:
    """Return why a run that waited is not to be posted any more, None where it is."""
    live_from, period = programme.site(site.name).live_from, period_of(board.period, run.period)
    if live_from is None or period.first < live_from:
        return "it is from before the site's first live day"
    if board.sites is not None and site.name not in board.sites:
        return "the board is not for this site any more"
    if board.catch_up is CatchUp.NONE and at - run.due_at > MISSED:
        return "its time of posting was over"
    earlier = _earlier_key(session, programme, board, site, run)
    return None if earlier is None else f"it was posted as {earlier}, before the board had another key"


def _earlier_key(session: Session, programme: Programme, board: Board, site: SiteRecord, run: DueRun) -> str | None:
    """Return the key that a board had when this period of it was posted, None where it was not or had none before.

    A board was renamed where one of the same metric was posted under a key that is gone, while this one was not there.
    """
    kept = {b.key for b in programme.boards}
    for done in runs.list_done(session, run.period, like=f"board:%:{board.period}:site:{site.id}"):
        key = done.schedule.split(":")[1]
        then = {b.key: b.metric for b in programmes.current(session, done.finished_at).boards}
        if key not in kept and board.key not in then and then.get(key) == board.metric:
            return key
    return None


def _board(session: Session, at: datetime, board_key: str, site_name: str) -> tuple[Board, SiteRecord] | None:
    board = next((b for b in programmes.current(session, at).boards if b.key == board_key), None)
    site = people.find_site(session, site_name)
    return None if board is None or site is None else (board, site)


def _schedule(board: Board, site: SiteRecord) -> str:
    return f"board:{board.key}:{board.period}:site:{site.id}"
