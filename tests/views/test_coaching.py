"""What the two of a coaching read: whole sentences, nobody's words as markup, all of it within Slack's limits."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.coaching import (
    CONTACT,
    FRESH_DAYS,
    MOST_CHARACTERS,
    OTHER,
    Agent,
    CoachingPost,
    Conversation,
    Draft,
    Figure,
    Sheet,
    Team,
)
from bot.domain.metrics import METRICS
from bot.domain.people import Reader
from bot.sandbox.blocks import problems
from bot.sandbox.view_rules import view_problems
from bot.views import VIEWS, coaching, coaching_forms
from bot.views.form import Form
from bot.views.message import Message
from bot.views.words import Words
from tests.views.oracle import texts
from tests.views.values import HOSTILE

AT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
MANILA = Reader("Asia/Manila", "en-GB")
BELGRADE = Reader("Europe/Belgrade", "sr-Latn-RS")
FIGURE = Figure("csat", date(2026, 11, 13), date(2026, 11, 19), 4.6234, 41)
TOLD = Conversation(7, AT, 1, 2, "csat", FIGURE, None, 11, 12, 13, 14, date(2026, 12, 1), None, None)
CONGRATULATED = replace(TOLD, about=CONTACT, figure=None, what=10, one_thing=None, next_step=None, next_on=None)
ANSWERED = replace(TOLD, answer=15, answered_at=AT)
BODIES = {
    10: "desk/4711", 11: "Calm & <kind>", 12: "Too long,\n\n<!channel> I think", 13: "Price *first*", 14: "Five calls",
    15: "Fine",
}  # fmt: skip
WORDS = Words({1: "Ana <@U1>", 2: "Ben O'Hara"}, BODIES)
LONGEST = dict(zip(range(10, 16), MOST_CHARACTERS.values(), strict=True))


def safe(message: Message) -> None:
    """Fail unless Slack takes the message and no words in it can ping or link."""
    assert problems(message.blocks, new_blocks=False) == []
    assert len(json.dumps({"text": message.text, "blocks": message.blocks}, ensure_ascii=False)) < 13_000
    assert not re.search("[<>]", message.text)
    assert texts(message.blocks, of_type="mrkdwn") == []


def valid(form: Form) -> None:
    assert view_problems(form.view(), "modal", new_blocks=False) == []


def inside(value: Any) -> str:
    if isinstance(value, dict):
        own = value["text"] if isinstance(value.get("text"), str) else ""
        return own + "".join(inside(v) for v in value.values() if not isinstance(v, str))
    return "".join(map(inside, value)) if isinstance(value, list) else ""


def test_the_agent_reads_all_of_it_with_a_button_and_how_to_disagree() -> None:
    message = coaching.post(CoachingPost(TOLD, MANILA), WORDS)
    safe(message)
    read = inside(message.blocks)
    for part in (
        "Coaching with Ana <@U1>", "Customer stars: 4.62 ★ from 41 answers, ", "Calm & <kind>",
        "Too long,\n<!channel> I think", "Price *first*", "Five calls\nBy 1 December 2026",
        "Encore shows this to you and Ana <@U1> alone.", "does the figure look wrong? Say so in your answer",
    ):  # fmt: skip
        assert part in read
    (pressed,) = [e for b in message.blocks if b["type"] == "actions" for e in b["elements"]]
    assert (pressed["action_id"], pressed["value"], pressed["text"]["text"]) == ("coaching_answer", "7", "Answer")


def test_once_answered_it_has_the_answer_and_no_button() -> None:
    message = coaching.post(CoachingPost(ANSWERED, MANILA), WORDS)
    safe(message)
    # In Manila the next day had begun.
    assert "Your answer, 21 November 2026\nFine" in inside(message.blocks)
    assert "actions" not in {block["type"] for block in message.blocks}
    assert "Say so in your answer" not in inside(message.blocks)
    assert message.text.endswith("Your answer: Fine")


def test_a_congratulation_has_neither_a_thing_to_change_nor_a_step() -> None:
    message = coaching.post(CoachingPost(CONGRATULATED, MANILA), WORDS)
    safe(message)
    assert "Contact desk/4711" in inside(message.blocks)
    assert not re.search("One thing|Next step|figure", inside(message.blocks) + message.text)


def test_dates_and_numbers_are_as_the_reader_writes_them() -> None:
    told = CoachingPost(replace(TOLD, figure=replace(FIGURE, value=4.5)), BELGRADE)
    assert "4,50 ★ from 41 answers" in coaching.post(told, WORDS).text
    # In Belgrade it was still the day before.
    safe(coaching.answer_post(CoachingPost(ANSWERED, BELGRADE), WORDS))
    assert "your coaching of 21 November 2026" in coaching.answer_post(CoachingPost(ANSWERED, BELGRADE), WORDS).text
    denver = Reader("America/Denver", "en-US")
    assert "your coaching of November 20, 2026" in coaching.answer_post(CoachingPost(ANSWERED, denver), WORDS).text


def test_the_outbox_asks_for_the_names_and_the_words_and_for_no_others() -> None:
    for name in ("coaching", "coaching_answer"):
        row, value = VIEWS[name], CoachingPost(ANSWERED, MANILA)
        assert (row.value_type, row.people(value), row.texts(value)) == (CoachingPost, {1, 2}, {11, 12, 13, 14, 15})
    assert VIEWS["coaching"].texts(CoachingPost(CONGRATULATED, MANILA)) == {10, 11, 12}


def test_who_or_what_was_erased_is_nobody_and_nothing() -> None:
    message = coaching.post(CoachingPost(ANSWERED, MANILA), Words())
    safe(message)
    assert "Coaching with Somebody" in inside(message.blocks)
    assert inside(message.blocks).count("(the words are no longer kept)") == 5
    assert "price" not in inside(message.blocks).casefold()
    safe(coaching.answer_post(CoachingPost(ANSWERED, MANILA), Words()))
    safe(coaching.post(CoachingPost(replace(CONGRATULATED, about=OTHER), MANILA), Words()))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_any_words_and_names_are_harmless(hostile: str) -> None:
    words = Words({1: hostile, 2: hostile}, {n: f"{hostile}\n{hostile}"[: LONGEST[n]] for n in BODIES})
    for told in (TOLD, ANSWERED, CONGRATULATED, replace(CONGRATULATED, about=OTHER)):
        safe(coaching.post(CoachingPost(told, MANILA), words))
        safe(coaching.answer_post(CoachingPost(told, MANILA), words))
        safe(coaching.answered_before(told, MANILA, words))
        valid(coaching.received([told, ANSWERED], MANILA, words))
        valid(coaching.written([told], MANILA, words, stacked=True))
        valid(coaching_forms.write_answer(told, MANILA, words))
    safe(coaching.sent(hostile))
    safe(coaching.answered(hostile))
    safe(coaching.usage(hostile, leads=True))
    figures = tuple(
        replace(FIGURE, metric=key) for key, row in METRICS.items() if row.leads_see and row.unit != "seconds"
    )
    valid(coaching_forms.write(Sheet(2, hostile, MANILA, figures, (FIGURE.first, FIGURE.last), written_before=True)))
    valid(coaching_forms.choose(Team([Agent(1, hostile, FIGURE.last)], 1, 0, 0), "en-GB"))


@pytest.mark.parametrize("sign", ["x", "д", "🎉"])
def test_the_longest_fits_one_message(sign: str) -> None:
    words = Words({1: "x" * 200, 2: "y" * 200}, {n: sign * most for n, most in LONGEST.items()})
    told = replace(ANSWERED, what=10)
    for message in (
        coaching.post(CoachingPost(told, MANILA), words),
        coaching.post(CoachingPost(replace(told, answer=None), MANILA), words),
        coaching.answer_post(CoachingPost(told, MANILA), words),
    ):
        safe(message)
        assert "…" not in message.text.replace("x…", "").replace("y…", "")
    valid(coaching.received([told] * 5, MANILA, words))


def options(form: Form, field: str) -> list[str]:
    block = next(block for block in form.blocks if block.get("block_id") == field)
    return [option["text"]["text"] for option in block["element"]["options"]]


def test_a_lead_of_many_finds_those_who_waited_longest_and_how_to_reach_the_others() -> None:
    agents = [Agent(n, f"Agent {n} {'x' * 200}", date(2026, 9, 28)) for n in range(101)]
    many = coaching_forms.choose(Team(agents, 101, 0, 60), "en-GB")
    valid(many)
    assert len(options(many, "agent")) == 100
    assert all(words.endswith("… · last on 28 September 2026") for words in options(many, "agent"))
    assert "For anybody else of your team, type /coach and @" in str(many.blocks)
    few = coaching_forms.choose(Team([*agents[:2], Agent(7, "Ben", None, now=False)], 2, 1, 1), "en-GB")
    assert "For anybody else" not in str(few.blocks)
    assert options(few, "agent")[-1] == "Ben · what you wrote before"
    alone = coaching_forms.choose(Team([Agent(7, "Ben", None, now=False)], 0, 0, 0), "en-GB")
    assert "Nobody is in a team that you lead today." in inside(alone.blocks)


def test_the_form_begins_with_what_went_well_and_asks_for_their_view_before_advice() -> None:
    form = coaching_forms.write(Sheet(2, "Ben", MANILA, (FIGURE,), (FIGURE.first, FIGURE.last), written_before=False))
    valid(form)
    asked = [(b["block_id"], b["optional"]) for b in form.blocks if b["type"] == "input"]
    assert asked == [
        ("about", False), ("what", True), ("went_well", False), ("own_view", False), ("one_thing", True),
        ("next_step", True), ("next_on", True),
    ]  # fmt: skip
    assert options(form, "about") == ["Customer stars: 4.62 ★ from 41 answers", "A contact", "Something else"]
    assert "Ben sees the same" in str(form.blocks)
    assert json.loads(form.note) == {"agent": 2, "shown": {"csat": FIGURE.digest()}}
    bare = coaching_forms.write(Sheet(2, "Ben", MANILA, (), (FIGURE.first, FIGURE.last), written_before=False))
    valid(bare)
    assert f"no figures of Ben to choose from the last {FRESH_DAYS} finished days" in str(bare.blocks)


def test_a_long_figure_fits_the_menu_and_is_told_whole() -> None:
    slow = Figure("first_response", FIGURE.first, FIGURE.last, {"median": 3_672.0, "p90": 36_723.0}, 1_096)
    form = coaching_forms.write(Sheet(2, "Ben", MANILA, (slow,), (FIGURE.first, FIGURE.last), written_before=False))
    valid(form)
    assert options(form, "about")[0] == "First response: half within 1 h 1 min, 9 in 10 within 10 h 12 min"
    told = coaching.post(CoachingPost(replace(TOLD, about="first_response", figure=slow), MANILA), WORDS)
    assert "9 in 10 within 10 h 12 min from 1,096 contacts" in told.text


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ("csat", "It is now Customer stars: 4.62 ★ from 41 answers. Send it again"),
        ("nps", "the figure you chose is not there any more. Choose again."),
    ],
)
def test_a_figure_that_changed_meanwhile_is_shown_anew_with_all_that_was_typed(about: str, said: str) -> None:
    draft = Draft(about, "the Lee case", "Calm", "Long", "Price", "Five calls", date(2026, 12, 1))
    sheet = Sheet(2, "Ben", MANILA, (FIGURE,), (FIGURE.first, FIGURE.last), written_before=True)
    form = coaching_forms.write(sheet, draft)
    valid(form)
    assert said in inside(form.blocks)
    elements = {b["block_id"]: b["element"] for b in form.blocks if b["type"] == "input"}
    typed = ("what", "went_well", "own_view", "one_thing", "next_step")
    assert [elements[name]["initial_value"] for name in typed] == [getattr(draft, name) for name in typed]
    assert elements["next_on"]["initial_date"] == "2026-12-01"
    assert ("initial_option" in elements["about"]) is (about == "csat")
