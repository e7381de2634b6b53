"""People's words on the way to the screen."""

import pytest

from bot.views.names import SOMEBODY, among_words, escaped, name_of, one_line, whom_to_ask


def test_markup_is_escaped_once() -> None:
    assert escaped("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("  Ana \n Cruz ", "Ana Cruz"),
        ("\u202eevil", "evil"),
        ("a\x00b\ud800c", "a b c"),
        ("x" * 48, "x" * 48),
        ("x" * 49, "x" * 47 + "…"),
        ("👩🏽\u200d💻", "👩🏽\u200d💻"),
    ],
)
def test_one_line(raw: str, shown: str) -> None:
    assert one_line(raw) == shown


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u2066\u2069", "\u00ad\u200d"])
def test_who_cannot_be_seen_is_somebody(name: str) -> None:
    assert name_of(1, {1: name}) == name_of(1, {}) == SOMEBODY


def test_right_to_left_names_keep_their_direction_to_themselves() -> None:
    assert among_words("דנה לוי") == "\u2068דנה לוי\u2069"
    assert among_words("Ana") == "Ana"


def test_there_is_always_somebody_to_ask() -> None:
    assert whom_to_ask(" ") == "your lead"
    assert whom_to_ask("the quality team") == "the quality team"
