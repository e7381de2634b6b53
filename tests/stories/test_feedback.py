"""Whose rating it is, and on which day it counts."""

import pytest

from bot.domain.facts import Feedback
from bot.domain.parts import Parts
from tests.stories.facts import CEBU, DENVER, LISBON, Centre, call, moment, survey


def stars(value: int, times: int = 1) -> Parts:
    return Parts(value * 1000 * times, times, times)


@pytest.mark.parametrize("contact_first", [True, False])
def test_a_rating_without_an_agent_is_for_the_one_who_had_the_contact_on_the_contacts_day(
    centre: Centre, contact_first: bool
) -> None:
    rating = survey("s", about="c", sent="2026-03-06 09:00", answered="2026-03-09 10:00", stars=4, recommend=9)
    contact = call("c", "Ada", "2026-03-05 17:00")
    for record in (contact, rating) if contact_first else (rating, contact):
        centre.bring(record)
    on_the_day = centre.of_person("Ada", "2026-03-05")
    assert on_the_day["csat"] == stars(4)
    assert on_the_day["positive"] == Parts(1, 1, 1)
    assert on_the_day["nps"] == Parts(1, 1, 1)
    assert "response_rate" not in on_the_day
    assert centre.of_person("Ada", "2026-03-06")["response_rate"] == Parts(1, 1, 1)
    assert centre.of_site("Cebu", "2026-03-09") == centre.of_site("Cebu", "2026-03-06") == {}


def test_a_rating_whose_contact_comes_later_from_another_zone_moves_with_all_it_has(centre: Centre) -> None:
    """The survey tool knows no site: until the contact comes its days are those of UTC, then those of Denver."""
    late = "2026-03-06 03:00"
    centre.bring(
        survey("s", about="c", sent=late, answered=late, zone="UTC", stars=5), site=None, source="tool", contacts="desk"
    )
    centre.bring(call("c", "Ada", "2026-03-05 19:30", zone=DENVER[1]), site=DENVER)
    assert centre.days("Ada", "csat") == {"2026-03-05": 5000}
    assert centre.days("Ada", "response_rate") == {"2026-03-05": 1}


def test_without_a_contact_a_rating_counts_on_the_local_day_it_was_given(centre: Centre) -> None:
    centre.bring(survey("s", "Ada", sent="2026-03-05 23:00", answered="2026-03-06 00:30", stars=3))
    assert centre.days("Ada", "csat") == {"2026-03-06": 3000}
    assert centre.days("Ada", "response_rate") == {"2026-03-05": 1}


def test_a_rating_is_the_named_agents_whoever_had_the_contact(centre: Centre) -> None:
    centre.bring(call("c", "Ada", "2026-03-05 10:00"), call("d", "Bea", "2026-03-05 10:00"))
    centre.bring(survey("s", "Bea", about="c", answered="2026-03-07 10:00", stars=2))
    assert centre.days("Bea", "csat") == {"2026-03-05": 2000}
    assert centre.days("Ada", "csat") == {}


def test_a_rating_about_the_delivery_is_the_sites_and_its_request_is_the_agents(centre: Centre) -> None:
    centre.bring(call("c", "Ada", "2026-03-05 10:00"))
    centre.bring(
        survey("s", about="c", sent="2026-03-05 11:00", answered="2026-03-06 10:00", stars=1, cause="delivery")
    )
    assert "csat" not in centre.of_person("Ada", "2026-03-05")
    assert centre.of_person("Ada", "2026-03-05")["response_rate"] == Parts(1, 1, 1)
    assert centre.of_site("Cebu", "2026-03-05")["csat"] == stars(1)
    assert "response_rate" not in centre.of_site("Cebu", "2026-03-05")

    centre.bring(survey("s", about="c", sent="2026-03-05 11:00", answered="2026-03-06 10:00", stars=1, cause="agent"))
    assert centre.of_person("Ada", "2026-03-05")["csat"] == stars(1)
    assert centre.of_site("Cebu", "2026-03-05") == {}


def test_a_disputed_rating_waits_and_counts_once_it_is_decided(centre: Centre) -> None:
    centre.bring(survey("s", "Ada", answered="2026-03-05 10:00", stars=1, disputed=True))
    assert centre.days("Ada", "csat") == {}
    assert centre.of_site("Cebu", "2026-03-05") == {}
    centre.bring(survey("s", "Ada", answered="2026-03-05 10:00", stars=1))
    assert centre.days("Ada", "csat") == {"2026-03-05": 1000}


