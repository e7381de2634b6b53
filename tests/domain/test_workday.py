"""To which day a contact belongs: that of the shift it happened in."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.intervals import Interval
from bot.domain.periods import zone
from bot.domain.workday import shift_of, work_day
from tests.domain.samples import at, many_examples

LONDON, MANILA, NEW_YORK = zone("Europe/London"), zone("Asia/Manila"), zone("America/New_York")
MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
TWO_HOURS = 7200


def test_a_night_shift_belongs_wholly_to_the_day_it_began() -> None:
    night = [(at("22:00"), at("30:00"))]
    assert work_day(at("22:00"), None, night, LONDON) == MONDAY
    assert work_day(at("23:59"), None, night, LONDON) == MONDAY
    assert work_day(at("24:00"), None, night, LONDON) == MONDAY
    assert work_day(at("29:59"), None, night, LONDON) == MONDAY


def test_without_a_shift_it_is_the_local_day_on_which_the_contact_began() -> None:
    # Half past four in the afternoon in London is half past midnight in Manila.
    assert work_day(at("16:30"), None, [], LONDON) == MONDAY
    assert work_day(at("16:30"), None, [], MANILA) == TUESDAY


def test_the_contact_began_when_the_customer_reached_us() -> None:
    assert work_day(at("24:01"), at("23:58"), [], LONDON) == MONDAY
    assert work_day(at("24:01"), None, [], LONDON) == TUESDAY


def test_with_a_shift_the_agents_part_decides_and_not_the_arrival() -> None:
    morning = [(at("30:00"), at("38:00"))]
    assert work_day(at("30:10"), at("20:00"), morning, LONDON) == TUESDAY


@pytest.mark.parametrize(
    ("start", "day"),
    [
        (at("32:00"), MONDAY),  # two hours after the end
        (at("32:00") + 1, TUESDAY),  # a second more: its own day
        (at("30:00"), MONDAY),  # the very end, which is no longer within
    ],
)
def test_overtime_belongs_to_the_shift_that_ended_within_two_hours(start: int, day: date) -> None:
    assert work_day(start, None, [(at("22:00"), at("30:00"))], LONDON) == day


@pytest.mark.parametrize(("start", "day"), [(at("22:30"), TUESDAY), (at("22:30") - 1, MONDAY)])
def test_an_early_start_belongs_to_the_shift_that_begins_within_two_hours(start: int, day: date) -> None:
    assert work_day(start, None, [(at("24:30"), at("32:30"))], LONDON) == day


def test_between_two_shifts_the_nearer_decides_and_of_equals_the_earlier() -> None:
    late, early = (at("20:00"), at("23:00")), (at("24:00"), at("26:00"))
    assert shift_of(at("23:29"), [late, early]) == late
    assert shift_of(at("23:31"), [late, early]) == early
    assert shift_of(at("23:30"), [late, early]) == late


def test_where_one_shift_ends_and_the_next_begins_the_next_holds_the_moment() -> None:
    first, second = (at("08:00"), at("12:00")), (at("12:00"), at("16:00"))
    assert shift_of(at("12:00"), [first, second]) == second


def test_of_shifts_that_overlap_the_one_that_began_last_is_taken() -> None:
    long, short = (at("08:00"), at("20:00")), (at("10:00"), at("12:00"))
    assert shift_of(at("11:00"), [long, short]) == short
    assert shift_of(at("13:00"), [long, short]) == long


def test_a_shift_over_the_night_of_a_clock_change_keeps_its_day() -> None:
    def utc(day: int, hour: int) -> int:
        return int(datetime(2026, 11, day, hour, tzinfo=UTC).timestamp())

    # In New York, Saturday 31 October 22:00 to Sunday 6:00, with 1:00 to 2:00 twice: nine hours.
    night = [(utc(1, 2), utc(1, 11))]
    assert work_day(utc(1, 5), None, night, NEW_YORK) == date(2026, 10, 31)
    assert work_day(utc(1, 10), None, night, NEW_YORK) == date(2026, 10, 31)
    assert work_day(utc(1, 13), None, night, NEW_YORK) == date(2026, 10, 31)
    assert work_day(utc(1, 14), None, night, NEW_YORK) == date(2026, 11, 1)


def slow_shift_of(start: int, shifts: list[Interval]) -> Interval | None:
    holding = [s for s in shifts if s[0] <= start < s[1]]
    if holding:
        return max(holding)
    away = {s: min(abs(start - s[0]), abs(start - s[1])) for s in shifts}
    near = [s for s in shifts if away[s] <= TWO_HOURS]
    return min(near, key=lambda s: (away[s], s), default=None)


# In steps of half an hour, so that two hours sharp and equal distances are common.
half_hours = st.integers(0, 40).map(lambda n: n * 1800)
rosters = st.lists(st.tuples(half_hours, st.integers(1, 16)), max_size=5, unique=True).map(
    lambda some: sorted((start, start + length * 1800) for start, length in some)
)


@many_examples
@given(half_hours, st.integers(-1, 1), rosters)
def test_the_shift_is_the_one_that_a_slow_search_finds(start: int, nudge: int, shifts: list[Interval]) -> None:
    assert shift_of(start + nudge, shifts) == slow_shift_of(start + nudge, shifts)
