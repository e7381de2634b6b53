"""Vendors correct and repeat themselves, and an import can be taken back."""

import pytest

from bot.domain.parts import Parts
from bot.errors import NotFoundError, RefusedError
from bot.services import imports
from tests.stories.facts import Centre, call, shift, survey


def handled(seconds: int, contacts: int) -> Parts:
    return Parts(seconds, contacts, contacts)


def test_a_second_reading_of_the_same_file_changes_nothing(centre: Centre) -> None:
    rows = [call(str(n), "Ada", f"2026-03-05 1{n}:00") for n in range(5)]
    centre.bring(*rows, page=2)
    assert (centre.counts.new, centre.counts.changed, centre.counts.unchanged) == (5, 0, 0)
    stood = centre.rows()
    centre.bring(*reversed(rows), page=3)
    assert (centre.counts.new, centre.counts.changed, centre.counts.unchanged) == (0, 0, 5)
    assert centre.rows() == stood


def test_a_corrected_row_changes_the_figures(centre: Centre) -> None:
    centre.bring(call("1", "Ada", "2026-03-05 10:00", talk=100), call("2", "Ada", "2026-03-05 11:00", talk=50))
    centre.bring(call("1", "Ada", "2026-03-05 10:00", talk=30))
    assert centre.counts.changed == 1
    day = centre.of_person("Ada", "2026-03-05")
    assert day["handle_time"] == handled(80, 2)
    assert day["longest_contact"] == Parts(50, None, 2)


def test_a_row_that_goes_to_another_agent_and_day_leaves_nothing_behind(centre: Centre) -> None:
    centre.bring(call("1", "Ada", "2026-03-05 10:00"))
    centre.bring(call("1", "Bea", "2026-03-07 10:00", channel="chat"))
    assert centre.days("Ada") == {}
    assert centre.of_person("Bea", "2026-03-07")["volume chat"] == Parts(1, None, 1)


@pytest.mark.parametrize("page", [1, 2, 5])
def test_of_rows_that_repeat_an_id_the_last_stands(centre: Centre, page: int) -> None:
    """Also within a page; every row is counted once."""
    rows = [
        call("1", "Ada", "2026-03-05 10:00", talk=10),
        call("2", "Ada", "2026-03-05 10:00", talk=5),
        call("1", "Ada", "2026-03-05 10:00", talk=20),
        call("2", "Ada", "2026-03-05 10:00", talk=5),
        call("1", "Ada", "2026-03-05 10:00", talk=40),
    ]
    centre.bring(*rows, page=page)
    assert (centre.counts.new, centre.counts.changed, centre.counts.unchanged) == (2, 2, 1)
    assert centre.of_person("Ada", "2026-03-05")["handle_time"] == handled(45, 2)


def test_undoing_an_import_takes_back_what_it_brought_and_puts_back_what_it_changed(centre: Centre) -> None:
    centre.bring(call("1", "Ada", "2026-03-05 10:00", talk=10))
    stood, rows = centre.rows(), centre.facts("interactions")
    second = centre.bring(
        call("1", "Bea", "2026-03-06 10:00", talk=99),
        call("1", "Bea", "2026-03-06 10:00", talk=98),
        call("2", "Ada", "2026-03-05 12:00", talk=7),
        page=1,
    )
    assert centre.days("Ada", "handle_time") == {"2026-03-05": 7}
    centre.undo(second)
    assert (centre.rows(), centre.facts("interactions")) == (stood, rows)
    with pytest.raises(RefusedError, match="undone already"):
        centre.undo(second)


def test_an_import_whose_rows_a_later_one_changed_waits_for_that_to_be_undone(centre: Centre) -> None:
    first = centre.bring(call("1", "Ada", "2026-03-05 10:00", talk=10))
    second = centre.bring(call("1", "Ada", "2026-03-05 10:00", talk=20))
    third = centre.bring(call("1", "Ada", "2026-03-05 10:00", talk=30))
    for number, later in ((first, second), (second, third)):
        with pytest.raises(RefusedError, match=rf"Undo {later}\b.* first"):
            centre.undo(number)
    assert centre.days("Ada", "handle_time") == {"2026-03-05": 30}
    centre.undo(third)
    assert centre.days("Ada", "handle_time") == {"2026-03-05": 20}
    centre.undo(second)
    centre.undo(first)
    assert centre.days("Ada") == {}
    with pytest.raises(NotFoundError, match="There is no import 99"):
        centre.undo(99)


def test_a_correction_that_comes_in_the_middle_of_an_undoing_stops_it(centre: Centre) -> None:
    """Between the check and a page of the undoing another import may have changed a row."""
    first = centre.bring(call("1", "Ada", "2026-03-05 10:00", talk=10))
    record = centre.db.read_now(imports.check_undo, first)
    centre.bring(call("1", "Ada", "2026-03-05 10:00", talk=20))
    with pytest.raises(RefusedError):
        centre.db.write_now(imports.undo_page, centre.at, record)
    assert centre.days("Ada", "handle_time") == {"2026-03-05": 20}


def test_an_undone_correction_comes_back_to_whoever_the_agent_is_by_now(centre: Centre) -> None:
    """The row was nobody's when it was overwritten, and meanwhile its agent was linked."""
    centre.begin("shifts")
    centre.hire("Ada", site="Cebu")
    centre.bring(call("1", "a.l", "2026-03-05 10:00", talk=10), site=None)
    second = centre.bring(call("1", "a.l", "2026-03-05 10:00", talk=20), site=None)
    centre.link("Ada", "a.l")
    centre.undo(second)
    assert centre.days("Ada", "handle_time") == {"2026-03-05": 10}


def test_an_undone_correction_comes_back_to_the_person_that_was_kept(centre: Centre) -> None:
    centre.bring(call("1", "Ada L.", "2026-03-05 10:00", talk=10), call("2", "Ada", "2026-03-05 10:00", talk=1))
    second = centre.bring(call("1", "Ada L.", "2026-03-05 10:00", talk=20))
    centre.merge("Ada", "Ada L.")
    centre.undo(second)
    assert centre.days("Ada", "handle_time") == {"2026-03-05": 11}


def test_two_imports_of_the_same_rows_at_once_do_not_disturb_each_other(centre: Centre) -> None:
    centre.bring(call("1", "Ada", "2026-03-05 10:00", talk=1))
    one, other = centre.begin("interactions"), centre.begin("interactions")
    for talk, origin in ((2, one), (3, other), (4, one), (5, other)):
        centre.take(origin, [call("1", "Ada", "2026-03-05 10:00", talk=talk)])
    assert centre.days("Ada", "handle_time") == {"2026-03-05": 5}


def test_an_undone_survey_goes_and_an_undone_shift_gives_the_days_back(centre: Centre) -> None:
    centre.bring(call("night", "Ada", "2026-03-06 03:00", wait=5))
    stood = centre.rows()
    roster = centre.bring(shift("s", "Ada", "2026-03-05 22:00", "2026-03-06 06:00"))
    answers = centre.bring(survey("s", about="night", sent="2026-03-06 09:00", answered="2026-03-07 09:00", stars=1))
    assert centre.days("Ada", "csat") == {"2026-03-05": 1000}
    centre.undo(roster)
    assert centre.days("Ada", "csat") == {"2026-03-06": 1000}
    centre.undo(answers)
    assert centre.rows() == stood
