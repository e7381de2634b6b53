"""A form is one coaching and has one answer, however often and from wherever it comes."""

import threading
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from bot.domain.coaching import Draft
from bot.errors import RefusedError
from bot.services import coaching
from bot.services.coaching import Answered, Written
from bot.store.database import Database
from tests.encore import House, until
from tests.stories.coached import (
    AGENT,
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

pytestmark = pytest.mark.both_databases


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    with staffed(database_url) as where:
        yield where


@pytest.fixture
async def floor(cebu: House) -> AsyncIterator[Floor]:
    async with floor_of(cebu) as running:
        yield running


async def test_the_same_form_delivered_twice_is_one_coaching(floor: Floor) -> None:
    await floor.open()
    floor.sandbox.faults.deliver_twice()
    await floor.send(**GOOD)
    await until(lambda: len(direct(floor.where, AGENT)) == 1)
    assert len(rows(floor.where, "SELECT id FROM coaching")) == 1
    assert len(direct(floor.where, AGENT)) == 1


async def test_an_answer_is_given_once_and_the_second_gets_the_first_to_see(floor: Floor) -> None:
    where = floor.where
    got = await floor.coach()
    await floor.press(got)
    await until(lambda: where.workspace.modals.top(AGENT) is not None)
    floor.sandbox.faults.deliver_twice()
    first = dict(top(where, AGENT))
    await floor.send(AGENT, answer="Yes, I will")
    where.workspace.modals.clear(AGENT)
    # A form that was still open elsewhere, on the telephone say.
    where.workspace.modals.open(AGENT, first | {"id": "V0ELSEWHERE"})
    await floor.send(AGENT, answer="No, I will not")
    assert "You answered this on March 6, 2026 already" in words(top(where, AGENT)["blocks"])
    assert "Yes, I will" in words(top(where, AGENT)["blocks"])
    await until(lambda: len(direct(where, LEAD)) == 1)
    assert "Yes, I will" in direct(where, LEAD)[0].text
    assert [body for (body,) in rows(where, "SELECT body FROM text ORDER BY id")][-1] == "Yes, I will"


async def test_an_old_button_shows_the_answer_in_place_of_itself(floor: Floor) -> None:
    where = floor.where
    got = await floor.coach()
    known, now = found(where, AGENT), where.clock.now()
    # Answered elsewhere, and the message is not changed yet.
    floor.sandbox.faults.next("chat.update", "ratelimited", 3, seconds=30)
    where.centre.db.write_now(coaching.answer, now, known, 1, "Yes, I will")
    await floor.press(got)
    await until(lambda: "Yes, I will" in words(direct(where, AGENT)[0].blocks))
    assert where.workspace.modals.top(AGENT) is None
    assert len(direct(where, AGENT)) == 1


def together(url: str, *deeds: Callable[[Database], object]) -> list[object]:
    """Do all deeds at once, each with a database of its own as a process has; return what came of each, errors too."""
    gate = threading.Barrier(len(deeds))
    results: list[object] = [None] * len(deeds)

    def run(number: int, deed: Callable[[Database], object]) -> None:
        db = Database(url)
        gate.wait()
        try:
            results[number] = deed(db)
        except RefusedError as error:
            results[number] = error
        finally:
            db.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_one_form_that_several_processes_get_at_once_is_one_coaching(cebu: House, database_url: str) -> None:
    lead, agent_id, now = found(cebu, LEAD), cebu.centre.person("Agent 2"), cebu.clock.now()

    def sent(went_well: str) -> Callable[[Database], object]:
        draft = Draft("other", "The parcel", went_well, "Fine")
        return lambda db: db.write_now(coaching.write, now, "form:1", lead, agent_id, draft, {})

    done = together(database_url, *(sent("All of it") for _ in range(8)))
    assert done == [Written("Agent 2")] * 8
    (other,) = together(database_url, sent("Other words"))
    assert isinstance(other, RefusedError)
    counted = ("coaching", "outbox WHERE view = 'coaching'", "audit WHERE deed = 'coaching.write'", "text")
    assert [rows(cebu, f"SELECT COUNT(*) FROM {table}")[0][0] for table in counted] == [1, 1, 1, 3]


def test_of_answers_at_once_one_counts_and_all_see_it(cebu: House, database_url: str) -> None:
    lead, agent, now = found(cebu, LEAD), found(cebu, AGENT), cebu.clock.now()
    cebu.centre.db.write_now(
        coaching.write, now, "form:1", lead, agent.person_id, Draft("other", "The parcel", "All", "Fine"), {}
    )
    done = together(
        database_url,
        *(lambda db, words=f"Answer {n % 4}": db.write_now(coaching.answer, now, agent, 1, words) for n in range(8)),
    )
    answers = [one for one in done if isinstance(one, Answered)]
    assert len(answers) == 8
    assert sum(one.theirs for one in answers) == 2
    assert len({one.told.texts[one.told.conversations[0].answer or 0] for one in answers}) == 1
    counted = ("outbox WHERE view = 'coaching_answer'", "audit WHERE deed = 'coaching.answer'", "text")
    assert [rows(cebu, f"SELECT COUNT(*) FROM {table}")[0][0] for table in counted] == [1, 1, 4]


def test_two_entries_of_one_person_keep_what_was_written(cebu: House) -> None:
    db, now = cebu.centre.db, cebu.clock.now()
    db.write_now(
        coaching.write, now, "k", found(cebu, LEAD), cebu.centre.person("Agent 2"), Draft("other", "x", "y", "z"), {}
    )
    cebu.centre.merge("Agent 3", "Agent 2")
    told = db.read_now(coaching.received, found(cebu, AGENT))
    assert [told.names[one.agent] for one in told.conversations] == ["Agent 3"]
