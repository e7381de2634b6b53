"""Who may do what with a request for a reward, at the moment of the step; and who is asked to decide."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.domain.rewards import NEXT, Approver, State, Step
from bot.errors import RefusedError
from bot.services import rewards
from tests.encore import House
from tests.stories.rewarding import (
    ADA,
    ANA,
    CATALOGUE,
    LEA,
    LEO,
    NAMES,
    REX,
    STRANGER,
    ask,
    asked,
    award,
    balance,
    change,
    floor,
    open_floor,
    rows,
    states,
    take,
)  # fmt: skip


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from floor(database_url)


@pytest.mark.parametrize(
    ("step", "may"),
    [
        (Step.APPROVE, {LEA, LEO, ADA}),
        (Step.DECLINE, {LEA, LEO, ADA}),
        (Step.CANCEL, {ANA}),
        (Step.DONE, {LEA, LEO, ADA}),
        (Step.GIVE_BACK, {LEA, LEO, ADA}),
    ],
)
def test_who_may_do_what(cebu: House, step: Step, may: set[str]) -> None:
    award(cebu, ANA, 300)
    for who in (ANA, LEA, LEO, REX, ADA):
        number = asked(cebu, ANA, "lunch", 50, key=who)
        if (State.ASKED, step) not in NEXT:
            take(cebu, LEA, number, Step.APPROVE)
        before = states(cebu)
        came = take(cebu, who, number, step)
        assert (came.taken, came.case is not None) == (who in may, who in may)
        assert (states(cebu) == before) == (who not in may)
        with pytest.raises(RefusedError, match="Ask"):
            take(cebu, STRANGER, number, step)
    # Who was refused is written down.
    refused = {(f"person:{cebu.centre.person(NAMES[who])}", f"reward_{step}") for who in NAMES if who not in may}
    assert set(rows(cebu, "SELECT actor, subject FROM audit WHERE deed = 'refused'")) == refused


@pytest.mark.parametrize("who", [LEA, REX, ADA])
def test_what_an_admin_decides_no_lead_does(cebu: House, who: str) -> None:
    award(cebu, ANA, 100)
    assert CATALOGUE[3]["approver"] == Approver.ADMIN
    assert take(cebu, who, asked(cebu, ANA, "ceo", 80), Step.APPROVE).taken == (who == ADA)


def test_a_right_counts_at_the_moment_of_the_step(cebu: House) -> None:
    award(cebu, ANA, 100)
    number = asked(cebu, ANA, "lunch", 50)
    change(cebu, f"DELETE FROM role_grant WHERE person_id = {cebu.centre.person('Agent 2')}")
    assert take(cebu, LEA, number, Step.APPROVE).case is None
    # Whoever leads the team that Ana is in now decides, wherever she was when she asked.
    red = rows(cebu, "SELECT team_id FROM role_grant WHERE person_id = " + str(cebu.centre.person("Agent 4")))[0][0]
    change(cebu, f"UPDATE membership SET team_id = {red} WHERE person_id = {cebu.centre.person('Agent 1')}")
    assert take(cebu, LEO, number, Step.APPROVE).case is None
    assert take(cebu, REX, number, Step.APPROVE).taken


async def test_a_lead_asks_and_never_decides_for_oneself(cebu: House) -> None:
    """Leo decides for Lea; without him the admins; where she is the only admin it waits, and says so."""
    for slack_id in (LEA, ADA):
        award(cebu, slack_id, 300)
    bid = ask(cebu, LEA, "lunch", 50, key="1")
    assert bid.deciders == ["Agent 3"]
    assert bid.case is not None
    assert take(cebu, LEA, bid.case.id, Step.APPROVE).case is None
    change(cebu, f"DELETE FROM role_grant WHERE person_id = {cebu.centre.person('Agent 3')}")
    assert ask(cebu, LEA, "lunch", 50, key="2").deciders == ["Agent 5"]

    async with open_floor(cebu) as at:
        shelf = await at.redeem(ADA)
        said = await at.ask(ADA, shelf, "lunch")
        assert "There is nobody yet who could decide it, so it waits until there is, or until you cancel it." in said
        assert take(cebu, ADA, 3, Step.APPROVE).case is None
        # As soon as there is another admin, it waits for them.
        change(cebu, f"INSERT INTO role_grant (person_id, role) VALUES ({cebu.centre.person('Agent 4')}, 'admin')")
        waiting = await at.redeem(REX, "requests")
        await at.shows(waiting, "Agent 5, “Two-hour lunch”, 50 points: waits for your decision.")
        await at.press(REX, waiting, "reward_approve:3")
        await at.shows(waiting, "Agent 4 approved “Two-hour lunch” for Agent 5 (50 points).")
    assert states(cebu) == ["asked", "asked", "approved"]


async def test_whoever_has_left_gets_nothing_and_what_was_asked_for_still_ends(cebu: House) -> None:
    award(cebu, ANA, 200)
    first, second = (asked(cebu, ANA, "lunch", 50, key=f"k{n}") for n in range(2))
    take(cebu, LEA, second, Step.APPROVE)
    change(cebu, f"UPDATE person SET left_on = '2026-03-06' WHERE id = {cebu.centre.person('Agent 1')}")
    async with open_floor(cebu) as at:
        assert "You have left" in (await at.redeem(ANA)).text
    with pytest.raises(RefusedError, match="You have left"):
        ask(cebu, ANA, "lunch", 50, key="late")
    with pytest.raises(RefusedError, match="Whoever asked for this has left"):
        take(cebu, LEA, first, Step.APPROVE)
    assert take(cebu, LEA, first, Step.DECLINE).taken
    assert take(cebu, LEA, second, Step.DONE).taken
    assert (balance(cebu, ANA), states(cebu)) == ((150, 0), ["declined", "done"])


def test_a_lead_who_has_left_or_is_not_in_slack_is_not_asked(cebu: House) -> None:
    award(cebu, ANA, 200)
    change(cebu, f"UPDATE person SET left_on = '2026-03-01' WHERE id = {cebu.centre.person('Agent 2')}")
    assert ask(cebu, ANA, "lunch", 50, key="1").deciders == ["Agent 3"]
    change(cebu, f"DELETE FROM slack_identity WHERE person_id = {cebu.centre.person('Agent 3')}")
    assert ask(cebu, ANA, "lunch", 50, key="2").deciders == ["Agent 5"]


GONG = CATALOGUE[1]


async def test_what_needs_no_approval_can_be_cancelled_until_it_is_handed_over(cebu: House) -> None:
    """There may be nobody who could hand it over: the points are not held for ever."""
    award(cebu, ANA, 60)
    assert GONG["needs_approval"] is False
    async with open_floor(cebu) as at:
        asked(cebu, ANA, GONG["key"], GONG["price"])
        shelf = await at.redeem(ANA)
        await at.press(ANA, shelf, "reward_cancel:1")
        await at.shows(shelf, "You cancelled “The gong”. Your 20 points are back.")
    assert (balance(cebu, ANA), states(cebu)) == ((60, 0), ["cancelled"])


def test_what_somebody_approved_is_not_cancelled(cebu: House) -> None:
    award(cebu, ANA, 60)
    number = asked(cebu, ANA, "lunch", 50)
    take(cebu, LEA, number, Step.APPROVE)
    assert not take(cebu, ANA, number, Step.CANCEL).taken
    assert (balance(cebu, ANA), states(cebu)) == ((10, 50), ["approved"])


def test_each_step_is_audited_without_words(cebu: House) -> None:
    award(cebu, ANA, 60)
    number = asked(cebu, ANA, "lunch", 50, key="k")
    take(cebu, LEA, number, Step.APPROVE)
    for _ in range(2):
        take(cebu, LEO, number, Step.GIVE_BACK, "Nobody is there to cover.")
    lea, leo = (f"person:{cebu.centre.person(NAMES[slack_id])}" for slack_id in (LEA, LEO))
    assert rows(
        cebu, "SELECT actor, deed, subject, before, after FROM audit WHERE deed LIKE 'reward.%' ORDER BY id"
    ) == [
        (lea, "reward.approve", "k", "asked", "approved"),
        (leo, "reward.give_back", "k", "approved", "given_back"),
    ]


def test_admins_see_what_waits_for_a_lead_for_more_than_three_days(cebu: House) -> None:
    award(cebu, ANA, 60)
    asked(cebu, ANA, "lunch", 50)

    def waits(slack_id: str, days: int) -> int:
        at = cebu.clock.now() + timedelta(days=days)
        return len(cebu.centre.db.read_now(rewards.requests, at, cebu.workspace.team_id, slack_id).to_decide)

    assert [waits(ADA, days) for days in (0, 2, 4)] == [0, 0, 1]
    assert [waits(slack_id, 4) for slack_id in (LEA, REX)] == [1, 0]
