"""Which day a contact belongs to, in several zones and around shifts that come, change and go."""

from tests.stories.facts import CEBU, DENVER, LISBON, Centre, call, presence, shift, survey


def test_a_contact_counts_on_the_local_day_of_its_agents_site(centre: Centre) -> None:
    """The same moment is another day in Cebu, in Lisbon and in Denver."""
    at, zone = "2026-03-05 23:30", LISBON[1]
    centre.bring(call("1", "Ada", at, zone=zone), site=LISBON, source="lisbon")
    centre.bring(call("1", "Bea", at, zone=zone), site=CEBU, source="cebu")
    centre.bring(call("1", "Cat", at, zone=zone), site=DENVER, source="denver")
    assert centre.days("Ada") == {"2026-03-05": 1}
    assert centre.days("Bea") == {"2026-03-06": 1}
    assert centre.days("Cat") == {"2026-03-05": 1}


def test_days_that_a_clock_change_makes_short_or_long(centre: Centre) -> None:
    night = [f"2026-03-{day} {hour}:59" for day in (28, 29, 30) for hour in ("00", "03", "23")]
    centre.bring(*(call(at, "Ada", at, zone=LISBON[1]) for at in night), site=LISBON)
    assert centre.days("Ada") == {"2026-03-28": 3, "2026-03-29": 3, "2026-03-30": 3}


def test_a_night_shift_that_arrives_late_takes_its_contacts_to_the_day_it_began(centre: Centre) -> None:
    centre.bring(
        call("early", "Ada", "2026-03-05 20:30"),  # an hour and a half before the shift
        call("eve", "Ada", "2026-03-05 23:00"),
        call("night", "Ada", "2026-03-06 03:00"),
        call("after", "Ada", "2026-03-06 08:00"),  # just two hours after it
        call("noon", "Ada", "2026-03-06 08:01"),
    )
    assert centre.days("Ada") == {"2026-03-05": 2, "2026-03-06": 3}

    centre.bring(shift("night", "Ada", "2026-03-05 22:00", "2026-03-06 06:00"))
    assert centre.days("Ada") == {"2026-03-05": 4, "2026-03-06": 1}
    assert centre.of_person("Ada", "2026-03-05")["service_level"].denominator == 8 * 3600


def test_a_changed_shift_moves_them_again_and_an_undone_one_moves_them_back(centre: Centre) -> None:
    centre.bring(call("eve", "Ada", "2026-03-05 23:00"), call("night", "Ada", "2026-03-06 03:00"))
    first = centre.bring(shift("night", "Ada", "2026-03-05 22:00", "2026-03-06 06:00"))
    assert centre.days("Ada") == {"2026-03-05": 2}

    second = centre.bring(shift("night", "Ada", "2026-03-06 02:00", "2026-03-06 10:00"))
    assert centre.days("Ada") == {"2026-03-05": 1, "2026-03-06": 1}
    assert "service_level" not in centre.of_person("Ada", "2026-03-05")

    centre.undo(second)
    assert centre.days("Ada") == {"2026-03-05": 2}
    centre.undo(first)
    assert centre.days("Ada") == {"2026-03-05": 1, "2026-03-06": 1}
    assert centre.days("Ada", "service_level") == {}


def test_a_shift_that_goes_to_somebody_else_leaves_the_first_ones_contacts(centre: Centre) -> None:
    centre.bring(call("a", "Ada", "2026-03-06 03:00"), call("b", "Bea", "2026-03-06 04:00"))
    centre.bring(shift("night", "Ada", "2026-03-05 22:00", "2026-03-06 06:00"))
    assert (centre.days("Ada"), centre.days("Bea")) == ({"2026-03-05": 1}, {"2026-03-06": 1})
    centre.bring(shift("night", "Bea", "2026-03-05 22:00", "2026-03-06 06:00"))
    assert (centre.days("Ada"), centre.days("Bea")) == ({"2026-03-06": 1}, {"2026-03-05": 1})


def test_what_was_waited_and_rated_moves_with_its_contact(centre: Centre) -> None:
    """Queue waits are the site's, ratings are the agent's: a late shift moves both to the day it began."""
    centre.bring(call("night", "Ada", "2026-03-06 03:00", wait=40))
    centre.bring(survey("s", about="night", answered="2026-03-08 10:00", stars=5))
    assert centre.of_site("Cebu", "2026-03-06")["first_response"].count == 1
    assert centre.of_person("Ada", "2026-03-06")["csat"].numerator == 5000

    centre.bring(shift("night", "Ada", "2026-03-05 22:00", "2026-03-06 06:00"))
    assert centre.of_site("Cebu", "2026-03-06") == {}
    assert centre.of_site("Cebu", "2026-03-05")["first_response"].count == 1
    assert "csat" not in centre.of_person("Ada", "2026-03-06")
    assert centre.of_person("Ada", "2026-03-05")["csat"].numerator == 5000


def test_breaks_and_log_ins_belong_to_the_shift_they_lie_in(centre: Centre) -> None:
    centre.bring(
        shift("pause", "Ada", "2026-03-06 01:00", "2026-03-06 01:30", "break"),
        shift("night", "Ada", "2026-03-05 22:00", "2026-03-06 06:00"),
        page=1,
    )
    centre.bring(presence("p", "Ada", "2026-03-06 02:00", "2026-03-06 03:00", "coaching"))
    level = centre.of_person("Ada", "2026-03-05")["service_level"]
    assert (level.numerator, level.denominator) == (0, 8 * 3600 - 1800 - 3600)
    assert centre.days("Ada", "service_level") == {"2026-03-05": 0}
