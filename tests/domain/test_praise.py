"""What was typed after `/kudos`, read as it was meant; and why somebody cannot be thanked, in a sentence."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import praise
from bot.domain.people import first_word
from bot.domain.praise import Allowance, Why
from bot.errors import InputError

VALUES = ("wow", "Teamwork", "own-it")


@pytest.mark.parametrize(
    ("text", "receivers", "words"),
    [
        ("<@U1|ana> did it", ("U1",), "did it"),
        ("<@U1|ana>, <@W2|ben> and <@U3> did it", ("U1", "W2", "U3"), "did it"),
        ("<@U1|ana> &amp; <@U2|ben> did it", ("U1", "U2"), "did it"),
        ("<@U1|ana> and the others did it", ("U1",), "and the others did it"),
        ("<@U1|ana> <@U1|ana> did it", ("U1",), "did it"),
        ("<@U1|o'hara> helped <@U2|ben> and <@U3>", ("U1",), "helped @ben and @somebody"),
        ("<@U1|ana> told <!here> and <!subteam^S1|@leads>", ("U1",), "told @here and @leads"),
        ("<@U1|ana> in <#C1|floor> of <#C2>", ("U1",), "in #floor of #C2"),
        ("<@U1|ana> read <https://a.example/?b&amp;c>", ("U1",), "read https://a.example/?b&c"),
        ("<@U1|ana> wrote <mailto:a@b.example|a@b.example>", ("U1",), "wrote a@b.example"),
        ("<@U1|ana> did &lt;@U2|ben&gt; &amp;lt;it", ("U1",), "did <@U2|ben> &lt;it"),
    ],
)
def test_reading(text: str, receivers: tuple[str, ...], words: str) -> None:
    typed = praise.parse(text, VALUES)
    assert (typed.receivers, typed.words) == (receivers, words)


@given(text=st.text())
def test_whatever_is_typed_stays_as_it_is(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    meant = re.sub(r"^[,\s]+", "", text).strip()
    if meant.startswith("@"):
        with pytest.raises(InputError, match="Nobody here"):
            praise.parse(f"<@U1|ana> {escaped}", VALUES)
    else:
        assert praise.parse(f"<@U1|ana> {escaped}", VALUES).words == meant


PEOPLE = (
    ("U1", "Ana Cruz"), ("U2", "Ben de la Cruz"), ("U3", "Ana"), ("U4", "Zoë O'Hara"), ("U5", "Sam Lee"), ("U6", "sam lee"),
    ("U7", "Miles <!channel> O'Hara"), ("U8", "...Élan D´Arc, Jr."),
)  # fmt: skip


def called(first: str) -> list[tuple[str, str]]:
    return [(slack_id, name) for slack_id, name in PEOPLE if first_word(name) == first]


@pytest.mark.parametrize(
    ("text", "receivers", "words"),
    [
        ("Ana Cruz did it\nwell", ("U1",), "did it\nwell"),
        ("ana cruz, did it", ("U1",), "did it"),
        ("@Ana Cruz did it", ("U1",), "did it"),
        ("Ana did it", ("U3",), "did it"),
        ("Zoe O’Hara: did it", ("U4",), "did it"),
        ("Ana Cruz, Ben de la Cruz and @Zoë O'Hara did it", ("U1", "U2", "U4"), "did it"),
        ("Ana Cruz and the others did it", ("U1",), "and the others did it"),
        ("Ana Cruz Ana Cruz did it", ("U1",), "did it"),
        ("Miles &lt;!channel&gt; O'Hara did it", ("U7",), "did it"),
        ("Ana Cruz", ("U1",), ""),
        ("Elan D´Arc, Jr. did it", ("U8",), "did it"),
    ],
)
def test_a_whole_name_will_do_without_an_at(text: str, receivers: tuple[str, ...], words: str) -> None:
    typed = praise.parse(text, VALUES, called)
    assert (typed.receivers, typed.words) == (receivers, words)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Sam Lee did it", "2 people here are called Sam Lee. Choose whom you mean with @."),
        ("Anabel did it", "Say first whom you mean: with @, or by their whole name."),
        ("zoe, did it", "Did you mean Zoë O'Hara? Write the whole name"),
        ("@Sam did it", "Whom do you mean by Sam: Sam Lee and sam lee? Write the whole name"),
        ("Nobody at all", "Say first whom you mean: with @, or by their whole name."),
        ("Cruz did it", "Say first whom you mean: with @, or by their whole name."),
        ("", "Say first whom you mean: with @, or by their whole name."),
        ("@Anabel Cruz did it", "Nobody here is called @Anabel."),
    ],
)
def test_what_is_no_whole_name_of_one_person_is_asked_about(text: str, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        praise.parse(text, VALUES, called)


@pytest.mark.parametrize(
    ("words", "named", "near"),
    [
        ("it was #wow", ("wow",), {}),
        ("#WOW, #teamwork! (#own-it)", ("wow", "Teamwork"), {}),
        ("#wow #wow", ("wow",), {}),
        ("not#wow", (), {}),
        ("#teamwrok and #WOWW", (), {"teamwrok": "Teamwork", "woww": "wow"}),
        ("#4711 #case", (), {}),
    ],
)
def test_values(words: str, named: tuple[str, ...], near: dict[str, str]) -> None:
    assert praise.named_values(words, VALUES) == named
    assert praise.near_values(words, VALUES) == near


def test_where_there_are_no_values_none_is_near() -> None:
    assert praise.near_values("#teamwork", ()) == {}


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_has_a_sentence_for_one_and_for_several(why: Why) -> None:
    one, several = praise.refusal([("Ana", why)]), praise.refusal([("Ana", why), ("Ben", why), ("{}", why)])
    assert "Ana" in one
    assert "Ana, Ben and {}" in several
    assert one.endswith(".")
    assert several.endswith(".")


@pytest.mark.parametrize(("left", "each", "fits"), [(24, 5, 4), (4, 5, 0), (25, 5, 5), (7, 0, 0)])
def test_how_many_people_an_allowance_does_for(left: int, each: int, fits: int) -> None:
    assert Allowance(left, 25, each, datetime(2026, 4, 1, tzinfo=ZoneInfo("UTC")), "en").fits == fits


@pytest.mark.parametrize(
    ("at", "zone", "unit", "renews"),
    [
        ("2026-12-31T15:59:59+00:00", "Asia/Manila", "giving:2026-12", "2027-01-01T00:00:00+08:00"),
        ("2026-12-31T16:00:00+00:00", "Asia/Manila", "giving:2027-01", "2027-02-01T00:00:00+08:00"),
        ("2027-01-01T00:00:00+00:00", "America/Denver", "giving:2026-12", "2027-01-01T00:00:00-07:00"),
    ],
)
def test_a_month_is_the_givers_own(at: str, zone: str, unit: str, renews: str) -> None:
    moment, here = datetime.fromisoformat(at), ZoneInfo(zone)
    assert praise.giving_unit(moment, here) == unit
    assert praise.renews_at(moment, here).isoformat() == renews
