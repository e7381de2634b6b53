"""The boards of the programme, each posted once for each site and finished period."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.domain.periods import epoch, period_of
from bot.domain.programme import Board, SiteMode
from bot.services import boards, figures, outbox
from bot.services import programme as programmes
from bot.store import facts, imports, people, runs
from bot.store.people import SiteRecord

READING = timedelta(minutes=2)
"""While a file is being read (a page within this time), a board would count half of it, and waits."""

SHIFT_ENDS = "shift_ends"
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

    Where nothing is known of the period yet, or a file is being read, the run waits until the next period's comes.
    """
    programme = programmes.current(session, at)
    policy = programme.site(site_name)
    board = next((b for b in programme.boards if b.key == board_key), None)
    site = people.find_site(session, site_name)
    if board is None or site is None or policy.mode is not SiteMode.LIVE or policy.channel is None:
        return False
    run = runs.claim(session, _schedule(board, site), at)
    if run is None or imports.is_running(session, at - READING):
        return False
    period = period_of(board.period, run.period)
    said = boards.compose(session, at, board, site, period)
    if said is None:
        return False
    key = f"{run.schedule}:{board.period}:{period.first}"
    queued = outbox.queue(session, at, key=key, channel=policy.channel, view="board", value=said)
    runs.finish(session, run.id, at)
    return queued


def close_shifts(session: Session, at: datetime) -> int:
    """Count the service level of shifts that have ended since the last look to their end; return how many."""
    since = runs.find_cursor(session, SHIFT_ENDS) or at - BACK
    ended = facts.list_ended(session, epoch(since), epoch(at))
    figures.replace(session, at, ended)
    runs.move_cursor(session, SHIFT_ENDS, at)
    return len(ended)


def _schedule(board: Board, site: SiteRecord) -> str:
    return f"board:{board.key}:site:{site.id}"
