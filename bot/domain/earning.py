"""What a rule makes of figures: which awards there are to be, and what differs from those that were made.

Everything follows from the figures of the days alone, so that judging a day again gives the same; what was corrected
gives something else, and the difference is awarded or taken back.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.domain.earnable import EARNABLE, Span
from bot.domain.earning_rules import Earning
from bot.domain.metrics import Value
from bot.domain.parts import NOTHING, Parts, join
from bot.domain.periods import Period


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


class Judged(NamedTuple):
    """One period under one rule: the single awards that there are to be, and what the figure is."""

    rule: Earning
    period: Period
    site_id: int
    value: Value
    amounts: tuple[int, ...]


class Standing(NamedTuple):
    """An award that was made and stands."""

    id: int
    key: str
    person_id: int
    site_id: int
    unit: str
    amount: int
    state: str


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

    def of(self, rule: Earning, first: date, last: date) -> Parts:
        """Return the joined parts of a rule's figure from the first to the last day."""
        known = self.days.get(rule.metric, {})
        count = (last - first).days + 1
        days = (first + timedelta(days=n) for n in range(count))
        return join(rule.figure.metric.merge, (known[day] for day in days if day in known)) if known else NOTHING


def judge(figures: Figures, first: date, last: date, rules_on: Callable[[date], Rules | None]) -> Iterator[Judged]:
    """Judge every period that ends from the first to the last day, in order; `first` is the first of a month.

    `rules_on` tells what held when a day ended, None where nothing did. Caps count from the first day on.
    """
    in_month: Counter[tuple[str, int, int]] = Counter()
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        held = rules_on(day)
        for rule, at_least in held.rules if held is not None else ():
            assert held is not None
            found = _judge_one(figures, rule, at_least, day, max(held.since, rule.effective_from or held.since))
            if found is None:
                continue
            period, value, amounts = found
            month = (rule.key, day.year, day.month)
            amounts = amounts[: rule.most_a_day]
            if rule.most_a_month is not None:
                amounts = amounts[: max(rule.most_a_month - in_month[month], 0)]
            in_month[month] += len(amounts)
            yield Judged(rule, period, held.site_id, value, amounts)


def settle(amounts: Sequence[int], standing: Sequence[Standing]) -> Settled:
    """Return what to award and what to take back, so that exactly these amounts stand; the newest goes first."""
    missing = Counter(amounts)
    back = []
    for award in standing:
        if missing[award.amount] > 0:
            missing[award.amount] -= 1
        else:
            back.append(award)
    return Settled(tuple(sorted(missing.elements())), tuple(reversed(back)))


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
    return f"Corrected: your {EARNABLE[line.metric].called} of {when} is {value} now."


def _judge_one(
    figures: Figures, rule: Earning, at_least: float, day: date, since: date
) -> tuple[Period, Value, tuple[int, ...]] | None:
    """Return a rule's period that ends on a day, its value and its awards; None where it has none or began too early."""
    period = rule.period_ending(day)
    if period is None:
        return None
    first = max(period.first, since) if rule.period is Span.ROLLING else period.first
    if first < since or first > period.last:
        return None
    period = replace(period, first=first)
    parts = figures.of(rule, first, period.last)
    value = rule.figure.value(parts, at_least)
    times = _times(rule, at_least, parts)
    if not times:
        return period, value, ()
    if rule.figure.each:
        return period, value, (rule.amount(1),) * times
    run = _run(figures, rule, at_least, period, since) if rule.looks_back else 1
    return period, value, (rule.amount(run),) if run % rule.streak == 0 else ()


def _times(rule: Earning, at_least: float, parts: Parts) -> int | None:
    """Return how often a rule's figure earns; None where it cannot be judged."""
    value = rule.figure.value(parts, at_least)
    if not isinstance(value, int | float) or parts.count < rule.least:
        return None
    return int(value) if rule.figure.each else int(value >= at_least)


def _run(figures: Figures, rule: Earning, at_least: float, period: Period, since: date) -> int:
    """Return how many periods in a row reached it, this one included; those that cannot be judged are passed over."""
    run, earlier = 1, rule.period_ending(period.first - timedelta(days=1))
    while earlier is not None and earlier.first >= since:
        times = _times(rule, at_least, figures.of(rule, earlier.first, earlier.last))
        if times == 0:
            break
        run += times is not None
        earlier = rule.period_ending(earlier.first - timedelta(days=1))
    return run
