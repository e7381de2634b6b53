"""What a rule makes of figures: which awards there are to be, and what differs from those that were made.

Everything follows from the figures of the days, so that judging a day again gives the same; what was corrected gives
something else, and the difference is awarded or taken back. Under a cap what stands keeps its place.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Final, NamedTuple

from bot.domain.earnable import EARNABLE, Span
from bot.domain.earning_rules import Earning
from bot.domain.ledger import Unit
from bot.domain.metrics import Value
from bot.domain.parts import NOTHING
from bot.domain.periods import Period
from bot.domain.streaks import Figures, Moved, Run, Runs, times

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

    def ending(self, day: date) -> "list[Asked]":
        """Return what is judged when a day is over."""
        found = (self._asked(rule, at_least, day) for rule, at_least in self.rules)
        return [asked for asked in found if asked is not None]

    def _asked(self, rule: Earning, at_least: float, day: date) -> "Asked | None":
        """Return a rule's period that ends on a day; None where it has none or began too early."""
        period, since = rule.period_ending(day), max(self.since, rule.effective_from or self.since)
        if period is None:
            return None
        first = max(period.first, since) if rule.period is Span.ROLLING else period.first
        if first < since or first > period.last:
            return None
        period = replace(period, first=first)
        nothing = Judged(
            rule, period, rule.name_of(period), self.site_id, rule.figure.value(NOTHING, at_least), ()
        )  # fmt: skip
        return Asked(rule, at_least, since, period, nothing)


class Asked(NamedTuple):
    """One period of a rule: what is to be reached in it, since when periods count, and what comes of no figures."""

    rule: Earning
    at_least: float
    since: date
    period: Period
    nothing: "Judged"

    @property
    def alone(self) -> bool:
        """Whether it is a day that no other day decides with, by a cap or by being one of several in a row."""
        return self.rule.period is Span.DAY and self.rule.most_a_month is None and not self.rule.looks_back


class Judged(NamedTuple):
    """One period under one rule: the single awards that there are to be, and what the figure is."""

    rule: Earning
    period: Period
    name: str
    """What awards of this period are known by."""
    site_id: int
    value: Value
    amounts: tuple[int, ...]
    run: Run | None = None
    """Where this period was reached, and earlier ones decide with it: those in a row with it."""

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


Stands = Mapping[tuple[str, str], int]
"""How many awards stand, by the rule's key and the period's name; of a team those of the member who has most."""

_NONE: Final[Stands] = MappingProxyType({})


class Plan:
    """What is judged of all who were in one place from a day to another: made once for hundreds of them."""

    def __init__(self, first: date, last: date, rules_on: Callable[[date], Rules | None]) -> None:
        """`first` is the first of a month; `rules_on` tells what held when a day ended, None where nothing did."""
        held = (rules_on(first + timedelta(days=n)) for n in range((last - first).days + 1))
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        self.asked: Final = [
            asked for day, rules in zip(days, held, strict=True) if rules for asked in rules.ending(day)
        ]
        self.timed: Final = any(asked.rule.unit is Unit.MINUTES for asked in self.asked)
        """Whether any of it earns paid time."""
        self.alone: Final = frozenset((one.rule.key, one.nothing.name) for one in self.asked if one.alone)
        """The periods that nothing else decides with, by the rule's key and their name."""
        self._alone: dict[date, list[int]] = defaultdict(list)
        self._others: list[int] = []
        for n, one in enumerate(self.asked):
            (self._alone[one.period.last] if one.alone else self._others).append(n)

    @property
    def whole(self) -> bool:
        """Whether other days than those that changed decide with them."""
        return bool(self._others)

    def judge(
        self, figures: Figures, stands: Stands = _NONE, opens: date = date.min, on: Iterable[date] | None = None
    ) -> list[Judged]:  # fmt: skip
        """Judge every period that ends on these days, in order; those that are alone just on the days `on`, if given.

        `stands` is how many awards each period has. Caps count from the first day on; of periods that ended before
        `opens` just what stands counts.
        """
        numbers: Iterable[int] = range(len(self.asked))
        if on is not None:
            numbers = sorted(chain(self._others, *(self._alone.get(day, ()) for day in on)))
        runs = Runs(figures)
        return _within_the_month([_judge_one(figures, runs, self.asked[n]) for n in numbers], stands, opens)


def is_sure(judged: Iterable[Judged]) -> bool:
    """Whether earlier figures than those that were looked at would change nothing."""
    return all(one.run is None or one.run.whole or one.rule.needs_no_more(one.run.length) for one in judged)


def settle(amounts: Sequence[int], standing: Sequence[Standing]) -> Settled:
    """Return what to award and what to take back, so that exactly these amounts stand; the newest goes first.

    What an admin took back stands for one of them, of whatever amount.
    """
    if not standing:
        return Settled(tuple(sorted(amounts)), ())
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
    return _days_words(line.first, line.last)


@lru_cache(maxsize=256)
def _days_words(first: date, last: date) -> str:
    ends = f"{last.day} {last:%B %Y}"
    return ends if first == last else f"{first.day} {first:%B} to {ends}"


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
    keeps: dict[int, int] = {}
    for n, one in enumerate(judged if stands else ()):
        there = stands.get((one.rule.key, one.name), 0)
        if there and one.period.last >= opens:
            there = min(there, len(one.amounts), _room(one, used))
        if there:
            keeps[n] = there
            used[one.month] += there
    return [_capped(one, keeps.get(n, 0), used, opens) if one.amounts else one for n, one in enumerate(judged)]


def _capped(one: Judged, kept: int, used: Counter[tuple[str, int, int]], opens: date) -> Judged:
    """Return a period with so many awards as stand, and as many more as there is room for."""
    if one.rule.most_a_month is None and one.period.last >= opens:
        return one
    more = min(max(len(one.amounts) - kept, 0), _room(one, used)) if one.period.last >= opens else 0
    used[one.month] += more
    return one if kept + more == len(one.amounts) else one._replace(amounts=one.amounts[: kept + more])


def _room(one: Judged, used: Mapping[tuple[str, int, int], int]) -> int:
    most = one.rule.most_a_month
    return len(one.amounts) if most is None else max(most - used[one.month], 0)


def _judge_one(figures: Figures, runs: Runs, asked: Asked) -> Judged:
    rule, at_least, since, period, nothing = asked
    if figures.none_of(rule.metric, period):
        return nothing
    parts = figures.of(rule, period.first, period.last)
    value = rule.figure.value(parts, at_least)
    judged = nothing._replace(value=value)
    often = times(rule, at_least, parts, value)
    if not often:
        return judged
    if rule.figure.each:
        return judged._replace(amounts=((rule.amount(1),) * often)[: rule.most_a_day])
    if not rule.looks_back:
        return judged._replace(amounts=(rule.amount(1),))
    run = runs.ending(rule, at_least, since, period)
    return judged._replace(amounts=(rule.amount(run.length),) if run.length % rule.streak == 0 else (), run=run)
