"""Coaching through the front door: a lead writes, the agent reads and answers, both can look again."""

from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from bot.domain.coaching import Draft
from bot.domain.people import Role
from bot.domain.programme import parse_programme
from bot.sandbox.interactions import OnMessage
from bot.services import coaching, programme
from bot.services.coaching import Written
from bot.store import people
from tests.encore import House, link, until
from tests.stories.coached import (
    AGENT,
    DAYS,
    GOOD,
    LEAD,
    Floor,
    direct,
    floor_of,
    found,
    rows,
    staffed,
    top,
    words,
)
from tests.stories.facts import call, survey


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    with staffed(database_url) as where:
        yield where


@pytest.fixture
async def floor(cebu: House) -> AsyncIterator[Floor]:
    async with floor_of(cebu) as running:
        yield running


async def test_a_lead_writes_the_agent_reads_and_answers(floor: Floor) -> None:
    where = floor.where
    form = await floor.open()
    about = next(b for b in form["blocks"] if b.get("block_id") == "about")
    assert [option["text"]["text"] for option in about["element"]["options"]] == [
        "Customer stars: 5.00 ★ from 6 answers", "4 and 5 stars: 100% from 6 answers",
        "Surveys answered: 100% from 6 surveys sent", "Contacts: 6", "A contact", "Something else",
    ]  # fmt: skip
    assert DAYS in about["hint"]["text"]
    outcome = await floor.send(**GOOD)
    assert (outcome.error, outcome.errors) == (None, {})
    assert "Agent 2 gets this in private" in words(top(where, LEAD)["blocks"])
    await until(lambda: len(direct(where, AGENT)) == 1)
    got = direct(where, AGENT)[0]
    assert got.text == (
        "Agent 1 wrote down your coaching conversation, for the two of you alone.\n"
        "About: Customer stars: 5.00 ★ from 6 answers, " + DAYS + "\n"
        "What went well: Found the lost parcel &amp; &lt;b&gt;called back&lt;/b&gt;.\n"
        "How you see it: I liked the call.\nIt was long.\n"
        "One thing to do differently: Say the price first.\n"
        "Next step: Try it on five calls\nBy March 13, 2026\n"
        "Press Answer to say what you think of it."
    )
    assert "does the figure look wrong? Say so in your answer" in words(got.blocks)

    await floor.press(got)
    await until(lambda: where.workspace.modals.top(AGENT) is not None)
    empty = await floor.send(AGENT, answer=" \n ")
    assert empty.errors == {"answer": "Write a few words, or close this."}
    await floor.send(AGENT, answer="I see the *price* otherwise <!channel>")
    assert "Agent 1 gets your answer in private" in words(top(where, AGENT)["blocks"])
    await until(lambda: len(direct(where, LEAD)) == 1)
    assert direct(where, LEAD)[0].text == (
        "Agent 2 answered your coaching of March 6, 2026 (Customer stars: 5.00 ★ from 6 answers, " + DAYS + "): "
        "I see the *price* otherwise &lt;!channel&gt;"
    )
    # The agent's own message shows the answer now, and has no button any more.
    await until(lambda: "Your answer" in words(direct(where, AGENT)[0].blocks))
    assert [b["type"] for b in direct(where, AGENT)[0].blocks].count("actions") == 0
    assert len(direct(where, AGENT)) == 1
    assert where.posts() == []
    await floor.sandbox.forms.close(LEAD, top(where, LEAD)["id"])
    await floor.open()
    await floor.press_in_modal(LEAD, "coaching_earlier")
    await until(lambda: top(where, LEAD)["title"]["text"] == "What you wrote")
    assert "Their answer, March 6, 2026" in words(top(where, LEAD)["blocks"])
    assert "I see the *price* otherwise <!channel>" in words(top(where, LEAD)["blocks"])


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"about": "contact"}, {"what": "Which contact? Write its id or paste its link."}),
        ({"about": "other"}, {"what": "Say in a few words what it is about."}),
        ({"went_well": "   "}, {"went_well": "Begin with what went well, in a few words."}),
        ({"own_view": " \n "}, {"own_view": "Ask them first, and write what they said."}),
        ({"next_on": ""}, {"next_on": "A next step needs a day. By when?"}),
        ({"next_step": ""}, {"next_step": "What is to be done by that day?"}),
        ({"next_on": "2026-03-05"}, {"next_on": "That day is over where they are. Choose today or later."}),
        ({"about": "contact", "what": "old-1"}, {"what": "That contact is more than 7 days old."}),
        ({"about": "contact", "what": "https://desk.example/c/old-1/?tab=2#x"}, {"what": "That contact is more than"}),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_kept(
    floor: Floor, changes: dict[str, str], wrong: dict[str, str]
) -> None:
    floor.where.centre.bring(call("old-1", "Agent 2", "2026-02-20 10:00"))
    await floor.open()
    outcome = await floor.send(**(GOOD | changes))
    assert outcome.error is None
    assert outcome.errors.keys() == wrong.keys()
    assert all(outcome.errors[field].startswith(said) for field, said in wrong.items())
    kept = "SELECT id FROM coaching", "SELECT id FROM text", "SELECT id FROM outbox WHERE view LIKE 'coaching%'"
    assert [rows(floor.where, sql) for sql in kept] == [[], [], []]
    assert (await floor.send(**GOOD)).errors == {}
    assert len(rows(floor.where, "SELECT id FROM coaching")) == 1


