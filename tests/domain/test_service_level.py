"""The personal service level: examples by hand, and every second of a day counted one by one."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.facts import Interaction, Presence, Shift
from bot.domain.intervals import seconds
from bot.domain.parts import Parts
from bot.domain.service_level import Day, customer_time, service_level
from tests.domain.samples import at, chat, email, many_examples, phone, present, shift, some_examples

HOUR = 3600
EVENING = at("48:00")
"""Long after everything."""

MORNING = [shift("08:00", "12:00")]


def level(
    contacts: Sequence[Interaction], roster: Sequence[Shift] = (), presence: Sequence[Presence] = (), *,
    now: int = EVENING, after_contact_is_customer_time: bool = False,
) -> tuple[int, int] | None:  # fmt: skip
    """Return customer seconds and queue seconds."""
    day = Day(contacts, roster, presence)
    parts = service_level(day, now, after_contact_is_customer_time=after_contact_is_customer_time)
    if parts is None:
        return None
    assert parts.denominator is not None
    assert parts == Parts(parts.numerator, parts.denominator, 1)
    return parts.numerator, parts.denominator


# An ordinary morning


def test_talk_and_hold_over_the_rostered_time() -> None:
    # 8:00-12:00 is 14,400 s; one call of 1,000 s talk and 200 s hold, one of 600 s.
    assert level([phone("08:10", 1000, 200), phone("10:00", 600)], MORNING) == (1800, 4 * HOUR)


def test_a_call_without_talk_seconds_lasts_from_start_to_end() -> None:
    call = phone("09:00")._replace(end=at("09:05"))
    assert level([call], MORNING) == (300, 4 * HOUR)


def test_known_hold_does_not_stand_in_for_unknown_talk() -> None:
    assert customer_time(phone("09:00")._replace(hold_seconds=30)) is None
    assert customer_time(phone("09:00")._replace(hold_seconds=30, end=at("09:05"))) == [(at("09:00"), at("09:05"))]


def test_breaks_coaching_training_meetings_outages_and_duty_take_time_off_the_queue() -> None:
    # Six of ten minutes each, once planned in the roster and once as presence told it.
    off = ["break", "coaching", "training", "meeting", "outage", "duty"]
    planned = [shift(f"09:{n}0", f"0{9 + (n + 1) // 6}:{(n + 1) % 6}0", a) for n, a in enumerate(off)]
    really = [present(f"09:{n}0", f"0{9 + (n + 1) // 6}:{(n + 1) % 6}0", a) for n, a in enumerate(off)]
    assert level([], [*MORNING, *planned]) == (0, 3 * HOUR)
    assert level([], MORNING, really) == (0, 3 * HOUR)
    assert level([], [*MORNING, *planned], really) == (0, 3 * HOUR)


def test_a_protected_absence_takes_its_time_off_the_queue() -> None:
    assert level([], [*MORNING, shift("10:00", "12:00", "absence")]) == (0, 2 * HOUR)
    assert level([], [*MORNING, shift("08:00", "12:00", "absence")]) is None


def test_being_away_is_no_break_and_stays_in_the_queue_time() -> None:
    assert level([phone("08:00", HOUR)], MORNING, [present("10:00", "11:00", "away")]) == (HOUR, 4 * HOUR)


def test_a_call_in_a_break_or_outside_the_shift_counts_only_where_the_queue_is_open() -> None:
    # 7:50-8:10 counts ten minutes, 9:55-10:05 five before the break, 11:50-12:10 ten.
    calls = [phone("07:50", 1200), phone("09:55", 600), phone("11:50", 1200)]
    roster = [*MORNING, shift("10:00", "10:15", "break")]
    assert level(calls, roster) == (600 + 300 + 600, 4 * HOUR - 900)


def test_contacts_outside_the_shift_alone_count_nothing() -> None:
    assert level([phone("12:00", 600)], MORNING) == (0, 4 * HOUR)


def test_a_split_shift_is_the_sum_of_its_stretches() -> None:
    roster = [shift("08:00", "10:00"), shift("14:00", "16:00")]
    assert level([phone("09:30", HOUR)], roster) == (1800, 4 * HOUR)


# The union


def test_three_chats_in_one_hour_are_one_hour() -> None:
    # A message every two minutes from 9:00 to 9:58, then the chats are closed at 10:00.
    lively = ",".join(str(n * 120) for n in range(30))
    chats = [chat("09:00", lively, "10:00") for _ in range(3)]
    assert level(chats, MORNING) == (HOUR, 4 * HOUR)


def test_a_call_during_a_chat_counts_once() -> None:
    # The chat is active 9:00-9:03 and 9:10-9:13, the call covers 9:02-9:11.
    assert level([chat("09:00", "0,600"), phone("09:02", 540)], MORNING) == (13 * 60, 4 * HOUR)


def test_a_double_booked_agent_never_passes_1() -> None:
    assert level([phone("07:00", 6 * HOUR), phone("08:00", 4 * HOUR)], MORNING) == (4 * HOUR, 4 * HOUR)


# Chats


def test_a_chat_is_active_until_three_minutes_after_each_message() -> None:
    # 0-180 and 100-280 join; the message after 1,000 s makes 180 s of its own.
    assert customer_time(chat(1000, "0,100,1000")) == [(1000, 1280), (2000, 2180)]


def test_a_chat_that_is_closed_sooner_is_active_until_then() -> None:
    assert customer_time(chat("09:00", "0,300", "09:06")) == [(at("09:00"), at("09:03")), (at("09:05"), at("09:06"))]


def test_idle_time_begins_a_minute_after_the_customer_left() -> None:
    # The last message at 9:05 would keep the chat active until 9:08; the customer left at 9:05.
    active = [(at("09:00"), at("09:03")), (at("09:05"), at("09:06"))]
    assert customer_time(chat("09:00", "0,300", "09:30", customer_left="09:05")) == active
    assert customer_time(chat("09:00", "0,300", customer_left="09:05")) == active


def test_what_the_agent_writes_into_an_idle_chat_does_not_make_it_active() -> None:
    assert customer_time(chat("09:00", "0,1200", "09:30", customer_left="09:01")) == [(at("09:00"), at("09:02"))]


def test_idle_time_is_taken_out_of_its_own_chat_and_not_of_another() -> None:
    # The first chat is idle from 9:02; the second goes on 9:00-9:05 all the same.
    idle = chat("09:00", "0,240", "09:10", customer_left="09:01")
    assert level([idle, chat("09:00", "0,120", "09:10")], MORNING) == (300, 4 * HOUR)


@pytest.mark.parametrize("messages", [None, ""])
def test_a_chat_without_message_times_makes_the_day_not_measured(messages: str | None) -> None:
    assert level([phone("09:00", 600), chat("10:00", messages, "10:10")], MORNING) is None


def test_messages_of_a_messenger_count_as_those_of_a_chat() -> None:
    assert customer_time(chat(1000, "0")._replace(channel="message")) == [(1000, 1180)]


# Writing


def test_an_email_is_its_measured_editing_time_which_ends_when_it_is_sent() -> None:
    assert customer_time(email("09:00", "10:00", 1200)) == [(at("09:40"), at("10:00"))]
    assert customer_time(email("09:00", None, 1200)) == [(at("09:00"), at("09:20"))]


def test_measured_editing_time_is_not_capped() -> None:
    assert level([email("09:00", "10:00", HOUR)], MORNING) == (HOUR, 4 * HOUR)


@pytest.mark.parametrize(("sent", "length"), [("09:14", 840), ("09:15", 900), ("09:16", 900), ("11:00", 900)])
def test_without_editing_time_it_is_from_opening_to_sending_and_15_minutes_at_most(sent: str, length: int) -> None:
    writing = customer_time(email("09:00", sent))
    assert writing is not None
    assert seconds(writing) == length
    assert writing[-1][1] == at(sent)


def test_an_email_without_editing_or_sending_time_makes_the_day_not_measured() -> None:
    assert level([email("09:00")], MORNING) is None


def test_a_social_reply_is_written_as_an_email_is() -> None:
    assert customer_time(email("09:00", "11:00")._replace(channel="social")) == [(at("10:45"), at("11:00"))]


# After-contact work


def test_after_contact_work_is_taken_off_the_queue() -> None:
    # The call ends at 9:10 and is wrapped up until 9:15; presence tells 9:14-9:20.
    wrapped = phone("09:00", 600, wrap_up=300)
    assert level([wrapped], MORNING) == (600, 4 * HOUR - 300)
    assert level([wrapped], MORNING, [present("09:14", "09:20", "after_contact")]) == (600, 4 * HOUR - 600)


def test_the_programme_may_count_after_contact_work_as_customer_time() -> None:
    wrapped = phone("09:00", 600, wrap_up=300)
    told = [present("09:14", "09:20", "after_contact")]
    assert level([wrapped], MORNING, told, after_contact_is_customer_time=True) == (1200, 4 * HOUR)


def test_a_wrap_up_follows_the_talk_where_no_end_is_known() -> None:
    wrapped = phone("09:00", 600, 60, wrap_up=300)._replace(end=None)
    assert level([wrapped], MORNING) == (660, 4 * HOUR - 300)


# Without a roster


def test_where_no_roster_is_known_it_is_the_logged_in_time() -> None:
    told = [
        present("08:00", "09:00"),
        present("09:00", "09:30", "contact"),
        present("09:30", "09:45", "break"),
        present("09:45", "10:00", "away"),
        present("10:00", "11:00"),
    ]
    assert level([phone("09:00", 1800)], [], told) == (1800, 2 * HOUR + 1800)


def test_a_known_roster_goes_before_the_log_in() -> None:
    assert level([], MORNING, [present("06:00", "20:00")]) == (0, 4 * HOUR)


def test_without_roster_and_log_in_there_is_nothing_to_measure() -> None:
    assert level([phone("09:00", 600)]) is None
    assert level([phone("09:00", 600)], [], [present("08:00", "12:00", "away")]) is None


def test_queue_time_of_nought_gives_null() -> None:
    assert level([phone("09:00", 600)], [*MORNING, shift("07:00", "13:00", "training")]) is None


# Quiet days


def test_a_day_with_more_than_a_quarter_of_waiting_is_not_judged() -> None:
    # A quarter of four hours is one hour.
    assert level([], MORNING, [present("10:00", "11:00", "ready")]) == (0, 4 * HOUR)
    a_second_more = present("10:00", "11:00", "ready")._replace(end=at("11:00") + 1)
    assert level([], MORNING, [a_second_more]) is None


def test_waiting_before_the_shift_or_in_a_break_does_not_make_a_day_quiet() -> None:
    waiting = [present("06:00", "08:00", "ready"), present("10:00", "12:00", "ready")]
    roster = [shift("08:00", "12:00"), shift("10:00", "11:30", "break")]
    # Only 11:30-12:00 was waiting on the queue: 30 of 150 minutes.
    assert level([], roster, waiting) == (0, 9000)


# Up to now, and over midnight


def test_an_open_shift_is_cut_at_the_moment_of_calculation() -> None:
    calls = [phone("08:30", 600), phone("09:55", 600)]
    assert level(calls, MORNING, now=at("10:00")) == (900, 2 * HOUR)
    assert level(calls, MORNING, now=at("08:00") + 1) == (0, 1)


def test_a_shift_that_has_not_begun_is_null_and_not_0() -> None:
    assert level([], MORNING, now=at("08:00")) is None
    assert level([], MORNING, now=at("05:00")) is None


def test_a_quiet_hour_so_far_is_not_judged_yet_and_a_busy_rest_makes_up_for_it() -> None:
    waiting = [present("08:00", "08:30", "ready")]
    assert level([], MORNING, waiting, now=at("09:00")) is None
    assert level([], MORNING, waiting, now=at("10:00")) == (0, 2 * HOUR)


def test_a_night_shift_counts_on_both_sides_of_midnight() -> None:
    roster = [shift("22:00", "30:00"), shift("25:00", "26:00", "break")]
    assert level([phone("23:30", HOUR), phone("28:00", 1800)], roster) == (HOUR + 1800, 7 * HOUR)


# Second by second


def slow_level(day: Day, now: int, *, after_contact_is_customer_time: bool) -> tuple[int, int] | None:
    """Ask of each second on its own what it was."""

    def stretch(start: int, end: int) -> set[int]:
        return set(range(start, end))

    def told(states: set[str]) -> set[int]:
        return set().union(*(stretch(p.start, p.end) for p in day.presence if p.state in states))

    work = set().union(*(stretch(s.start, s.end) for s in day.roster if s.activity == "work"))
    planned_off = set().union(*(stretch(s.start, s.end) for s in day.roster if s.activity != "work"))
    logged_in = told({"queue", "ready", "contact", "after_contact", "break", "training"})
    queue = (work or logged_in) - planned_off - told({"break", "training"})
    queue = {second for second in queue if second < now}
    wrapping_up = told({"after_contact"})
    customer: set[int] = set()
    for c in day.contacts:
        if c.channel == "phone":
            assert c.end is not None
            wrapping_up |= stretch(c.end, c.end + (c.after_contact_seconds or 0))
            customer |= stretch(c.start, c.end)
        elif c.channel == "email":
            assert c.end is not None
            customer |= stretch(max(c.start, c.end - 900), c.end)
        elif c.messages is None:
            return None
        else:
            left = c.customer_left if c.customer_left is not None else 1 << 40
            for message in (c.start + int(text) for text in c.messages.split(",")):
                customer |= {s for s in stretch(message, message + 180) if s < left + 60}
    if after_contact_is_customer_time:
        customer |= wrapping_up
    else:
        queue -= wrapping_up
    if not queue or 4 * len(queue & told({"ready"})) > len(queue):
        return None
    return len(customer & queue), len(queue)


moments = st.integers(0, 60).map(lambda n: 10_000 + n * 60)
lengths = st.integers(0, 40).map(lambda n: n * 30)
calls = st.builds(phone, moments, lengths, lengths, st.none() | lengths)
mails = st.builds(lambda start, length: Interaction("mail", "ada", "email", start, start + length), moments, lengths)
message_times = st.lists(lengths, min_size=1, max_size=5).map(lambda some: ",".join(map(str, sorted(some))))
chats = st.builds(
    lambda start, messages, left: chat(start, messages)._replace(customer_left=None if left is None else start + left),
    moments, st.sampled_from([message_times] * 9 + [st.none()]).flatmap(lambda some: some), st.none() | lengths,
)  # fmt: skip
rosters = st.lists(
    st.builds(
        lambda start, length, activity: Shift("s", "ada", start, start + (length * 3 + 60 if activity == "work" else length), activity),
        moments, lengths, st.sampled_from(["work", "work", "work", "break", "absence"]),
    ),
    max_size=4,
)  # fmt: skip
STATES = ["queue", "queue", "contact", "after_contact", "break", "training", "away", "ready"]
presences = st.lists(
    st.builds(
        lambda start, length, state: Presence("p", "ada", start, start + (length // 4 if state == "ready" else length), state),
        moments, lengths, st.sampled_from(STATES),
    ),
    max_size=5,
)  # fmt: skip
days = st.builds(Day, st.lists(calls | mails | chats, max_size=5), rosters, presences)


@many_examples
@given(days, st.sampled_from([EVENING, EVENING, 12_000, 13_210]), st.booleans())
def test_the_level_is_that_of_counting_second_by_second(day: Day, now: int, wrap_up_counts: bool) -> None:
    slow = slow_level(day, now, after_contact_is_customer_time=wrap_up_counts)
    fast = level(day.contacts, day.roster, day.presence, now=now, after_contact_is_customer_time=wrap_up_counts)
    assert fast == slow
    assert fast is None or 0 <= fast[0] <= fast[1]


@some_examples
@given(days, st.randoms(use_true_random=False))
def test_facts_may_come_in_any_order(day: Day, dice: Random) -> None:
    other = replace(
        day,
        contacts=dice.sample(day.contacts, len(day.contacts)),
        roster=dice.sample(day.roster, len(day.roster)),
        presence=dice.sample(day.presence, len(day.presence)),
    )
    assert service_level(other, EVENING) == service_level(day, EVENING)


@some_examples
@given(days)
def test_time_on_the_queue_never_shrinks_as_the_day_goes_on(day: Day) -> None:
    levels = [level(day.contacts, day.roster, now=now) for now in range(9_000, 20_000, 1_000)]
    known = [found for found in levels if found is not None]
    for earlier, later in pairwise(known):
        assert earlier[0] <= later[0]
        assert earlier[1] <= later[1]
