"""What the figures of a day are made of, worked out by hand."""

from datetime import date

import pytest

from bot.domain.facts import Interaction
from bot.domain.parts import Parts, bucket_of, histogram
from bot.services import stats
from tests.stories.facts import Centre, call, moment, presence, shift, survey

DAY = "2026-03-05"


def test_the_service_level_of_a_shift_with_breaks_and_chats(centre: Centre) -> None:
    """9:00 to 17:00 with an hour of lunch, and 10 minutes of after-contact work: 24,600 s of queue time."""
    centre.bring(
        shift("s", "Ada", f"{DAY} 09:00", f"{DAY} 17:00"), shift("l", "Ada", f"{DAY} 12:00", f"{DAY} 13:00", "break")
    )
    centre.bring(
        call("phone", "Ada", f"{DAY} 09:00", talk=600, hold=300, wrap_up=600),  # after-contact work from 9:10 to 9:20
        # Two chats at once: messages at 10:00 and 10:02 are active until 10:05, those at 10:04 and 10:20 until 10:23.
        call("chat", "Ada", f"{DAY} 10:00", talk=None, channel="chat", messages="0,120"),
        call("chats", "Ada", f"{DAY} 10:04", talk=None, channel="chat", messages="0,960"),
        call("lunch", "Ada", f"{DAY} 11:50", talk=1200),  # ten minutes of it lie in the break
        call("late", "Ada", f"{DAY} 16:58", talk=600),  # two minutes of it lie in the shift
    )
    customer = 600 + (300 + 120 + 180) + 600 + 120
    assert centre.of_person("Ada", DAY)["service_level"] == Parts(customer, 7 * 3600 - 600, 1)


def test_a_chat_without_message_times_leaves_the_day_unmeasured(centre: Centre) -> None:
    centre.bring(shift("s", "Ada", f"{DAY} 09:00", f"{DAY} 17:00"))
    assert centre.of_person("Ada", DAY)["service_level"] == Parts(0, 8 * 3600, 1)
    centre.bring(call("c", "Ada", f"{DAY} 10:00", talk=None, channel="chat"))
    assert "service_level" not in centre.of_person("Ada", DAY)


def test_without_a_roster_the_logged_in_time_is_taken_and_a_quiet_day_is_not_judged(centre: Centre) -> None:
    centre.bring(call("c", "Ada", f"{DAY} 10:00", talk=1800))
    assert "service_level" not in centre.of_person("Ada", DAY)
    centre.bring(presence("p", "Ada", f"{DAY} 10:00", f"{DAY} 12:00"))
    assert centre.of_person("Ada", DAY)["service_level"] == Parts(1800, 7200, 1)
    centre.bring(presence("r", "Ada", f"{DAY} 11:00", f"{DAY} 11:31", "ready"))
    assert "service_level" not in centre.of_person("Ada", DAY)


def test_first_responses_are_a_histogram_and_queue_waits_are_the_sites(centre: Centre) -> None:
    centre.bring(
        call("1", "Ada", f"{DAY} 10:00", reply=0, wait=500),
        call("2", "Ada", f"{DAY} 10:00", reply=30),
        call("3", "Ada", f"{DAY} 10:00", wait=70),
        call("4", "Ada", f"{DAY} 10:00"),
        call("5", "Bea", f"{DAY} 10:00", wait=71),
    )
    assert centre.of_person("Ada", DAY)["first_response"] == histogram([0, 30])
    assert "first_response" not in centre.of_person("Bea", DAY)
    assert centre.of_site("Cebu", DAY) == {"first_response": histogram([70, 71])}
    assert centre.of_site("Cebu", DAY)["first_response"].buckets == {bucket_of(70): 2}


def test_who_left_before_anybody_answered_had_no_first_response(centre: Centre) -> None:
    centre.bring(call("1", None, f"{DAY} 10:00", talk=None, wait=900), call("2", "Ada", f"{DAY} 10:00", wait=9))
    assert centre.of_site("Cebu", DAY) == {"first_response": histogram([9])}
    assert list(centre.days("Ada")) == [DAY]


def test_a_site_counts_its_people_and_what_is_nobodys(centre: Centre) -> None:
    centre.bring(survey("1", "Ada", answered=f"{DAY} 10:00", stars=5), survey("2", answered=f"{DAY} 10:00", stars=2))
    site = centre.db.read_now(stats.of_site, 1, date(2026, 3, 5), date(2026, 3, 5)).metrics["csat"]
    assert (site.value, site.numerator, site.count) == (3.5, 7, 2)


def test_what_is_not_known_is_not_zero(centre: Centre) -> None:
    centre.bring(Interaction("1", "Ada", "phone", moment(f"{DAY} 10:00")))
    found = centre.db.read_now(stats.of_person, centre.person("Ada"), date(2026, 3, 1), date(2026, 3, 31)).metrics
    assert (found["volume"].value, found["volume"].denominator) == (1, None)
    for metric in ("handle_time", "longest_contact", "first_response", "csat", "nps", "response_rate", "service_level"):
        assert (found[metric].value, found[metric].numerator, found[metric].count) == (None, None, 0)


@pytest.mark.parametrize(("first", "last", "talked"), [(1, 31, 60), (5, 5, 20), (6, 31, 40), (7, 31, 0)])
def test_any_days_add_up_from_their_parts(centre: Centre, first: int, last: int, talked: int) -> None:
    centre.bring(call("1", "Ada", f"{DAY} 10:00", talk=20), call("2", "Ada", "2026-03-06 10:00", talk=40))
    found = centre.db.read_now(stats.of_person, centre.person("Ada"), date(2026, 3, first), date(2026, 3, last)).metrics
    assert (found["handle_time"].numerator or 0) == talked
    assert (found["longest_contact"].value or 0) == min(talked, 40)
