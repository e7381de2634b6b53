"""In Slack nobody says who an admin is: one admin with two accounts would decide alone what takes two."""

from collections.abc import Iterator, Mapping

import pytest

from bot.domain.directory import SlackUser, Team
from bot.domain.people import Role
from bot.errors import FormError
from bot.services import directory, handing_on, setup
from bot.services.setup import Claim
from bot.store import people
from tests.encore import House
from tests.stories.pointing import id_of, with_admins
from tests.stories.rewarding import ADA, NAMES, REX, STRANGER, change, open_floor, rows
from tests.stories.setting_up import Hands

ADDRESS = "five@example.org"
MINE: Mapping[str, SlackUser] = {STRANGER: SlackUser(STRANGER, "Stranger", ADDRESS)}
WHY = "Agent 5 is an admin. `encore people link` links them, on the server."


@pytest.fixture
def cebu(sqlite_url: str) -> Iterator[House]:
    """Slack does not know Ada any more, who is an admin; her address is the stranger's, as Slack tells it."""
    for where in with_admins(sqlite_url):
        where.centre.db.write_now(handing_on.unlink, where.clock.now(), id_of(where, ADA), slack_id=ADA)
        where.centre.db.write_now(people.add_email, id_of(where, ADA), ADDRESS)
        where.workspace.change_person(STRANGER, email=ADDRESS)
        yield where


def links(where: House) -> list[tuple[str]]:
    return rows(where, f"SELECT slack_id FROM slack_identity WHERE person_id = {id_of(where, ADA)}")


async def test_another_admin_links_no_account_to_an_admin_by_any_form(cebu: House) -> None:
    async with open_floor(cebu) as at:
        rex = Hands(cebu, at.sandbox, REX)
        await rex.presses("Link people", await rex.types("setup"))
        await rex.fills_in()
        assert "0 people were linked just now" in rex.reads()
        await rex.presses("Link by hand")
        assert (await rex.fills_in(person=str(id_of(cebu, ADA)), slack=STRANGER)).errors == {"person": WHY}
        await at.close(REX)
        await rex.presses("Add a team", await rex.types("setup"))
        team = {"name": "Green", "leads": [REX], "members": [STRANGER]}
        assert (await rex.fills_in(**team)).errors == {"members": WHY}
    team_id, me = cebu.workspace.team_id, id_of(cebu, REX)
    with pytest.raises(FormError) as refused:
        cebu.centre.db.write_now(
            setup.choose_admins, cebu.clock.now(), me, team_id, [REX], [REX, STRANGER], MINE
        )  # fmt: skip
    assert refused.value.fields == {"admins": WHY}
    assert links(cebu) == []
    # Whoever is no admin is linked by it as before.
    change(cebu, f"DELETE FROM role_grant WHERE person_id = {id_of(cebu, ADA)}")
    wanted = Team(1, "Green", (REX,), (STRANGER,))
    cebu.centre.db.write_now(directory.save_team, cebu.clock.now(), me, team_id, wanted, MINE)
    assert links(cebu) == [(STRANGER,)]


def test_the_code_from_the_server_says_who_the_first_admin_is(cebu: House) -> None:
    change(cebu, f"DELETE FROM role_grant WHERE role = 'admin' AND person_id <> {id_of(cebu, ADA)}")
    claimed = cebu.centre.db.write_now(
        setup.claim, cebu.clock.now(), cebu.workspace.team_id, MINE[STRANGER], right=True
    )  # fmt: skip
    assert (claimed, links(cebu)) == (Claim.ADMIN, [(STRANGER,)])
    assert cebu.centre.db.read_now(people.list_with_role, Role.ADMIN) == [cebu.centre.person(NAMES[ADA])]
