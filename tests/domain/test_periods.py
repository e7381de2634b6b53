"""Days, ISO weeks, months, and the one moment at which clocks of a place show a time."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.periods import Period, PeriodKind, epoch, local_date, moment_of, period_of, zone
from bot.errors import InputError
from tests.domain.samples import many_examples

DAY, WEEK, MONTH = PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH
dates = st.dates(date(1990, 1, 1), date(2100, 12, 31))

FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
NINE = time(9)
A_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "on", "first", "last"),
    [
        (DAY, date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 2)),
        # New Year's Day of 2026 is a Thursday: its week began in the old year, as week 1 of the new.
        (WEEK, date(2026, 1, 1), date(2025, 12, 29), date(2026, 1, 4)),
        # That of 2027 is a Friday, which belongs to week 53 of the old year.
        (WEEK, date(2027, 1, 1), date(2026, 12, 28), date(2027, 1, 3)),
        (WEEK, date(2026, 3, 8), date(2026, 3, 2), date(2026, 3, 8)),
        (WEEK, date(2026, 3, 9), date(2026, 3, 9), date(2026, 3, 15)),
        (MONTH, date(2024, 2, 10), date(2024, 2, 1), date(2024, 2, 29)),
        (MONTH, date(2026, 2, 28), date(2026, 2, 1), date(2026, 2, 28)),
        (MONTH, date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_a_date_lies_in_its_day_week_and_month(kind: PeriodKind, on: date, first: date, last: date) -> None:
    assert period_of(kind, on) == Period(first, last, kind)


@pytest.mark.parametrize(
    ("kind", "on", "first", "last"),
    [
        (DAY, date(2026, 3, 1), date(2026, 2, 28), date(2026, 2, 28)),
        (WEEK, date(2026, 1, 7), date(2025, 12, 29), date(2026, 1, 4)),
        (MONTH, date(2026, 3, 31), date(2026, 2, 1), date(2026, 2, 28)),
        (MONTH, date(2026, 1, 31), date(2025, 12, 1), date(2025, 12, 31)),
    ],
)
def test_the_previous_period_is_of_the_same_kind(kind: PeriodKind, on: date, first: date, last: date) -> None:
    assert period_of(kind, on).previous() == Period(first, last, kind)


@many_examples
@given(dates, st.sampled_from(PeriodKind))
def test_periods_follow_each_other_without_gap_and_overlap(on: date, kind: PeriodKind) -> None:
    period = period_of(kind, on)
    days = period.days()
    assert on in days
    assert days[0] == period.first
    assert days[-1] == period.last
    assert {period_of(kind, day) for day in days} == {period}
    assert period.previous().last + timedelta(days=1) == period.first


@many_examples
@given(dates)
def test_a_week_is_that_of_the_iso_calendar_and_a_month_that_of_the_calendar(on: date) -> None:
    assert {day.isocalendar()[:2] for day in period_of(WEEK, on).days()} == {on.isocalendar()[:2]}
    assert len(period_of(WEEK, on).days()) == 7
    month = period_of(MONTH, on)
    assert {(day.year, day.month) for day in month.days()} == {(on.year, on.month)}
    assert month.first.day == 1
    assert (month.last + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("name", "on", "clock", "moment"),
    [
        ("Asia/Manila", date(2026, 3, 2), time(9), datetime(2026, 3, 2, 1, tzinfo=UTC)),
        # Clocks go from 2:00 to 3:00: half past two is moved to half past three of summer, 1:30 in UTC.
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # Clocks go from 3:00 back to 2:00: of the two half past twos the first is of summer, 0:30 in UTC.
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # Here the gap is half an hour, from 2:00 (+10:30) to 2:30 (+11): 2:15 becomes 2:45.
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), datetime(2026, 10, 3, 15, 45, tzinfo=UTC)),
        # Here the day itself begins at 1:00: midnight (+2) is skipped and moved to 1:00 (+3), 22:00 in UTC.
        ("Africa/Cairo", date(2026, 4, 24), time(0), datetime(2026, 4, 23, 22, tzinfo=UTC)),
    ],
)
def test_a_clock_time_has_one_moment(name: str, on: date, clock: time, moment: datetime) -> None:
    assert moment_of(on, clock, zone(name)) == moment
    assert moment_of(on, clock, zone(name)).tzinfo is UTC


def test_every_day_of_seven_years_has_one_posting_instant_in_every_zone() -> None:
    """No zone is left out; a clock change that several zones share is looked at once, at every half hour of the day."""
    names = zoneinfo.available_timezones()
    assert len(names) > 500
    changes: set[Change] = set()
    for name in sorted(names):
        in_zone = zone(name)
        moments = [moment_of(on, NINE, in_zone) for on in DAYS]
        # No clock changes around nine, so it is nine sharp. Once a week is often enough: whatever is wrong for less
        # than a week makes a step that is not 24 hours, and is looked at below.
        for on, moment in zip(DAYS[::7], moments[::7], strict=True):
            assert moment.astimezone(in_zone).replace(tzinfo=None) == datetime.combine(on, NINE), name
        for number, (earlier, later) in enumerate(pairwise(moments)):
            step = later - earlier
            if step != A_DAY:
                assert step > timedelta(0), name
                change = change_between(earlier, later, in_zone)
                if change not in changes:
                    changes.add(change)
                    check_around_a_change(DAYS[max(number - 1, 0) : number + 4], in_zone)
    assert len(changes) > 100


Change = tuple[datetime, timedelta | None, timedelta | None]
"""The second in which clocks change, and the offsets before and after."""


def change_between(earlier: datetime, later: datetime, in_zone: zoneinfo.ZoneInfo) -> Change:
    before, after = earlier.astimezone(in_zone).utcoffset(), later.astimezone(in_zone).utcoffset()
    while later - earlier > timedelta(seconds=1):
        middle = earlier + timedelta(seconds=(later - earlier).total_seconds() // 2)
        if middle.astimezone(in_zone).utcoffset() == before:
            earlier = middle
        else:
            later = middle
    return later, before, after


def check_around_a_change(days: list[date], in_zone: zoneinfo.ZoneInfo) -> None:
    for half_hours in range(48):
        clock = time(half_hours // 2, half_hours % 2 * 30)
        moments = [moment_of(on, clock, in_zone) for on in days]
        assert moments == sorted(set(moments)), (in_zone.key, days, clock)
        for on, moment in zip(days, moments, strict=True):
            shown = moment.astimezone(in_zone).replace(tzinfo=None)
            # A skipped time is shown later by the gap, two hours at most (Antarctica/Troll).
            late = shown - datetime.combine(on, clock)
            assert timedelta(0) <= late <= timedelta(hours=2), (in_zone.key, on, clock)


def test_a_moment_falls_on_the_local_day_of_the_place() -> None:
    late_evening = int(datetime(2026, 3, 2, 22, 30, tzinfo=UTC).timestamp())
    assert local_date(late_evening, zone("UTC")) == date(2026, 3, 2)
    assert local_date(late_evening, zone("Asia/Manila")) == date(2026, 3, 3)
    assert local_date(late_evening, zone("America/New_York")) == date(2026, 3, 2)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "Europe", "../etc/passwd", "/etc/passwd", "Europe/Berlin\0", "é"])
def test_what_is_no_time_zone_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(InputError, match=r"is not a time zone\. Use an IANA name such as Asia/Manila"):
        zone(name)


def test_a_moment_becomes_whole_seconds_rounded_down() -> None:
    assert epoch(datetime(1970, 1, 1, 0, 1, 0, 999_999, tzinfo=UTC)) == 60
    assert epoch(datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)) == -1
    assert epoch(datetime(2026, 3, 2, 9, tzinfo=zone("Asia/Manila"))) == epoch(datetime(2026, 3, 2, 1, tzinfo=UTC))


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 3, 2, 9, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(InputError, match="has no time zone"):
        epoch(naive)
