"""Stretches of time behave as the sets of seconds that they stand for."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.intervals import Interval, intersect, seconds, subtract, union
from tests.domain.samples import many_examples

# Few possible ends, so that stretches often touch, hold each other, or are empty or backward.
stretches = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)


def covered(intervals: list[Interval]) -> set[int]:
    return {second for start, end in intervals for second in range(start, end)}


def is_ascending_and_apart(intervals: list[Interval]) -> bool:
    ends = [moment for interval in intervals for moment in interval]
    return ends == sorted(set(ends))


def test_stretches_that_overlap_or_touch_become_one_and_a_gap_of_one_second_stays() -> None:
    assert union([(10, 20), (0, 5), (5, 8), (15, 30), (31, 32)]) == [(0, 8), (10, 30), (31, 32)]


def test_a_stretch_inside_another_does_not_shorten_it() -> None:
    assert union([(0, 100), (10, 20)]) == [(0, 100)]


def test_empty_and_backward_stretches_are_left_out() -> None:
    assert union([(5, 5), (9, 3)]) == []


def test_what_is_taken_may_begin_before_the_whole_and_end_after_it() -> None:
    # 0-10 loses 0-2, 4-6 and 9-10; 20-30 is taken entirely.
    assert subtract([(0, 10), (20, 30)], [(-5, 2), (4, 6), (9, 40)]) == [(2, 4), (6, 9)]


def test_one_taken_stretch_can_touch_two_of_the_whole() -> None:
    assert subtract([(0, 10), (12, 20)], [(8, 14)]) == [(0, 8), (14, 20)]


def test_the_end_does_not_belong_to_a_stretch() -> None:
    assert intersect([(0, 10)], [(10, 20)]) == []
    assert subtract([(0, 10)], [(10, 20)]) == [(0, 10)]


@many_examples
@given(stretches)
def test_a_union_covers_the_same_seconds(some: list[Interval]) -> None:
    joined = union(some)
    assert covered(joined) == covered(some)
    assert is_ascending_and_apart(joined)
    assert seconds(joined) == len(covered(some))


@many_examples
@given(stretches, stretches)
def test_intersect_and_subtract_are_those_of_sets(some: list[Interval], others: list[Interval]) -> None:
    left, right = union(some), union(others)
    common, rest = intersect(left, right), subtract(left, right)
    assert covered(common) == covered(left) & covered(right)
    assert covered(rest) == covered(left) - covered(right)
    assert is_ascending_and_apart(common)
    assert is_ascending_and_apart(rest)
    assert seconds(common) + seconds(rest) == seconds(left)
