"""What is earned follows the figures: it is taken back, given again, or keeps its place."""

import json
from collections.abc import Iterator

import pytest

from bot.services import owing, people
from tests.encore import House
from tests.stories.earning import (
    LEVEL,
    STARS,
    agents,
    bring,
    day_of,
    has,
    judge,
    keys,
    morning,
    rated,
    reasons,
    rule,
    spend,
    told,
    worked,
)


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    with agents(database_url, LEVEL, STARS) as where:
        yield where


@pytest.fixture
def manila(sqlite_url: str) -> Iterator[House]:
    """The same, where nothing depends on the database."""
    with agents(sqlite_url, LEVEL, STARS) as where:
        yield where


def test_a_correction_takes_back_and_gives_again_with_the_reason(cebu: House) -> None:
    bring(cebu, *worked("2026-03-05", 0.85))
    morning(cebu, "2026-03-06")
    bring(cebu, *worked("2026-03-05", 0.7899))
    judge(cebu)
    assert has(cebu) == 0
    bring(cebu, *worked("2026-03-05", 0.80))
    judge(cebu)
    assert reasons(cebu) == [
        (10, "You were there. (5 March 2026)"),
        (-10, "Corrected: your service level of 5 March 2026 is 78.9% now."),
        (10, "You were there. (5 March 2026)"),
    ]


def test_a_rating_that_is_disputed_later_is_taken_back(manila: House) -> None:
    bring(manila, *rated("2026-03-05", 5, 5))
    morning(manila, "2026-03-06")
    bring(manila, *rated("2026-03-05", 5, disputed=True))
    judge(manila)
    assert reasons(manila)[2:] == [(-5, "Corrected: your number of such ratings of 5 March 2026 is 1 now.")]


def test_under_a_cap_what_stands_keeps_its_place(manila: House) -> None:
    """A rating of an earlier day that comes later has no room; nobody reads of a correction, for nothing changed."""
    rule(manila, {**STARS, "most_a_month": 1})
    day_of(manila, "2026-03-09", *rated("2026-03-09", 5))
    bring(manila, *rated("2026-03-05", 5))
    judge(manila)
    assert [amount for amount, _ in reasons(manila)] == [5]
    # What makes room lets the other have it.
    bring(manila, *rated("2026-03-09", 5, disputed=True))
    judge(manila)
    assert [amount for amount, _ in reasons(manila)] == [5, -5, 5]


@pytest.mark.parametrize("again", [0.9, 0.95])
def test_what_an_admin_took_back_is_not_given_again(cebu: House, again: float) -> None:
    bring(cebu, *worked("2026-03-05", 0.9))
    morning(cebu, "2026-03-06")
    [key] = keys(cebu)
    cebu.centre.db.write_now(owing.take_back, cebu.centre.at, key="by hand", of=key, actor="Ada", reason="Copied.")
    for level in (0.5, again, 0.5, again):
        bring(cebu, *worked("2026-03-05", level))
        judge(cebu)
    assert [amount for amount, _ in reasons(cebu)] == [10, -10]
    # Other days earn as before.
    day_of(cebu, "2026-03-06", *worked("2026-03-06", 0.9))
    assert has(cebu) == 10


def test_what_is_long_over_is_closed(manila: House) -> None:
    bring(manila, *worked("2026-03-04", 0.9), *worked("2026-03-05", 0.9))
    morning(manila, "2026-03-06")
    morning(manila, "2026-04-10")
    bring(manila, *worked("2026-03-04", 0.5), *worked("2026-03-08", 0.9))
    judge(manila)
    assert [amount for amount, _ in reasons(manila)] == [10, 10, 10]


def test_a_streak_that_is_undone_names_the_day_that_undid_it(manila: House) -> None:
    rule(manila, {**LEVEL, "streak": 3})
    for number in range(5, 8):
        day_of(manila, f"2026-03-0{number}", *worked(f"2026-03-0{number}", 0.9))
    bring(manila, *worked("2026-03-06", 0.5))
    morning(manila, "2026-03-09")
    assert reasons(manila)[1:] == [(-10, "Corrected: your service level of 6 March 2026 is 50% now.")]
    [line] = json.loads(told(manila)[-1][1])["lines"]
    assert (line["state"], line["first"], line["last"], line["value"]) == ("back", "2026-03-06", "2026-03-06", 0.5)


def test_what_was_spent_is_owed_and_comes_off_the_next(cebu: House) -> None:
    bring(cebu, *worked("2026-03-05", 0.9))
    morning(cebu, "2026-03-06")
    spend(cebu, 7)
    bring(cebu, *worked("2026-03-05", 0.5))
    judge(cebu)
    assert (has(cebu), has(cebu, unit="owed")) == (0, 7)
    bring(cebu, *rated("2026-03-06", 5, 5))
    morning(cebu, "2026-03-07")
    assert (has(cebu), has(cebu, unit="owed")) == (3, 0)


def test_somebody_who_was_merged_keeps_what_was_earned_and_corrections_find_them(cebu: House) -> None:
    bring(cebu, *worked("2026-03-05", 0.9, "Agent 2"), *worked("2026-03-04", 0.9, "Agent 1"))
    bring(cebu, *rated("2026-03-05", 5, 5, agent="Agent 2"))
    morning(cebu, "2026-03-06")
    kept, gone = cebu.centre.person("Agent 1"), cebu.centre.person("Agent 2")
    for identity in cebu.centre.db.write_now(people.merge, cebu.centre.at, kept, gone):
        # While facts are on their way, page by page, nothing is judged, taken back and given again.
        judge(cebu)
        while cebu.centre.db.write_now(people.attribute_page, cebu.centre.at, identity, 1):
            judge(cebu)
    judge(cebu)
    assert has(cebu) == 30
    assert all(amount > 0 for amount, _ in reasons(cebu))
    bring(cebu, *worked("2026-03-05", 0.5, "Agent 2"))
    judge(cebu)
    assert has(cebu) == 20
