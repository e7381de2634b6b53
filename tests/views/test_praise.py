"""What people read of kudos: whole sentences, nobody's words as markup, and blocks that Slack takes."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.praise import MOST_RECEIVERS, Allowance, Given, KudosPost, KudosReceived, Opening
from bot.views import VIEWS, praise
from bot.views.words import Words
from tests.stories.praising import words_of
from tests.views.oracle import check, texts
from tests.views.values import names, words

APRIL = datetime(2026, 4, 1, tzinfo=ZoneInfo("Asia/Manila"))
POST = KudosPost(1, (2, 3), 7, ("wow",), 5)
RECEIVED = KudosReceived(1, 7, ("wow",), 5, private=True)
LINK = "https://sample.example/archives/C1/p1"
WORDS = Words({1: "Ana", 2: "Miles <!channel> O'Hara", 3: "Cora"}, {7: "was late & <https://evil|smiled> *loudly*"})
HOSTILE = "was late &amp; &lt;https://evil|smiled&gt; *loudly*"


def allowance(left: int, *, whole: int = 50, each: int = 5, locale: str = "en") -> Allowance:
    return Allowance(left, whole, each, APRIL, locale)


def test_a_praise_names_everybody_and_pings_nobody() -> None:
    message = VIEWS["kudos"].native(POST, WORDS)
    assert message.text == (
        f"Ana thanks Miles &lt;!channel&gt; O'Hara and Cora: {HOSTILE} (#wow  ·  +5 points each)"
    )  # fmt: skip
    assert "was late & <https://evil|smiled> *loudly*" in words_of(message.blocks)
    assert texts(message.blocks, of_type="mrkdwn") == []
    check(message, new_blocks=False)


def test_a_receiver_reads_who_and_what_and_how_many() -> None:
    message = VIEWS["kudos_received"].native(RECEIVED, WORDS)
    assert message.text == f"Ana thanks you: {HOSTILE} (#wow  ·  +5 points  ·  for you alone)"
    check(message, new_blocks=False)


@pytest.mark.parametrize(
    "value", [KudosPost(1, (3,), 7, (), 0, LINK), KudosReceived(1, 7, (), 0, private=False, link=LINK)]
)
def test_it_leads_to_the_message_it_is_for(value: KudosPost | KudosReceived) -> None:
    show = praise.post if isinstance(value, KudosPost) else praise.received
    message = show(value, WORDS)  # type: ignore[arg-type]
    assert message.text.endswith(f" for a message: {HOSTILE}")
    assert {"type": "link", "url": LINK, "text": "this message"} in message.blocks[0]["elements"][0]["elements"]
    check(message, new_blocks=False)


def test_lines_stay_lines() -> None:
    message = praise.post(POST, Words(WORDS.names, {7: "  stayed late\r\n\n\n\tand\u2028 smiled \n"}))
    assert "Cora:\nstayed late\nand\nsmiled (#wow" in message.text


def test_the_outbox_asks_for_the_names_and_the_words() -> None:
    for row, value, people in ((VIEWS["kudos"], POST, {1, 2, 3}), (VIEWS["kudos_received"], RECEIVED, {1})):
        assert (row.value_type, row.people(value), row.texts(value)) == (type(value), people, {7})
        assert row.classic(value, WORDS) == row.native(value, WORDS)


def test_who_or_what_was_erased_is_nobody_and_nothing() -> None:
    assert praise.post(POST, Words()).text.startswith(
        "Somebody thanks Somebody and Somebody: (the words are no longer kept)"
    )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            Given(("Ben",), (), "C1", 5, allowance(1_234, whole=5_000, locale="sr-Latn-RS")),
            "You have 1.234 of 5.000 points left to give; your allowance is new on 1 April 2026, at midnight your time.",
        ),
        (Given(("A", "B"), (), "C1", 5, allowance(0)), "They bring 5 points each. You have 0 of 50 points left"),
        (Given(("A",), (), "C1", 1, allowance(1, whole=1, each=1)), "They bring 1 point. You have 1 of 1 point left"),
        (Given(("A",), (), "C1", 0, allowance(3)), "They come without points. You have 3 of 50 points left to give"),
        (Given(("A", "B"), ("C",), "C1", 0, allowance(7)), "for 3 people is more than you have. 1 person would fit."),
        # The programme gave more at the month's beginning than it gives now.
        (Given(("A",), (), "C1", 5, allowance(60)), "You have 60 points left to give"),
    ],
)
def test_the_giver_is_told_what_is_left(told: Given, said: str) -> None:
    assert said in praise.given(told, {}).text


@pytest.mark.parametrize(
    ("announced", "privately", "said"),
    [
        (("A",), (), "Your kudos for A are on their way to <#C1>."),
        (("A", "דנה"), (), "Your kudos for A and \u2068דנה\u2069 are on their way to <#C1>."),
        ((), ("<A>", "\u200b"), "Your kudos for &lt;A&gt; and Somebody go to them privately."),
        (("A",), ("B",), "Your kudos for A are on their way to <#C1>; B gets them privately."),
        (("A",), ("B", "C"), "Your kudos for A are on their way to <#C1>; B and C get them privately."),
    ],
)
def test_the_giver_is_told_who_reads_it(announced: tuple[str, ...], privately: tuple[str, ...], said: str) -> None:
    """And of a programme without points nothing else."""
    told = praise.given(Given(announced, privately, "C1" if announced else "", 0, allowance(0, whole=0, each=0)), {})
    assert told.text == said
    check(told, new_blocks=False)


def test_a_channel_known_by_its_name_stays_a_name() -> None:
    told = praise.given(Given(("A",), (), "#kudos & <more>", 0, allowance(0, whole=0, each=0)), {})
    assert told.text == "Your kudos for A are on their way to #kudos &amp; &lt;more&gt;."


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        (":tada:", ["tada"]),
        (":+1::wave::skin-tone-3: x", ["+1", "wave::skin-tone-3"]),
        ("10:30:45 a:b:c ::", []),
        (":tada: " * 200, ["tada"] * 100),
    ],
)
def test_emoji_are_drawn(typed: str, drawn: list[str]) -> None:
    message = praise.post(POST, Words(WORDS.names, {7: typed}))
    elements = message.blocks[0]["elements"][0]["elements"]
    assert [element["name"] for element in elements if element["type"] == "emoji"] == drawn
    check(message, new_blocks=False)


@settings(deadline=None)
@given(
    called=names, body=words | st.text(max_size=1_000), points=st.integers(0, 10_000),
    people=st.lists(st.integers(1, 40), min_size=1, max_size=MOST_RECEIVERS, unique=True),
)  # fmt: skip
def test_any_praise_is_taken_and_pings_nobody(
    called: dict[int, str], body: str, points: int, people: list[int]
) -> None:
    shown = Words(called, {7: body})
    told = Given(tuple(called.values())[:10] or ("A",), (), "C1", points, allowance(points))
    for message in (
        praise.post(KudosPost(1, tuple(people), 7, ("wow",), points, LINK), shown),
        praise.received(KudosReceived(1, 7, ("wow",), points, private=True, link=LINK), shown),
        praise.given(told, {body[:30]: "wow"}),
        praise.usage(Opening(allowance(points), ("wow",), "C1", for_all=True), body),
    ):
        check(message, new_blocks=False)
        for text in [message.text, *texts(message.blocks, of_type="mrkdwn")]:
            assert not re.search("[<>]", text.replace("<#C1>", "")), text
