"""A site's budget of a month: what it does not cover waits for the next one, in order, and nobody has too much of it."""

import json
from collections.abc import Iterator
from datetime import date

import pytest

from bot.services import leavers
from tests.encore import House
from tests.stories.earning import (
    LEVEL,
    STARS,
    agents,
    bring,
    day_of,
    has,
    judge,
    morning,
    rated,
    reasons,
    rule,
    told,
    worked,
)

BUDGET = {"points": 10}


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    """Two heads: 20 points a month."""
    with agents(database_url, LEVEL, budget=BUDGET) as where:
        yield where


def test_what_the_budget_does_not_cover_waits_for_the_next_month(cebu: House) -> None:
    for day in ("2026-03-05", "2026-03-06", "2026-03-07"):
        day_of(cebu, day, *worked(day, 0.9))
    assert has(cebu) == 20
    waits = json.loads(told(cebu)[2][1])["lines"]
    assert [(line["state"], line["amount"], line["waits_until"]) for line in waits] == [("waiting", 10, "2026-04-01")]
    morning(cebu, "2026-04-01")
    assert has(cebu) == 30
    assert reasons(cebu)[2] == (10, "You were there. (7 March 2026)")
    [_, _, _, (_, fourth)] = told(cebu)
    assert [(line["state"], line["amount"]) for line in json.loads(fourth)["lines"]] == [("issued", 10)]


def test_those_who_wait_are_not_passed_by(cebu: House) -> None:
    rule(cebu, {**LEVEL, "points": 15}, {**STARS, "points": 5}, budget=BUDGET)
    day_of(cebu, "2026-03-05", *worked("2026-03-05", 0.9))
    day_of(cebu, "2026-03-06", *worked("2026-03-06", 0.9))
    day_of(cebu, "2026-03-07", *rated("2026-03-07", 5))
    assert has(cebu) == 15
    morning(cebu, "2026-04-01")
    assert [amount for amount, _ in reasons(cebu)] == [15, 15, 5]


def test_a_higher_budget_and_a_new_colleague_issue_what_waits_at_once(cebu: House) -> None:
    for day in ("2026-03-05", "2026-03-06", "2026-03-07"):
        day_of(cebu, day, *worked(day, 0.9))
    bring(cebu, *rated("2026-03-08", 4, agent="Agent 3"))
    judge(cebu)
    assert has(cebu) == 30
    day_of(cebu, "2026-03-08", *worked("2026-03-08", 0.9))
    assert has(cebu) == 30
    rule(cebu, LEVEL, budget={"points": 1, "sites": {"Cebu": 14}})
    judge(cebu)
    assert has(cebu) == 40


def test_what_is_taken_back_is_there_for_others(cebu: House) -> None:
    for day in ("2026-03-05", "2026-03-06", "2026-03-07"):
        day_of(cebu, day, *worked(day, 0.9))
    bring(cebu, *worked("2026-03-05", 0.5))
    judge(cebu)
    assert [amount for amount, _ in reasons(cebu)] == [10, 10, -10, 10]


def test_what_waits_is_corrected_too(cebu: House) -> None:
    for day in ("2026-03-05", "2026-03-06", "2026-03-07"):
        day_of(cebu, day, *worked(day, 0.9))
    bring(cebu, *worked("2026-03-07", 0.5))
    judge(cebu)
    morning(cebu, "2026-04-01")
    assert has(cebu) == 20


def test_while_the_next_budget_does_not_do_either_it_waits_on(cebu: House) -> None:
    rule(cebu, LEVEL, budget={"points": 5})
    for day in ("2026-03-05", "2026-03-06", "2026-03-07"):
        day_of(cebu, day, *worked(day, 0.9))
    morning(cebu, "2026-04-01")
    assert has(cebu) == 20
    lines = json.loads(told(cebu)[-1][1])["lines"]
    assert [(line["state"], line["waits_until"]) for line in lines] == [("issued", None), ("waiting", "2026-05-01")]


def test_what_waits_where_nobody_works_any_more_is_issued(cebu: House) -> None:
    rule(cebu, LEVEL, budget={"points": 5})
    for day in ("2026-03-05", "2026-03-06"):
        day_of(cebu, day, *worked(day, 0.9))
    assert has(cebu) == 10
    for name in ("Agent 1", "Agent 2"):
        cebu.centre.db.write_now(
            leavers.mark, cebu.centre.at, cebu.centre.person(name), date(2026, 3, 20), actor="story"
        )
    morning(cebu, "2026-04-01")
    assert has(cebu) == 20


def test_an_award_larger_than_a_whole_months_budget_takes_that(cebu: House) -> None:
    rule(cebu, {**LEVEL, "points": 50}, budget=BUDGET)
    day_of(cebu, "2026-03-05", *worked("2026-03-05", 0.9))
    assert has(cebu) == 50
    day_of(cebu, "2026-03-06", *worked("2026-03-06", 0.9))
    assert has(cebu) == 50


def test_paid_minutes_take_nothing_from_it(cebu: House) -> None:
    rule(cebu, {"key": "level", "words": "You were there.", "metric": "service_level", "minutes": 30}, budget=BUDGET)
    day_of(cebu, "2026-03-05", *worked("2026-03-05", 0.9))
    assert has(cebu, unit="minutes") == 30
