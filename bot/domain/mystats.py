"""What `/mystats` answers: one's own figures, seen by oneself alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.metrics import Value
from bot.domain.people import Reader
from bot.domain.periods import Period, PeriodKind
from bot.domain.programme import SiteMode


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the period beside its target and the mean of the team (or of the site, without a team)."""

    metric: str
    value: Value
    """None where nothing is known yet, or the figure cannot be measured."""
    count: int
    target: float | None
    target_is_own_median: bool
    team: Value


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The value of one week or day before, None where there was nothing."""

    first: date
    value: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Trend:
    """How one metric went over the last periods, oldest first, the asked one last."""

    metric: str
    step: PeriodKind
    points: Sequence[TrendPoint]


@dataclass(frozen=True, slots=True)
class Wish:
    """Which period somebody wants to see: the running one of its kind or, `is_past`, the one before."""

    kind: PeriodKind
    is_past: bool = False
    or_before: bool = False
    """Whether the one before will do where the running one has no finished work day yet."""


class Cohort(StrEnum):
    """Who is ranked with whom: everybody, those who have just started, leads who take contacts."""

    ALL = "all"
    NEW = "new"
    LEADS = "leads"


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """One's own place on a board of the programme; the next step is told without names."""

    metric: str
    place: int | None
    """None while there are fewer answers than a board needs."""
    of: int
    """How many people are ranked with them."""
    count: int
    minimum_count: int
    to_next: float | None
    """How much the adjusted value must rise to reach the next place; None at the first place or unranked."""
    cohort: Cohort
    """Whom the place is among."""

    @property
    def in_upper_half(self) -> bool:
        """Whether a board might show it: it shows half of those ranked at most."""
        return self.place is not None and 2 * self.place <= self.of + 1


@dataclass(frozen=True, slots=True)
class Points:
    """One's own points: what one has, what is held of them, what came in the period."""

    balance: int
    held: int
    received: int
    left: int | None = None
    """What is left to give away this month; None where there is no allowance."""
    renews_at: datetime | None = None
    """When that is new, on the person's own clock."""


@dataclass(frozen=True, slots=True)
class MyStats:
    """A known person's answer."""

    person_id: int
    name: str
    reader: Reader
    site: str
    team: str | None
    period: Period
    lines: Sequence[Line]
    trend: Trend | None
    places: Sequence[OwnPlace]
    as_of: datetime | None
    """When the newest fact behind it was read; None where there is none."""
    ask: str
    """Whom to ask or to dispute a figure with."""
    points: Points | None = None
    """None where the programme has no points."""
    is_past: bool = False
    """Whether the period is over: the one before the running one."""
    is_young: bool = False
    """Whether the running period has no finished work day yet: then the one before tells more."""


@dataclass(frozen=True, slots=True)
class NoFigures:
    """Known, but nothing in the period: what to expect and whom to ask."""

    name: str
    reader: Reader
    period: Period
    ever: bool
    """Whether there were any figures at all before."""
    mode: SiteMode
    ask: str
    lacking: str = ""
    """What is not set yet, so that there is nothing to see, and what helps."""
    points: Points | None = None
    """None where the programme has no points, and where nothing is told yet."""
    is_past: bool = False
    """Whether the period is over: the one before the running one."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Somebody in Slack who is not linked to a person yet; `lacking` says whom to ask."""

    lacking: str


Answer = MyStats | NoFigures | Unknown
