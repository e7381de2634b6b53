"""People of a Slack workspace become people of Encore: in a team, by their address, or by hand; nobody twice."""

from collections.abc import Iterator

import pytest

from bot.commands import workspace as asking
from bot.domain.directory import SlackUser, Team
from bot.domain.facts import Profile
from bot.domain.people import Role, Who
from bot.errors import FormError
from bot.sandbox.interactions import Outcome
from bot.services import directory, people, setup, who
from bot.store import people as people_store
from bot.store import staff
from tests.encore import House, sandboxed, serving, until
from tests.stories.facts import call
from tests.stories.setting_up import (
    ADA,
    ANA,
    BEN,
    CHO,
    FRIDAY,
    GONE,
    GUEST,
    ROBOT,
    Hands,
    audited,
    code,
    names,
    opened,
    with_site,
    with_team,
)


@pytest.fixture
def fresh(database_url: str) -> Iterator[House]:
    with opened(database_url) as where:
        yield where


def found(where: House, slack_id: str) -> Who:
    known = where.centre.db.read_now(who.find, FRIDAY, where.workspace.team_id, slack_id)
    assert known is not None
    return known


async def add_team(ada: Hands) -> None:
    await ada.presses("Add a team", await ada.types("setup"))


async def test_a_lead_with_ten_agents_starts_with_one_form(fresh: House) -> None:
    ten = [f"UAGENT{n:03}" for n in range(10)]
    for n, slack_id in enumerate(ten):
        fresh.workspace.add_person(f"agent{n}", slack_id=slack_id, real_name=f"Agent {n}", email=f"a{n}@example.org")
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await with_site(ada)
        await with_team(ada, *ten, lead=ANA, name="  The   Blues ")
        assert "The Blues at Cebu: 1 lead, 10 members. 11 people are new to Encore." in ada.reads()
    lead, agent = found(fresh, ANA), found(fresh, ten[3])
    assert (set(lead.roles), set(lead.leads)) == ({Role.LEAD}, {agent.team_id})
    assert (lead.team, lead.zone) == ("The Blues", "Asia/Manila")
    assert (agent.name, agent.site, agent.team, agent.roles) == ("Agent 3", "Cebu", "The Blues", frozenset())
    assert len(audited(fresh, "team.save")) == 1


@pytest.mark.parametrize(("slack_id", "why"), [(GUEST, "guest is a guest here"), (ROBOT, "robot is a bot")])
@pytest.mark.parametrize("field", ["leads", "members"])
async def test_who_cannot_be_in_a_team_is_named_beside_the_field(
    fresh: House, slack_id: str, why: str, field: str
) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await with_site(ada)
        await ada.presses("Next: add a team")
        typed = {"leads": [ANA], "members": [BEN]}
        typed[field].append(slack_id)
        refused = await ada.fills_in(name="Blue", **typed)
        assert refused.errors == {field: f"{why}, and cannot be linked."}
        assert names(fresh) == ["Ada Cruz"]
        typed[field].remove(slack_id)
        assert await ada.fills_in(name="Blue", **typed) == Outcome()


async def test_what_slack_says_of_an_account_decides(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox) as encore:
        one_by_one = await asking.users_of(encore.ctx, [ADA, GUEST, ROBOT, GONE, "USLACKBOT", "UNOBODY01"])
        everybody = {user.slack_id: user for user in await asking.everybody(encore.ctx)}
    assert {slack_id: user.account.value for slack_id, user in one_by_one.items()} == {
        ADA: "person", GUEST: "guest", ROBOT: "bot", GONE: "closed", "USLACKBOT": "bot", "UNOBODY01": "unknown",
    }  # fmt: skip
    assert all(everybody[slack_id] == user for slack_id, user in one_by_one.items() if slack_id in everybody)
    assert (one_by_one[ADA].name, one_by_one[ADA].email) == ("Ada Cruz", "ada@example.org")


async def test_who_came_in_with_a_file_is_found_by_the_address_and_never_made_twice(fresh: House) -> None:
    fresh.centre.bring(
        Profile("1", "Ana C.", email="Ana@Example.org", site="Cebu"), Profile("2", "Ben C.", email="ben@example.org")
    )
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await ada.types(f"setup {code(fresh)}")
        await add_team(ada)
        assert await ada.fills_in(name="Blue", leads=[ANA], members=[ANA, BEN, CHO]) == Outcome()
        assert "1 person is new to Encore." in ada.reads()
        # The same again is the same.
        await add_team(ada)
        assert await ada.fills_in(name="BLUE", leads=[ANA], members=[ANA, BEN, CHO]) == Outcome()
        assert "0 people are new to Encore." in ada.reads()
    assert names(fresh) == ["Ada Cruz", "Ana C.", "Ben C.", "Cho Cruz"]
    assert {found(fresh, slack_id).team for slack_id in (ANA, BEN, CHO)} == {"Blue"}


