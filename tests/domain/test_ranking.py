"""Who stands where: by adjusted values, with ties, and never shaming."""

import math
from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.metrics import METRICS, Metric
from bot.domain.parts import NOTHING, Parts, histogram
from bot.domain.ranking import Entry, Ranking, Standing, adjusted_value, most_improved, rank, shrunk_mean, wilson_lower
from tests.domain.samples import many_examples

CSAT, POSITIVE, NPS, VOLUME = METRICS["csat"], METRICS["positive"], METRICS["nps"], METRICS["volume"]


def stars(total: float, count: int) -> Parts:
    return Parts(round(total * 1000), count, count)


def share(successes: int, of: int) -> Parts:
    return Parts(successes, of, of)


def people(**parts: Parts) -> list[Entry]:
    """Return people of these names, numbered in the order in which they are given."""
    return [Entry(number, name, found) for number, (name, found) in enumerate(parts.items(), start=1)]


def places(ranking: Ranking) -> list[tuple[int | None, str]]:
    return [(s.place, s.name) for s in ranking.standings]


def names(standings: Sequence[Standing]) -> list[str]:
    return [s.name for s in standings]


# Adjusted values


@pytest.mark.parametrize(
    ("successes", "of", "bound"), [(10, 12, 0.5519636426), (2, 2, 0.3423719529), (0, 10, 0.0), (0, 0, 0.0)]
)
def test_the_wilson_bound_of_known_shares(successes: int, of: int, bound: float) -> None:
    assert wilson_lower(successes, of) == pytest.approx(bound, abs=5e-11)
    assert math.copysign(1, wilson_lower(successes, of)) == 1


@many_examples
@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_wilson_bound_lies_at_196_standard_errors_from_the_share(counts: tuple[int, int]) -> None:
    successes, of = counts
    bound = wilson_lower(successes, of)
    assert 0 <= bound <= successes / of + 1e-15
    assert bound < 1
    # What defines it: were the true share the bound, the seen one would lie 1.96 standard errors above.
    assert (successes / of - bound) ** 2 == pytest.approx(1.96**2 * bound * (1 - bound) / of, abs=1e-12)


def test_no_success_is_never_below_nought() -> None:
    for of in range(1, 2000):
        adjusted = adjusted_value(POSITIVE, share(0, of), None)
        assert wilson_lower(0, of) >= 0
        assert adjusted == 0
        assert math.copysign(1, adjusted) == 1  # it would be printed as -0.0


def test_ten_answers_worth_of_the_scopes_mean_are_mixed_in() -> None:
    # (10 x 4 + 25) / (10 + 5) = 65 / 15
    assert shrunk_mean(25, 5, 4.0) == pytest.approx(4.3333333333)
    assert adjusted_value(CSAT, stars(25, 5), 4.0) == pytest.approx(4.3333333333)
    # In points: 3 more promoters than detractors of 5 are 60; (10 x 20 + 300) / 15
    assert adjusted_value(NPS, Parts(3, 5, 5), 20.0) == pytest.approx(33.3333333333)


def test_without_answers_there_is_no_adjusted_value() -> None:
    assert adjusted_value(CSAT, NOTHING, 4.0) is None
    assert adjusted_value(POSITIVE, Parts(0, 0, 0), None) is None


def test_a_percentile_ranks_by_its_median_the_lower_the_better() -> None:
    entries = people(slow=histogram([600] * 5), quick=histogram([30] * 5), even=histogram([60] * 5))
    ranking = rank(METRICS["first_response"], entries)
    assert places(ranking) == [(1, "quick"), (2, "even"), (3, "slow")]
    assert ranking.standings[0].value == pytest.approx(30, rel=0.025)


# Places


def test_many_good_stars_stand_before_few_perfect_ones() -> None:
    # Prior: (25 + 196 + 160) / 85 = 4.482353. Ben (44.823529 + 25) / 15 = 4.654902,
    # Ada (44.823529 + 196) / 50 = 4.816471, Cy (44.823529 + 160) / 50 = 4.096471.
    ranking = rank(CSAT, people(Ben=stars(25, 5), Ada=stars(196, 40), Cy=stars(160, 40)))
    assert places(ranking) == [(1, "Ada"), (2, "Ben"), (3, "Cy")]
    assert [s.value for s in ranking.standings] == pytest.approx([4.9, 5.0, 4.0])
    assert [s.adjusted for s in ranking.standings] == pytest.approx([4.8164705882, 4.6549019608, 4.0964705882])
    assert ranking.total == stars(381, 85)


