"""Rewards decided: the way of a request, who may take a step, in what order offers stand, and what a stock comes to."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalogue import Reward, new_key
from bot.domain.offers import Offer, change_of, days_to_earn, in_order, left_of, matching, nearest, price_of
from bot.domain.people import Role, Who
from bot.domain.programme import Programme, parse_programme
from bot.domain.rewards import (
    LEADS_TO,
    NEXT,
    OPEN,
    RETURNS,
    Approver,
    PaidIn,
    RewardKind,
    State,
    Step,
    may_take,
    next_state,
)
from bot.errors import InputError


def offer(title: str, *, price: int = 10, missing: int = 0, left: int | None = None) -> Offer:
    key = title.lower().replace(" ", "-")
    return Offer(key, title, "", RewardKind.PERK, price, missing, left, needs_approval=True)


def test_a_request_has_these_ways_and_no_others() -> None:
    after = {(State.ASKED, Step.APPROVE): State.APPROVED, (State.ASKED, Step.DECLINE): State.DECLINED,
             (State.ASKED, Step.CANCEL): State.CANCELLED, (State.APPROVED, Step.DONE): State.DONE,
             (State.APPROVED, Step.GIVE_BACK): State.GIVEN_BACK, (State.ASKED, Step.EXPIRE): State.EXPIRED}  # fmt: skip
    # What needed no approval nobody decided: then it can still be cancelled.
    undecided = {**after, (State.APPROVED, Step.CANCEL): State.CANCELLED}
    for by, ways in ((7, after), (None, undecided)):
        assert {(state, step): next_state(state, step, by) for state, step in product(State, Step)} == {
            pair: ways.get(pair) for pair in product(State, Step)
        }


def test_every_request_ends_spent_or_given_back() -> None:
    assert {State.ASKED, State.APPROVED} == OPEN
    assert {State.DECLINED, State.CANCELLED, State.GIVEN_BACK, State.EXPIRED} == RETURNS
    assert set(State) == OPEN | RETURNS | {State.DONE}
    # By what a step leads to it is known whether it was taken.
    assert {(step, state) for (_, step), state in NEXT.items()} == set(LEADS_TO.items())
    assert set(LEADS_TO) == set(Step)


def who(person_id: int, *roles: Role, leads: int | None = None) -> Who:
    team = frozenset() if leads is None else frozenset({leads})
    return Who(person_id, "Ana", "en", "UTC", 1, "Cebu", 7, "Blue", frozenset(roles), team, has_left=False)


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("approver", Approver)
@pytest.mark.parametrize(
    ("somebody", "decides"),
    [
        (who(1), ()),
        (who(1, Role.ADMIN, Role.LEAD, leads=7), ()),
        (who(2), ()),
        (who(2, Role.LEAD, leads=7), (Approver.LEAD,)),
        (who(2, Role.LEAD, leads=8), ()),
        (who(2, Role.EXECUTIVE, Role.RECOVERY), ()),
        (who(2, Role.ADMIN), (Approver.LEAD, Approver.ADMIN)),
    ],
)
def test_who_may(step: Step, approver: Approver, somebody: Who, decides: tuple[Approver, ...]) -> None:
    may = may_take(somebody, step, asker=1, team_id=7, approver=approver)
    if step is Step.EXPIRE:
        # That is the clock's doing alone.
        assert not may
        return
    assert may == (somebody.person_id == 1 if step is Step.CANCEL else approver in decides)
    # Of nobody's team nobody is a lead.
    teamless = may_take(somebody, step, asker=1, team_id=None, approver=approver)
    assert teamless == (may and (step is Step.CANCEL or somebody.may(Role.ADMIN)))


def test_what_can_be_had_stands_first_then_what_is_next_then_what_is_gone() -> None:
    shelf = [
        offer("Gone", left=0), offer("Far", price=90, missing=40), offer("Dear", price=50), offer("Cheap", left=1),
        offer("Near", price=60, missing=10), offer("Gone and far", price=90, missing=40, left=0),
    ]  # fmt: skip
    assert [o.title for o in in_order(shelf)] == ["Cheap", "Dear", "Near", "Far", "Gone", "Gone and far"]
    assert [o.can_be_had for o in in_order(shelf)] == [True, True, False, False, False, False]


def test_whatever_is_left_of_a_price_is_told_as_the_days_it_takes() -> None:
    long = timedelta(days=400)
    came = [days_to_earn(10, earned, long, PaidIn.POINTS) for earned in (0, -5, 1, 28, 10**6)]
    assert came == [None, None, 280, 10, 1]
    assert days_to_earn(0, 28, long, PaidIn.POINTS) is None
    # Of who is new, the days count in which it came; two weeks at least.
    since = [timedelta(days=27), timedelta(days=14), timedelta(days=14) - timedelta(seconds=1)]
    assert [days_to_earn(10, 28, days, PaidIn.POINTS) for days in since] == [10, 5, None]
    # Paid time comes by the month, and is looked at over a quarter.
    assert days_to_earn(480, 540, long, PaidIn.MINUTES) == 81
    assert days_to_earn(480, 540, timedelta(days=90), PaidIn.MINUTES) is None


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_after_so_many_days_it_is_earned_and_not_a_day_before(amount: int, earned: int) -> None:
    days = days_to_earn(amount, earned, timedelta(days=28), PaidIn.POINTS)
    assert days is not None
    assert earned * (days - 1) < amount * 28 <= earned * days


@pytest.mark.parametrize(
    ("contracted", "days", "price"),
    [(2400, 5, 480), (2310, 5, 462), (2311, 5, 462), (2313, 5, 463), (1, 7, 1), (0, 5, None), (None, 5, None)],
)
def test_an_own_day_is_a_contracted_week_by_its_days(contracted: int | None, days: int, price: int | None) -> None:
    day = Reward(key="day", title="A day", price="own day", unit=PaidIn.MINUTES, kind=RewardKind.TIME_OFF)
    assert price_of(day, contracted, days) == price
    assert price_of(Reward(key="mug", title="A mug", price=7), contracted, days) == 7


def test_a_title_of_any_script_gets_a_key_of_its_own() -> None:
    assert new_key("Two-hour lunch!", ()) == "two-hour-lunch"
    assert new_key("נתנאל", ()) == "reward"
    assert new_key("Help", ()) == "help-2"
    assert new_key("A" * 60, {"a" * 28}) == "a" * 28 + "-2"


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_the_stock_follows_the_programme_and_nothing_is_had_twice(stock: int, stocked: int, taken: int) -> None:
    left = max(0, stocked - taken)
    stocked = left + taken
    change = change_of(stock, left, stocked)
    assert left + change == left_of(stock, left, stocked) == max(0, stock - taken)
    assert left_of(None, left, stocked) is None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("two-hour-lunch", "Two hour lunch"),
        ("TWO  hour lunch", "Two hour lunch"),
        ("lunch", None),
        ("quick", "Quick lunch"),
        ("gong", "The gong"),
        ("the gong", "The gong"),
        ("parking", None),
    ],
)
def test_a_reward_is_found_by_its_key_its_title_or_a_word_of_its_own(typed: str, found: str | None) -> None:
    shelf = [offer(title) for title in ("Two hour lunch", "Quick lunch", "The gong")]
    named = matching(shelf, typed)
    assert (named and named.title) == found


def test_what_comes_closest_is_named() -> None:
    shelf = [offer(title) for title in ("Two hour lunch", "Quick lunch", "The gong")]
    assert nearest(shelf, "lunch") == ["Two hour lunch", "Quick lunch"]
    assert nearest(shelf, "gnog") == ["The gong"]
    assert nearest(shelf, "parking") == []


def test_without_a_word_there_is_a_catalogue_that_costs_no_budget() -> None:
    rewards = Programme().rewards
    assert {r.key for r in rewards} == {"gong", "late-start", "two-hour-lunch", "ceo-call", "ceo-parking", "theme-day"}
    assert {r.kind for r in rewards} == {RewardKind.PERK, RewardKind.RECOGNITION, RewardKind.TEAM}
    assert all(r.words.endswith(".") and r.stock is None for r in rewards)
    assert Programme.model_validate({"rewards": []}).rewards == ()


MUG = {"key": "mug", "title": "A mug", "price": 10}


@pytest.mark.parametrize(
    ("rewards", "why"),
    [
        ([MUG, MUG | {"title": "Another"}], "two rewards have the key or the title “mug”"),
        ([MUG, MUG | {"key": "cup", "title": "a MUG"}], "two rewards have the key or the title “a mug”"),
        ([MUG, MUG | {"key": "cup", "title": "Mug"}], "two rewards have the key or the title “mug”"),
        ([MUG | {"key": "requests"}], "“/redeem requests” does something else"),
        ([MUG | {"title": "Help"}], "“/redeem help” does something else"),
        ([MUG | {"key": "A mug"}], "small letters"),
        ([MUG | {"price": 0}], "a price is a whole number from 1 to 1,000,000, or “own day” for time off"),
        ([MUG | {"price": 1.5}], "a price is a whole number"),
        ([MUG | {"price": True}], "a price is a whole number"),
        ([MUG | {"price": "own day"}], "choose Minutes of paid time, and the kind Time off"),
        ([MUG | {"unit": "minutes"}], "minutes of paid time buy time off alone"),
        ([MUG | {"offered_from": "2026-03-02", "offered_until": "2026-03-01"}], "before the first"),
        ([MUG | {"picture": "https://x.example/a.png"}], "say what the picture shows"),
        ([MUG | {"picture_words": "A mug."}], "only where there is one"),
        ([MUG | {"sites": []}], "offers it nowhere"),
        *(
            ([MUG | {"picture": picture, "picture_words": "A mug."}], "begins with https://")
            for picture in (
                "http://x.example/a.png",
                "https://user:secret@x.example/a.png",
                "https://localhost/a.png",
                "https://10.0.0.1/a",
                "https://x.example:8080/a.png",
                "https://x.example/a b.png",
                "https://[::1]/a.png",
                "ftp://x.example/a.png",
                "https://x.example/" + "a" * 3000,
                "https://[x/a.png",
                "",
            )
        ),
        ([MUG | {"stock": -1}], "greater than or equal to 0"),
        ([MUG | {"title": ""}], "at least 1 character"),
        ([MUG | {"title": "A\nmug"}], "one line"),
        ([MUG | {"title": " mug"}], "one line"),
        ([MUG | {"title": "\u200b"}], "one line"),
        ([MUG | {"kind": "cash"}], "'perk', 'product', 'time_off', 'recognition' or 'team'"),
        ([MUG | {"approver": "ceo"}], "'lead' or 'admin'"),
        ([MUG | {"colour": "blue"}], "there is no such setting"),
        ([{"key": "mug"}], "is missing"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(rewards: list[dict[str, object]], why: str) -> None:
    with pytest.raises(InputError, match="rewards") as refused:
        parse_programme({"rewards": rewards}, origin="programme.toml")
    assert why in str(refused.value)
