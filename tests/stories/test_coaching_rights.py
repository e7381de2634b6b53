"""Who may write and read coaching: a lead of the agent's own team and the agent, and nobody besides."""

from collections.abc import AsyncIterator, Iterator
from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.domain.coaching import Draft
from bot.errors import NotFoundError, RefusedError
from bot.services import coaching
from bot.services import people as people_service
from bot.store import people
from tests.encore import House, until
from tests.stories.coached import (
    ADMIN,
    AGENT,
    GOOD,
    LEAD,
    LEFT,
    NAMES,
    OTHER,
    STRANGER,
    Floor,
    direct,
    floor_of,
    found,
    live,
    rows,
    staffed,
    top,
    words,
)


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    with staffed(database_url) as where:
        yield where


@pytest.fixture
async def floor(cebu: House) -> AsyncIterator[Floor]:
    async with floor_of(cebu) as running:
        yield running


@pytest.mark.parametrize(
    ("slack_id", "typed", "said"),
    [
        (OTHER, "@lea", "Agent 2 is not in a team that you lead today. Only a lead of their own team can write"),
        (ADMIN, "@lea", "you lead none as far as I know. If that is wrong, ask Agent 4"),
        (AGENT, "@lead", "you lead none as far as I know"),
        (STRANGER, "@lea", "I do not know you yet. Ask Agent 4"),
        (LEFT, "@lea", "You have left"),
        (LEAD, "@lead", "Coaching takes two"),
        (LEAD, "@left", "Agent 5 is not in a team that you lead today"),
        (LEAD, "@admin", "Agent 4 is not in a team that you lead today"),
        (LEAD, "agent 4", "Agent 4 is not in a team that you lead today"),
        (LEAD, "agent", "Did you mean Agent 2?"),
        (AGENT, "Agent 4", "“Agent 4” is nothing that /coach knows"),
        (LEAD, "@stranger", "is not linked to Encore, so they could not read it. Ask Agent 4"),
        (LEAD, "@encore", "is not linked to Encore"),
        (LEAD, "@nobody.here", "Nobody of your team is called @nobody.here"),
        (LEAD, "@lea @left", "one person at a time"),
        (LEAD, "@lea was great", "Type only the name"),
        (LEAD, "everybody <b>", "“everybody &lt;b&gt;” is nothing that /coach knows"),
        (AGENT, "", "You lead no team with anybody in it"),
        (ADMIN, "", "You lead no team with anybody in it"),
        (AGENT, "mine", "No coaching was written for you yet"),
        (ADMIN, "HELP", "`/coach mine` what was written for you, and your answers"),
    ],
)
async def test_who_may_not_is_told_who_could(floor: Floor, slack_id: str, typed: str, said: str) -> None:
    answer = await floor.type(slack_id, typed)
    assert answer.ephemeral
    assert said in answer.text
    assert floor.where.workspace.modals.top(slack_id) is None
    assert rows(floor.where, "SELECT id FROM coaching") == []


async def test_what_was_refused_is_audited(floor: Floor) -> None:
    await floor.type(OTHER, "@lea")
    await floor.type(ADMIN, "@lea")
    await floor.open()
    await floor.send(**GOOD)
    person = {slack_id: floor.where.centre.person(name) for slack_id, name in NAMES.items()}
    written = rows(floor.where, "SELECT actor, deed, subject, after FROM audit WHERE deed <> 'people.link' ORDER BY id")
    assert [row for row in written if row[0] != "story"] == [
        (f"person:{person[OTHER]}", "refused", "/coach", None),
        (f"person:{person[ADMIN]}", "refused", "/coach", None),
        (f"person:{person[LEAD]}", "coaching.look", f"person:{person[AGENT]}", None),
        (f"person:{person[LEAD]}", "coaching.write", f"person:{person[AGENT]}", "coaching:1"),
    ]


@pytest.mark.parametrize("mode", ["private", "shadow", "off"])
async def test_where_encore_is_not_live_no_figures_are_shown(floor: Floor, mode: str) -> None:
    live(floor.where, mode)
    if mode != "private":
        said = {
            "shadow": "Encore is not live at the site of Agent 2 yet: it is being tried out",
            "off": "Encore is switched off at the site of Agent 2. Ask Agent 4",
        }
        assert said[mode] in (await floor.type(LEAD, "@lea")).text
        assert "You lead no team with anybody" in (await floor.type(LEAD)).text
        return
    about = next(b for b in (await floor.open())["blocks"] if b.get("block_id") == "about")
    assert [option["value"] for option in about["element"]["options"]] == ["contact", "other"]


async def test_what_is_for_the_agent_alone_is_in_no_leads_menu(floor: Floor) -> None:
    """KPIS.md: a named handle time or longest contact is seen by the agent."""
    assert rows(floor.where, "SELECT DISTINCT metric FROM day_stat WHERE metric IN ('handle_time', 'longest_contact')")
    form = await floor.open()
    about = next(b for b in form["blocks"] if b.get("block_id") == "about")
    offered = [option["value"] for option in about["element"]["options"]]
    assert offered == ["csat", "positive", "response_rate", "volume", "contact", "other"]


