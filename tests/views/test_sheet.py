"""A table as CSV: what people typed is never a formula, and numbers stay numbers."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.sheet import csv_text


@pytest.mark.parametrize("word", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "|x", "%x"])
def test_what_a_spreadsheet_would_compute_is_made_words(word: str) -> None:
    assert csv_text(["a"], [[word]]).split("\r\n", 1)[1].lstrip('"').startswith("'")


def test_whole_numbers_stay_numbers() -> None:
    assert csv_text(["a", "b"], [[-5, "-5"]]) == "a,b\r\n-5,'-5\r\n"


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2), max_size=5))
def test_any_words_come_back_in_their_cells(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(["a", "b"], rows), newline="")))
    assert read[0] == ["a", "b"]
    assert [[cell.removeprefix("'") for cell in row] for row in read[1:]] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
