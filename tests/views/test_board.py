"""What a channel sees of a leaderboard."""

from dataclasses import replace
from datetime import date

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.domain.board import BoardPost, BoardRow, Improved
from bot.domain.periods import PeriodKind, period_of
from bot.views import VIEWS, board
from bot.views.words import Words
from tests.views.oracle import both_seen, check, seen
from tests.views.values import DAY, FRIDAY, HOSTILE, NAMES, newcomers_board

MONTH = period_of(PeriodKind.MONTH, FRIDAY)
WEEK = period_of(PeriodKind.WEEK, FRIDAY)
TIE = replace(DAY, rows=(BoardRow(1, 1, 4.9, 41), BoardRow(2, 2, 4.75, 30), BoardRow(2, 3, 4.75, 30)))
NOBODY = replace(DAY, rows=(), ranked=1, improved=None)
STORIES = {
    "an ordinary day": DAY,
    "a tie": TIE,
    "too few answers": NOBODY,
    "all share a place": replace(NOBODY, ranked=6),
    "no answers at all": replace(NOBODY, ranked=0, value=None, count=0, contacts=1, open_shifts=1),
    "newcomers": newcomers_board(),
    "a week of shares": replace(
        DAY, metric="positive", period=WEEK.kind, first=WEEK.first, last=WEEK.last, value=0.8834,
        rows=(BoardRow(1, 1, 0.9512, 41),), improved=Improved(2, 0.0213), open_shifts=0,
    ),
    "a month": replace(DAY, period=MONTH.kind, first=MONTH.first, last=MONTH.last, open_shifts=1234),
    "somebody erased": replace(DAY, improved=Improved(99, 0.001)),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_what_is_seen(story: str, snapshot: SnapshotAssertion) -> None:
    native, classic = board.native(STORIES[story], NAMES), board.classic(STORIES[story], NAMES)
    check(native, new_blocks=True)
    check(classic, new_blocks=False)
    assert native.text == classic.text
    assert both_seen(native, classic) == snapshot


def test_hostile_names(snapshot: SnapshotAssertion) -> None:
    people = dict(enumerate(HOSTILE, 1))
    rows = tuple(BoardRow(place, place, 5 - place / 20, 40 - place) for place in people)
    native = board.native(replace(DAY, rows=rows, site="<!here> Tel Aviv"), people)
    check(native, new_blocks=True)
    assert seen(native) == snapshot


def test_the_blocks_as_slack_gets_them(snapshot: SnapshotAssertion) -> None:
    assert board.native(TIE, NAMES).blocks == snapshot


def test_who_fell_is_not_called_improved() -> None:
    fallen = replace(DAY, improved=Improved(4, -0.2))
    assert "improved" not in seen(board.native(fallen, NAMES))


def test_a_place_that_does_not_fit_is_left_out_with_all_who_share_it() -> None:
    rows = (
        *(BoardRow(place, place, 4.9, 20) for place in range(1, 21)),
        *(BoardRow(21, n, 4.5, 9) for n in range(21, 121)),
    )
    shown = board.native(replace(DAY, rows=rows, ranked=500), {})
    table = next(block for block in shown.blocks if block["type"] == "data_table")
    assert [row[0]["value"] for row in table["rows"][1:]] == list(range(1, 21))


def test_a_first_place_shared_by_too_many_singles_nobody_out() -> None:
    everybody = tuple(BoardRow(1, n, 5.0, 9) for n in range(200))
    assert "nobody is singled out" in seen(board.native(replace(DAY, rows=everybody, ranked=500), {}))


def test_the_outbox_knows_the_board_and_the_people_it_shows() -> None:
    row = VIEWS["board"]
    assert row.value_type is BoardPost
    assert row.people(newcomers_board()) == {1, 2, 3, 5}
    assert row.texts(DAY) == set()
    assert row.native(DAY, Words(NAMES)) == board.native(DAY, NAMES)
    assert row.classic(DAY, Words(NAMES)) == board.classic(DAY, NAMES)


def test_a_week_that_crosses_the_year() -> None:
    week = period_of(PeriodKind.WEEK, date(2027, 1, 1))
    post = replace(DAY, period=week.kind, first=week.first, last=week.last)
    assert "Week 53, Dec 28, 2026" in board.native(post, NAMES).text
