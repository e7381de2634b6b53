"""Which day a contact belongs to (DESIGN.md, "Which day")."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.intervals import Interval
from bot.domain.periods import local_date

NEAR_SECONDS: Final = 2 * 60 * 60
"""A contact outside every shift belongs to the nearest that starts or ends within this time."""


def shift_of(start: int, shifts: Sequence[Interval]) -> Interval | None:
    """Return the shift that a contact starting at `start` belongs to, None where none is within two hours.

    `shifts` are one person's, ascending. Of several that hold the start, the one that began last is taken; of two
    equally near ones, the earlier.
    """
    after = bisect_right(shifts, (start, 1 << 62))
    for shift in reversed(shifts[:after]):
        if shift[0] <= start < shift[1]:
            return shift
    nearest: Interval | None = None
    least = NEAR_SECONDS + 1
    for shift in shifts:
        distance = shift[0] - start if start < shift[0] else start - shift[1]
        if distance < least:
            nearest, least = shift, distance
    return nearest


def work_day(start: int, arrival: int | None, shifts: Sequence[Interval], in_zone: ZoneInfo) -> date:
    """Return the work day of a contact; moments in epoch seconds, the zone is the site's.

    The local day on which its shift began; without a shift the local day on which the contact began, which is when the
    customer reached us, where the source tells.
    """
    shift = shift_of(start, shifts) if shifts else None
    if shift is not None:
        return local_date(shift[0], in_zone)
    return local_date(start if arrival is None else arrival, in_zone)
