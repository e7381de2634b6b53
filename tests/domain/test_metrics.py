"""The table of KPIs: what each row says, and how a value comes from parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.metrics import METRICS, Better, Public, metric, team_wait
from bot.domain.parts import NOTHING, Merge, Parts, histogram
from bot.errors import NotFoundError
from tests.domain.samples import many_examples, phone

HIGHER, LOWER, NEITHER = Better.HIGHER, Better.LOWER, Better.NEITHER


@pytest.mark.parametrize(
    ("key", "better", "public", "target", "merge"),
    [
        ("csat", HIGHER, Public.TOP, None, Merge.SUM),
        ("positive", HIGHER, Public.TOP, None, Merge.SUM),
        ("nps", HIGHER, Public.TEAM, None, Merge.SUM),
        ("response_rate", HIGHER, Public.TEAM, None, Merge.SUM),
        ("service_level", HIGHER, Public.TOTAL, 0.80, Merge.SUM),
        ("volume", NEITHER, Public.TOTAL, None, Merge.SUM),
        ("handle_time", NEITHER, Public.NEVER, None, Merge.SUM),
        ("longest_contact", NEITHER, Public.NEVER, None, Merge.MAX),
        ("first_response", LOWER, Public.TEAM, None, Merge.HISTOGRAM),
    ],
)
def test_a_row_says_what_the_definitions_say(
    key: str, better: Better, public: Public, target: float | None, merge: Merge
) -> None:
    row = METRICS[key]
    assert (row.key, row.better, row.public, row.target, row.merge) == (key, better, public, target, merge)


def test_only_stars_are_held_against_ones_own_median_and_only_handle_time_has_no_places() -> None:
    assert {key: row.own_median_weeks for key, row in METRICS.items() if row.own_median_weeks} == {"csat": 12}
    assert [key for key, row in METRICS.items() if not row.listed] == ["handle_time"]


def test_what_cannot_stand_on_a_board_says_why() -> None:
    assert {key for key, row in METRICS.items() if not row.refusal} == {
        key for key, row in METRICS.items() if row.public is Public.TOP
    }


@pytest.mark.parametrize(
    ("key", "parts", "value", "numerator"),
    [
        # 4.5 + 5 + 4 stars are 13.5; 13.5 / 3.
        ("csat", Parts(13_500, 3, 3), 4.5, 13.5),
        ("csat", Parts(12_000, 3, 3), 4.0, 12),
        ("positive", Parts(2, 3, 3), 2 / 3, 2),
        # 1 promoter and 3 detractors of 8: minus 2 in 8.
        ("nps", Parts(-2, 8, 8), -25.0, -2),
        ("response_rate", Parts(0, 4, 4), 0.0, 0),
        ("service_level", Parts(11_520, 14_400, 1), 0.8, 11_520),
        ("handle_time", Parts(900, 4, 4), 225.0, 900),
        ("volume", Parts(7, None, 7), 7, 7),
        ("longest_contact", Parts(4264, None, 9), 4264, 4264),
    ],
)
def test_a_value_is_in_the_metrics_own_unit(key: str, parts: Parts, value: float, numerator: float) -> None:
    assert METRICS[key].value(parts) == pytest.approx(value)
    assert METRICS[key].plain_numerator(parts) == numerator


def test_a_first_response_is_a_median_and_a_90th_percentile() -> None:
    # Of ten the fifth is 0 and the ninth 60; the middle of 60's bucket is 58.79.
    value = METRICS["first_response"].value(histogram([0] * 5 + [60] * 5))
    assert value == {"median": 0.0, "p90": pytest.approx(58.7904077532)}
    assert METRICS["first_response"].plain_numerator(histogram([60])) is None


@pytest.mark.parametrize("key", [key for key in METRICS if key != "volume"])
def test_null_is_not_nought(key: str) -> None:
    assert METRICS[key].value(NOTHING) is None
    assert METRICS[key].plain_numerator(NOTHING) is None


@pytest.mark.parametrize("key", [key for key, row in METRICS.items() if row.ratio])
def test_a_denominator_of_nought_gives_null(key: str) -> None:
    assert METRICS[key].value(Parts(0, 0, 0)) is None
    assert METRICS[key].plain_numerator(Parts(0, 0, 0)) is None


def test_a_value_of_nought_is_one() -> None:
    assert METRICS["nps"].value(Parts(0, 4, 4)) == 0
    assert METRICS["nps"].plain_numerator(Parts(0, 4, 4)) == 0
    assert METRICS["longest_contact"].value(Parts(0, None, 1)) == 0
    assert METRICS["volume"].value(NOTHING) == 0


@many_examples
@given(st.integers(-50, 50), st.integers(1, 50))
def test_a_net_promoter_score_keeps_its_sign(difference: int, answers: int) -> None:
    value = METRICS["nps"].value(Parts(difference, answers, answers))
    assert value == pytest.approx(100 * difference / answers)
    assert METRICS["nps"].plain_numerator(Parts(difference, answers, answers)) == difference


def test_a_wait_counts_where_no_reply_time_is_known() -> None:
    waits = [
        phone("09:00")._replace(wait_seconds=0),
        phone("09:00")._replace(wait_seconds=60),
        phone("09:00")._replace(wait_seconds=None),
        phone("09:00")._replace(wait_seconds=600, reply_seconds=5),
    ]
    assert team_wait(waits) == histogram([0, 60])
    assert team_wait(waits[2:]) is None


def test_the_wait_of_somebody_who_left_unanswered_is_no_response() -> None:
    assert team_wait([phone("09:00")._replace(agent=None, wait_seconds=900)]) is None


def test_an_unknown_metric_is_told_with_the_known_ones() -> None:
    with pytest.raises(NotFoundError, match=r"There is no metric “stars”\. Known are: csat, positive") as caught:
        metric("stars")
    assert caught.value.nearest == tuple(METRICS)
    assert metric("csat") is METRICS["csat"]
