"""What a rule makes of figures: which awards there are to be, and what differs from those that were made.

Everything follows from the figures of the days, so that judging a day again gives the same; what was corrected gives
something else, and the difference is awarded or taken back. Under a cap what stands keeps its place.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from bot.domain.earnable import EARNABLE, Span
from bot.domain.earning_rules import Earning
from bot.domain.metrics import Value
from bot.domain.parts import NOTHING, Parts, join
from bot.domain.periods import Period

PEOPLE: Final = "person:"
TEAMS: Final = "team:"
"""With an id behind it, whose days are judged."""

FEW_HEADS: Final = 10
"""Of a team with fewer no value is told: of two, each would read the other's."""


class State(StrEnum):
    """What became of an award."""

    WAITING = "waiting"
    ISSUED = "issued"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Rules:
    """What held for somebody on a local day: from where they worked, and the programme in force when it ended."""

    site_id: int
    since: date
    """The site's first live day."""
    rules: Sequence[tuple[Earning, float]]
    """The rules there with what each asks for."""


class Moved(NamedTuple):
    """A figure of some days as it is now: what an award is taken back for."""

    first: date
    last: date
    value: float | None


class Run(NamedTuple):
    """Periods in a row that reached what a rule asks for."""

    length: int
    first: date
    broken: Moved | None
    """The last before them that did not."""
    whole: bool
    """Whether no earlier figures could make it longer."""


class Judged(NamedTuple):
    """One period under one rule: the single awards that there are to be, and what the figure is."""

    rule: Earning
    period: Period
    site_id: int
    value: Value
    amounts: tuple[int, ...]
    run: Run | None = None
    """Where this period was reached, and earlier ones decide with it: those in a row with it."""

    @property
    def name(self) -> str:
        """What awards of this period are known by."""
        return self.rule.name_of(self.period)

    @property
    def month(self) -> tuple[str, int, int]:
        """The rule and the month in which its awards are counted."""
        return self.rule.key, self.period.last.year, self.period.last.month

    @property
    def first(self) -> date:
        """From when on the days are that an award of this period is for: a streak is for all of them."""
        return self.run.first if self.run is not None and self.rule.streak > 1 else self.period.first

    def moved(self, first: date) -> Moved:
        """Return what is said where an award of this period is taken back that was for the days from `first` on."""
        own = Moved(self.period.first, self.period.last, self.value if isinstance(self.value, int | float) else None)
        if self.run is None:
            return own
        broken = self.run.broken
        if broken is not None and (broken.first >= first or self.rule.streak == 1):
            return broken
        # A day that counted cannot be measured any more.
        return own if self.rule.streak == 1 else Moved(first, self.period.last, None)


class Standing(NamedTuple):
    """An award that was made and stands."""

    id: int
    key: str
    person_id: int
    site_id: int
    unit: str
    amount: int
    state: str
    by_hand: bool = False
    """Whether an admin has taken it back: it keeps its place, and is not given again."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What is to be done about one period: so much more is awarded, and these are taken back."""

    award: tuple[int, ...]
    back: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One award as its person is told of it."""

    state: State
    unit: str
    amount: int
    words: str
    metric: str
    value: float | None
    first: date
    last: date
    waits_until: date | None = None
    of_team: bool = False
    """Whether it is a team's figure."""


@dataclass(frozen=True, slots=True)
class Earned:
    """What a person is told once a day: what came, what waits, what was taken back, and what they owe."""

    locale: str
    lines: tuple[Line, ...] = ()
    owed: int = 0
    owed_minutes: int = 0


@dataclass(slots=True)
class Figures:
    """Somebody's figures, or a team's: parts by metric and local day, with the channels joined."""

    days: dict[str, dict[date, Parts]] = field(default_factory=dict)
    known: date = date.min
    """Earlier figures were not looked at."""

    def of(self, rule: Earning, first: date, last: date) -> Parts:
        """Return the joined parts of a rule's figure from the first to the last day."""
        known = self.days.get(rule.metric, {})
        count = (last - first).days + 1
        days = (first + timedelta(days=n) for n in range(count))
        return join(rule.figure.metric.merge, (known[day] for day in days if day in known)) if known else NOTHING


Stands = Mapping[tuple[str, str], int]
"""How many awards stand, by the rule's key and the period's name; of a team those of the member who has most."""

_NONE: Final[Stands] = MappingProxyType({})


