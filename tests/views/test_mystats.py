"""What `/mystats` shows to the person who asked, and to nobody else."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.domain.mystats import Answer, Cohort, Line, OwnPlace, Points, Trend
from bot.domain.periods import PeriodKind, period_of
from bot.domain.programme import SiteMode
from bot.views import mystats
from tests.views.oracle import both_seen, check, seen
from tests.views.values import FRIDAY, GERMAN, NO_FIGURES, STATS, UNKNOWN

NEW = replace(
    STATS,
    period=period_of(PeriodKind.DAY, FRIDAY),
    team=None,
    lines=(Line("csat", None, 0, None, True, 4.55), Line("volume", 3.0, 3, None, False, 40.0)),
    trend=replace(STATS.trend, points=STATS.trend.points[:1]) if STATS.trend else None,
    places=(OwnPlace("csat", None, 18, 3, 5, None, Cohort.NEW), OwnPlace("positive", None, 0, 4, 5, None, Cohort.ALL)),
    as_of=None,
    ask="Dana <dana@example.org>",
)
POINTS = Points(1060, 50, 15, 20, datetime(2026, 12, 1, tzinfo=ZoneInfo("Asia/Manila")))
STORIES: dict[str, Answer] = {
    "points beside the figures": replace(STATS, lines=STATS.lines[:1], trend=None, places=(), points=POINTS),
    "points without figures": replace(NO_FIGURES, ever=True, points=replace(POINTS, held=0)),
    "points that nobody gives away": replace(NO_FIGURES, points=Points(0, 0, 0)),
    "a week": STATS,
    "a week in German": replace(STATS, reader=GERMAN),
    "a first day": NEW,
    "the first place": replace(
        STATS, lines=STATS.lines[:1], trend=None, places=(OwnPlace("csat", 1, 1018, 41, 5, None, Cohort.ALL),)
    ),
    "a place that no board would show": replace(
        STATS, lines=STATS.lines[:1], trend=None, places=(OwnPlace("csat", 10, 11, 41, 5, 0.08, Cohort.ALL),)
    ),
    "the week before, on a Monday": replace(STATS, lines=STATS.lines[:1], trend=None, is_past=True, is_young=True),
    "a week that has just begun": replace(STATS, lines=STATS.lines[:1], trend=None, places=(), is_young=True),
    "no figures ever": NO_FIGURES,
    "no figures today": replace(NO_FIGURES, ever=True),
    "no figures in a trial": replace(NO_FIGURES, ever=True, mode=SiteMode.SHADOW),
    "no figures where it is off": replace(NO_FIGURES, mode=SiteMode.OFF, name=""),
    "not linked": UNKNOWN,
}


@pytest.mark.parametrize("story", STORIES)
def test_what_is_seen(story: str, snapshot: SnapshotAssertion) -> None:
    native, classic = mystats.native(STORIES[story]), mystats.classic(STORIES[story])
    check(native, new_blocks=True)
    check(classic, new_blocks=False)
    assert native.text == classic.text
    assert both_seen(native, classic) == snapshot


@pytest.mark.parametrize("word", ["", "tomorrow", "<!channel> *x*"])
def test_usage(word: str, snapshot: SnapshotAssertion) -> None:
    message = mystats.usage(word)
    check(message, new_blocks=False)
    assert seen(message) == snapshot


def test_the_blocks_as_slack_gets_them(snapshot: SnapshotAssertion) -> None:
    assert mystats.native(STATS).blocks == snapshot


def test_figures_that_are_neither_good_nor_bad_are_compared_with_nothing() -> None:
    """Whatever the value brings along: no target and no team stand beside handle time, volume and the longest contact."""
    line = Line("handle_time", 200.0, 10, 180.0, False, 150.0)
    lines = (line, *(replace(line, metric=key) for key in ("volume", "longest_contact")))
    for show in (mystats.native, mystats.classic):
        shown = seen(show(replace(STATS, lines=lines, trend=None, places=())))
        assert "3 min 20 s" in shown
        assert "150" not in shown
        assert "2 min 30 s" not in shown
        assert "3 min 0 s" not in shown
        assert "180" not in shown


def test_handle_time_stands_beside_the_stars() -> None:
    table = next(block for block in mystats.native(STATS).blocks if block["type"] == "data_table")
    assert [row[0]["text"] for row in table["rows"][1:3]] == ["Customer stars", "Handle time"]


def test_a_place_in_the_lower_half_is_told_as_the_way_on_and_itself_to_whoever_asks() -> None:
    low = replace(STATS, places=(OwnPlace("csat", 10, 11, 41, 5, 0.08, Cohort.ALL),))
    for show in (mystats.native, mystats.classic):
        words = seen(show(low))
        assert "+0.08 ★ to the next place" in words
        assert words.index("to the next place") > words.index("Longest contact")
        assert "10th" not in words
        assert "10th" not in show(low).text
        assert "My place" in words
        assert "My place" not in seen(show(STATS))
    asked = mystats.own_places(low)
    check(asked, new_blocks=False)
    assert "Customer stars: you are 10th of 11 · +0.08 ★ to the next place." in asked.text


def test_no_word_of_judgement() -> None:
    for story in STORIES.values():
        for message in (mystats.native(story), mystats.classic(story)):
            words = seen(message).lower()
            assert not [
                bad
                for bad in ("below", "worse", "better", "poor", "missed", "behind", "slow", "!")
                if bad in words.replace("<!date", "")
            ]


def test_a_trend_of_gaps_is_not_drawn() -> None:
    assert STATS.trend is not None
    gaps = tuple(replace(point, value=None) for point in STATS.trend.points)
    for show in (mystats.native, mystats.classic):
        assert "week by week" not in seen(show(replace(STATS, trend=Trend("csat", PeriodKind.WEEK, gaps))))


def test_a_trend_of_equals_is_level() -> None:
    assert STATS.trend is not None
    level = tuple(replace(point, value=4.5) for point in STATS.trend.points)
    assert "▅▅▅▅▅▅▅▅" in seen(mystats.classic(replace(STATS, trend=Trend("csat", PeriodKind.WEEK, level))))


def test_the_command_may_have_another_name() -> None:
    assert "/my-figures week" in seen(mystats.native(replace(NO_FIGURES, ever=True), "/my-figures"))
    assert "/my-figures today" in seen(mystats.usage("x", "/my-figures"))
