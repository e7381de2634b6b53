"""Figures are kept as parts that join in any order, and percentiles stay within their promise."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.parts import GROWTH, NOTHING, ZERO_BUCKET, Merge, Parts, bucket_of, histogram, join, percentile
from tests.domain.samples import many_examples, some_examples

A_DAY = 86_400

numbers = st.integers(0, 10_000)
plain_parts = st.builds(Parts, numbers, st.none() | numbers, numbers)
histograms = st.lists(st.integers(0, A_DAY), max_size=10).map(histogram)
merges = st.sampled_from(Merge)
any_parts = plain_parts | histograms


def test_sums_are_added_and_a_record_is_kept() -> None:
    monday, tuesday = Parts(48_000, 10, 10), Parts(25_000, 5, 5)
    assert join(Merge.SUM, [monday, tuesday]) == Parts(73_000, 15, 15)
    assert join(Merge.MAX, [Parts(900, None, 3), Parts(4264, None, 2), Parts(10, None, 1)]) == Parts(4264, None, 6)


def test_histograms_are_added_bucket_by_bucket() -> None:
    assert join(Merge.HISTOGRAM, [histogram([0, 0, 60]), histogram([0, 60, 3600])]) == histogram(
        [0, 0, 0, 60, 60, 3600]
    )


def test_an_unknown_denominator_is_not_a_denominator_of_nought() -> None:
    assert join(Merge.SUM, [Parts(1), Parts(2)]).denominator is None
    assert join(Merge.SUM, [Parts(1), Parts(0, 0)]).denominator == 0
    assert join(Merge.SUM, [Parts(1), Parts(2, 3)]).denominator == 3


def test_joining_nothing_gives_nothing() -> None:
    assert join(Merge.SUM, []) == join(Merge.MAX, []) == join(Merge.HISTOGRAM, []) == NOTHING


@many_examples
@given(merges, any_parts, any_parts, any_parts)
def test_the_order_and_the_brackets_do_not_matter(merge: Merge, a: Parts, b: Parts, c: Parts) -> None:
    all_at_once = join(merge, [a, b, c])
    assert join(merge, [a, join(merge, [b, c])]) == all_at_once
    assert join(merge, [join(merge, [a, b]), c]) == all_at_once
    assert join(merge, [c, b, a]) == all_at_once
    assert join(merge, [NOTHING, a]) == a
    assert join(merge, [a]) == a


@many_examples
@given(st.lists(st.integers(0, A_DAY)), st.lists(st.integers(0, A_DAY)))
def test_the_histogram_of_a_whole_is_that_of_its_halves_joined(some: list[int], others: list[int]) -> None:
    assert histogram(some + others) == join(Merge.HISTOGRAM, [histogram(some), histogram(others)])


def test_exactly_nought_has_a_bucket_of_its_own() -> None:
    assert bucket_of(0) == ZERO_BUCKET
    assert bucket_of(1) == 0
    assert percentile(histogram([0, 0, 0, 5]), 0.5) == 0


def test_every_second_of_two_days_lies_in_its_bucket() -> None:
    for value in range(1, 2 * A_DAY):
        bucket = bucket_of(value)
        assert GROWTH**bucket <= value < GROWTH ** (bucket + 1)


@some_examples
@given(st.integers(1, 10**12))
def test_so_does_any_longer_time(value: int) -> None:
    assert GROWTH ** bucket_of(value) <= value < GROWTH ** (bucket_of(value) + 1)


@pytest.mark.parametrize(
    ("value", "bucket", "middle"),
    [
        # 1 is the lower end of its bucket, 1 to 1.05, where the error is largest: sqrt(1.05) is 1.0247.
        (1, 0, 1.0246950766),
        # 1.05^14 is 1.9799 and 1.05^15 is 2.0789; the middle is 1.05^14.5.
        (2, 14, 2.0288261619),
        # 1.05^22 is 2.9253 and 1.05^23 is 3.0715.
        (3, 22, 2.9975002575),
        (60, 83, 58.7904077532),
    ],
)
def test_a_bucket_is_spoken_for_by_its_geometric_middle(value: int, bucket: int, middle: float) -> None:
    assert bucket_of(value) == bucket
    assert percentile(histogram([value]), 0.5) == pytest.approx(middle, abs=1e-9)


def test_the_middle_is_within_a_fortieth_of_every_second_of_a_day() -> None:
    for value in range(1, A_DAY):
        middle = GROWTH ** (bucket_of(value) + 0.5)
        assert abs(middle - value) <= 0.025 * value


def test_nearest_rank_takes_a_value_that_was_measured() -> None:
    # Of four the median is the second, of five the third; the 90th percentile of ten is the ninth, of eleven the tenth.
    def at_rank(count: int, share: float) -> int:
        values = [100 * 2**n for n in range(count)]
        found = percentile(histogram(values), share)
        assert found is not None
        return round(math.log2(found / 100)) + 1

    assert at_rank(4, 0.5) == 2
    assert at_rank(5, 0.5) == 3
    assert at_rank(10, 0.9) == 9
    assert at_rank(11, 0.9) == 10
    assert at_rank(1, 0.9) == 1
    assert at_rank(4, 0) == 1
    assert at_rank(4, 1) == 4


def test_a_share_is_meant_as_it_is_written() -> None:
    # In binary 0.07 x 100 is 7.000000000000001, and the seventh of a hundred is meant all the same.
    assert percentile(histogram([10] * 7 + [1000] * 93), 0.07) == percentile(histogram([10]), 0.5)


def test_without_values_there_is_no_percentile() -> None:
    assert percentile(NOTHING, 0.5) is None
    assert percentile(histogram([]), 0.9) is None


@many_examples
@given(st.lists(st.integers(0, A_DAY) | st.integers(0, 5), min_size=1, max_size=60), st.integers(0, 100))
def test_a_percentile_is_near_the_exact_one(values: list[int], hundredths: int) -> None:
    exact = sorted(values)[max(1, math.ceil(Fraction(hundredths, 100) * len(values))) - 1]
    found = percentile(histogram(values), hundredths / 100)
    assert found is not None
    assert abs(found - exact) <= 0.025 * exact
