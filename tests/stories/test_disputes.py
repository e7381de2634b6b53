"""“Something wrong?”: a question about an entry reaches somebody who had no part in it, is answered once, and may mend it."""

from collections.abc import Iterator
from functools import partial

import pytest

from bot.domain.disputes import Moved
from bot.domain.points import MOST_QUESTIONS, Asked
from bot.errors import FormError, NotFoundError, RefusedError
from bot.services import disputes, points, praise
from bot.services.disputes import Answer, Question
from bot.views import disputes as view
from tests.encore import House, until
from tests.stories.pointing import bonus, choose, entry, id_of, known, message_to, options, with_admins
from tests.stories.rewarding import (
    ADA,
    ANA,
    LEA,
    LEO,
    REX,
    asked,
    award,
    balance,
    change,
    direct,
    live,
    open_floor,
    rows,
    together,
    told,
    words,
)


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from with_admins(database_url)


def ask(where: House, number: int, text: str = "That was not me.", *, key: str = "q", who: str = ANA) -> Moved:
    question = Question(key, known(where, who), number, text)
    return where.centre.db.write_now(disputes.ask, where.clock.now(), question)


def answer(where: House, who: str, number: int, text: str = "Quite right.", *, correct: bool = False) -> Moved:
    given = Answer(known(where, who), number, text, correct)
    return where.centre.db.write_now(disputes.answer, where.clock.now(), given)


def case_id(came: Moved) -> int:
    assert came.case is not None
    return came.case.id


async def test_a_question_is_asked_answered_and_seen_by_all(cebu: House) -> None:
    award(cebu, ANA, 100)
    async with open_floor(cebu) as at:
        statement = await at.type(ANA, "/encore", "points")
        (number,) = options(statement, "dispute_open").values()
        await choose(at, ANA, statement, "dispute_open", number)
        await until(lambda: cebu.workspace.modals.top(ANA) is not None)
        assert "March 6, 2026, +100 points: Bonus: Well done." in at.page(ANA)
        await at.send(ANA, "I was not here <!channel> on Friday.")
        assert "Agent 2 or Agent 3 can answer your question" in at.page(ANA)
        await at.close(ANA)
        request = await message_to(cebu, LEA, "asks about an entry")
        assert "I was not here <!channel> on Friday." in words(request.blocks)
        assert "<!channel>" not in request.text
        assert "Pass on to the admins" in words(request.blocks)
        # Asked once: the statement says so, and the form is not offered again.
        again = await at.type(ANA, "/encore", "points")
        assert "you asked about it" in words(again.blocks)
        assert "dispute_open" not in str(again.blocks)
        await at.press(LEA, request, "dispute_answer")
        await until(lambda: cebu.workspace.modals.top(LEA) is not None)
        assert "take the entry back" not in at.page(LEA)
        await at.send(LEA, "It was for Thursday & Friday.")
        assert "Agent 1 gets your answer." in at.page(LEA)
        await at.close(LEA)
        await at.shows(request, "Agent 2 answered: “It was for Thursday & Friday.”")
        other = await message_to(cebu, LEO, "asks about an entry")
        await at.shows(other, "Agent 2 answered: “It was for Thursday & Friday.”")
        assert "dispute_answer" not in str(other.blocks)
        news = await message_to(cebu, ANA, "answered your question")
        assert "It was for Thursday & Friday." in words(news.blocks)
        # Who was answered may ask again, and everybody reads what was said before.
        statement = await at.type(ANA, "/encore", "points")
        assert "your question is answered: " in words(statement.blocks)
        await choose(at, ANA, statement, "dispute_open", number)
        await until(lambda: cebu.workspace.modals.top(ANA) is not None)
        assert "You asked before: “I was not here <!channel> on Friday.”\nAgent 2 answered: “It was for" in at.page(ANA)
        assert "What was said before goes with it." in at.page(ANA)
        await at.send(ANA, "Nor on Thursday.")
        await at.close(ANA)
        second = await message_to(cebu, LEA, "asks again about an entry")
        assert "Agent 2 answered: “It was for Thursday & Friday.”" in words(second.blocks)
        await at.press(LEA, second, "dispute_answer")
        await until(lambda: cebu.workspace.modals.top(LEA) is not None)
        assert "Agent 1 asked before: “I was not here <!channel> on Friday.”" in at.page(LEA)
        await at.close(LEA)
    assert [m for m in told(cebu, REX) if "asks" in m] == []


