"""The programme refuses what may not earn points, and says why in the words of the definitions."""

import pytest

from bot.domain.earnable import EARNABLE
from bot.domain.earning_rules import for_hours
from bot.domain.metrics import MEASURED_LATER, METRICS
from bot.domain.people import Role
from bot.domain.programme import Programme, parse_programme
from tests.domain.test_programme import refusal


def wrong(**fields: object) -> str:
    row = {"key": "r", "words": "Done.", "points": 10, **fields}
    return " ".join(refusal({"earning": [{name: value for name, value in row.items() if value is not None}]}))


def test_the_default_rules_may_earn() -> None:
    assert [(rule.key, rule.points, rule.most_a_day) for rule in Programme().earning] == [
        ("service-level", 10, None), ("five-stars", 5, 3),
    ]  # fmt: skip
    assert parse_programme(Programme().model_dump(mode="json"), origin="encore.toml") == Programme()


@pytest.mark.parametrize("metric", sorted({*METRICS, *MEASURED_LATER} - set(EARNABLE)))
def test_what_may_not_earn_is_refused_with_the_reason(metric: str) -> None:
    why = METRICS[metric].refusal if metric in METRICS else MEASURED_LATER[metric]
    said = wrong(metric=metric)
    assert f"“{metric}” may not earn points: {why}" in said
    assert "These may: service_level" in said


@pytest.mark.parametrize(
    "metric",
    ["handle_time", "idle_chat_seconds", "idle_chats", "attendance", "volume", "longest_contact", "returning", "csat"],
)
def test_the_definitions_are_held(metric: str) -> None:
    """Whatever becomes of the tables: these never earn (KPIS.md)."""
    assert metric not in EARNABLE


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"metric": "service_level", "at_least": 0.9}, "above its target (0.8) more is not better, and earns the same"),
        ({"metric": "mood"}, "there is no metric “mood”"),
        ({"metric": "service_level", "minutes": 30}, "either `points` or `minutes`"),
        ({"metric": "service_level", "points": None}, "either `points` or `minutes`"),
        ({"metric": "service_level", "points": 0}, "a whole number from 1 to 100,000"),
        ({"metric": "service_level", "points": True}, "a whole number from 1 to 100,000"),
        ({"metric": "service_level", "points": [1, 2], "streak": 2}, "needs no `streak`"),
        ({"metric": "rating", "streak": 2}, "there is no streak of it"),
        ({"metric": "happiness"}, "say with `at_least`"),
        ({"metric": "happiness", "at_least": 50, "period": "rolling"}, "say with `most_a_month`"),
        ({"metric": "happiness", "at_least": 50, "period": "rolling", "streak": 2, "most_a_month": 1}, "overlap"),
        ({"metric": "perfect_attendance"}, "is judged by month"),
        ({"metric": "perfect_attendance", "period": "month", "who": "team"}, "no team earns by it"),
        ({"metric": "perfect_attendance", "period": "month"}, "earns `minutes`"),
        ({"metric": "perfect_attendance", "period": "month", "at_least": 0.5}, "for 1, and nothing else"),
        ({"metric": "rating", "at_least": 1}, "for 4 or more"),
        ({"metric": "rating", "at_least": 0}, "for 4 or more"),
        ({"metric": "service_level", "at_least": 0}, "for more than 0"),
        ({"metric": "fcr", "at_least": -0.5}, "for more than 0"),
        ({"metric": "happiness", "at_least": -5, "period": "rolling", "most_a_month": 1}, "for more than 0"),
        ({"metric": "happiness", "at_least": 50, "minimum_count": 1}, "is not judged under 5"),
        ({"metric": "service_level", "words": "Two\nlines."}, "stands on one line"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(fields: dict[str, object], why: str) -> None:
    assert why in wrong(**fields)


def test_two_rules_need_two_keys() -> None:
    row = {"key": "r", "words": "Done.", "metric": "service_level", "points": 1}
    assert "two earning rules have the key “r”" in " ".join(refusal({"earning": [row, row]}))


def test_a_target_of_the_programme_is_what_is_not_to_be_passed() -> None:
    row = {"key": "r", "words": "Done.", "metric": "service_level", "at_least": 0.75, "points": 1}
    assert "above its target (0.7)" in " ".join(refusal({"targets": {"service_level": 0.7}, "earning": [row]}))
    assert parse_programme({"targets": {"service_level": 0.75}, "earning": [row]}, origin="encore.toml").earning


@pytest.mark.parametrize("budget", [{"points": 0}, {"sites": {"Cebu": 0}}, {"points": True}, {"points": 1.5}])
def test_a_budget_of_nothing_is_refused_since_awards_would_wait_for_ever(budget: dict[str, object]) -> None:
    assert "leave [budget] out for no limit" in " ".join(refusal({"budget": budget}))


@pytest.mark.parametrize(
    ("contracted", "minutes"), [(None, 120), (2400, 120), (1200, 60), (2100, 105), (100, 5), (1, 1), (2880, 144)]
)
def test_paid_minutes_are_in_proportion_to_the_contract(contracted: int | None, minutes: int) -> None:
    assert for_hours(120, contracted) == minutes


def test_a_full_week_is_not_of_40_hours_everywhere() -> None:
    assert [for_hours(120, contracted, 38.5) for contracted in (2310, 1155, 2400, None)] == [120, 60, 125, 120]


def test_an_allowance_is_that_of_the_role_that_brings_most() -> None:
    kudos = parse_programme({"kudos": {"allowances": {"lead": 100, "agent": 20}}}, origin="encore.toml").kudos
    assert [kudos.allowance_of(roles) for roles in ([], [Role.LEAD], [Role.ADMIN])] == [20, 100, 20]
    assert Programme().kudos.allowance_of([Role.LEAD]) == 50
