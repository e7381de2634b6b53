"""What rules make of figures: never more than their caps, nothing twice, and a correction only what differs."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.earning import (
    Judged,
    Line,
    Plan,
    Rules,
    Standing,
    Stands,
    State,
    days_words,
    reason,
    settle,
    value_words,
)
from bot.domain.earning_rules import Earning
from bot.domain.parts import Parts
from bot.domain.streaks import Figures

FIRST = date(2026, 3, 1)
amounts = st.lists(st.sampled_from([5, 10, 20]), max_size=8)
levels = st.lists(st.none() | st.integers(0, 100), max_size=31)


def standing(made: list[int]) -> list[Standing]:
    return [Standing(n, f"key:{n}", 1, 1, "points", amount, "issued") for n, amount in enumerate(made)]


def rule(**fields: object) -> Earning:
    return Earning.model_validate({"key": "r", "words": "Done.", "metric": "service_level", "points": 10, **fields})


def figures(days: list[int | None], metric: str = "service_level") -> Figures:
    known = {FIRST + timedelta(days=n): Parts(of, 100, 1) for n, of in enumerate(days) if of is not None}
    return Figures({metric: known})


def test_a_day_that_stands_by_itself_is_judged_where_it_changed_and_a_capped_one_with_its_month() -> None:
    alone, capped = rule(), rule(key="capped", most_a_month=1)
    plan = Plan(FIRST, date(2026, 3, 4), lambda _: Rules(1, FIRST, [(alone, 0.8), (capped, 0.8)]))
    changed = FIRST + timedelta(days=2)
    found = [(one.rule.key, one.period.last.day, one.amounts) for one in plan.judge(figures([90] * 4), on=[changed])]
    assert [amounts for key, day, amounts in found if (key, day) == ("r", 3)] == [(10,)]
    assert [(day, amounts) for key, day, amounts in found if key == "capped"] == [(1, (10,)), (2, ()), (3, ()), (4, ())]
    assert len(found) == 5


def judged(
    days: list[int | None], *rules: Earning, at_least: float = 0.8, stands: Stands | None = None, opens: date = FIRST
) -> list[Judged]:
    held = Rules(1, FIRST, [(one, at_least) for one in rules])
    return list(Plan(FIRST, date(2026, 3, 31), lambda _: held).judge(figures(days), stands or {}, opens))


@given(wanted=amounts, made=amounts)
def test_what_is_settled_is_what_is_wanted_and_no_more_is_touched(wanted: list[int], made: list[int]) -> None:
    settled = settle(wanted, standing(made))
    back = [award.amount for award in settled.back]
    assert Counter(made) - Counter(back) + Counter(settled.award) == Counter(wanted)
    # Nothing is taken back and given again in the same amount.
    assert not set(back) & set(settled.award)
    assert (
        len(back) + len(settled.award)
        == (Counter(wanted) - Counter(made)).total() + (Counter(made) - Counter(wanted)).total()
    )


@given(wanted=amounts, made=amounts, by_hand=st.sets(st.integers(0, 7)))
def test_what_was_taken_back_by_hand_keeps_its_place(wanted: list[int], made: list[int], by_hand: set[int]) -> None:
    there = [award._replace(by_hand=award.id in by_hand) for award in standing(made)]
    settled = settle(wanted, there)
    assert not any(award.by_hand for award in settled.back)
    kept = len(made) - len(settled.back)
    assert len(settled.award) == max(len(wanted) - kept, 0)


@given(wanted=amounts)
def test_what_is_settled_stays_so(wanted: list[int]) -> None:
    settled = settle(wanted, standing(wanted))
    assert (settled.award, settled.back) == ((), ())


@given(days=levels)
def test_each_day_that_reaches_it_earns_once_however_much_more_it_is(days: list[int | None]) -> None:
    reached = [n for n, of in enumerate(days) if of is not None and of >= 80]
    earned = [(one.period.last - FIRST).days for one in judged(days, rule()) for _ in one.amounts]
    assert earned == reached


@given(days=levels, most=st.integers(1, 10))
def test_a_month_never_earns_more_than_its_cap(days: list[int | None], most: int) -> None:
    free = sum(len(one.amounts) for one in judged(days, rule()))
    capped = sum(len(one.amounts) for one in judged(days, rule(most_a_month=most)))
    assert capped == min(free, most)


@given(days=levels, most=st.integers(1, 10), data=st.data())
def test_what_stands_keeps_its_place_under_a_cap(days: list[int | None], most: int, data: st.DataObject) -> None:
    """Also where there is more than the cap has room for; and closed days count by what stands."""
    capped = rule(most_a_month=most)
    free = {one.name for one in judged(days, rule()) if one.amounts}
    stood = set(data.draw(st.lists(st.sampled_from(sorted(free)), unique=True))) if free else set()
    opens = data.draw(st.sampled_from([FIRST, date(2026, 3, 10)]))
    found = judged(days, capped, stands={("r", name): 1 for name in stood}, opens=opens)
    closed = {one.name for one in found if one.period.last < opens} & stood
    named = {one.name for one in found if one.amounts and one.period.last >= opens}
    room = max(most - len(closed), 0)
    assert len(named) <= room
    open_now = {one.name for one in found if one.period.last >= opens}
    assert len(named & stood) == min(len(stood & free & open_now), room)
    assert len(named) == min(len(free & open_now), room)


@pytest.mark.parametrize(
    ("days", "first", "moved"),
    [
        ([90, 90, 50, 90, 90], 1, (3, 3, 0.5)),
        ([50, 90, None, 90, 90], 2, (2, 5, None)),
        ([90, 90, 90, 90, 50], 1, (5, 5, 0.5)),
    ],
    ids=["an earlier day", "a day that is not measured any more", "the last day"],
)
def test_a_streak_that_is_undone_names_the_day_that_undid_it(
    days: list[int | None], first: int, moved: tuple[int, int, float | None]
) -> None:
    last = judged(days, rule(streak=4))[4]
    assert last.amounts == ()
    begins, ends, value = last.moved(date(2026, 3, first))
    assert (begins.day, ends.day, value) == moved


@given(days=levels, streak=st.integers(2, 5))
def test_a_streak_counts_the_days_in_a_row_that_were_measured(days: list[int | None], streak: int) -> None:
    run = expected = 0
    for of in (of for of in days if of is not None):
        run = run + 1 if of >= 80 else 0
        expected += run > 0 and run % streak == 0
    assert sum(len(one.amounts) for one in judged(days, rule(streak=streak))) == expected


@given(days=levels)
def test_longer_runs_earn_more_up_to_the_last_of_the_list(days: list[int | None]) -> None:
    run, expected = 0, []
    for of in (of for of in days if of is not None):
        run = run + 1 if of >= 80 else 0
        expected += [[10, 20, 30][min(run, 3) - 1]] if run else []
    earned = [amount for one in judged(days, rule(points=[10, 20, 30])) for amount in one.amounts]
    assert earned == expected


@given(days=levels, first=st.integers(1, 31))
def test_nothing_before_the_first_day_counts(days: list[int | None], first: int) -> None:
    since = date(2026, 3, first)
    assert all(one.period.first >= since for one in judged(days, rule(effective_from=since)))
    rolling = rule(metric="happiness", period="rolling", at_least=0.1, most_a_month=31, effective_from=since)
    found = list(
        Plan(FIRST, date(2026, 3, 31), lambda _: Rules(1, FIRST, [(rolling, 0.1)])).judge(figures(days, "happiness"))
    )
    assert all(one.period.first >= since for one in found)


def test_weeks_and_months_are_judged_on_their_last_day() -> None:
    days: list[int | None] = [90] * 31
    weeks = judged(days, rule(period="week"))
    # The first of March was a Sunday: its week began before the site was live.
    assert [str(one.period.last) for one in weeks if one.amounts] == [f"2026-03-{n:02}" for n in (8, 15, 22, 29)]
    assert [one.period.last for one in judged(days, rule(period="month")) if one.amounts] == [date(2026, 3, 31)]


def test_a_value_is_never_rounded_up_to_what_was_not_reached() -> None:
    line = Line(State.BACK, "points", 10, "Done.", "service_level", 0.79999, date(2026, 3, 12), date(2026, 3, 12))
    said = reason(line, days_words(line), value_words(line))
    assert said == "Corrected: your service level of 12 March 2026 is 79.9% now."
