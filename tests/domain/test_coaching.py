"""Coaching: what may be typed, what a form must hold, who waited longest."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.coaching import (
    MOST_CHARACTERS,
    Agent,
    Draft,
    Figure,
    Typed,
    Wish,
    answer_problem,
    external_ids,
    fresh_days,
    meant,
    parse,
    problems,
    team_of,
)
from bot.errors import InputError

TODAY = date(2026, 3, 6)
DRAFT = Draft("csat", "", "All of it", "I liked it", "One", "Call back", TODAY)
FIGURE = Figure("csat", date(2026, 2, 27), date(2026, 3, 5), 4.5, 8)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("", Typed(Wish.CHOOSE)),
        ("  ", Typed(Wish.CHOOSE)),
        ("Mine", Typed(Wish.MINE)),
        (" help ", Typed(Wish.HELP)),
        ("<@U123|ana>", Typed(Wish.WITH, "U123")),
        ("<@W0AB> ", Typed(Wish.WITH, "W0AB")),
        (" @Ana Cruz ", Typed(Wish.CALLED, name="@Ana Cruz")),
        ("Ana &amp; Ben &lt;3", Typed(Wish.CALLED, name="Ana & Ben <3")),
        ("<@B123>", Typed(Wish.CALLED, name="<@B123>")),
    ],
)
def test_what_was_typed_is_understood(text: str, typed: Typed) -> None:
    assert parse(text) == typed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<@U1|a> <@U2|b>", "one person at a time"),
        ("<@U1|a>, <@U2|b> both", "one person at a time"),
        ("<@U1|a> was great", "Type only the name"),
    ],
)
def test_what_was_not_meant_says_what_would_work(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse(text)


def test_a_part_of_a_name_may_mean_several_and_a_whole_one_means_those_alone() -> None:
    names = ("Ana Cruz", "Ána-María de la Cruz", "Ben Anabel", "Ana", "Ana Past")
    team = [Agent(n, name, None, now=name != "Ana Past") for n, name in enumerate(names)]
    for typed, found in (
        ("@ana cruz.", ["Ana Cruz"]), ("ana", ["Ana"]), ("cru", ["Ana Cruz", "Ána-María de la Cruz"]), ("nabel", []),
        ("@", []), ("ana past", []), ("ANABEL", ["Ben Anabel"]),
    ):  # fmt: skip
        assert [agent.name for agent in meant(team, typed)] == found, typed


def test_a_whole_form_has_no_problems() -> None:
    assert problems(DRAFT, TODAY) == {}
    assert problems(replace(DRAFT, one_thing="", next_step="", next_on=None), TODAY) == {}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"about": ""}, {"about"}),
        ({"about": "contact"}, {"what"}),
        ({"about": "other"}, {"what"}),
        ({"went_well": "", "own_view": ""}, {"went_well", "own_view"}),
        ({"next_on": None}, {"next_on"}),
        ({"next_step": ""}, {"next_step"}),
        ({"next_on": TODAY - timedelta(days=1)}, {"next_on"}),
        *(({field: "x" * (most + 1)}, {field}) for field, most in MOST_CHARACTERS.items() if field != "answer"),
    ],
)
def test_problems_stand_beside_their_fields(changes: dict[str, object], wrong: set[str]) -> None:
    assert problems(replace(DRAFT, **changes), TODAY).keys() == wrong  # type: ignore[arg-type]


def test_an_answer_has_words_and_not_too_many() -> None:
    assert (answer_problem("x" * 1_000), answer_problem("x" * 1_001)) == ("", "At most 1,000 characters fit here.")
    assert answer_problem("") == "Write a few words, or close this."


def test_another_request_has_another_hash() -> None:
    others = [
        replace(DRAFT, about="positive"), replace(DRAFT, next_on=TODAY + timedelta(days=1)),
        replace(DRAFT, one_thing="", next_step="OneCall back"), replace(DRAFT, own_view="I liked it "),
    ]  # fmt: skip
    assert len({draft.request_hash() for draft in [DRAFT, replace(DRAFT), *others]}) == 5


def test_a_figure_with_another_value_days_or_facts_has_another_digest() -> None:
    others = [replace(FIGURE, value=4.51), replace(FIGURE, count=9), replace(FIGURE, last=TODAY)]
    assert len({figure.digest() for figure in [FIGURE, replace(FIGURE), *others]}) == 4


def test_a_contact_is_known_by_its_id_or_by_what_its_link_ends_with() -> None:
    assert external_ids(" 4711 ") == ("4711",)
    assert external_ids("a/b") == ("a/b", "b")
    link = "https://desk.example/t/4711/?view=1#top"
    assert external_ids(link) == (link, "4711")


def test_fresh_are_the_seven_finished_days() -> None:
    assert fresh_days(TODAY) == (date(2026, 2, 27), date(2026, 3, 5))


def test_whoever_waited_longest_stands_first_and_those_of_the_past_last() -> None:
    def agent(number: int, days: int | None, *, now: bool = True) -> Agent:
        return Agent(number, f"Agent {number}", None if days is None else TODAY - timedelta(days=days), now=now)

    known = [
        agent(1, 0),
        agent(2, 6),
        agent(3, 7),
        agent(4, 29),
        agent(5, 30),
        agent(6, None),
        agent(7, None, now=False),
    ]
    team = team_of(known, TODAY)
    assert [one.person_id for one in team.agents] == [6, 5, 4, 3, 2, 1, 7]
    assert (team.of, team.in_fresh_days, team.in_formal_days) == (6, 2, 4)
    assert team_of([], TODAY).of == 0
