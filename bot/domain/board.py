"""What a posted leaderboard says: frozen when it is computed, with ids of people; names are put in when it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.periods import PeriodKind


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One of the top: `value` is the raw one in the metric's unit, `count` how many answers made it."""

    place: int
    person_id: int
    value: float
    count: int


@dataclass(frozen=True, slots=True)
class Improved:
    """Who rose most against their own previous period; `rise` is of the adjusted value, in the metric's unit."""

    person_id: int
    rise: float


@dataclass(frozen=True, slots=True)
class Newcomers:
    """The top of those who have just started, ranked among themselves."""

    rows: Sequence[BoardRow]
    days: int


@dataclass(frozen=True, slots=True)
class BoardPost:
    """One board of one site and period."""

    metric: str
    site: str
    period: PeriodKind
    first: date
    last: date
    rows: Sequence[BoardRow]
    ranked: int
    """How many people were ranked; never more than half of them are shown."""
    minimum_count: int
    improved: Improved | None
    newcomers: Newcomers | None
    value: float | None
    """The raw value of everybody together."""
    count: int
    """How many answers that is made of."""
    contacts: int
    """How many contacts the site took in the period."""
    open_shifts: int
    """Shifts of the period that had not ended when it was computed."""
    as_of: datetime
    """When the newest fact behind it was read."""

    def person_ids(self) -> set[int]:
        """Everybody whose name is needed to show it."""
        ids = {row.person_id for row in self.rows}
        if self.improved is not None:
            ids.add(self.improved.person_id)
        if self.newcomers is not None:
            ids |= {row.person_id for row in self.newcomers.rows}
        return ids
