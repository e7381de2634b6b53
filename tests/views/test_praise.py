"""What people read of kudos: whole sentences, nobody's words as markup, one line."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.praise import Allowance, Given, KudosPost
from bot.views import VIEWS, praise
from bot.views.message import Message
from bot.views.words import Words
from tests.views.oracle import check

APRIL = datetime(2026, 4, 1, tzinfo=ZoneInfo("Asia/Manila"))
POST = KudosPost(1, (2, 3), 7, ("wow",), 5)
WORDS = Words({1: "Ana", 2: "Miles <!channel> O'Hara", 3: "Cora"}, {7: "stayed\nlate & <https://evil|smiled> *loudly*"})
GIVEN = Given(("Ben",), 5, 5, 1_234, APRIL, "sr-Latn-RS", "C1")


def in_blocks(message: Message) -> str:
    """Return everything that stands in the blocks."""

    def inside(value: Any) -> list[str]:
        if isinstance(value, dict):
            return (
                [value["text"]]
                if isinstance(value.get("text"), str)
                else [w for v in value.values() for w in inside(v)]
            )
        return [w for v in value for w in inside(v)] if isinstance(value, list) else []

    return "".join(inside(message.blocks))


def test_a_praise_names_everybody_and_pings_nobody() -> None:
    message = VIEWS["kudos"].native(POST, WORDS)
    assert message.text == (
        "Ana thanks Miles &lt;!channel&gt; O'Hara and Cora: stayed late &amp; &lt;https://evil|smiled&gt; *loudly* "
        "(#wow  ·  +5 points each)"
    )
    assert "stayed late & <https://evil|smiled> *loudly*" in in_blocks(message)
    assert '"mrkdwn"' not in str(message.blocks).replace("'", '"')
    check(message, new_blocks=False)


def test_the_outbox_asks_for_the_names_and_the_words() -> None:
    row = VIEWS["kudos"]
    assert (row.value_type, row.people(POST), row.texts(POST)) == (KudosPost, {1, 2, 3}, {7})
    assert row.classic(POST, WORDS) == row.native(POST, WORDS)


def test_who_or_what_was_erased_is_nobody_and_nothing() -> None:
    assert praise.post(POST, Words()).text.startswith(
        "Somebody thanks Somebody and Somebody: (the words are no longer kept)"
    )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (GIVEN, "They bring 5 points. You have 1.234 points left to give; your allowance is new on 1 April 2026."),
        (Given(("A", "B"), 5, 5, 0, APRIL, "en", "C1"), "They bring 5 points each. You have 0 points left"),
        (Given(("A",), 0, 5, 3, APRIL, "en", "C1"), "They come without points: you have 3 left to give"),
    ],
)
def test_the_giver_is_told_what_is_left(told: Given, said: str) -> None:
    assert said in praise.given(told).text


def test_a_programme_without_points_does_not_speak_of_them() -> None:
    told = praise.given(Given(("Ben",), 0, 0, 0, APRIL, "en", "C1")).text
    assert told == "Your kudos for Ben are on their way to <#C1>."
    assert "points" not in praise.usage(Allowance(0, 0, APRIL, "en")).text
