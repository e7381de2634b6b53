"""What is earned by rules: when a day is over, by the figures as they are, and corrected when they are."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.store import bulk, proof
from bot.store import people as people_store
from tests.encore import House, sandboxed, serving, until
from tests.stories.earning import (
    LEVEL,
    STARS,
    agents,
    bring,
    day_of,
    has,
    heard,
    judge,
    measure,
    morning,
    rated,
    reasons,
    rule,
    told,
    worked,
)
from tests.stories.facts import call, shift


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    with agents(database_url, LEVEL, STARS) as where:
        yield where


@pytest.fixture
def manila(sqlite_url: str) -> Iterator[House]:
    """The same, where nothing depends on the database."""
    with agents(sqlite_url, LEVEL, STARS) as where:
        yield where


def test_a_day_is_judged_when_it_is_over_and_once(cebu: House) -> None:
    bring(cebu, *worked("2026-03-05", 0.8), *worked("2026-03-05", 0.79, "Agent 2"))
    judge(cebu)
    assert (has(cebu), has(cebu, "Agent 2")) == (0, 0)
    morning(cebu, "2026-03-06")
    judge(cebu)
    assert reasons(cebu) == [(10, "You were there. (5 March 2026)")]
    assert has(cebu, "Agent 2") == 0
    # Bringing the same facts again changes nothing.
    bring(cebu, *worked("2026-03-05", 0.8))
    judge(cebu)
    assert has(cebu) == 10


def test_over_the_target_earns_the_same(manila: House) -> None:
    bring(manila, *worked("2026-03-05", 0.99))
    morning(manila, "2026-03-06")
    assert has(manila) == 10


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        (rated("2026-03-05", 5, 5, 4), 10),
        (rated("2026-03-05", 5, 5, 5, 5, 5), 15),
        (rated("2026-03-05", 5, 5, sent=False), 0),
        (rated("2026-03-05", 5, cause="delivery"), 0),
        (rated("2026-03-05", 5, disputed=True), 0),
        (rated("2026-02-28", 5), 0),
    ],
    ids=["each", "three a day", "asked for by hand", "about the parcel", "disputed", "before the site was live"],
)
def test_ratings_earn_one_by_one(manila: House, facts: list[Any], points: int) -> None:
    bring(manila, *facts)
    morning(manila, "2026-03-06")
    assert has(manila) == points


def test_only_the_named_sources_send_surveys_automatically(manila: House) -> None:
    rule(manila, STARS, surveys={"automatic": ["another"]})
    bring(manila, *rated("2026-03-05", 5))
    morning(manila, "2026-03-06")
    assert has(manila) == 0


def test_a_rule_earns_from_its_day_on_and_a_later_version_changes_nothing_before(manila: House) -> None:
    rule(manila, {**LEVEL, "effective_from": "2026-03-06"})
    for day in ("2026-03-05", "2026-03-06"):
        day_of(manila, day, *worked(day, 0.9))
    assert has(manila) == 10
    # Friday was over under the rule that gives 10, and Saturday is not over yet under the one that gives 20.
    rule(manila, {**LEVEL, "points": 20})
    bring(manila, *worked("2026-03-06", 0.95))
    day_of(manila, "2026-03-07", *worked("2026-03-07", 0.95))
    assert [amount for amount, _ in reasons(manila)] == [10, 20]


def test_a_rule_is_for_its_sites(manila: House) -> None:
    rule(manila, {**LEVEL, "sites": ["Lisbon"]})
    bring(manila, *worked("2026-03-05", 0.9))
    morning(manila, "2026-03-06")
    assert has(manila) == 0


@pytest.mark.parametrize("mode", ["off", "shadow", "private"])
def test_nothing_is_earned_where_the_site_is_not_live(manila: House, mode: str) -> None:
    rule(manila, LEVEL, sites={"Cebu": {"mode": mode, "live_from": "2026-03-01"}})
    bring(manila, *worked("2026-03-05", 0.9))
    morning(manila, "2026-03-06")
    assert has(manila) == 0


def test_a_month_has_a_cap_and_a_correction_makes_room(manila: House) -> None:
    rule(manila, {**LEVEL, "most_a_month": 2})
    for number in range(5, 9):
        day_of(manila, f"2026-03-0{number}", *worked(f"2026-03-0{number}", 0.9))
    assert has(manila) == 20
    bring(manila, *worked("2026-03-05", 0.5))
    judge(manila)
    assert [amount for amount, _ in reasons(manila)] == [10, 10, -10, 10]


def test_a_night_shift_is_judged_when_it_has_ended(manila: House) -> None:
    """At seven it reaches the level so far, and at its end it does not."""
    shifts = [shift("night", "Agent 1", "2026-03-05 22:00", "2026-03-06 08:00")]
    bring(manila, *shifts)
    manila.centre.at = datetime(2026, 3, 5, 22, 30, tzinfo=UTC)
    bring(manila, call("night", "Agent 1", "2026-03-05 22:00", talk=7 * 3600))
    morning(manila, "2026-03-06")
    assert reasons(manila) == []
    manila.centre.at += timedelta(hours=2)
    judge(manila)
    assert reasons(manila) == []
    bring(manila, call("night", "Agent 1", "2026-03-05 22:00", talk=9 * 3600))
    judge(manila)
    assert has(manila) == 10


def test_nothing_is_judged_while_a_file_is_read(manila: House) -> None:
    bring(manila, *worked("2026-03-05", 0.9))
    manila.centre.at += timedelta(hours=11, minutes=-3)
    manila.centre.begin("interactions")
    manila.centre.at -= timedelta(minutes=2)
    judge(manila)
    assert has(manila) == 0
    manila.centre.at += timedelta(minutes=10)
    judge(manila)
    assert has(manila) == 10


def test_a_streak_passes_over_days_off_and_breaks_where_it_was_not_reached(manila: House) -> None:
    rule(manila, {**LEVEL, "streak": 3})
    for number, level in enumerate([0.9, 0.9, None, 0.9, 0.9, 0.5, 0.9, 0.9], start=5):
        day = f"2026-03-{number:02}"
        day_of(manila, day, *([] if level is None else worked(day, level)))
    assert reasons(manila) == [(10, "You were there. (5 March to 8 March 2026)")]


def test_happiness_over_28_days_needs_its_forms_and_earns_once_a_month(manila: House) -> None:
    rule(manila, {"key": "glad", "words": "Happy customers.", "metric": "happiness", "period": "rolling", "at_least": 50, "points": 30, "most_a_month": 1})  # fmt: skip
    measure(manila, "happiness", "2026-03-02", 240_000, 4, 4)
    morning(manila, "2026-03-06")
    assert has(manila) == 0
    measure(manila, "happiness", "2026-03-06", 10_000, 1, 1)
    measure(manila, "happiness", "2026-03-07", 50_000, 1, 1)
    morning(manila, "2026-03-08")
    morning(manila, "2026-03-09")
    assert reasons(manila) == [(30, "Happy customers. (1 March to 6 March 2026)")]


@pytest.mark.parametrize(
    ("rule_of", "day", "parts", "points"),
    [
        ({"metric": "wow_moments", "points": 20}, "2026-03-05", (2, 0, 2), 40),
        ({"metric": "fcr", "period": "week", "at_least": 0.8, "points": 15}, "2026-03-05", (4, 5, 5), 15),
        ({"metric": "fcr", "period": "week", "at_least": 0.8, "points": 15}, "2026-03-05", (4, 4, 4), 0),
    ],
    ids=["wow moments", "first contact resolution", "too few"],
)
def test_figures_that_no_source_brings_yet(
    manila: House, rule_of: dict[str, Any], day: str, parts: tuple[int, int, int], points: int
) -> None:
    rule(manila, {"key": "later", "words": "Well done.", **rule_of})
    measure(manila, rule_of["metric"], day, *parts)
    morning(manila, "2026-03-09")
    assert has(manila) == points


def test_perfect_attendance_earns_paid_time_by_the_run_and_a_month_of_leave_only_pauses_it(manila: House) -> None:
    rule(manila, {"key": "perfect", "words": "A perfect month.", "metric": "perfect_attendance", "period": "month", "minutes": [120, 180, 240]})  # fmt: skip
    for month in (3, 4, 6, 7):
        measure(manila, "perfect_attendance", f"2026-{month:02}-{30 + month % 2}", 1, 1, 1)
        morning(manila, f"2026-{month + 1:02}-01")
    assert has(manila, unit="minutes") == 120 + 180 + 240 + 240
    assert has(manila) == 0


def test_a_week_and_a_month_are_judged_when_they_are_over_whoever_is_off_on_the_last_day(manila: House) -> None:
    week, month = ({**LEVEL, "key": period, "period": period, "points": points} for period, points in (("week", 7), ("month", 31)))  # fmt: skip
    rule(manila, week, month)
    bring(manila, *worked("2026-03-05", 0.9), *worked("2026-03-27", 0.9))
    assert has(manila) == 0
    morning(manila, "2026-03-09")
    assert has(manila) == 7
    # Friday was the last day at work; the week ends on Sunday, the month on Tuesday.
    morning(manila, "2026-03-29")
    assert has(manila) == 7
    morning(manila, "2026-03-30")
    assert has(manila) == 14
    morning(manila, "2026-04-01")
    assert has(manila) == 45


def test_paid_time_is_in_proportion_to_the_contract(manila: House) -> None:
    rule(manila, {"key": "perfect", "words": "A perfect month.", "metric": "perfect_attendance", "period": "month", "minutes": 120, "full_week_hours": 35})  # fmt: skip
    half = manila.centre.person("Agent 2")
    manila.centre.db.write_now(people_store.describe, half, {"contracted_minutes": 1050})
    for agent in ("Agent 1", "Agent 2"):
        measure(manila, "perfect_attendance", "2026-03-31", 1, 1, 1, agent=agent)
    morning(manila, "2026-04-01")
    assert (has(manila, unit="minutes"), has(manila, "Agent 2", unit="minutes")) == (120, 60)


def test_people_read_once_a_day_what_became_of_it_all(manila: House) -> None:
    bring(manila, *worked("2026-03-05", 0.9), *rated("2026-03-05", 5))
    morning(manila, "2026-03-06")
    bring(manila, *worked("2026-03-05", 0.5))
    judge(manila)
    [(to, first)] = told(manila)
    assert to == f"person:{manila.centre.person('Agent 1')}"
    assert [(line["state"], line["amount"]) for line in json.loads(first)["lines"]] == [("issued", 10), ("issued", 5)]
    morning(manila, "2026-03-07")
    [_, (_, second)] = told(manila)
    assert [(line["state"], line["amount"]) for line in json.loads(second)["lines"]] == [("back", 10)]


async def test_the_message_is_said_in_slack(manila: House) -> None:
    bring(manila, *worked("2026-03-05", 0.9), *rated("2026-03-05", 5))
    async with sandboxed(manila) as sandbox, serving(manila, sandbox) as encore:
        manila.clock.move_to(datetime(2026, 3, 6, 1, tzinfo=UTC))
        await encore.loop.tick()
        await until(lambda: len(heard(manila)) == 1)
    assert heard(manila) == [
        "You earned 15 points.\n+10 points: You were there. (March 5, 2026)\n+5 points: Five stars. (March 5, 2026)"
    ]


def test_an_award_that_is_not_in_the_ledger_is_found(manila: House) -> None:
    bring(manila, *worked("2026-03-05", 0.9))
    morning(manila, "2026-03-06")
    rename = "UPDATE award SET key = ? || key"
    manila.centre.db.write_now(lambda session: bulk.execute(session, rename, [("not ",)]))
    [wrong] = manila.centre.db.read_now(proof.verify)
    assert wrong.rule == "what was earned is in the ledger once it is issued, and not before"
    manila.centre.db.write_now(lambda session: bulk.execute(session, "UPDATE award SET key = SUBSTR(key, ?)", [(5,)]))