async def test_to_congratulate_is_coaching_too_and_needs_neither_a_thing_to_change_nor_a_step(floor: Floor) -> None:
    got = await floor.coach(about="contact", what="2026-03-05-1-3", one_thing="", next_step="", next_on="")
    assert "About: Contact 2026-03-05-1-3\n" in got.text
    assert "One thing" not in words(got.blocks) + got.text
    assert "Next step" not in words(got.blocks) + got.text
    assert rows(floor.where, "SELECT about, figure, one_thing_text_id, next_on FROM coaching") == [
        ("contact", None, None, None)
    ]


async def test_it_reaches_an_agent_who_wants_no_messages_since_it_asks_for_an_answer(floor: Floor) -> None:
    never = "INSERT INTO preference (person_id, announce, messages) VALUES (:id, true, 'never')"
    agent_id = floor.where.centre.person("Agent 2")
    floor.where.centre.db.write_now(lambda session: session.connection().execute(text(never), {"id": agent_id}))
    assert "actions" in {block["type"] for block in (await floor.coach()).blocks}


async def test_the_figure_that_is_told_is_the_one_that_was_shown(floor: Floor) -> None:
    where = floor.where
    await floor.open()
    late = survey("late", "Agent 2", sent="2026-03-05 11:00", answered="2026-03-05 18:00", stars=2)
    where.centre.bring(late)
    outcome = await floor.send(**GOOD)
    assert (outcome.error, outcome.errors) == (None, {})
    again = top(where, LEAD)
    assert "It is now Customer stars: 4.57 ★ from 7 answers. Send it again" in words(again["blocks"])
    kept = {b["block_id"]: b["element"].get("initial_value") for b in again["blocks"] if b["type"] == "input"}
    assert {name: kept[name] for name in ("went_well", "own_view", "one_thing", "next_step")} == {
        name: GOOD[name] for name in ("went_well", "own_view", "one_thing", "next_step")
    }
    assert rows(where, "SELECT id FROM coaching") == []
    await floor.send()
    await until(lambda: len(direct(where, AGENT)) == 1)
    assert "Customer stars: 4.57 ★ from 7 answers" in direct(where, AGENT)[0].text
    # Corrected later, it stays what the two spoke of.
    where.centre.bring(late._replace(stars=5000))
    await floor.type(AGENT, "mine")
    await until(lambda: where.workspace.modals.top(AGENT) is not None)
    assert "Customer stars: 4.57 ★ from 7 answers" in words(top(where, AGENT)["blocks"])


async def test_mine_lists_the_last_five_with_a_button_where_there_is_no_answer(floor: Floor) -> None:
    where = floor.where
    lead, now = found(where, LEAD), where.clock.now()
    for n in range(6):
        draft = Draft("other", f"Subject {n}", "All of it", "Fine")
        where.centre.db.write_now(
            coaching.write, now + timedelta(minutes=n), f"k{n}", lead, where.centre.person("Agent 2"), draft, {}
        )
    await floor.type(AGENT, "mine")
    await until(lambda: where.workspace.modals.top(AGENT) is not None)
    page = words(top(where, AGENT)["blocks"])
    assert [f"Subject {n}" in page for n in range(6)] == [False, True, True, True, True, True]
    await floor.press_in_modal(AGENT, "coaching_answer:6")
    await until(lambda: top(where, AGENT)["title"]["text"] == "Your answer")
    await floor.send(AGENT, answer="Thank you")
    where.workspace.modals.clear(AGENT)
    await floor.type(AGENT, "mine")
    await until(lambda: where.workspace.modals.top(AGENT) is not None)
    assert "Thank you" in words(top(where, AGENT)["blocks"])
    assert str(top(where, AGENT)["blocks"]).count("'coaching_answer:") == 4