async def test_a_lead_passes_it_on_and_an_admin_takes_the_entry_back(cebu: House) -> None:
    award(cebu, ANA, 100)
    ask(cebu, entry(cebu))
    async with open_floor(cebu) as at:
        request = await message_to(cebu, LEA, "asks about an entry")
        await at.press(LEA, request, "dispute_pass")
        await until(lambda: "dispute_pass" not in str(request.blocks))
        for_admin = await message_to(cebu, ADA, "asks about an entry")
        await at.press(ADA, for_admin, "dispute_answer")
        await until(lambda: cebu.workspace.modals.top(ADA) is not None)
        assert "take the entry back" in at.page(ADA)
        await at.fill_in(ADA, words="It was somebody else's.", correct="correct")
        assert "Agent 1 gets your answer. The entry was taken back." in at.page(ADA)
        await message_to(cebu, ANA, "answered your question")
        correction = await message_to(cebu, ANA, "were taken back")
        assert "100 points (Bonus: Well done.) were taken back: It was somebody else's." in words(correction.blocks)
    assert balance(cebu, ANA) == (0, 0)


async def test_what_was_spent_is_owed_and_told(cebu: House) -> None:
    award(cebu, ANA, 100)
    number = entry(cebu)
    asked(cebu, ANA, "lunch", 50)
    answer(cebu, ADA, case_id(ask(cebu, number)), correct=True)
    # What is told is how it is when it is told: part of it is settled, and the question is asked again.
    bonus(cebu, ADA, ANA, 20, key="first")
    ask(cebu, number, "Whose was it?", key="again")
    async with open_floor(cebu) as at:
        news = await message_to(cebu, ANA, "were taken back")
        assert (
            "You had spent or held 50 points of that already. You owe 30 points: taken from what you get next, or get back "
            "of the 50 points that are held, where you cancel that."
        ) in words(news.blocks)
        statement = await at.type(ANA, "/encore", "points")
        assert "You owe 30 points, spent or held before a correction: taken from what you get next" in statement.text
        assert "+50 points lent: Lent: so much of what was taken back was spent or held already." in statement.text
        assert "−20 points: Paid back of what was lent to you." in statement.text
        # Nobody has received what was lent: of 100 that were taken back, 20 came anew.
        assert "20 received this week" in (await at.type(ANA, "/mystats")).text
        bonus(cebu, ADA, ANA, 60, key="next")
        assert "30 points of it settle what you owed" in (await message_to(cebu, ANA, "a bonus of 60 points")).text
        assert "You have 30 points." in (await at.type(ANA, "/encore", "points")).text
    assert [m for m in told(cebu, ANA) if "answered your question" in m] == []


def test_without_the_rule_what_was_spent_stays_and_nothing_is_owed(cebu: House) -> None:
    live(cebu, points={"clawback": False})
    award(cebu, ANA, 100)
    number = entry(cebu)
    asked(cebu, ANA, "lunch", 50)
    came = answer(cebu, ADA, case_id(ask(cebu, number)), correct=True)
    assert came.case is not None
    assert came.case.correction is not None
    assert (came.case.correction.value, balance(cebu, ANA)) == ("refused", (50, 50))


def test_who_had_a_part_in_it_is_not_asked(cebu: House) -> None:
    # Both leads thank her: then it is for the admins.
    def thank(giver: str) -> None:
        asked = praise.Asked(f"k{giver}", cebu.workspace.team_id, giver, (ANA,), "stayed late for us", ())
        cebu.centre.db.write_now(praise.give, cebu.clock.now(), asked)

    thank(LEA)
    assert ask(cebu, entry(cebu), key="1").deciders == ["Agent 3"]
    change(cebu, f"DELETE FROM role_grant WHERE person_id = {id_of(cebu, LEO)}")
    thank(LEO)
    thank_again = ask(cebu, entry(cebu), key="2")
    assert thank_again.deciders == ["Agent 2"]
    change(cebu, f"DELETE FROM role_grant WHERE person_id = {id_of(cebu, LEA)}")
    award(cebu, ANA, 9)
    by_admins = ask(cebu, entry(cebu), key="3")
    assert by_admins.case is not None
    assert (by_admins.deciders, by_admins.case.state) == (["Agent 4", "Agent 5"], Asked.ADMINS)


def test_what_a_colleague_wrote_is_not_shown_to_whoever_answers(cebu: House) -> None:
    asked = praise.Asked("k", cebu.workspace.team_id, REX, (ANA,), "a secret between us", (), private=True)
    cebu.centre.db.write_now(praise.give, cebu.clock.now(), asked)
    came = ask(cebu, entry(cebu))
    assert came.case is not None
    assert "a secret between us" not in str(came)
    assert came.case.entry.by is None
    # Who made it is known all the same: a lead does not answer about their own.
    change(
        cebu,
        f"UPDATE role_grant SET role = 'lead', team_id = 1 WHERE person_id = {id_of(cebu, REX)} AND role = 'admin'",
    )
    assert answer(cebu, REX, case_id(came)).case is None


