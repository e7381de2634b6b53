"""Two entries of one person are one: corrections, statements and questions know them as whom they are now."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session

from bot.domain.adjustments import State
from bot.domain.ledger import SINK, Deed, person, transfer
from bot.domain.people import Role
from bot.domain.periods import PeriodKind, period_of
from bot.domain.points import Made, Statement
from bot.services import disputes, points, praise, roles
from bot.services import people as people_service
from bot.services.disputes import Answer, Question
from bot.store import bulk, ledger, merging, proof
from tests.encore import House
from tests.stories.pointing import bonus, entry, id_of, known, with_admins
from tests.stories.rewarding import ADA, ANA, LEA, LEO, REX, asked, award, change, connected, live, wait_until
from tests.stories.test_adjustments import correct, decide

OTHER = "Agent 16"


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from with_admins(database_url)


@pytest.fixture
def parallel(postgres_url: str) -> Iterator[House]:
    yield from with_admins(postgres_url)


def merge(where: House, slack_id: str, into: str = OTHER) -> int:
    """Make somebody's entry one with another, and return that one's id."""
    kept, gone = where.centre.person(into), id_of(where, slack_id)
    where.centre.db.write_now(people_service.merge, where.clock.now(), kept, gone)
    return kept


def thank(where: House, giver: str, *receivers: str, key: str = "k") -> None:
    asked = praise.Asked(key, where.workspace.team_id, giver, receivers, "stayed late for us", ())
    where.centre.db.write_now(praise.give, where.clock.now(), asked)


def has(where: House, person_id: int) -> dict[str, int]:
    """Return what somebody has, but for what is 0."""
    found = where.centre.db.read_now(ledger.balances, person(person_id))
    return {unit: amount for unit, amount in found.items() if amount}


def statement(where: House, slack_id: str) -> Statement:
    month = period_of(PeriodKind.MONTH, where.clock.now().date())
    return where.centre.db.read_now(points.statement, where.clock.now(), known(where, slack_id), month)


def test_kudos_to_several_are_taken_back_where_one_was_merged_since(cebu: House) -> None:
    live(cebu, kudos={"allowance": 50, "points": 5})
    thank(cebu, LEA, ANA, LEO)
    number = entry(cebu)
    gone, kept = id_of(cebu, ANA), merge(cebu, ANA)
    assert correct(cebu, ADA, number).case.state is State.DONE
    assert (has(cebu, kept), has(cebu, gone), has(cebu, id_of(cebu, LEO))) == ({}, {}, {})


def test_two_who_got_something_and_are_one_now_owe_what_they_spent_once(cebu: House) -> None:
    thank(cebu, LEA, ANA, LEO)
    number, leo = entry(cebu), id_of(cebu, LEO)
    gone = id_of(cebu, ANA)
    cebu.centre.db.write_now(people_service.merge, cebu.clock.now(), leo, gone)
    spent = Deed("spent", "redeem.done", "story", transfer("points", 10, source=person(leo), target=SINK), {})
    cebu.centre.db.write_now(ledger.append, cebu.clock.now(), spent)
    assert correct(cebu, ADA, number).case.state is State.DONE
    assert (has(cebu, leo), has(cebu, gone)) == ({"owed": 10}, {})


def test_the_allowance_goes_back_to_whom_the_giver_is_now(cebu: House) -> None:
    live(cebu, kudos={"allowance": 50, "points": 5})
    thank(cebu, REX, ANA)
    number, gone = entry(cebu), id_of(cebu, REX)
    kept = merge(cebu, REX)
    assert has(cebu, kept) == {"giving:2026-03": 45}
    assert correct(cebu, ADA, number).case.state is State.DONE
    assert (has(cebu, kept), has(cebu, gone)) == ({"giving:2026-03": 50}, {})


def test_the_statement_has_the_entries_of_both_with_their_reasons(cebu: House) -> None:
    bonus(cebu, ADA, ANA, 40)
    bonus(cebu, ADA, ANA, 90, key="time", unit="minutes")
    number = entry(cebu)
    merge(cebu, ANA)
    told = statement(cebu, ANA)
    assert [(e.made, e.amount, e.balance_after) for e in told.entries] == [(Made.BONUS, 90, 90), (Made.BONUS, 40, 40)]
    assert "For the night shift." in told.texts.values()
    # What was got before may still be asked about, and be taken back; the reason is told.
    question = Question("q", known(cebu, ANA), number, "That was not me.")
    assert cebu.centre.db.write_now(disputes.ask, cebu.clock.now(), question).taken
    assert correct(cebu, ADA, number, reason="It was Ben's.").case.state is State.DONE
    told = statement(cebu, ANA)
    newest = told.entries[0]
    assert (newest.made, newest.amount, newest.balance_after) == (Made.CORRECTION, -40, 0)
    assert ("It was Ben's." in told.texts.values(), told.balance, len(told.entries)) == (True, 0, 3)


def test_whoever_asked_is_the_same_admin_after_they_were_merged(cebu: House) -> None:
    live(cebu, points={"two_person_limit": 100})
    asked = bonus(cebu, ADA, ANA, 101)
    assert bonus(cebu, ADA, LEO, 60, key="small").case.state is State.DONE
    merge(cebu, ADA)
    assert decide(cebu, ADA, asked).case.state is State.WAITING
    # What they moved as the other counts within the day.
    assert bonus(cebu, ADA, LEO, 60, key="more").case.state is State.WAITING
    assert decide(cebu, REX, asked).case.state is State.DONE


def test_an_admin_whom_the_asker_has_just_made_is_no_second_pair_of_eyes(cebu: House) -> None:
    live(cebu, points={"two_person_limit": 10})
    actor = person(id_of(cebu, ADA))
    cebu.centre.db.write_now(roles.grant, cebu.clock.now(), id_of(cebu, LEO), Role.ADMIN, actor=actor)
    asked = bonus(cebu, ADA, ANA, 50)
    assert asked.deciders == ["Agent 4"]
    assert decide(cebu, LEO, asked).case.state is State.WAITING
    assert decide(cebu, LEO, bonus(cebu, REX, ANA, 50, key="rex")).case.state is State.DONE
    cebu.clock.move_to(cebu.clock.now() + timedelta(days=8))
    assert decide(cebu, LEO, asked).case.state is State.DONE


def test_the_proof_finds_what_is_held_for_nothing_and_what_a_merged_entry_still_has(cebu: House) -> None:
    award(cebu, ANA, 100)
    asked(cebu, ANA, "lunch", 50)
    ana, leo = id_of(cebu, ANA), id_of(cebu, LEO)
    gone = f"UPDATE person SET merged_into = {{}} WHERE id = {ana}"
    for forge, undo, found in (
        (
            "UPDATE redemption SET status = 'declined'",
            "UPDATE redemption SET status = 'asked'",
            [f"person:{ana}, held, 50"],
        ),
        ("UPDATE redemption SET price = 60", "UPDATE redemption SET price = 50", [f"person:{ana}, held, -10"]),
        (gone.format(leo), gone.format("NULL"), [f"person:{ana}, held, 50", f"person:{ana}, points, 50"]),
    ):
        change(cebu, forge)
        assert sorted(violation.where for violation in cebu.centre.db.read_now(proof.verify)) == found
        change(cebu, undo)


def test_an_answer_and_a_merging_wait_for_each_other_in_one_order(parallel: House) -> None:
    bonus(parallel, ADA, ANA, 40)
    question = Question("q", known(parallel, ANA), entry(parallel), "That was not me.")
    came = parallel.centre.db.write_now(disputes.ask, parallel.clock.now(), question)
    assert came.case is not None
    given = Answer(known(parallel, ADA), came.case.id, "Quite right.", correct=True)
    concerned = [id_of(parallel, ANA), parallel.centre.person(OTHER)]
    tried = {"answer": 0, "merge": 0}

    def answer(session: Session) -> None:
        tried["answer"] += 1
        disputes.answer(session, parallel.clock.now(), given)

    answering = threading.Thread(target=lambda: parallel.centre.db.write_now(answer))

    def merge_slowly(session: Session) -> None:
        tried["merge"] += 1
        merging.take(session, concerned)
        if tried["merge"] == 1:
            answering.start()
            wait_until(lambda: connected(parallel, "wait_event_type = 'Lock'"))
        bulk.execute(session, "UPDATE dispute SET person_id = person_id WHERE id > ?", [(0,)])

    parallel.centre.db.write_now(merge_slowly)
    answering.join()
    # Neither had to be tried again, as one of them would be after a deadlock.
    assert tried == {"answer": 1, "merge": 1}
