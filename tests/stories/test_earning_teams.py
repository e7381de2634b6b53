"""What a team earns together, each who was in it; and what each reads of it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.services import earning
from tests.encore import House
from tests.stories.earning import (
    LEVEL,
    STARS,
    agents,
    bring,
    has,
    judge,
    keys,
    morning,
    reasons,
    rule,
    team,
    told,
    worked,
)
from tests.stories.facts import shift


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    with agents(database_url, LEVEL, STARS) as where:
        yield where


@pytest.fixture
def manila(sqlite_url: str) -> Iterator[House]:
    """The same, where nothing depends on the database."""
    with agents(sqlite_url, LEVEL, STARS) as where:
        yield where


def test_a_team_reads_of_its_own_figure_and_a_small_one_of_no_value(manila: House) -> None:
    """Of two, each would read the other's."""
    rule(manila, {**LEVEL, "who": "team", "points": 4})
    names = [f"Agent {number}" for number in range(1, 13)]
    bring(manila, *(shift(f"first {name}", name, "2026-02-27 09:00", "2026-02-27 17:00") for name in names[2:]))
    team(manila, "Agent 1", "Agent 2")
    bring(manila, *worked("2026-03-05", 0.9), *worked("2026-03-05", 0.9, "Agent 2"))
    morning(manila, "2026-03-06")
    bring(manila, *worked("2026-03-05", 0.3, "Agent 2"))
    judge(manila)
    assert reasons(manila)[1:] == [(-4, "Corrected: “You were there.” does not hold for 5 March 2026 any more.")]
    team(manila, *names[2:])
    bring(manila, *(fact for name in names for fact in worked("2026-03-06", 0.9, name)))
    morning(manila, "2026-03-07")
    bring(manila, *(fact for name in names for fact in worked("2026-03-06", 0.4, name)))
    morning(manila, "2026-03-08")
    assert reasons(manila, "Agent 5")[1:] == [(-4, "Corrected: your team's service level of 6 March 2026 is 40% now.")]
    said = json.loads(dict(told(manila))[f"person:{manila.centre.person('Agent 5')}"])["lines"]
    assert [line["of_team"] for line in said] == [True]


def test_a_large_team_is_awarded_in_small_portions(cebu: House) -> None:
    rule(cebu, {**LEVEL, "who": "team", "points": 4})
    names = [f"Agent {number}" for number in range(1, 61)]
    bring(cebu, *(shift(f"first {name}", name, "2026-02-27 09:00", "2026-02-27 17:00") for name in names[2:]))
    team(cebu, *names)
    cebu.centre.at = datetime(2026, 3, 12, 23, tzinfo=UTC)
    bring(cebu, *(fact for day in range(5, 13) for fact in worked(f"2026-03-{day:02}", 0.9)))
    db, at, awarded = cebu.centre.db, cebu.centre.at + timedelta(minutes=3), [0]
    while owners := db.read_now(earning.list_due, at):
        db.write_now(earning.judge, at, owners)
        awarded.append(len(keys(cebu)))
    assert awarded[-1] == 8 * 60 > earning.DEEDS_AT_ONCE
    assert max(after - before for before, after in pairwise(awarded)) <= earning.DEEDS_AT_ONCE
    assert {has(cebu, name) for name in names} == {8 * 4}


def test_a_team_earns_for_each_who_was_in_it_on_the_day(cebu: House) -> None:
    rule(cebu, {**LEVEL, "who": "team", "points": 4})
    team(cebu, "Agent 1", "Agent 2")
    bring(cebu, *worked("2026-03-05", 1.0), *worked("2026-03-05", 0.65, "Agent 2"))
    morning(cebu, "2026-03-06")
    assert (has(cebu), has(cebu, "Agent 2")) == (4, 4)
    bring(cebu, *worked("2026-03-05", 0.5, "Agent 2"))
    judge(cebu)
    assert (has(cebu), has(cebu, "Agent 2")) == (0, 0)
