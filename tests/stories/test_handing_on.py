"""A lead who is none any more, and an account that is linked to the wrong person: undone in Slack, and nothing is left over."""

from collections.abc import Iterator

import pytest

from bot.domain.directory import LeadRemoved
from bot.domain.ledger import person
from bot.domain.people import Role
from bot.domain.points import Asked
from bot.domain.rewards import Step
from bot.errors import FormError
from bot.sandbox.interactions import Outcome
from bot.services import directory, handing_on
from bot.store import ledger, people
from tests.encore import House, until
from tests.stories.pointing import entry, id_of, known, message_to, with_admins
from tests.stories.rewarding import (
    ADA,
    ANA,
    LEA,
    LEO,
    Floor,
    asked,
    award,
    balance,
    direct,
    open_floor,
    rows,
    states,
    take,
    told,
    words,
)
from tests.stories.setting_up import Hands
from tests.stories.test_disputes import ask

UNKNOWN = "I do not know you yet. Ask Agent 4 or Agent 5 to link you to Encore."


@pytest.fixture
def cebu(sqlite_url: str) -> Iterator[House]:
    yield from with_admins(sqlite_url)


async def removes(at: Floor, lead: str) -> tuple[Hands, Outcome]:
    """Let Ada remove a lead, and return her hands with what became of the form."""
    ada = Hands(at.where, at.sandbox, ADA)
    await ada.presses("Add a team", await ada.types("setup"))
    await ada.presses("Remove a lead…")
    return ada, await ada.fills_in(lead=lead)


async def test_what_waits_for_a_lead_who_is_removed_goes_to_the_others_and_then_to_the_admins(cebu: House) -> None:
    award(cebu, ANA, 100)
    number = asked(cebu, ANA, "lunch", 50)
    ask(cebu, entry(cebu))
    async with open_floor(cebu) as at:
        before = await message_to(cebu, LEA, "asks for “Two-hour lunch”")
        ada, _ = await removes(at, LEA)
        assert "Agent 2 does not lead Blue any more. Open requests went to others." in ada.reads()
        await at.press(LEA, before, "reward_approve")
        assert states(cebu) == ["asked"]
        # One lead is left, and has been asked already.
        assert [m for m in told(cebu, ADA) if "asks" in m] == []
        await at.close(ADA)
        await removes(at, LEO)
        await at.close(ADA)
        for text in ("Agent 1 asks for “Two-hour lunch”", "asks about an entry of their points"):
            assert (await message_to(cebu, ADA, text)).blocks
        _, again = await removes(at, LEO)
        assert again.errors == {"lead": "They lead no team, as far as Encore knows."}
    assert take(cebu, ADA, number, Step.APPROVE).taken
    assert rows(cebu, "SELECT status FROM dispute") == [(Asked.ADMINS.value,)]
    assert (
        rows(cebu, "SELECT actor, after FROM audit WHERE deed = 'role.revoke' ORDER BY id")
        == [(person(id_of(cebu, ADA)), "lead of team 1")] * 2
    )


def test_who_leads_several_teams_is_asked_which_one(cebu: House) -> None:
    def remove(team: str) -> LeadRemoved:
        return cebu.centre.db.write_now(
            directory.remove_lead, cebu.clock.now(), id_of(cebu, ADA), cebu.workspace.team_id, LEA, team, key=f"k{team}"
        )

    red = rows(cebu, "SELECT id FROM team WHERE name = 'Red'")[0][0]
    cebu.centre.db.write_now(people.grant, id_of(cebu, LEA), Role.LEAD, red)
    with pytest.raises(FormError, match="They lead Cebu/Blue, Cebu/Red"):
        remove("")
    assert remove("cebu/red") == LeadRemoved("Agent 2", "Red")
    assert known(cebu, LEA).leads == frozenset([1])


async def test_an_account_that_is_linked_to_the_wrong_person_reads_nothing_of_them_any_more(cebu: House) -> None:
    award(cebu, ANA, 100)
    address = "ana@example.org"
    cebu.centre.db.write_now(people.add_email, id_of(cebu, ANA), address)
    cebu.workspace.change_person(ANA, email=address)
    async with open_floor(cebu) as at:
        shelf = await at.redeem(ANA)
        await at.press(ANA, shelf, "reward_ask:lunch")
        await until(lambda: cebu.workspace.modals.top(ANA) is not None)
        ada = Hands(cebu, at.sandbox, ADA)
        await ada.presses("Link people", await ada.types("setup"))
        await ada.presses("Undo a wrong link…")
        for text in (
            "their figures, points and coaching, and the kudos and points that came while",
            "What Encore wrote to it before",
        ):
            assert text in ada.reads()
        refused = await ada.fills_in(slack=ADA)
        assert "Agent 5 is an admin. `encore people unlink` does it" in str(refused.errors)
        assert (await ada.fills_in(slack=ANA)).errors == {}
        assert "is not Agent 1 in Encore any more, and reads nothing of theirs." in ada.reads()
        assert UNKNOWN in words(cebu.workspace.home_views[ANA]["blocks"])
        # Its open form, its old buttons and its commands all say the same.
        await at.fill_in(ANA)
        assert UNKNOWN in at.page(ANA)
        await at.close(ANA)
        await at.press(ANA, shelf, "reward_ask:mug")
        assert cebu.workspace.modals.top(ANA) is None
        for command, typed in (("/redeem", ""), ("/mystats", ""), ("/coach", "mine"), ("/encore", "points")):
            assert UNKNOWN in (await at.type(ANA, command, typed)).text
        # By its address it is not linked again.
        assert rows(cebu, "SELECT COUNT(*) FROM alias") == [(0,)]
    assert states(cebu) == []
    assert balance(cebu, ANA) == (100, 0)
    audited = rows(cebu, "SELECT actor, subject FROM audit WHERE deed IN ('people.unlink', 'people.remove_email')")
    assert audited == [(person(id_of(cebu, ADA)), f"person {id_of(cebu, ANA)}")] * 2


def test_what_waits_for_a_lead_whom_slack_does_not_know_any_more_goes_to_the_others(cebu: House) -> None:
    award(cebu, ANA, 100)
    asked(cebu, ANA, "lunch", 50)
    for slack_id in (LEA, LEO):
        cebu.centre.db.write_now(handing_on.unlink, cebu.clock.now(), id_of(cebu, slack_id), slack_id=slack_id)
    assert [row[0] for row in rows(cebu, "SELECT sent_to FROM redemption")] == [
        str(sorted(id_of(cebu, slack_id) for slack_id in ("UREX", ADA)))
    ]
    assert cebu.centre.db.read_now(ledger.balances, person(id_of(cebu, ANA)))["held"] == 50
    assert direct(cebu, ADA) == []
