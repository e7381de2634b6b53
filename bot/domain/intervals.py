"""Stretches of time as pairs of whole seconds, the start in and the end out."""

from collections.abc import Iterable

Interval = tuple[int, int]


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Join what overlaps or touches; the result is ascending and apart. Empty or backward stretches are left out."""
    joined: list[Interval] = []
    for start, end in sorted(i for i in intervals if i[0] < i[1]):
        if joined and start <= joined[-1][1]:
            if end > joined[-1][1]:
                joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def intersect(left: list[Interval], right: list[Interval]) -> list[Interval]:
    """What lies in both; each side must be a `union`."""
    common: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            common.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return common


def subtract(whole: list[Interval], taken: list[Interval]) -> list[Interval]:
    """What lies in `whole` and not in `taken`; each side must be a `union`."""
    rest: list[Interval] = []
    for start, end in whole:
        at = start
        for taken_start, taken_end in taken:
            if taken_end <= at:
                continue
            if taken_start >= end:
                break
            if taken_start > at:
                rest.append((at, taken_start))
            at = taken_end
        if at < end:
            rest.append((at, end))
    return rest


def seconds(intervals: Iterable[Interval]) -> int:
    """The length of all of them together, in seconds; they must lie apart."""
    return sum(end - start for start, end in intervals)