class Runs:
    """How many periods in a row reached what a rule asks for; counted forward, once for each rule as it was."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._known: dict[tuple[Earning, float, date], dict[date, Run]] = {}

    def ending(self, rule: Earning, at_least: float, since: date, period: Period) -> Run:
        """Return those in a row with a period that reached it, itself included.

        Periods that cannot be judged are passed over; those that began before `since` do not count.
        """
        asked = (rule, at_least, since)
        if asked not in self._known:
            self._known[asked] = self._count(*asked)
        return self._known[asked][period.last]

    def _count(self, rule: Earning, at_least: float, since: date) -> dict[date, Run]:
        # Only days with figures can end or lengthen a run: the periods are those in which such days are.
        periods = dict.fromkeys(rule.period_of(day) for day in sorted(self._figures.days.get(rule.metric, {})))
        runs: dict[date, Run] = {}
        known = self._figures.known
        run = Run(0, since, None, whole=since >= known)
        for period in periods:
            if period.first < max(since, known):
                continue
            parts = self._figures.of(rule, period.first, period.last)
            times = _times(rule, at_least, parts)
            if times == 0:
                value = rule.figure.value(parts, at_least)
                number = value if isinstance(value, int | float) else None
                run = Run(0, period.last, Moved(period.first, period.last, number), whole=True)
            elif times is not None:
                run = run._replace(length=run.length + 1, first=run.first if run.length else period.first)
            runs[period.last] = run
        return runs


def judge(
    figures: Figures, first: date, last: date, rules_on: Callable[[date], Rules | None],
    stands: Stands = _NONE, opens: date = date.min,
) -> list[Judged]:  # fmt: skip
    """Judge every period that ends from the first to the last day, in order; `first` is the first of a month.

    `rules_on` tells what held when a day ended, None where nothing did; `stands` how many awards each period has. Caps
    count from the first day on; of periods that ended before `opens` just what stands counts.
    """
    judged, runs = [], Runs(figures)
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        held = rules_on(day)
        for rule, at_least in held.rules if held is not None else ():
            assert held is not None
            since = max(held.since, rule.effective_from or held.since)
            found = _judge_one(figures, runs, rule, at_least, day, since, held.site_id)
            if found is not None:
                judged.append(found)
    return _within_the_month(judged, stands, opens)


def is_sure(judged: Iterable[Judged]) -> bool:
    """Whether earlier figures than those that were looked at would change nothing."""
    return all(one.run is None or one.run.whole or one.rule.needs_no_more(one.run.length) for one in judged)


def settle(amounts: Sequence[int], standing: Sequence[Standing]) -> Settled:
    """Return what to award and what to take back, so that exactly these amounts stand; the newest goes first.

    What an admin took back stands for one of them, of whatever amount.
    """
    missing = Counter(amounts)
    others, by_hand = [], 0
    for award in standing:
        if missing[award.amount] > 0:
            missing[award.amount] -= 1
        elif award.by_hand:
            by_hand += 1
        else:
            others.append(award)
    return Settled(tuple(sorted(missing.elements())[by_hand:]), tuple(reversed(others)))


def days_words(line: Line) -> str:
    """Return a line's days in plain English, as the ledger's own words have them."""
    last = f"{line.last.day} {line.last:%B %Y}"
    return last if line.first == line.last else f"{line.first.day} {line.first:%B} to {last}"


def value_words(line: Line) -> str:
    """Return a line's value in plain English, rounded down: what was not reached never reads as if it was."""
    value = line.value or 0.0
    if EARNABLE[line.metric].metric.unit == "share":
        return f"{math.floor(value * 1000) / 10:g}%"
    return f"{math.floor(value * 10) / 10:g}"


def reason(line: Line, when: str, value: str) -> str:
    """Return why an award is what it is, in a sentence; `when` and `value` are the line's, written out."""
    if line.state is not State.BACK:
        return f"{line.words} ({when})"
    if line.value is None:
        return f"Corrected: “{line.words}” does not hold for {when} any more."
    whose = "your team's" if line.of_team else "your"
    return f"Corrected: {whose} {EARNABLE[line.metric].called} of {when} is {value} now."


def _within_the_month(judged: Sequence[Judged], stands: Stands, opens: date) -> list[Judged]:
    """Return the same with no more awards in a month than the rules allow: what stands comes first, then the earliest."""
    used: Counter[tuple[str, int, int]] = Counter()
    keeps = []
    for one in judged:
        there = stands.get((one.rule.key, one.name), 0)
        if one.period.last >= opens:
            there = min(there, len(one.amounts), _room(one, used))
        keeps.append(there)
        used[one.month] += keeps[-1]
    capped = []
    for one, kept in zip(judged, keeps, strict=True):
        more = min(max(len(one.amounts) - kept, 0), _room(one, used)) if one.period.last >= opens else 0
        used[one.month] += more
        capped.append(one._replace(amounts=one.amounts[: kept + more]))
    return capped


def _room(one: Judged, used: Mapping[tuple[str, int, int], int]) -> int:
    most = one.rule.most_a_month
    return len(one.amounts) if most is None else max(most - used[one.month], 0)


def _judge_one(
    figures: Figures, runs: Runs, rule: Earning, at_least: float, day: date, since: date, site_id: int
) -> Judged | None:  # fmt: skip
    """Judge a rule's period that ends on a day; None where it has none or began too early."""
    period = rule.period_ending(day)
    if period is None:
        return None
    first = max(period.first, since) if rule.period is Span.ROLLING else period.first
    if first < since or first > period.last:
        return None
    period = replace(period, first=first)
    parts = figures.of(rule, first, period.last)
    judged = Judged(rule, period, site_id, rule.figure.value(parts, at_least), ())
    times = _times(rule, at_least, parts)
    if not times:
        return judged
    if rule.figure.each:
        return judged._replace(amounts=((rule.amount(1),) * times)[: rule.most_a_day])
    if not rule.looks_back:
        return judged._replace(amounts=(rule.amount(1),))
    run = runs.ending(rule, at_least, since, period)
    return judged._replace(amounts=(rule.amount(run.length),) if run.length % rule.streak == 0 else (), run=run)


def _times(rule: Earning, at_least: float, parts: Parts) -> int | None:
    """Return how often a rule's figure earns; None where it cannot be judged."""
    value = rule.figure.value(parts, at_least)
    if not isinstance(value, int | float) or parts.count < rule.least:
        return None
    return int(value) if rule.figure.each else int(value >= at_least)
