"""How kudos points flow: rings, and how much stands on one, held against definitions written out again."""

from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import patterns
from bot.domain.patterns import Gift, concentration, find, flows, reciprocity, rings

gifts = st.lists(st.builds(Gift, st.integers(1, 6), st.integers(1, 6), st.integers(1, 50)), max_size=40)


def test_two_who_give_mostly_to_each_other_are_worth_a_look() -> None:
    month = [Gift(1, 2, 40), Gift(2, 1, 35), Gift(1, 3, 5), Gift(3, 4, 5)]
    (ring,) = find(month, {}, {}).rings
    assert (ring.members, ring.points, ring.share) == ((1, 2), 70, 70 / 80)


def test_three_who_give_in_a_circle_are_and_twice_two_hide_no_third() -> None:
    circle = [Gift(1, 2, 20), Gift(2, 3, 20), Gift(3, 1, 15), Gift(1, 4, 2)]
    (ring,) = find(circle, {}, {}).rings
    assert (ring.members, ring.points) == ((1, 2, 3), 45)
    pair_in_it = [*circle, Gift(2, 1, 100), Gift(1, 2, 100)]
    assert [r.members for r in find(pair_in_it, {}, {}).rings] == [(1, 2)]


def test_a_few_thanks_are_no_pattern() -> None:
    few = find([Gift(1, 2, 5), Gift(2, 1, 5)], {1: "A"}, {1: "S"})
    assert (few.rings, few.givers, few.receivers) == ((), {}, {})
    assert few.returned == 1.0


def test_a_giver_most_of_whose_points_go_to_one_is_named_with_them() -> None:
    month = [Gift(1, 2, 30), Gift(1, 3, 10), Gift(4, 2, 5)]
    found = find(month, {1: "Blue", 4: "Blue"}, {1: "Cebu", 4: "Cebu"})
    assert {one: other for one, (other, _) in found.givers.items()} == {1: 2}
    assert {one: other for one, (other, _) in found.receivers.items()} == {2: 1}
    assert found.teams["Blue"].top == pytest.approx(40 / 45)
    assert found.sites["Cebu"].hhi == pytest.approx((40 / 45) ** 2 + (5 / 45) ** 2)
    assert found.sites["Cebu"].is_on_one


def test_the_index_of_known_parts() -> None:
    assert concentration([40, 30, 20, 10]).hhi == pytest.approx(0.30)
    assert concentration([7]).hhi == 1
    assert concentration([5, 5, 5, 5]).hhi == pytest.approx(0.25)
    assert concentration([]).total == 0


@given(gifts)
def test_what_was_given_oneself_counts_nowhere(some: list[Gift]) -> None:
    assert all(giver != receiver and points > 0 for (giver, receiver), points in flows(some).items())
    assert sum(flows(some).values()) == sum(g.points for g in some if g.giver != g.receiver)


@given(gifts)
def test_reciprocity_is_the_share_that_went_both_ways(some: list[Gift]) -> None:
    flow = flows(some)
    returned = sum(2 * min(flow.get((a, b), 0), flow.get((b, a), 0)) for a in range(1, 7) for b in range(a + 1, 7))
    assert reciprocity(flow) == (pytest.approx(returned / sum(flow.values())) if flow else 0)
    assert 0 <= reciprocity(flow) <= 1


@settings(deadline=None)
@given(gifts)
def test_rings_are_all_there_are_and_no_more(some: list[Gift]) -> None:
    flow = flows(some)
    wanted: Counter[tuple[int, ...]] = Counter()
    for size in (2, 3):
        for members in permutations(range(1, 7), size):
            steps = [flow.get((members[n], members[(n + 1) % size]), 0) for n in range(size)]
            if min(steps) > 0:
                key = tuple(sorted(members))
                wanted[key] = max(wanted[key], size * min(steps))
    found = rings(flow)
    assert {ring.members: ring.points for ring in found} == dict(wanted)
    assert all(0 < ring.share <= 1 for ring in found)
    assert [r.points for r in found] == sorted((r.points for r in found), reverse=True)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=30))
def test_an_index_lies_between_equal_parts_and_one(parts: list[int]) -> None:
    spread = concentration(parts)
    assert 1 / len(parts) - 1e-9 <= spread.hhi <= spread.top + 1e-9 <= 1 + 2e-9
    assert (spread.total, spread.parts) == (sum(parts), len(parts))


@given(gifts)
def test_whatever_the_gifts_what_is_shown_is_short_and_about_those_who_gave(some: list[Gift]) -> None:
    found = find(some, dict.fromkeys(range(1, 7), "T"), {})
    assert max(len(found.rings), len(found.givers), len(found.receivers)) <= patterns.MOST_SHOWN
    assert all(one != other for one, (other, _) in {**found.givers, **found.receivers}.items())
