"""Deeds at the same time, from several threads, as several processes do them."""

import threading
from collections.abc import Callable, Iterator

import pytest

from bot.domain.facts import Record
from bot.errors import RefusedError
from bot.services import people
from tests.stories.facts import CEBU, DENVER, SOURCE, Centre, call, shift, survey


@pytest.fixture
def centre(database_url: str) -> Iterator[Centre]:
    centre = Centre(database_url)
    try:
        yield centre
        centre.check()
    finally:
        centre.close()


def together(*deeds: Callable[[], object]) -> None:
    """Start all deeds at once; the first error is raised."""
    gate = threading.Barrier(len(deeds))
    errors: list[BaseException] = []

    def run(deed: Callable[[], object]) -> None:
        gate.wait()
        try:
            deed()
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def a_day_of_calls(prefix: str) -> list[Record]:
    return [call(f"{prefix}{n}", "Ada", f"2026-03-05 10:{n:02}", talk=1, wait=1) for n in range(40)]


def test_two_files_about_one_agent_add_up(centre: Centre) -> None:
    """Each page reads the figures of the day and adds to them: between the two nobody else may write."""
    centre.bring(call("0", "Ada", "2026-03-05 09:00", talk=1))
    together(*(lambda name=name: centre.bring(*a_day_of_calls(name), page=4) for name in "abcd"))
    assert centre.days("Ada") == {"2026-03-05": 161}
    assert centre.of_site("Cebu", "2026-03-05")["first_response"].count == 160


def test_the_same_file_read_twice_at_once_counts_once(centre: Centre) -> None:
    """Also where the site, the people and the rows are all new to both."""
    together(*(lambda: centre.bring(*a_day_of_calls("a"), page=10) for _ in range(4)))
    assert centre.days("Ada") == {"2026-03-05": 40}


def test_a_shift_a_link_and_ratings_that_come_while_contacts_come(centre: Centre) -> None:
    centre.begin("shifts", site=DENVER)
    centre.begin("shifts", site=CEBU)
    centre.hire("Ada L.", site="Cebu")
    centre.bring(call("x", "Ada", "2026-03-05 11:00"), site=None)
    together(
        lambda: centre.bring(*a_day_of_calls("a"), page=3),
        lambda: centre.bring(*(survey(str(n), about=f"a{n}", answered="2026-03-06 10:00", stars=5) for n in range(40))),
        lambda: centre.bring(
            *(shift(str(n), "Ada", f"2026-03-04 2{n}:00", "2026-03-05 12:00") for n in range(4)), page=1
        ),
        lambda: centre.link("Ada L.", "Ada"),
    )
    assert sum(centre.days("Ada L.").values()) == 41
    assert sum(centre.days("Ada L.", "csat").values()) == 40 * 5000


def test_two_links_of_one_identity_leave_it_with_one_person(centre: Centre) -> None:
    centre.begin("shifts")
    ids = [centre.hire(name, site="Cebu") for name in ("Ada", "Bea")]
    centre.bring(call("x", "a", "2026-03-05 11:00"), site=None)
    refused: list[str] = []

    def link(person_id: int) -> None:
        try:
            centre.attribute(centre.db.write_now(people.link, centre.at, person_id, identity=(SOURCE, "a")))
        except RefusedError as error:
            refused.append(str(error))

    together(*(lambda number=number: link(number) for number in ids))
    assert len(refused) == 1
    assert sorted([centre.days("Ada"), centre.days("Bea")], key=str) == [{"2026-03-05": 1}, {}]