def test_the_prior_is_that_of_all_people_also_of_those_with_too_few_answers() -> None:
    # Dee's single star pulls the prior to (25 + 25 + 1) / 11 = 4.636364; (46.363636 + 25) / 15 = 4.757576
    ranking = rank(CSAT, people(Ada=stars(25, 5), Ben=stars(25, 5), Dee=stars(1, 1)))
    assert [e.name for e in ranking.unranked] == ["Dee"]
    assert ranking.standings[0].adjusted == pytest.approx(4.7575757576)


def test_the_prior_may_be_of_more_people_than_are_ranked() -> None:
    ranking = rank(CSAT, people(Ada=stars(25, 5)), prior=stars(300, 100))
    assert ranking.standings[0].adjusted == pytest.approx((10 * 3 + 25) / 15)
    assert ranking.total == stars(25, 5)


def test_under_the_minimum_count_nobody_is_ranked() -> None:
    four, five = stars(20, 4), stars(5, 5)
    assert places(rank(CSAT, people(Ada=four, Ben=five))) == [(1, "Ben")]
    assert places(rank(CSAT, people(Ada=four, Ben=five), minimum_count=4)) == [(1, "Ada"), (2, "Ben")]
    assert [e.name for e in rank(CSAT, people(Zoe=four, Ada=NOTHING, Ben=five)).unranked] == ["Ada", "Zoe"]


def test_who_did_nothing_is_not_ranked_even_where_one_answer_is_enough() -> None:
    ranking = rank(VOLUME, people(Ada=Parts(0, None, 0), Ben=Parts(1, None, 1)), minimum_count=1)
    assert places(ranking) == [(1, "Ben")]
    assert places(rank(CSAT, people(Ada=NOTHING), minimum_count=0)) == []


def test_nobody_at_all_makes_an_empty_ranking() -> None:
    assert rank(CSAT, []) == Ranking([], [], NOTHING)
    assert rank(CSAT, []).top(5) == []


def test_ties_share_a_place_and_the_next_place_is_left_out() -> None:
    entries = people(Cy=share(8, 10), Ben=share(9, 10), Dee=share(8, 10), Ada=share(7, 10))
    assert places(rank(POSITIVE, entries)) == [(1, "Ben"), (2, "Cy"), (2, "Dee"), (4, "Ada")]


def test_among_equals_more_answers_come_first_and_then_the_name() -> None:
    # All have the mean of all, 4.2 (21 / 5), so that the adjusted values are equal whatever the count.
    entries = people(Zoe=stars(21, 5), Ada=stars(21, 5), Ben=stars(42, 10), Cy=stars(63, 15))
    ranking = rank(CSAT, entries)
    assert places(ranking) == [(1, "Cy"), (1, "Ben"), (1, "Ada"), (1, "Zoe")]


def test_equals_tie_also_where_binary_fractions_do_not_meet() -> None:
    # 10 / 6 and 20 / 12 are the same mean as of both, 30 / 18, yet their shrunk means differ in the last bit.
    mean = 30 / 18
    assert shrunk_mean(10, 6, mean) != shrunk_mean(20, 12, mean)
    assert places(rank(CSAT, people(Ada=stars(10, 6), Ben=stars(20, 12)))) == [(1, "Ben"), (1, "Ada")]


def test_people_of_one_name_keep_the_order_of_their_numbers() -> None:
    entries = [Entry(2, "Ada", share(5, 5)), Entry(1, "Ada", share(5, 5))]
    assert [s.person_id for s in rank(POSITIVE, entries).standings] == [1, 2]


def test_handle_time_is_listed_by_name_and_has_no_places() -> None:
    entries = people(Zoe=Parts(100, 50, 50), Ada=Parts(9000, 10, 10), Ben=Parts(500, 20, 20))
    ranking = rank(METRICS["handle_time"], entries)
    assert places(ranking) == [(None, "Ada"), (None, "Ben"), (None, "Zoe")]
    assert ranking.top(5) == []


