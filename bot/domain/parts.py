"""The whole numbers that every figure is kept as, and how they join (KPIS.md).

Parts of different days, agents and channels join by sum, by maximum or by histogram, so that any period, team or site
follows from its parts, and never from averages.
"""

import math
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

GROWTH: Final = 1.05
"""Each bucket of a histogram ends 5 % above the one before, so its geometric middle is within 2.5 % of the truth."""

ZERO_BUCKET: Final = -1
"""The bucket of its own for exactly 0."""


class Merge(StrEnum):
    """How two parts of one figure join."""

    SUM = "sum"
    MAX = "max"
    HISTOGRAM = "histogram"


NO_BUCKETS: Final[Mapping[int, int]] = MappingProxyType({})


class Parts(NamedTuple):
    """A figure's parts: seconds, or scores x 1000. `count` is how many facts made them.

    Hundreds are made to answer one `/mystats`: hence a named tuple, which takes a quarter of a dataclass's time.
    """

    numerator: int = 0
    denominator: int | None = None
    count: int = 0  # type: ignore[assignment]  # the field's own word, over tuple's method that nobody needs here
    buckets: Mapping[int, int] = NO_BUCKETS


NOTHING: Final = Parts()


def join(merge: Merge, parts: Iterable[Parts]) -> Parts:
    """Join parts of one figure into one. The order does not matter; joining nothing gives `NOTHING`."""
    found = list(parts)
    if len(found) == 1:
        return found[0]
    numerator = count = 0
    denominator: int | None = None
    buckets: dict[int, int] = {}
    for more, of, facts, histogram_of in found:
        numerator = max(numerator, more) if merge is Merge.MAX else numerator + more
        count += facts
        if of is not None:
            denominator = of if denominator is None else denominator + of
        if histogram_of:
            for bucket, times in histogram_of.items():
                buckets[bucket] = buckets.get(bucket, 0) + times
    return Parts(numerator, denominator, count, buckets)


def histogram(values: Iterable[int]) -> Parts:
    """Count whole seconds, 0 or more, into the buckets that percentiles are read from."""
    buckets: dict[int, int] = {}
    for value in values:
        bucket = bucket_of(value)
        buckets[bucket] = buckets.get(bucket, 0) + 1
    return Parts(count=sum(buckets.values()), buckets=buckets)


def bucket_of(value: int) -> int:
    """Return the bucket of a value in seconds: ZERO_BUCKET for 0, else n where 1.05**n <= value < 1.05**(n + 1)."""
    if value <= 0:
        return ZERO_BUCKET
    bucket = int(math.log(value) / math.log(GROWTH))
    # The logarithm may land a hair on the wrong side of a boundary.
    while GROWTH ** (bucket + 1) <= value:
        bucket += 1
    while bucket > 0 and GROWTH**bucket > value:
        bucket -= 1
    return bucket


def percentile(parts: Parts, share: float) -> float | None:
    """Return the nearest-rank percentile of a histogram in seconds, None where nothing was counted.

    `share` is from 0 to 1. A bucket is spoken for by its geometric middle (KPIS.md, "Medians and percentiles").
    """
    if not parts.count:
        return None
    # 0.07 x 100 is a hair more than 7 in binary, and is meant to be 7.
    rank = max(1, math.ceil(round(share * parts.count, 6)))
    seen = 0
    for bucket in sorted(parts.buckets):
        seen += parts.buckets[bucket]
        if seen >= rank:
            return 0.0 if bucket == ZERO_BUCKET else float(GROWTH ** (bucket + 0.5))
    return None