async def test_somebody_moves_to_another_team_today_and_a_lead_of_two_stays_with_the_first(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await with_site(ada)
        await with_team(ada, BEN, CHO, lead=ANA, name="Blue")
        await add_team(ada)
        assert await ada.fills_in(name="Red", leads=[ANA], members=[CHO]) == Outcome()
    assert (found(fresh, ANA).team, len(found(fresh, ANA).leads)) == ("Blue", 2)
    assert (found(fresh, BEN).team, found(fresh, CHO).team) == ("Blue", "Red")


async def test_an_address_of_somebody_who_is_linked_already_is_nobody_elses(fresh: House) -> None:
    fresh.workspace.add_person("ana2", slack_id="UANA00002", real_name="Ana Two", email="ana@example.org")
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await with_site(ada)
        await with_team(ada, ANA, BEN, lead=BEN)
        await add_team(ada)
        refused = await ada.fills_in(name="Red", leads=[BEN], members=["UANA00002"])
    assert refused.errors == {
        "members": "Ana Two has the e-mail address of Ana Cruz, whom Slack knows as somebody else."
    }


async def test_where_slack_is_asked_too_often_it_is_asked_again(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await with_site(ada)
        sandbox.faults.next("users.info", "ratelimited", 2, seconds=3)
        await with_team(ada)
        assert "Working on it." in ada.reads()
        await until(lambda: "3 people are new to Encore." in ada.reads())
    assert len(names(fresh)) == 4


async def test_everybody_with_a_known_address_is_linked_and_who_is_left_is_named(fresh: House) -> None:
    for n in range(2 * asking.PAGE):
        fresh.workspace.add_person(f"elsewhere{n}", email=f"{n:03}@example.org")
    known = [Profile(str(n), f"Agent {n:02}", email=f"a{n}@example.org", site="Cebu") for n in range(70)]
    others = [
        Profile(f"x{slack_id}", slack_id, email=f"{slack_id}@example.org") for slack_id in ("guest", "gone", "robot")
    ]
    fresh.centre.bring(*known, *others, Profile("shared", "Shared", email="both@example.org"))
    for n in range(12):
        fresh.workspace.add_person(f"a{n}", slack_id=f"UA{n:07}", email=f"A{n}@example.org")
    for n in range(2):
        fresh.workspace.add_person(f"both{n}", slack_id=f"UBOTH000{n}", email="both@example.org")
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await ada.types(f"setup {code(fresh)}")
        sandbox.faults.next("users.list", "ratelimited", 1, seconds=1)
        await ada.presses("Link people", await ada.types("setup"))
        assert "1 of 75 people are linked to Slack." in ada.reads()
        await ada.fills_in()
        await until(lambda: "Slack has" in ada.reads())
        told = ada.reads()
        # A second time there is nothing left to link.
        await ada.presses("Link people", await ada.types("setup"))
        await ada.fills_in()
        await until(lambda: "0 people were linked just now" in ada.reads())
    assert "Slack has 423 accounts. 12 people were linked just now." in told
    assert "1 address is shared by two accounts, and left alone." in told
    assert "13 of 75 people are linked." in told
    assert "Agent 12 (Cebu)" in told
    assert "and 12 more" in told
    assert [who_is(fresh, slack_id) for slack_id in ("UA0000003", GUEST, GONE, ROBOT, "UBOTH0000")] == [
        "Agent 03", None, None, None, None,
    ]  # fmt: skip
    assert [(actor, subject) for actor, subject, _ in audited(fresh, "people.link_by_email")] == [
        (f"person:{fresh.centre.person('Ada Cruz')}", "12 people")
    ]


async def test_without_the_scope_for_addresses_the_page_says_so(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        for person in fresh.workspace.people.values():
            person.email = None
        ada = Hands(fresh, sandbox, ADA)
        await ada.presses("Link people", await ada.types(f"setup {code(fresh)}"))
        await ada.fills_in()
    assert "users:read.email" in ada.reads()


async def test_by_hand_two_entries_become_one_with_their_figures_only_where_one_says_so(fresh: House) -> None:
    fresh.centre.bring(*(call(str(n), "Ben Cruz", f"2026-03-05 10:{n:02}") for n in range(30)))
    fresh.centre.bring(call("x", "Cho C.", "2026-03-05 10:00"))
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await ada.types(f"setup {code(fresh)}")
        await add_team(ada)
        await ada.fills_in(name="Blue", leads=[ANA], members=[BEN])
        assert "somebody else of this name, too: Ben Cruz" in ada.reads()
        figures = fresh.centre.db.read_now(lambda s: [p for p in staff.list_people(s) if not p.slack_ids])
        ben, cho = sorted(figures, key=lambda p: p.name)
        await ada.presses("Link by hand")
        refused = await ada.fills_in(person=str(ben.id), slack=BEN)
        assert "This is Ben Cruz in Slack already." in refused.errors["slack"]
        assert await ada.fills_in(person=str(ben.id), slack=BEN, same=["same"]) == Outcome()
        assert "Ben Cruz is linked." in ada.reads()
        await ada.presses("Link another")
        assert (await ada.fills_in(person=str(cho.id), slack=GUEST)).errors["slack"].startswith("guest is a guest")
        assert await ada.fills_in(person=str(cho.id), slack=CHO) == Outcome()
    assert names(fresh) == ["Ada Cruz", "Ana Cruz", "Ben Cruz", "Cho C."]
    assert who_is(fresh, CHO) == "Cho C."
    assert fresh.centre.days("Ben Cruz", "volume") == {"2026-03-05": 30}
    fresh.centre.check()


def who_is(where: House, slack_id: str) -> str | None:
    known = where.centre.db.read_now(who.find, FRIDAY, where.workspace.team_id, slack_id)
    return None if known is None else known.name


def by_hand(where: House, slack_id: str, person_id: int, *, same: bool) -> None:
    user = SlackUser(slack_id, slack_id)
    admin = where.centre.person("Ada Cruz")
    where.centre.db.write_now(
        directory.link, FRIDAY, admin, where.workspace.team_id, person_id, user, same=same
    )  # fmt: skip


def settled(where: House) -> dict[str, int]:
    """Let Ada be the admin and Ana somebody whom Slack knows; Ben came in with a file."""
    team = where.workspace.team_id
    where.centre.bring(*(Profile(name, name, site="Cebu") for name in ("Ada Cruz", "Ana Cruz", "Ben C.")))
    ids = {name: where.centre.person(name) for name in ("Ada Cruz", "Ana Cruz", "Ben C.")}
    for name, slack_id in (("Ada Cruz", ADA), ("Ana Cruz", ANA)):
        where.centre.db.write_now(people.link, FRIDAY, ids[name], slack_id=slack_id, workspace_id=team)
    where.centre.db.write_now(people_store.grant, ids["Ada Cruz"], Role.ADMIN, None)
    return ids


def test_a_form_that_stood_open_while_somebody_was_linked_is_refused(fresh: House) -> None:
    ids = settled(fresh)
    by_hand(fresh, BEN, ids["Ben C."], same=False)
    for slack_id, same in ((CHO, False), (ANA, True)):
        with pytest.raises(FormError) as refused:
            by_hand(fresh, slack_id, ids["Ben C."], same=same)
        assert refused.value.fields == {"person": "Ben C. is linked meanwhile; open this anew."}
    assert [who_is(fresh, slack_id) for slack_id in (BEN, CHO, ANA)] == ["Ben C.", None, "Ana Cruz"]


def test_from_slack_nobody_takes_over_an_admin_or_somebody_whom_slack_knows(fresh: House) -> None:
    ids = settled(fresh)
    with pytest.raises(FormError) as refused:
        by_hand(fresh, ADA, ids["Ben C."], same=True)
    assert "one of them is an admin's" in refused.value.fields["slack"]
    # Another workspace knows Ben: this one's page shows him as not linked.
    fresh.centre.db.write_now(people.link, FRIDAY, ids["Ben C."], slack_id="UELSEWHERE", workspace_id="TELSEWHERE")
    with pytest.raises(FormError) as refused:
        by_hand(fresh, ANA, ids["Ben C."], same=True)
    assert "Slack knows both" in refused.value.fields["slack"]
    assert names(fresh) == ["Ada Cruz", "Ana Cruz", "Ben C."]


def test_nobody_comes_in_whom_slack_was_not_asked_about(fresh: House) -> None:
    """They were linked when the form was read, and no more when it was kept."""
    ids = settled(fresh)
    site = fresh.centre.db.read_now(people.find_site, "Cebu").id
    asked = Team(site, "Blue", (ANA,), (BEN,))
    team = fresh.workspace.team_id
    with pytest.raises(FormError) as refused:
        fresh.centre.db.write_now(directory.save_team, FRIDAY, ids["Ada Cruz"], team, asked, {})
    assert "Send this again" in refused.value.fields["members"]
    with pytest.raises(FormError) as refused:
        fresh.centre.db.write_now(setup.choose_admins, FRIDAY, ids["Ada Cruz"], team, [ADA], [ADA, BEN], {})
    assert "Send this again" in refused.value.fields["admins"]
    assert names(fresh) == ["Ada Cruz", "Ana Cruz", "Ben C."]
