"""Who stands where: adjusted values, places, the part of a board that may be shown (KPIS.md, "Ranking with few answers").

The lower Wilson bound is that of E. B. Wilson (1927), "Probable inference, the law of succession, and statistical
inference"; the shrunk mean is the usual Bayesian average with the scope's own mean as its prior.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.metrics import Adjust, Better, Metric
from bot.domain.parts import NOTHING, Parts, join

Z: Final = 1.96
PRIOR_WEIGHT: Final = 10
MINIMUM_COUNT: Final = 5

PRECISION: Final = 12
"""Decimals of an adjusted value: equals must tie, also where their sums of binary fractions differ by a hair."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One person's parts of one metric over one period."""

    person_id: int
    name: str
    parts: Parts


@dataclass(frozen=True, slots=True)
class Standing:
    """One ranked person: the raw value, the adjusted one that ranks, and the place shared with equals."""

    place: int | None
    person_id: int
    name: str
    parts: Parts
    value: float | None
    adjusted: float | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Everybody of one scope and period: the ranked in order, how many had too few answers, and all parts joined."""

    standings: Sequence[Standing]
    unranked: Sequence[Entry]
    total: Parts

    def top(self, most: int) -> list[Standing]:
        """Return what a board may show: the first `most` and never more than half of those ranked.

        Of people who tie at the last place shown, all or none are shown.
        """
        half = len(self.standings) // 2
        shown: list[Standing] = []
        for standing in self.standings:
            if standing.place is None or standing.place > min(most, half):
                break
            shown.append(standing)
        while len(shown) > half:
            last = shown[-1].place
            shown = [s for s in shown if s.place != last]
        return shown


def wilson_lower(successes: int, of: int) -> float:
    """Return the lower bound of a share of `of` at z = 1.96; 0 where nothing was counted."""
    if of <= 0:
        return 0.0
    share = successes / of
    spread = Z * math.sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    # Without successes the two terms cancel, and rounding may leave a hair below zero.
    return max(0.0, (share + Z * Z / (2 * of) - spread) / (1 + Z * Z / of))


def shrunk_mean(total: float, count: int, prior: float) -> float:
    """Return (m x prior + sum) / (m + n) with m = 10: a mean held toward the scope's own."""
    return (PRIOR_WEIGHT * prior + total) / (PRIOR_WEIGHT + count)


def adjusted_value(metric: Metric, parts: Parts, prior: float | None) -> float | None:
    """Return the value that ranks, in the metric's own unit, None where there is no value.

    `prior` is the unadjusted value of everybody in the scope and period.
    """
    raw = metric.value(parts)
    if raw is None:
        return None
    value = raw["median"] if not isinstance(raw, int | float) else float(raw)
    match metric.adjust:
        case Adjust.WILSON:
            return round(wilson_lower(parts.numerator, parts.denominator or 0), PRECISION)
        case Adjust.SHRINK:
            total = parts.numerator * metric.factor / metric.scale
            return round(shrunk_mean(total, parts.denominator or 0, value if prior is None else prior), PRECISION)
        case Adjust.NONE:
            return round(value, PRECISION)


def rank(
    metric: Metric, entries: Iterable[Entry], *, minimum_count: int = MINIMUM_COUNT, prior: Parts | None = None
) -> Ranking:
    """Order people by the adjusted value, best first; under the minimum count nobody is ranked.

    Equal adjusted values share a place; within it the order is by count, then by name. A metric that is not to be
    ranked (handle time) is listed by name, without places. `prior` is the parts of everybody in the scope, where more
    people belong to it than are ranked here.
    """
    everybody = list(entries)
    total = join(metric.merge, (e.parts for e in everybody)) if everybody else NOTHING
    mean = metric.value(total if prior is None else prior)
    ranked: list[tuple[float, Entry]] = []
    unranked: list[Entry] = []
    for entry in everybody:
        adjusted = adjusted_value(metric, entry.parts, mean if isinstance(mean, int | float) else None)
        if adjusted is None or entry.parts.count < minimum_count:
            unranked.append(entry)
        else:
            ranked.append((adjusted, entry))
    sign = 1 if metric.better is Better.LOWER else -1
    ranked.sort(key=lambda r: (sign * r[0] if metric.listed else 0, -r[1].parts.count, r[1].name, r[1].person_id))
    if not metric.listed:
        ranked.sort(key=lambda r: (r[1].name, r[1].person_id))
    standings: list[Standing] = []
    for position, (adjusted, entry) in enumerate(ranked, start=1):
        tied = bool(standings) and standings[-1].adjusted == adjusted
        place = standings[-1].place if tied else position
        raw = metric.value(entry.parts)
        value = raw["median"] if raw is not None and not isinstance(raw, int | float) else raw
        standings.append(
            Standing(place if metric.listed else None, entry.person_id, entry.name, entry.parts, value, adjusted)
        )
    unranked.sort(key=lambda e: (e.name, e.person_id))
    return Ranking(standings, unranked, total)


def most_improved(now: Ranking, before: Ranking) -> tuple[Standing, float] | None:
    """Return who rose most against their own previous period, with the rise; None where nobody rose.

    Both periods need the minimum count. Of equal rises the larger count counts, then the name.
    """
    earlier = {s.person_id: s.adjusted for s in before.standings}
    rises = [
        (s, round(s.adjusted - was, PRECISION))
        for s in now.standings
        if s.adjusted is not None and (was := earlier.get(s.person_id)) is not None and s.adjusted > was
    ]
    return min(rises, key=lambda r: (-r[1], -r[0].parts.count, r[0].name, r[0].person_id), default=None)