# What a board may show


def shown(counts: list[int], most: int) -> int:
    """Rank people by these numbers of contacts and return how many of them a board shows."""
    entries = [Entry(n, f"p{n}", Parts(count, None, count)) for n, count in enumerate(counts)]
    return len(rank(VOLUME, entries).top(most))


@pytest.mark.parametrize(
    ("counts", "most", "expected"),
    [
        (list(range(10, 30)), 5, 5),
        (list(range(10, 20)), 5, 5),
        # Never more than half of those ranked: 4 of 9, 1 of 3, and of one person none.
        (list(range(10, 19)), 5, 4),
        ([10, 11, 12], 5, 1),
        ([10], 5, 0),
        # Two tie at place 5 of twelve: both are shown, which makes six, just half.
        ([20, 19, 18, 17, 16, 16, *range(5, 11)], 5, 6),
        # Three tie at place 5 of twelve: seven would be more than half, so that none of the three is shown.
        ([20, 19, 18, 17, 16, 16, 16, *range(5, 10)], 5, 4),
        # All are equal: all or none, and all is more than half.
        ([10] * 8, 5, 0),
        # Three share the first place of six: they are half.
        ([20, 20, 20, 10, 9, 8], 5, 3),
        # Two share the second place of five, where half is two: only the first is shown.
        ([20, 19, 19, 10, 9], 5, 1),
    ],
)
def test_a_board_shows_the_top_and_all_or_none_of_a_tie(counts: list[int], most: int, expected: int) -> None:
    assert shown(counts, most) == expected


@many_examples
@given(st.lists(st.integers(5, 12), max_size=30), st.integers(1, 25))
def test_a_board_never_shows_more_than_half_nor_parts_a_tie(counts: list[int], most: int) -> None:
    entries = [Entry(n, f"p{n}", Parts(count, None, count)) for n, count in enumerate(counts)]
    ranking = rank(VOLUME, entries)
    top = ranking.top(most)
    assert top == ranking.standings[: len(top)]
    assert 2 * len(top) <= len(counts)
    rest = ranking.standings[len(top) :]
    assert not ({s.place for s in top} & {s.place for s in rest})
    # No place that could be shown is kept back: with those who tie at it, they would be more than half or beyond N.
    if rest:
        tied = [s for s in rest if s.place == rest[0].place]
        assert rest[0].place is not None
        assert rest[0].place > most or 2 * (len(top) + len(tied)) > len(counts)


# Against a slow version


def exact_key(metric: Metric, parts: Parts, total: Parts) -> Fraction | Decimal:
    """Return the adjusted value without binary fractions."""
    assert parts.denominator is not None
    assert total.denominator is not None
    n = parts.denominator
    if metric is POSITIVE:
        with localcontext() as context:
            context.prec = 50
            z, p = Decimal("1.96"), Decimal(parts.numerator) / n
            spread = z * (p * (1 - p) / n + z * z / (4 * n * n)).sqrt()
            return round((p + z * z / (2 * n) - spread) / (1 + z * z / n), 30)
    scale = Fraction(metric.factor, metric.scale)
    return (10 * scale * Fraction(total.numerator, total.denominator) + scale * parts.numerator) / (10 + n)


def parts_of(metric: Metric, number: int, count: int) -> Parts:
    """Return possible parts of a metric from any number."""
    least, most = {"csat": (1, 5), "positive": (0, 1), "nps": (-1, 1)}[metric.key]
    numerator = least * count + number % ((most - least) * count + 1)
    return Parts(numerator * metric.scale, count, count)


crowds = st.lists(
    st.tuples(st.sampled_from("ABCDE"), st.integers(0, 60), st.sampled_from([0, 1, 4, 5, 5, 6, 10, 12])), max_size=12
)