async def test_a_typed_name_will_do_and_a_first_name_is_asked_about(floor: Floor) -> None:
    await floor.open(LEAD, "@agent 2")
    assert "Agent 2" in words(top(floor.where, LEAD)["blocks"][0])
    await floor.sandbox.forms.close(LEAD, top(floor.where, LEAD)["id"])
    await floor.type(LEAD, "agent")
    asked = next(m for m in floor.where.workspace.channel(floor.where.channel).messages if "Did you mean" in m.text)
    assert (asked.text, asked.ephemeral_to) == ("Did you mean Agent 2?", LEAD)
    block = next(block for block in asked.blocks or [] if block["type"] == "actions")
    await floor.sandbox.interactions.act(
        LEAD, OnMessage(floor.where.channel, asked.ts), block["block_id"], block["elements"][0]["action_id"], [], {}
    )
    await until(lambda: floor.where.workspace.modals.top(LEAD) is not None)
    assert "Agent 2" in words(top(floor.where, LEAD)["blocks"][0])
    # Who leads nobody learns nobody's name.
    assert "Did you mean" not in (await floor.type(AGENT, "agent")).text


async def test_without_a_name_the_lead_chooses_whoever_waited_longest_first(floor: Floor) -> None:
    where = floor.where
    for number, name in ((6, "Ana"), (7, "Ben"), (8, "Cora <!channel>"), (9, "Not in Slack")):
        where.centre.begin("shifts")
        where.centre.hire(name, site="Cebu", team="Blue")
        if name != "Not in Slack":
            where.workspace.add_person(f"p{number}", slack_id=f"U{number}")
            link(where, name, f"U{number}")
    lead, now = found(where, LEAD), where.clock.now()
    for n, (name, days) in enumerate((("Ana", 3), ("Ben", 20), ("Agent 2", 40))):
        where.centre.db.write_now(
            coaching.write, now - timedelta(days=days), f"k{n}", lead, where.centre.person(name),
            Draft("other", "The parcel", "All of it", "Fine"), {},
        )  # fmt: skip
    form = await floor.open(LEAD, "")
    assert "Of 4 in your team, 1 had coaching in the last 7 days and 2 in the last 30." in words(form["blocks"])
    options = form["blocks"][1]["element"]["options"]
    assert [option["text"]["text"] for option in options] == [
        "Cora <!channel> · nothing yet", "Agent 2 · last on January 25, 2026", "Ben · last on February 14, 2026",
        "Ana · last on March 3, 2026",
    ]  # fmt: skip
    await floor.send(LEAD, agent=options[1]["value"])
    assert "Agent 2" in words(top(where, LEAD)["blocks"][0])
    assert (await floor.send(**GOOD)).errors == {}
    await until(lambda: any("Found the lost parcel" in m.text for m in direct(where, AGENT)))


def test_a_lead_far_away_goes_by_the_agents_own_day(cebu: House) -> None:
    """In Denver it is still the 5th; in Cebu, where the lead is, the 6th has begun."""
    cebu.centre.begin("shifts", site=("Denver", "America/Denver"))
    agent_id = cebu.centre.hire("Dana", site="Denver", team="Night")
    link(cebu, "Dana", "UDANA")
    db, now, lead_id = cebu.centre.db, cebu.clock.now(), cebu.centre.person("Agent 1")
    document = {"sites": {"Denver": {"mode": "live", "live_from": "2026-03-01", "channel": "C1"}}, "boards": []}
    db.write_now(programme.apply, now, parse_programme(document, origin="story"), actor="story")
    team_id = rows(cebu, "SELECT id FROM team WHERE name = 'Night'")[0][0]
    db.write_now(people.grant, lead_id, Role.LEAD, team_id)
    draft = Draft("other", "x", "y", "z", "", "Call back", date(2026, 3, 4))
    assert db.write_now(coaching.write, now, "k", found(cebu, LEAD), agent_id, draft, {}) == coaching.Wrong(
        {"next_on": "That day is over where they are. Choose today or later."}
    )
    today = Draft("other", "x", "y", "z", "", "Call back", date(2026, 3, 5))
    assert db.write_now(coaching.write, now, "k", found(cebu, LEAD), agent_id, today, {}) == Written("Dana")
