"""Which day a board tells of: walking through time, every local day comes once, in every time zone."""

import zoneinfo
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise, product
from typing import Final

from bot.domain.periods import moment_of, zone
from bot.domain.programme import Board
from bot.services.boards import posting
from bot.store.people import SiteRecord

BEGIN: Final = datetime(2024, 1, 1, tzinfo=UTC)
YEARS: Final = 7
LOOK: Final = timedelta(minutes=30)
A_DAY: Final = timedelta(days=1)
CLOCKS: Final = (time(0), time(2, 30), time(23, 30))

Change = tuple[datetime, timedelta | None, timedelta | None]
"""The moment at which clocks change, and the offsets before and after."""


def changes_of(in_zone: zoneinfo.ZoneInfo) -> list[Change]:
    """Return every change of the clocks of a zone, as none is taken back within a week; and their first moment."""
    weeks = [BEGIN + timedelta(weeks=n) for n in range(YEARS * 52)]
    offsets = [week.astimezone(in_zone).utcoffset() for week in weeks]
    found: list[Change] = [(BEGIN, None, offsets[0])]
    for (earlier, before), (later, after) in pairwise(zip(weeks, offsets, strict=True)):
        if before != after:
            first, last = earlier, later
            while last - first > timedelta(seconds=1):
                middle = first + timedelta(seconds=(last - first) // timedelta(seconds=2))
                if middle.astimezone(in_zone).utcoffset() == before:
                    first = middle
                else:
                    last = middle
            found.append((last, before, after))
    return found


def test_every_local_day_is_posted_once_in_every_zone() -> None:
    names = zoneinfo.available_timezones()
    assert len(names) > 500
    seen: set[Change] = set()
    for name in sorted(names):
        # A change that several zones share is looked at once.
        fresh = [change for change in changes_of(zone(name)) if change not in seen]
        seen.update(fresh)
        for (moment, _, _), clock in product(fresh, CLOCKS):
            walk(Board(key="daily", at=clock), name, moment - A_DAY, moment + 1.5 * A_DAY)
    assert len(seen) > 100


def walk(board: Board, name: str, begin: datetime, end: datetime) -> None:
    """Look for the board every half hour, as a process does every few seconds."""
    site = SiteRecord(1, "Site", name)
    looks = [begin + n * LOOK for n in range((end - begin) // LOOK + 1)]
    found = [(at, *posting(board, site, at)) for at in looks]
    told = [period.first for at, period, due in found if due <= at]
    days = sorted(set(told))
    assert told == sorted(told), (name, begin)
    assert days == [days[0] + n * A_DAY for n in range(len(days))], (name, begin)
    # On the last look, the day just over is told of, or that before it where its hour has not come yet.
    today = end.astimezone(zone(name)).date()
    assert today - days[-1] == (A_DAY if moment_of(today, board.at, zone(name)) <= end else 2 * A_DAY), (name, begin)