@many_examples
@given(st.sampled_from([CSAT, POSITIVE, NPS]), crowds)
def test_places_are_those_of_counting_who_is_better(metric: Metric, crowd: list[tuple[str, int, int]]) -> None:
    entries = [
        Entry(n, name, parts_of(metric, number, count) if count else NOTHING)
        for n, (name, number, count) in enumerate(crowd)
    ]
    total = Parts(sum(e.parts.numerator for e in entries), sum(e.parts.count for e in entries))
    exact = {e.person_id: exact_key(metric, e.parts, total) for e in entries if e.parts.count >= 5}
    ranking = rank(metric, entries)
    assert {s.person_id for s in ranking.standings} == exact.keys()
    assert {e.person_id for e in ranking.unranked} == {e.person_id for e in entries} - exact.keys()
    for standing in ranking.standings:
        assert standing.place == 1 + sum(key > exact[standing.person_id] for key in exact.values())
        assert standing.adjusted == pytest.approx(float(exact[standing.person_id]), abs=1e-9)
        assert standing.value == metric.value(standing.parts)
    order = [(s.place, -s.parts.count, s.name, s.person_id) for s in ranking.standings]
    assert order == sorted(order, key=lambda row: (row[0] or 0, *row[1:]))


@many_examples
@given(
    st.sampled_from([CSAT, POSITIVE, NPS]),
    crowds.flatmap(lambda crowd: st.permutations(list(enumerate(crowd))).map(lambda mixed: (crowd, mixed))),
)
def test_the_order_of_input_does_not_matter(
    metric: Metric, crowd: tuple[list[tuple[str, int, int]], list[tuple[int, tuple[str, int, int]]]]
) -> None:
    def entry(number: int, row: tuple[str, int, int]) -> Entry:
        return Entry(number, row[0], parts_of(metric, row[1], row[2]) if row[2] else NOTHING)

    in_order = rank(metric, [entry(number, row) for number, row in enumerate(crowd[0])])
    mixed = rank(metric, [entry(number, row) for number, row in crowd[1]])
    assert mixed == in_order


# Most improved


def improved(before: dict[str, Parts], now: dict[str, Parts]) -> tuple[str, float] | None:
    numbers = {name: number for number, name in enumerate({**before, **now})}

    def ranking(parts: dict[str, Parts]) -> Ranking:
        return rank(POSITIVE, [Entry(numbers[name], name, found) for name, found in parts.items()])

    found = most_improved(ranking(now), ranking(before))
    return None if found is None else (found[0].name, found[1])


def test_the_largest_rise_of_the_adjusted_value_is_told() -> None:
    # Ada goes from 10 of 12 to 11 of 12, Ben from 2 to 6 of 12, far below Ada.
    found = improved({"Ada": share(10, 12), "Ben": share(2, 12)}, {"Ada": share(11, 12), "Ben": share(6, 12)})
    assert found is not None
    assert found[0] == "Ben"
    assert found[1] == pytest.approx(wilson_lower(6, 12) - wilson_lower(2, 12))


def test_more_answers_of_the_same_kind_are_a_rise_too() -> None:
    found = improved({"Ada": share(5, 5)}, {"Ada": share(50, 50)})
    assert found is not None
    assert found[0] == "Ada"


def test_both_periods_need_the_minimum_count() -> None:
    assert improved({"Ada": share(1, 4)}, {"Ada": share(12, 12)}) is None
    assert improved({"Ada": share(1, 12)}, {"Ada": share(4, 4)}) is None
    assert improved({}, {"Ada": share(12, 12)}) is None


def test_who_fell_or_stood_still_has_not_improved() -> None:
    assert improved({"Ada": share(6, 12)}, {"Ada": share(6, 12)}) is None
    assert improved({"Ada": share(6, 12)}, {"Ada": share(5, 12)}) is None


def test_of_equal_rises_the_one_with_more_answers_is_told_and_then_the_first_by_name() -> None:
    rise, flat = {"Zoe": share(6, 12), "Ada": share(6, 12)}, {"Zoe": share(9, 12), "Ada": share(9, 12)}
    found = improved(rise, flat)
    assert found is not None
    assert found[0] == "Ada"
    standings = {
        n: Standing(1, n, name, share(5, count), 1.0, 0.0) for n, (name, count) in enumerate([("A", 5), ("Z", 9)])
    }
    before = Ranking(list(standings.values()), [], NOTHING)
    now = Ranking([Standing(1, s.person_id, s.name, s.parts, 1.0, 0.5) for s in standings.values()], [], NOTHING)
    best = most_improved(now, before)
    assert best is not None
    assert best[0].name == "Z"
