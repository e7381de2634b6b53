"""When somebody may be written to: in their hours, not too often, as they chose, whatever their clock does."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.intervals import Interval
from bot.domain.manners import (
    GRACE,
    Card,
    IntoCard,
    Later,
    Messages,
    Now,
    Unwanted,
    Verdict,
    WorkDay,
    conversation,
    current,
    decide,
    decide_card,
    queue_of_asking,
    queue_of_card,
    whom,
    work_days,
)

CEBU = ZoneInfo("Asia/Manila")
FRIDAY = date(2026, 3, 6)


def on(day: int, clock: str, here: ZoneInfo = CEBU) -> datetime:
    """Return a moment of March 2026 on the local clock."""
    return datetime.fromisoformat(f"2026-03-{day:02} {clock}").replace(tzinfo=here).astimezone(UTC)


def shift(day: int, begins: str, ends: str, *, until: int | None = None) -> Interval:
    return int(on(day, begins).timestamp()), int(on(until or day, ends).timestamp())


def days(at: datetime, *shifts: Interval, quiet: tuple[time, time] = (time(20), time(8))) -> list[WorkDay]:
    return work_days(at, shifts, CEBU, *quiet)


def asked(
    at: datetime, *shifts: Interval, asks: bool = False, choice: str = "at_once", got: int = 0,
    gone: frozenset[date] = frozenset(),
) -> object:  # fmt: skip
    return decide(at, days(at, *shifts), asks=asks, choice=Messages(choice), got=got, limit=6, gone=gone)


DAY = (shift(6, "09:00", "18:00"), shift(7, "09:00", "18:00"))
NIGHT = (shift(6, "22:00", "06:00", until=7), shift(7, "22:00", "06:00", until=8))
SPLIT = (shift(6, "08:00", "12:00"), shift(6, "16:00", "20:00"))
"""Four hours in between are no break: the person is away."""


@pytest.mark.parametrize(
    ("at", "shifts", "verdict"),
    [
        (on(6, "10:00"), DAY, Now()),
        (on(6, "08:59"), DAY, Later(on(6, "09:00"))),
        (on(6, "09:00"), DAY, Now()),
        (on(6, "18:00"), DAY, Later(on(7, "09:00"))),
        (on(6, "23:00"), NIGHT, Now()),
        (on(7, "05:59"), NIGHT, Now()),
        (on(7, "12:00"), NIGHT, Later(on(7, "22:00"))),
        (on(6, "13:00"), SPLIT, Later(on(6, "16:00"))),
        # A break of an hour belongs to the shift.
        (on(6, "12:30"), (shift(6, "09:00", "12:00"), shift(6, "13:00", "18:00")), Now()),
        # The roster has nothing for today, and something for tomorrow.
        (on(6, "12:00"), (shift(7, "09:00", "18:00"),), Later(on(7, "09:00"))),
        # No shift is known from now on: quiet hours.
        (on(6, "12:00"), (), Now()),
        (on(6, "20:00"), (), Later(on(7, "08:00"))),
        (on(6, "07:59"), (shift(5, "09:00", "18:00"),), Later(on(6, "08:00"))),
    ],
)
@pytest.mark.parametrize("asks", [False, True])
def test_their_hours_bind_every_message(
    at: datetime, shifts: tuple[Interval, ...], verdict: object, *, asks: bool
) -> None:
    assert asked(at, *shifts, asks=asks) == verdict


def test_over_the_limit_the_card_of_the_shift_says_it() -> None:
    assert asked(on(6, "10:00"), *DAY, got=5) == Now()
    assert asked(on(6, "10:00"), *DAY, got=6) == IntoCard(FRIDAY, on(6, "18:00"))
    assert asked(on(6, "10:00"), got=6) == IntoCard(FRIDAY, on(6, "17:00"))
    # The card of a night shift is that of the day on which it began.
    assert asked(on(7, "03:00"), *NIGHT, got=6) == IntoCard(FRIDAY, on(7, "06:00"))
    # A split shift has one card, in the evening.
    assert asked(on(6, "09:00"), *SPLIT, got=6) == IntoCard(FRIDAY, on(6, "20:00"))


def test_where_the_card_has_left_the_rest_waits_for_the_next_day() -> None:
    assert asked(on(6, "18:30"), got=6) == Later(on(7, "08:00"))
    assert asked(on(6, "10:00"), *DAY, got=6, gone=frozenset({FRIDAY})) == Later(on(7, "09:00"))


def test_who_wants_one_card_gets_all_in_it() -> None:
    assert asked(on(6, "10:00"), *DAY, choice="after_shift") == IntoCard(FRIDAY, on(6, "18:00"))
    assert asked(on(6, "06:00"), *DAY, choice="after_shift") == IntoCard(FRIDAY, on(6, "18:00"))
    assert asked(on(6, "18:00"), *DAY, choice="after_shift") == IntoCard(date(2026, 3, 7), on(7, "18:00"))
    assert asked(on(6, "17:30"), choice="after_shift") == IntoCard(date(2026, 3, 7), on(7, "17:00"))
    closed = frozenset({FRIDAY, date(2026, 3, 7)})
    assert asked(on(6, "10:00"), *DAY, choice="after_shift", gone=closed) == Later(on(7, "18:00"))


@pytest.mark.parametrize("choice", list(Messages))
def test_what_asks_for_a_decision_is_never_folded_and_never_over_the_limit(choice: Messages) -> None:
    assert asked(on(6, "10:00"), *DAY, asks=True, choice=choice, got=99) == Now()
    assert asked(on(6, "20:00"), *DAY, asks=True, choice=choice, got=99) == Later(on(7, "09:00"))


def test_who_wants_to_hear_nothing_hears_nothing() -> None:
    assert asked(on(6, "10:00"), *DAY, choice="never") == Unwanted()
    assert asked(on(6, "03:00"), choice="never") == Unwanted()


def test_a_card_comes_at_the_end_of_the_shift_or_at_the_next() -> None:
    card = Card(1, FRIDAY, on(6, "18:00"))
    assert decide_card(on(6, "18:00"), days(on(6, "18:00"), *DAY), card) == Now()
    assert decide_card(on(6, "18:59"), days(on(6, "18:59"), *DAY), card) == Now()
    late = on(6, "18:00") + GRACE
    assert decide_card(late, days(late, *DAY), card) == Later(on(7, "09:00"))
    assert decide_card(on(7, "09:00"), days(on(7, "09:00"), *DAY), card) == Now()


@pytest.mark.parametrize(
    ("quiet", "opens", "closes", "card"),
    [
        ((time(20), time(8)), on(6, "08:00"), on(6, "20:00"), on(6, "17:00")),
        ((time(1), time(5)), on(6, "05:00"), on(7, "01:00"), on(6, "17:00")),
        ((time(16), time(8)), on(6, "08:00"), on(6, "16:00"), on(6, "16:00")),
        ((time(4), time(18)), on(6, "18:00"), on(7, "04:00"), on(7, "04:00")),
        ((time(8), time(8)), on(6, "08:00"), on(7, "08:00"), on(6, "17:00")),
    ],
)
def test_quiet_hours_may_lie_anywhere(
    quiet: tuple[time, time], opens: datetime, closes: datetime, card: datetime
) -> None:
    day = next(d for d in days(on(6, "12:00"), quiet=quiet) if d.on == FRIDAY)
    assert (day.opens, day.closes, day.card_at) == (opens, closes, card)


def test_without_quiet_hours_it_is_never_later() -> None:
    for hour in range(24):
        at = on(6, f"{hour:02}:00")
        known = days(at, quiet=(time(8), time(8)))
        assert decide(at, known, asks=False, choice=Messages.AT_ONCE, got=0, limit=6) == Now()


def test_whose_conversation_it_is() -> None:
    assert (whom(conversation(7)), whom("C7"), whom("#person")) == (7, None, None)
    # A card that is far off holds up no other, and news hold up nothing that asks.
    queues = {queue_of_card(7, FRIDAY), queue_of_card(7, date(2026, 3, 7)), queue_of_asking(7), conversation(7)}
    assert len(queues) == 4


def what_asks(at: datetime, *known: Interval) -> Verdict:
    here = work_days(at, known, CEBU, time(20), time(8), asks=True)
    return decide(at, here, asks=True, choice=Messages.AT_ONCE, got=0, limit=6)


def test_what_asks_waits_no_longer_than_five_days_for_a_shift() -> None:
    """One shift of a month that was loaded first is no roster for the days before it."""
    at = on(6, "12:00")
    for begins, verdict in (("12:00", Later(on(11, "12:00"))), ("12:01", Now())):
        assert what_asks(at, shift(11, begins, "18:00")) == verdict
    # Then it is not at night either.
    assert what_asks(on(6, "23:00"), shift(12, "09:00", "18:00")) == Later(on(7, "08:00"))


def test_what_asks_leaves_the_weekend_alone_and_the_sleep_of_whoever_works_at_night() -> None:
    friday, monday = shift(6, "08:00", "17:00"), shift(9, "08:00", "17:00")
    assert what_asks(on(7, "08:00"), friday, monday) == Later(on(9, "08:00"))
    assert what_asks(on(6, "17:00"), friday, monday) == Later(on(9, "08:00"))
    nights = shift(6, "22:00", "23:59"), shift(7, "22:00", "23:59")
    assert what_asks(on(7, "10:00"), *nights) == Later(on(7, "22:00"))
    assert what_asks(on(7, "22:30"), *nights) == Now()


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(["Asia/Manila", "Europe/Lisbon", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"])
rosters = st.lists(st.tuples(st.integers(-48, 96), st.integers(1, 14)), max_size=6)


@given(
    at=moments, here=zones, roster=rosters, asks=st.booleans(), choice=st.sampled_from(Messages),
    got=st.integers(0, 12), quiet=st.tuples(st.times(), st.times()), gone=st.lists(st.integers(-2, 5), max_size=3),
)  # fmt: skip
def test_waiting_always_gets_further(
    at: datetime, here: str, roster: list[tuple[int, int]], asks: bool, choice: Messages, got: int,
    quiet: tuple[time, time], gone: list[int],
) -> None:  # fmt: skip
    """Whatever the roster and the clock: what waits waits for something to come, what may go goes in working hours."""
    zone = ZoneInfo(here)
    shifts = sorted(
        (int((at + timedelta(hours=h)).timestamp()), int((at + timedelta(hours=h + n)).timestamp())) for h, n in roster
    )
    known = work_days(at, shifts, zone, *quiet)
    closed = frozenset(at.astimezone(zone).date() + timedelta(days=n) for n in gone)
    verdict = decide(at, known, asks=asks, choice=choice, got=got, limit=6, gone=closed)
    match verdict:
        case Now():
            assert current(known, at) is not None
        case Later(until):
            assert until > at
        case IntoCard(day, when):
            assert when > at
            assert day not in closed
            assert not asks
        case Unwanted():
            assert (choice, asks) == (Messages.NEVER, False)
    for each in known:
        assert each.opens < each.closes
        assert each.opens < each.card_at <= each.closes