async def test_whoever_leads_no_more_writes_no_more_and_what_was_written_stays_with_the_two(floor: Floor) -> None:
    where = floor.where
    await floor.coach()
    await floor.sandbox.forms.close(LEAD, top(where, LEAD)["id"])
    await floor.open()
    where.centre.db.write_now(_move, where.centre.person("Agent 2"), "Red")
    await floor.send(**(GOOD | {"went_well": "Another time"}))
    assert "Agent 2 is not in a team that you lead today" in words(top(where, LEAD)["blocks"])
    assert len(rows(where, "SELECT id FROM coaching")) == 1
    where.workspace.modals.clear(LEAD)

    assert "not in a team that you lead" in (await floor.type(LEAD, "@lea")).text
    form = await floor.open(LEAD, "")
    options = form["blocks"][1]["element"]["options"]
    assert [option["text"]["text"] for option in options] == ["Agent 2 · what you wrote before"]
    await floor.send(LEAD, agent=options[0]["value"])
    assert "Found the lost parcel & <b>called back</b>." in words(top(where, LEAD)["blocks"])

    # The new lead may write, and does not read what another wrote.
    form = await floor.open(OTHER)
    assert "coaching_earlier" not in str(form["blocks"])
    where.workspace.modals.clear(OTHER)
    form = await floor.open(OTHER, "")
    assert "Of 1 in your team, 1 had coaching in the last 7 days" in words(form["blocks"])

    await floor.type(AGENT, "mine")
    await until(lambda: where.workspace.modals.top(AGENT) is not None)
    assert "March 6, 2026 · with Agent 1" in words(top(where, AGENT)["blocks"])


def _move(session: Session, person_id: int, team: str) -> None:
    site = people_service.find_site(session, "Cebu").id
    people.add_stay(session, person_id, site, people.find_or_add_team(session, site, team), date(2026, 3, 6))


async def test_what_is_written_stands_nowhere_but_among_the_texts(
    floor: Floor, caplog: pytest.LogCaptureFixture
) -> None:
    where = floor.where
    await floor.press(await floor.coach())
    await until(lambda: where.workspace.modals.top(AGENT) is not None)
    await floor.send(AGENT, answer="Parcels again")
    await until(lambda: len(direct(where, LEAD)) == 1)
    secrets = ("lost parcel", "liked the call", "price first", "five calls", "Parcels again")
    kept = str([rows(where, f"SELECT * FROM {table}") for table in ("outbox", "audit", "coaching", "seen")])
    assert not [words for words in secrets if words in kept + caplog.text]
    where.centre.db.write_now(lambda session: session.connection().execute(text("DELETE FROM text")))
    await floor.sandbox.forms.close(AGENT, top(where, AGENT)["id"])
    await floor.type(AGENT, "mine")
    await until(lambda: where.workspace.modals.top(AGENT) is not None)
    page = words(top(where, AGENT)["blocks"])
    assert page.count("(the words are no longer kept)") == 5
    assert not [words for words in secrets if words in page]


def test_nobody_answers_or_reads_what_was_not_written_for_them(cebu: House) -> None:
    db, now, agent_id = cebu.centre.db, cebu.clock.now(), cebu.centre.person("Agent 2")
    db.write_now(coaching.write, now, "k", found(cebu, LEAD), agent_id, Draft("other", "x", "y", "z"), {})
    for slack_id in (LEAD, OTHER, ADMIN):
        known = found(cebu, slack_id)
        with pytest.raises(NotFoundError, match="not written for you"):
            db.write_now(coaching.answer, now, known, 1, "mine")
        with pytest.raises(NotFoundError, match="not written for you"):
            db.read_now(coaching.one_received, known, 1)
        assert db.read_now(coaching.received, known).conversations == []
    assert db.read_now(coaching.written, found(cebu, OTHER), agent_id).conversations == []
    assert db.read_now(coaching.written, found(cebu, ADMIN), agent_id).conversations == []


def test_whoever_could_not_read_it_gets_none(cebu: House) -> None:
    """Taken out of Slack while the form was open."""
    db, now, agent_id = cebu.centre.db, cebu.clock.now(), cebu.centre.person("Agent 2")
    db.write_now(people_service.unlink, now, agent_id, slack_id=AGENT)
    with pytest.raises(RefusedError, match=r"Agent 2 is not linked to Encore, so they could not read it\. Ask Agent 4"):
        db.write_now(coaching.write, now, "k", found(cebu, LEAD), agent_id, Draft("other", "x", "y", "z"), {})


@pytest.mark.parametrize(
    "gone",
    ["UPDATE person SET left_on = '2026-03-01' WHERE id = {}", "DELETE FROM slack_identity WHERE person_id = {}"],
)
async def test_an_answer_to_a_lead_who_is_gone_is_kept_and_says_so(floor: Floor, gone: str) -> None:
    where = floor.where
    got = await floor.coach()
    lead = where.centre.person("Agent 1")
    where.centre.db.write_now(lambda session: session.connection().execute(text(gone.format(lead))))
    await floor.press(got)
    await until(lambda: where.workspace.modals.top(AGENT) is not None)
    await floor.send(AGENT, answer="Parcels again")
    said = words(top(where, AGENT)["blocks"])
    assert "Your answer is kept" in said
    assert "talk to the lead you have today" in said
    assert "gets your answer" not in said
    assert rows(where, "SELECT key FROM outbox WHERE key = 'coaching:1:answer'") == []
    assert rows(where, "SELECT id FROM coaching WHERE answer_text_id IS NOT NULL") == [(1,)]


async def test_a_look_at_what_was_written_for_somebody_else_is_audited(floor: Floor) -> None:
    """A button of one's own message, with another's number on it."""
    where = floor.where
    got = await floor.coach()
    where.centre.db.write_now(
        lambda session: session.connection().execute(
            text("UPDATE coaching SET agent_id = :other"), {"other": where.centre.person("Agent 3")}
        )
    )
    await floor.press(got)
    agent = f"person:{where.centre.person('Agent 2')}"
    await until(
        lambda: rows(where, "SELECT actor, subject FROM audit WHERE deed = 'refused'") == [(agent, "coaching_answer")]
    )
    assert where.workspace.modals.top(AGENT) is None