def test_a_rating_of_nobody_is_the_sites(centre: Centre) -> None:
    centre.bring(survey("s", sent="2026-03-05 09:00", answered="2026-03-06 10:00", stars=4))
    assert centre.of_site("Cebu", "2026-03-06")["csat"] == stars(4)
    assert centre.of_site("Cebu", "2026-03-05")["response_rate"] == Parts(1, 1, 1)


def test_a_rating_of_a_contact_that_nobody_took_counts_where_the_contact_came_in(centre: Centre) -> None:
    centre.bring(call("c", None, "2026-03-05 18:00", zone=DENVER[1], talk=None), site=DENVER)
    rating = survey("s", about="c", sent="2026-03-06 02:00", answered="2026-03-06 02:10", zone="UTC", stars=2)
    centre.bring(rating, site=None, source="tool", contacts="desk")
    assert centre.of_site("Denver", "2026-03-05")["csat"] == stars(2)
    assert centre.of_site("Denver", "2026-03-05")["response_rate"] == Parts(1, 1, 1)


def test_both_parts_of_the_response_rate_count_on_the_day_of_the_request(centre: Centre) -> None:
    centre.bring(*(call(str(n), "Ada", f"2026-03-0{n} 10:00") for n in (1, 2, 3)))
    asked = [survey(str(n), about=str(n), sent="2026-03-04 08:00") for n in (1, 2, 3)]
    centre.bring(*asked)
    assert centre.of_person("Ada", "2026-03-04")["response_rate"] == Parts(0, 3, 3)
    centre.bring(survey("2", about="2", sent="2026-03-04 08:00", answered="2026-03-11 08:00", stars=5))
    assert centre.counts.changed == 1
    assert centre.of_person("Ada", "2026-03-04") == {"response_rate": Parts(1, 3, 3)}
    assert centre.days("Ada", "csat") == {"2026-03-02": 5000}


def test_a_contact_that_changes_hands_takes_its_ratings_along(centre: Centre) -> None:
    centre.bring(call("c", "Ada", "2026-03-05 10:00"))
    centre.bring(call("x", "Bea", "2026-03-05 10:00", zone=LISBON[1]), site=LISBON)
    given = survey("s", about="c", sent="2026-03-05 23:30", answered="2026-03-05 23:40", stars=5)
    centre.bring(given)
    centre.bring(call("c", "Bea", "2026-03-05 10:00"))
    assert centre.days("Ada", "csat") == centre.days("Ada", "response_rate") == {}
    assert centre.days("Bea", "csat") == {"2026-03-05": 5000}
    assert centre.days("Bea", "response_rate") == {"2026-03-05": 1}


def test_a_rating_outlives_its_contact_and_is_then_nobodys(centre: Centre) -> None:
    contact = centre.bring(call("c", "Ada", "2026-03-05 10:00"))
    centre.bring(survey("s", about="c", answered="2026-03-06 10:00", stars=5))
    centre.undo(contact)
    assert centre.days("Ada", "csat") == {}
    assert centre.of_site("Cebu", "2026-03-06")["csat"] == stars(5)


def test_what_was_never_answered_is_no_score_of_zero(centre: Centre) -> None:
    centre.bring(Feedback("s", "Ada", None, "phone", requested=moment("2026-03-05 10:00", CEBU[1])))
    assert centre.of_person("Ada", "2026-03-05") == {"response_rate": Parts(0, 1, 1)}


def test_an_answer_without_a_time_has_the_day_of_its_contact_or_none(centre: Centre) -> None:
    early = survey("s1", about="c1", stars=5)
    centre.bring(early, survey("s2", stars=4))
    assert [(r.index, r.field) for r in centre.counts.refused] == [(0, "responded"), (1, "responded")]
    assert "import the contacts first" in centre.counts.refused[0].why
    assert centre.facts("feedback") == []
    centre.bring(call("c1", "Ana", "2026-03-05 10:00"))
    centre.bring(early)
    assert centre.counts.new == 1
    assert centre.of_person("Ana", "2026-03-05")["csat"].numerator == 5000
    centre.check()
