"""The card at the end of a shift: each in its own words, nobody's words as markup, never longer than Slack takes."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.manners import Card
from bot.domain.praise import KudosPost
from bot.views import VIEWS
from bot.views.message import Message
from bot.views.names import name_of
from bot.views.words import Words
from tests.views.oracle import check
from tests.views.values import HOSTILE, words

CARD = Card(1, date(2026, 3, 6), datetime(2026, 3, 6, 9, tzinfo=UTC))


def card(*lines: str) -> Message:
    message = VIEWS["card"].native(CARD, Words(lines=lines))
    check(message, new_blocks=False)
    assert VIEWS["card"].classic(CARD, Words(lines=lines)) == message
    return message


def items(message: Message) -> list[str]:
    """Return the lines of the list, as they are read."""
    listed = next(e for b in message.blocks for e in b.get("elements", []) if e["type"] == "rich_text_list")
    return [
        "".join(piece.get("text", piece.get("channel_id", "")) for piece in item["elements"])
        for item in listed["elements"]
    ]


def test_each_message_is_a_line() -> None:
    message = card("Ana thanks you: saved the &lt;Lee&gt; case &amp; *more*", "Posted in <#C0123|floor>.\nAll of it.")
    assert items(message) == [
        "Ana thanks you: saved the <Lee> case & *more*", "Posted in C0123. All of it.",
    ]  # fmt: skip
    assert message.text == (
        "While you worked:\n• Ana thanks you: saved the &lt;Lee&gt; case &amp; *more*\n• Posted in <#C0123>. All of it."
    )


def test_what_slack_would_have_put_in_is_written_out() -> None:
    message = card("Due <!date^1772758800^{date_short_pretty} at {time}|Mar 6, 09:00 (Asia/Manila)>, <!channel>, <@U1>")
    assert items(message) == ["Due Mar 6, 09:00 (Asia/Manila), , "]


def test_the_last_are_counted_where_they_do_not_fit() -> None:
    few = card(*["short"] * 45)
    assert len(items(few)) == 40
    assert few.text.endswith("There are 5 more.")
    long = card(*["é" * 399] * 40)
    assert 1 < len(items(long)) < 40
    assert f"There are {40 - len(items(long))} more." in long.text
    assert items(card("x" * 9_000))[0].endswith("x…")


@settings(deadline=None)
@given(st.lists(words | st.text(max_size=2_000), min_size=1, max_size=60))
def test_any_words_fit_and_are_safe(typed: list[str]) -> None:
    texts = [VIEWS["kudos"].classic(KudosPost(1, (2,), 7, (), 0), Words({}, {7: body})).text for body in typed]
    message = card(*texts)
    assert not re.search("[<>]", message.text)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_as_they_are(name: str) -> None:
    said = VIEWS["kudos"].classic(KudosPost(1, (2,), 7, (), 0), Words({1: name}, {7: "helped"})).text
    assert items(card(said))[0].split(" thanks ")[0].strip("\u2068\u2069") == name_of(1, {1: name})