def test_only_ones_own_entries_and_only_those_who_may_answer(cebu: House) -> None:
    award(cebu, ANA, 100)
    with pytest.raises(NotFoundError, match="not one of yours"):
        ask(cebu, entry(cebu), who=LEO)
    with pytest.raises(NotFoundError, match="not one of yours"):
        ask(cebu, 10**9)
    with pytest.raises(FormError, match="Write a few words"):
        ask(cebu, entry(cebu), "  ")
    with pytest.raises(FormError, match="At most 500"):
        ask(cebu, entry(cebu), "x" * 501)
    number = case_id(ask(cebu, entry(cebu)))
    for nobody in (ANA,):
        assert answer(cebu, nobody, number).case is None
    change(cebu, f"DELETE FROM role_grant WHERE person_id = {id_of(cebu, REX)} AND role = 'admin'")
    # Rex leads another team.
    assert answer(cebu, REX, number).case is None
    refused = rows(cebu, "SELECT COUNT(*) FROM audit WHERE deed = 'refused' AND subject = 'dispute_answer'")
    assert refused == [(2,)]
    assert rows(cebu, "SELECT status FROM dispute") == [("with_lead",)]


def test_a_lead_cannot_take_an_entry_back(cebu: House) -> None:
    award(cebu, ANA, 100)
    number = case_id(ask(cebu, entry(cebu)))
    with pytest.raises(RefusedError, match="for admins"):
        answer(cebu, LEA, number, correct=True)
    assert (balance(cebu, ANA), rows(cebu, "SELECT status FROM dispute")) == ((100, 0), [("with_lead",)])


def test_one_asks_again_after_an_answer_and_three_times_at_most(cebu: House) -> None:
    award(cebu, ANA, 100)
    number = entry(cebu)
    for turn in range(MOST_QUESTIONS):
        # Of two that ask again at once, one does; and the same form asks once, whenever it comes again.
        came = together([partial(ask, cebu, number, key=f"{turn}{n}") for n in "ab"])
        (question,) = {case_id(one) for one in came}
        answer(cebu, LEA, question, f"No {turn}.")
        first = rows(cebu, f"SELECT key FROM dispute WHERE id = {question}")[0][0]
        assert case_id(ask(cebu, number, key=first)) == question
    late = ask(cebu, number, "Once more?", key="late")
    assert (late.taken, case_id(late)) == (False, question)
    assert "You asked 3 times about it. If there is more to say, talk to them." in view.asked(late, "en").text
    told = cebu.centre.db.read_now(points.history, cebu.clock.now(), id_of(cebu, ANA)).entries[0]
    assert (told.questions, told.may_ask) == (3, False)
    assert rows(cebu, "SELECT COUNT(*) FROM dispute") == [(3,)]
    assert rows(cebu, "SELECT COUNT(*) FROM text WHERE kind = 'dispute'") == [(6,)]


@pytest.mark.both_databases
def test_asked_twice_at_once_there_is_one_question(cebu: House) -> None:
    award(cebu, ANA, 100)
    number = entry(cebu)
    came = together([lambda: ask(cebu, number, key="q"), lambda: ask(cebu, number, key="q2")])
    assert {case_id(one) for one in came} == {case_id(came[0])}
    assert rows(cebu, "SELECT COUNT(*) FROM dispute") == [(1,)]
    assert rows(cebu, "SELECT COUNT(*) FROM text WHERE kind = 'dispute'") == [(1,)]


@pytest.mark.both_databases
def test_answered_twice_at_once_one_answer_stands(cebu: House) -> None:
    award(cebu, ANA, 100)
    number = case_id(ask(cebu, entry(cebu)))
    came = together([lambda: answer(cebu, LEA, number, "Yes."), lambda: answer(cebu, ADA, number, "No.", correct=True)])
    assert sorted(one.taken for one in came) == [False, True]
    stands = rows(cebu, "SELECT answered_by, (SELECT body FROM text WHERE id = answer_text_id) FROM dispute")[0]
    took = balance(cebu, ANA) == (0, 0)
    assert stands == ((id_of(cebu, ADA), "No.") if took else (id_of(cebu, LEA), "Yes."))
    assert len([m for m in direct(cebu, ANA) if "answered" in m.text]) <= 1
