"""Bonuses and corrections by hand: with a reason, told, written down; above a limit two admins decide, and one wins."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from bot.domain.adjustments import State, Step
from bot.domain.people import Role
from bot.domain.rewards import Step as RewardStep
from bot.errors import FormError, NotFoundError, RefusedError
from bot.services import adjustments, praise, roles
from bot.services import people as persons
from bot.services.adjustments import Bonus, Came, Correction
from bot.store import people
from tests.encore import House, until
from tests.stories.pointing import bonus, entry, id_of, known, message_to, with_admins
from tests.stories.rewarding import (
    ADA,
    ANA,
    LEA,
    LEO,
    REX,
    asked,
    award,
    balance,
    buttons,
    change,
    live,
    open_floor,
    rows,
    take,
    together,
    told,
    words,
)


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from with_admins(database_url)


def decide(where: House, who: str, came: Came, step: Step = Step.APPROVE) -> Came:
    return where.centre.db.write_now(adjustments.decide, where.clock.now(), known(where, who), came.case.id, step)


def correct(where: House, by: str, number: int, *, key: str = "c", reason: str = "Not theirs.") -> Came:
    asked = Correction(key, known(where, by), number, reason)
    return where.centre.db.write_now(adjustments.correct, where.clock.now(), asked)


def audit(where: House, deed: str) -> int:
    return int(rows(where, f"SELECT COUNT(*) FROM audit WHERE deed = '{deed}'")[0][0])


async def test_an_admin_gives_a_bonus_from_a_form(cebu: House) -> None:
    async with open_floor(cebu) as at:
        await at.sandbox.command(ADA, cebu.channel, "/encore", "bonus")
        await until(lambda: cebu.workspace.modals.top(ADA) is not None)
        view = cebu.workspace.modals.top(ADA)
        assert view is not None
        typed = {
            "people": {"people": [ANA, LEO]}, "amount": {"amount": ["30"]}, "unit": {"unit": ["points"]},
            "reason": {"reason": ["Covered the *night* <!here>"]},
        }  # fmt: skip
        await at.sandbox.forms.submit(ADA, view["id"], typed)
        assert "Done: you give Agent 1 and Agent 3 30 points each as a bonus." in at.page(ADA)
        news = await message_to(cebu, ANA, "a bonus of 30 points")
        assert "Covered the *night* <!here>" in words(news.blocks)
        assert "<!here>" not in news.text
        await message_to(cebu, LEO, "a bonus of 30 points")
        refused = await at.type(LEA, "/encore", "bonus")
        assert "That is for people with the role “admin”" in refused.text
        await at.close(ADA)
    assert (balance(cebu, ANA), balance(cebu, LEO)) == ((30, 0), (30, 0))
    assert (audit(cebu, "adjustment.done"), audit(cebu, "refused")) == (1, 1)


async def test_above_the_limit_a_second_admin_decides_and_everybody_sees_it(cebu: House) -> None:
    live(cebu, points={"two_person_limit": 100})
    async with open_floor(cebu) as at:
        came = bonus(cebu, ADA, ANA, 101)
        assert (came.case.state, list(came.deciders), balance(cebu, ANA)) == (State.WAITING, ["Agent 4"], (0, 0))
        request = await message_to(cebu, REX, "wants to give Agent 1 101 points")
        listed = await at.type(REX, "/encore", "approvals")
        assert "Agent 5 wants to give Agent 1 101 points as a bonus." in listed.text
        await at.press(REX, request, "adjustment_approve")
        await at.shows(request, "Agent 4 approved it, and it is done.")
        assert "adjustment_approve" not in str(request.blocks)
        await message_to(cebu, ADA, "Agent 4 approved it")
        await message_to(cebu, ANA, "a bonus of 101 points")
        assert "Nothing waits" in (await at.type(REX, "/encore", "approvals")).text
    assert balance(cebu, ANA) == (101, 0)


def test_nobody_approves_what_they_asked_for_or_get(cebu: House) -> None:
    live(cebu, points={"two_person_limit": 10})
    mine = bonus(cebu, ADA, ANA, 50)
    assert decide(cebu, ADA, mine).case.state is State.WAITING
    to_rex = bonus(cebu, ADA, REX, 50, key="rex")
    assert list(to_rex.deciders) == []
    assert decide(cebu, REX, to_rex).case.state is State.WAITING
    with pytest.raises(RefusedError, match="for admins"):
        decide(cebu, LEA, mine)
    assert audit(cebu, "refused") == 2
    assert decide(cebu, REX, mine).case.state is State.DONE
    assert (balance(cebu, ANA), balance(cebu, REX)) == ((50, 0), (0, 0))


def test_whom_the_first_made_admin_lately_is_no_second(cebu: House) -> None:
    live(cebu, points={"two_person_limit": 10})
    actor = f"person:{id_of(cebu, ADA)}"
    cebu.centre.db.write_now(roles.grant, cebu.clock.now(), id_of(cebu, LEO), Role.ADMIN, actor=actor)
    asked = bonus(cebu, ADA, ANA, 50)
    assert list(asked.deciders) == ["Agent 4"]
    assert decide(cebu, LEO, asked).case.state is State.WAITING
    cebu.clock.skip(timedelta(days=7, seconds=1))
    assert decide(cebu, LEO, asked).case.state is State.DONE


async def test_nobody_gives_themselves_anything_alone(cebu: House) -> None:
    async with open_floor(cebu) as at:
        await at.sandbox.command(ADA, cebu.channel, "/encore", "bonus")
        await until(lambda: cebu.workspace.modals.top(ADA) is not None)
        assert "what goes beyond 500 points or 8 h of paid time in a day, and always a bonus to yourself" in at.page(
            ADA
        )
        view = cebu.workspace.modals.top(ADA)
        assert view is not None
        typed = {
            "people": {"people": [ADA]}, "amount": {"amount": ["5"]}, "unit": {"unit": ["points"]},
            "reason": {"reason": ["Night shift"]},
        }  # fmt: skip
        await at.sandbox.forms.submit(ADA, view["id"], typed)
        assert "A bonus to yourself always waits for a second admin: Agent 4 can decide." in at.page(ADA)
        await at.close(ADA)
        listed = await at.type(ADA, "/encore", "approvals")
        assert "You asked for this yourself. It waits for another admin: Agent 4 can decide." in listed.text
        ((name, (_, button)),) = buttons(listed.blocks or []).items()
        assert (name.partition(":")[0], button["text"]["text"]) == ("adjustment_decline", "Withdraw")
        assert button["confirm"]["title"]["text"] == "Withdraw it?"
        await at.press(ADA, listed, "adjustment_decline")
        await at.shows(
            listed, "Agent 5 wanted to give Agent 5 5 points as a bonus, and withdrew that: nothing happened."
        )
        await at.shows(listed, "Nothing else waits for a second admin.")
    mine = bonus(cebu, ADA, ADA, 1)
    assert (mine.case.state, list(mine.deciders)) == (State.WAITING, ["Agent 4"])
    assert decide(cebu, REX, mine).case.state is State.DONE


async def test_the_list_is_redrawn_and_says_why_one_may_not(cebu: House) -> None:
    live(cebu, points={"two_person_limit": 10})
    change(cebu, f"UPDATE person SET locale = 'de-DE' WHERE id = {id_of(cebu, REX)}")
    asked_for = [bonus(cebu, ADA, ANA, 5000 + n, key=f"b{n}") for n in range(3)]
    async with open_floor(cebu) as at:
        # Numbers are the reader's, in what one is told and in what one asks for.
        await message_to(cebu, REX, "wants to give Agent 1 5.000 points")
        listed = await at.type(REX, "/encore", "approvals")
        assert "Agent 5 wants to give Agent 1 5.001 points as a bonus." in listed.text
        assert "5,001 points" in (await at.type(ADA, "/encore", "approvals")).text
        declined = buttons(listed.blocks or [])[f"adjustment_decline:{asked_for[0].case.id}"][1]
        assert declined["confirm"]["title"]["text"] == "Decline it?"
        await at.press(REX, listed, f"adjustment_decline:{asked_for[0].case.id}")
        await at.shows(listed, "Agent 4 declined it, and nothing happened.")
        left = {name.partition(":")[2] for name in buttons(listed.blocks or [])}
        assert left == {str(came.case.id) for came in asked_for[1:]}
        # Whom the first makes an admin anew is no second: what stood in the list before is refused, and says why.
        actor = f"person:{id_of(cebu, ADA)}"
        cebu.centre.db.write_now(roles.revoke, cebu.clock.now(), id_of(cebu, REX), Role.ADMIN, actor=actor)
        cebu.centre.db.write_now(roles.grant, cebu.clock.now(), id_of(cebu, REX), Role.ADMIN, actor=actor)
        await at.press(REX, listed, "adjustment_approve")
        await at.shows(listed, "Whoever asks made you an admin in the last 7 days: another admin has to say yes.")
        assert "adjustment_approve" not in str(listed.blocks)
    assert balance(cebu, ANA) == (0, 0)


@pytest.mark.both_databases
def test_of_two_approvals_at_once_one_counts(cebu: House) -> None:
    cebu.centre.db.write_now(people.grant, id_of(cebu, LEO), Role.ADMIN, None)
    live(cebu, points={"two_person_limit": 10})
    for number in range(5):
        asked = bonus(cebu, ADA, ANA, 11, key=f"b{number}")
        came = together([partial(decide, cebu, REX, asked), partial(decide, cebu, LEO, asked)])
        assert sorted(one.taken for one in came) == [False, True]
        assert {one.case.state for one in came} == {State.DONE}
    assert balance(cebu, ANA) == (55, 0)


@pytest.mark.both_databases
def test_approving_and_declining_at_once_has_one_winner(cebu: House) -> None:
    live(cebu, points={"two_person_limit": 10})
    done = 0
    for number in range(5):
        asked = bonus(cebu, ADA, ANA, 11, key=f"b{number}")
        came = together([partial(decide, cebu, REX, asked), partial(decide, cebu, ADA, asked, Step.DECLINE)])
        assert sorted(one.taken for one in came) == [False, True]
        assert len({one.case.state for one in came}) == 1
        done += came[0].case.state is State.DONE
    assert balance(cebu, ANA) == (11 * done, 0)


def test_parts_are_no_way_around_the_limit(cebu: House) -> None:
    live(cebu, points={"two_person_limit": 100})
    assert bonus(cebu, ADA, ANA, 60, key="1").case.state is State.DONE
    assert bonus(cebu, ADA, LEO, 60, key="2").case.state is State.WAITING
    assert bonus(cebu, ADA, LEO, 40, key="3").case.state is State.DONE
    assert bonus(cebu, REX, ANA, 60, key="4").case.state is State.DONE
    # Approved ones were another's decision, and count for nobody.
    came = together([partial(bonus, cebu, REX, ANA, 30, key=f"r{n}") for n in range(4)])
    assert sorted(one.case.state for one in came) == ["done", "waiting", "waiting", "waiting"]


def test_the_same_form_counts_once_and_another_under_its_key_is_refused(cebu: House) -> None:
    came = together([lambda: bonus(cebu, ADA, ANA, 30) for _ in range(4)])
    assert sorted(one.taken for one in came) == [False, False, False, True]
    with pytest.raises(RefusedError, match="something else"):
        bonus(cebu, ADA, ANA, 31)
    assert (balance(cebu, ANA), audit(cebu, "adjustment.done")) == ((30, 0), 1)


@pytest.mark.parametrize(
    ("amount", "reason", "field"),
    [
        (0, "r", "amount"),
        (-1, "r", "amount"),
        (10**15 + 1, "r", "amount"),
        (5, " ", "reason"),
        (5, "x" * 501, "reason"),
    ],
)
def test_what_cannot_be_says_so_in_the_form(cebu: House, amount: int, reason: str, field: str) -> None:
    asked = Bonus("k", known(cebu, ADA), (id_of(cebu, ANA),), "points", amount, reason)
    with pytest.raises(FormError) as error:
        cebu.centre.db.write_now(adjustments.bonus, cebu.clock.now(), asked)
    assert list(error.value.fields) == [field]


def test_a_correction_takes_a_deed_back_once(cebu: House) -> None:
    award(cebu, ANA, 100)
    number = entry(cebu)
    assert correct(cebu, ADA, number).case.state is State.DONE
    assert correct(cebu, ADA, number).taken is False
    with pytest.raises(RefusedError, match="taken back already"):
        correct(cebu, REX, number, key="c2")
    with pytest.raises(RefusedError, match="ends by its own steps"):
        correct(cebu, REX, entry(cebu), key="c3")
    with pytest.raises(NotFoundError):
        correct(cebu, ADA, 10**9, key="c4")
    assert balance(cebu, ANA) == (0, 0)


@pytest.mark.both_databases
def test_two_corrections_of_one_deed_at_once_take_it_back_once(cebu: House) -> None:
    award(cebu, ANA, 100)
    number = entry(cebu)

    def attempt(who: str) -> str:
        try:
            return correct(cebu, who, number, key=who).case.state
        except RefusedError as error:
            return str(error)

    came = together([lambda: attempt(ADA), lambda: attempt(REX)])
    assert sorted(map(str, came)).count("done") == 1
    assert balance(cebu, ANA) == (0, 0)


def test_kudos_of_several_are_taken_back_from_all_and_the_giver_may_give_again(cebu: House) -> None:
    asked = praise.Asked("k", cebu.workspace.team_id, REX, (ANA, LEO), "stayed late for us", ())
    cebu.centre.db.write_now(praise.give, cebu.clock.now(), asked)
    came = correct(cebu, ADA, entry(cebu))
    assert came.case.state is State.DONE
    assert (balance(cebu, ANA), balance(cebu, LEO)) == ((0, 0), (0, 0))
    left = cebu.centre.db.read_now(praise.opening, cebu.clock.now(), cebu.workspace.team_id, REX).allowance.left
    assert left == 50


def test_a_correction_above_the_limit_waits_too(cebu: House) -> None:
    live(cebu, points={"two_person_limit": 50})
    award(cebu, ANA, 100)
    came = correct(cebu, ADA, entry(cebu))
    assert (came.case.state, balance(cebu, ANA)) == (State.WAITING, (100, 0))
    assert decide(cebu, REX, came).case.state is State.DONE
    assert balance(cebu, ANA) == (0, 0)


def test_minutes_have_a_limit_of_their_own(cebu: House) -> None:
    live(cebu, points={"two_person_limit": 0, "two_person_minutes": 60})
    assert bonus(cebu, ADA, ANA, 60, unit="minutes").case.state is State.DONE
    assert bonus(cebu, ADA, LEO, 1, key="2", unit="minutes").case.state is State.WAITING
    assert bonus(cebu, ADA, LEO, 1, key="3").case.state is State.WAITING


def test_where_nothing_is_told_yet_a_bonus_is_not_told_either(cebu: House) -> None:
    live(cebu, mode="shadow")
    bonus(cebu, ADA, ANA, 30)
    assert rows(cebu, "SELECT view FROM outbox WHERE view = 'adjustment_news'") == []
    assert told(cebu, ANA) == []
    assert balance(cebu, ANA) == (30, 0)


def test_an_entry_that_was_merged_is_told_by_whom_to_name_instead(cebu: House) -> None:
    ids = id_of(cebu, LEA), id_of(cebu, ANA)
    cebu.centre.db.write_now(persons.merge, cebu.clock.now(), *ids)
    asked = Bonus("merged", known(cebu, ADA), (ids[1],), "points", 5, "For the night shift.")
    with pytest.raises(FormError, match=rf"Entry {ids[1]} was merged into .+ \(id {ids[0]}\): name that one\."):
        cebu.centre.db.write_now(adjustments.bonus, cebu.clock.now(), asked)


def test_what_was_refused_or_declined_may_be_asked_again(cebu: House) -> None:
    live(cebu, points={"clawback": False})
    award(cebu, ANA, 100)
    number = entry(cebu)
    request = asked(cebu, ANA, "ceo", 80)
    assert correct(cebu, ADA, number).case.state is State.REFUSED
    take(cebu, ANA, request, RewardStep.CANCEL)
    live(cebu, points={"clawback": False, "two_person_limit": 10})
    waits = correct(cebu, ADA, number)
    assert waits.case.state is State.WAITING
    # Asked twice it is one request; declined, it may be asked with other words.
    assert correct(cebu, ADA, number).case.id == waits.case.id
    assert decide(cebu, REX, waits, Step.DECLINE).case.state is State.DECLINED
    again = correct(cebu, ADA, number, reason="It was Ben's, I have looked.")
    assert decide(cebu, REX, again).case.state is State.DONE
    assert balance(cebu, ANA) == (0, 0)


def test_whom_an_admin_made_admin_lately_is_looked_up_in_an_index(sqlite_url: str) -> None:
    for where in with_admins(sqlite_url):
        plan = rows(
            where,
            "EXPLAIN QUERY PLAN SELECT subject FROM audit WHERE deed = 'role.grant' AND after = 'admin' AND at > '2026' "
            "AND actor IN (SELECT value FROM json_each('[]'))",
        )
        assert "audit_grants" in str(plan)


def test_a_correction_that_is_refused_leaves_no_debt(cebu: House) -> None:
    award(cebu, ANA, 100)
    number = entry(cebu)
    asked(cebu, ANA, "gong", 20)
    change(cebu, f"UPDATE account SET floor = 60 WHERE owner = 'person:{id_of(cebu, ANA)}' AND unit = 'points'")
    with pytest.raises(RefusedError, match="nothing was changed"):
        correct(cebu, ADA, number)
    change(cebu, "UPDATE account SET floor = 0")
    assert rows(cebu, "SELECT COUNT(*) FROM txn WHERE kind = 'owed'") == [(0,)]
    assert balance(cebu, ANA) == (80, 20)
