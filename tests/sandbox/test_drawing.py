"""Slack's markup and blocks as the page draws them."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.sandbox.blocks import problems
from bot.sandbox.model import Json, Person
from bot.sandbox.page import dates, mrkdwn
from bot.sandbox.page.chart import HEIGHT, TOP, shown
from bot.sandbox.page.draw import RENDERERS, draw_block
from bot.sandbox.page.reader import Reader
from bot.sandbox.workspace import Workspace


@pytest.fixture
def reader(workspace: Workspace, ana: Person) -> Reader:
    return Reader(workspace, ana)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("*bold* _slanted_ ~gone~", "<strong>bold</strong> <em>slanted</em> <s>gone</s>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("`*not bold*`", "<code>*not bold*</code>"),
        ("```a &lt; *b*```", "<pre><code>a &lt; *b*</code></pre>"),
        ("one\ntwo", "one<br>two"),
        ("&gt; said\nplain", "<blockquote>said</blockquote>plain"),
        (":unknown_one:", ":unknown_one:"),
        ("&amp;lt;", "&amp;lt;"),
    ],
)
def test_mrkdwn(reader: Reader, text: str, drawn: str) -> None:
    assert mrkdwn.draw(text, reader) == drawn


def test_links_and_calls_to_a_group(reader: Reader) -> None:
    assert 'href="https://a.example/?x=1&amp;y=2"' in mrkdwn.draw("<https://a.example/?x=1&amp;y=2|here>", reader)
    called = mrkdwn.draw("<!here> <!subteam^S1|@leads>", reader)
    assert "@here" in called
    assert "@leads" in called


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{date_num} {time}", "2026-11-17 11:05 PM"),
        ("{date}", "November 17th, 2026"),
        ("{date_short_pretty}", "Yesterday"),
        ("as of {date_short_pretty}", "as of yesterday"),
        ("{date_long}", "Tuesday, November 17th, 2026"),
        ("{ago}", "14 hours ago"),
    ],
)
def test_moments_in_slacks_patterns(pattern: str, expected: str) -> None:
    moment = int(datetime(2026, 11, 17, 22, 5, tzinfo=UTC).timestamp())
    now = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)
    assert dates.written(moment, pattern, ZoneInfo("Europe/Belgrade"), now) == expected


def test_a_moment_that_cannot_be_written_falls_back(reader: Reader) -> None:
    assert mrkdwn.draw("<!date^999999999999^{date}|some day>", reader) == "some day"
    assert mrkdwn.draw("<!date^1795010400^{fortnight}|some day>", reader) == "some day"


@pytest.mark.parametrize("kind", ["line", "bar", "area"])
def test_a_chart_tells_its_figures_in_words_and_as_a_table(reader: Reader, kind: str) -> None:
    data = [{"label": "Mon", "value": 91.5}, {"label": "Tue", "value": -3}]
    chart = {"type": kind, "series": [{"name": "You", "data": data}], "axis_config": {"categories": ["Mon", "Tue"]}}
    drawn = draw_block({"type": "data_visualization", "title": "CSAT", "chart": chart}, reader)
    assert f'aria-label="CSAT: {kind} chart. You: Mon 91.5, Tue -3"' in drawn
    assert "<td>91.5</td>" in drawn


ONE_STEP = (85, 84.99999999999999)
VALUES = st.one_of(st.integers(-(10**15), 10**15), st.floats(-1e15, 1e15))


@given(kind=st.sampled_from(["line", "bar", "area"]), first=VALUES, second=VALUES)
@example(kind="line", first=ONE_STEP[0], second=ONE_STEP[1])
@example(kind="line", first=5e-324, second=1e-323)
@example(kind="line", first=1e15, second=1e15 - 0.125)
@example(kind="bar", first=-1e15, second=1e15)
@example(kind="area", first=1e-300, second=0)
def test_whatever_the_figures_the_chart_stays_in_its_frame(kind: str, first: float, second: float) -> None:
    workspace = Workspace()
    data = [{"label": "Mon", "value": first}, {"label": "Tue", "value": second}]
    chart = {"type": kind, "series": [{"name": "You", "data": data}], "axis_config": {"categories": ["Mon", "Tue"]}}
    block = {"type": "data_visualization", "title": "CSAT", "chart": chart}
    assert problems([block], new_blocks=True) == []
    drawn = draw_block(block, Reader(workspace, workspace.add_person("ana")))
    heights = [float(height) for height in re.findall(r' (?:cy|y1|y)="([^"]+)"', drawn.partition("</svg>")[0])]
    assert 6 <= len(heights) <= 40
    assert all(TOP <= height <= HEIGHT for height in heights)


def test_figures_that_no_rule_let_through_are_drawn_as_nought(reader: Reader) -> None:
    segments = [{"label": "a", "value": 10**400}, {"label": "b", "value": 1}]
    block = {"type": "data_visualization", "title": "Share", "chart": {"type": "pie", "segments": segments}}
    assert "Share: pie chart. Share: a 0, b 1" in draw_block(block, reader)


def test_numbers_are_written_for_people() -> None:
    assert [shown(value) for value in (0, -0.001, 12, 12.5, 1234567.891)] == ["0", "0", "12", "12.5", "1,234,567.89"]


def test_a_data_table_has_its_caption_heads_and_values_to_sort_by(reader: Reader) -> None:
    rows: list[list[Json]] = [
        [{"type": "raw_text", "text": "Agent"}, {"type": "raw_text", "text": "CSAT"}],
        [{"type": "raw_text", "text": "Ana"}, {"type": "raw_number", "value": 94.5, "text": "94.5 %"}],
    ]
    drawn = draw_block({"type": "data_table", "caption": "Board", "rows": rows, "page_size": 10}, reader)
    assert "<caption>Board</caption>" in drawn
    assert '<th scope="row">Ana</th>' in drawn
    assert '<td class="align-right" data-value="94.5">94.5 %</td>' in drawn
    assert 'data-page-size="10"' in drawn


@pytest.mark.parametrize("kind", sorted(RENDERERS))
@pytest.mark.parametrize(
    "inside", [{}, {"elements": [1], "rows": 3, "text": 7, "chart": {"type": "pie", "segments": [4]}}]
)
def test_a_block_of_the_wrong_shape_never_breaks_the_page(reader: Reader, kind: str, inside: Json) -> None:
    assert draw_block({"type": kind, **inside}, reader).startswith("<div")
