"""Figures of days as rules look at them: what was reached in a period, and how many periods in a row reached it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from bot.domain.earning_rules import Earning
from bot.domain.metrics import Value
from bot.domain.parts import NOTHING, Parts, join
from bot.domain.periods import Period


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


@dataclass(slots=True)
class Figures:
    """Somebody's figures, or a team's: parts by metric and local day, with the channels joined."""

    days: dict[str, dict[date, Parts]] = field(default_factory=dict)
    known: date = date.min
    """Earlier figures were not looked at."""

    def none_of(self, metric: str, period: Period) -> bool:
        """Whether there is surely nothing of a figure in a period."""
        known = self.days.get(metric)
        return not known or (period.first == period.last and period.last not in known)

    def of(self, rule: Earning, first: date, last: date) -> Parts:
        """Return the joined parts of a rule's figure from the first to the last day."""
        known = self.days.get(rule.metric, {})
        if first == last:
            return known.get(first, NOTHING)
        count = (last - first).days + 1
        days = (first + timedelta(days=n) for n in range(count))
        return join(rule.figure.metric.merge, (known[day] for day in days if day in known)) if known else NOTHING


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
            value = rule.figure.value(parts, at_least)
            reached = times(rule, at_least, parts, value)
            if reached == 0:
                number = value if isinstance(value, int | float) else None
                run = Run(0, period.last, Moved(period.first, period.last, number), whole=True)
            elif reached is not None:
                run = run._replace(length=run.length + 1, first=run.first if run.length else period.first)
            runs[period.last] = run
        return runs


def times(rule: Earning, at_least: float, parts: Parts, value: Value) -> int | None:
    """Return how often a rule's figure earns, of which these are the parts and the value; None where it cannot be judged."""
    if not isinstance(value, int | float) or parts.count < rule.least:
        return None
    return int(value) if rule.figure.each else int(value >= at_least)
