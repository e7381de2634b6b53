"""The first run, through the front door: from the code in the log to the first thanks in the channel."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from bot.commands import ACTIONS, FORMS
from bot.domain.directory import SlackUser, Team
from bot.domain.facts import Profile
from bot.domain.people import Role
from bot.domain.programme import BoardChoice, SiteMode
from bot.domain.setup import ModeAsked, SiteAsked
from bot.errors import RefusedError
from bot.sandbox.interactions import Outcome
from bot.services import directory, roles, sites
from bot.services import setup as service
from bot.services.setup import Claim
from bot.store import people
from tests.encore import House, sandboxed, serving, until
from tests.services.test_at_once import together
from tests.stories.facts import call
from tests.stories.setting_up import (
    ADA,
    ANA,
    BEN,
    CHO,
    FRIDAY,
    GUEST,
    ROBOT,
    Hands,
    audited,
    code,
    names,
    opened,
    with_site,
    with_team,
    words_of,
)


@pytest.fixture
def fresh(database_url: str) -> Iterator[House]:
    with opened(database_url) as where:
        yield where


async def test_from_the_code_in_the_log_to_the_first_kudos(fresh: House, caplog: pytest.LogCaptureFixture) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        assert f"In Slack, type: /encore setup {code(fresh)}" in caplog.text
        ada = Hands(fresh, sandbox, ADA)
        answer = await ada.types(f"setup {code(fresh).lower()}")
        assert "You are the first admin of Encore here" in answer.text
        await ada.presses("Add a site", answer)
        assert await ada.fills_in(name="Cebu") == Outcome()
        assert "It posts in <#CFLOOR001> once it is live; now it is in shadow" in ada.reads()
        await ada.presses("Next: add a team")
        assert await ada.fills_in(name="Blue", leads=[ANA], members=[BEN, CHO]) == Outcome()
        assert "Blue at Cebu: 1 lead, 2 members. 3 people are new to Encore." in ada.reads()
        await ada.presses("Next: go live")
        assert await ada.fills_in(agreed=["yes"]) == Outcome()
        assert "Cebu is live from March 6, 2026 on." in ada.reads()
        said = await Hands(fresh, sandbox, BEN).types("@cho stayed late for the order", "/kudos")
        assert "Cho Cruz" in said.text
        await until(lambda: len(fresh.posts()) == 1)
    assert fresh.said()[0].startswith("Ben Cruz thanks Cho Cruz: stayed late for the order")
    assert audited(fresh, "site.live") == [
        ("person:1", "site 1", {"mode": "live", "live_from": "2026-03-06", "name": "Cebu", "channel": "CFLOOR001",
                                "said_yes": True})
    ]  # fmt: skip


async def test_a_wrong_code_is_refused_and_written_down_and_afterwards_the_right_one_is_worth_nothing(
    fresh: House,
) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ana = Hands(fresh, sandbox, ANA)
        wrong = [await ana.types(f"setup {typed}") for typed in ("ABCDEFGHIJ", code(fresh)[:9], "ÄÖ&<!channel>")]
        assert {answer.text for answer in wrong} == {
            "That is not the setup code. It is in Encore's log: each start prints it until there is an admin."
        }
        assert "Encore has no admin yet" in (await ana.types("setup")).text
        await Hands(fresh, sandbox, ADA).types(f"setup {code(fresh)}")
        late = await ana.types(f"setup {code(fresh)}")
        assert late.text == "There is an admin already, and the code is worth nothing now. Ask Ada Cruz."
        assert (await ana.types("setup")).text == "Setup is for admins. Ask Ada Cruz."
    assert admins(fresh) == ["Ada Cruz"]
    assert audited(fresh, "refused") == [
        *[(f"slack:{ANA}", "setup", "a wrong setup code")] * 3,
        (f"slack:{ANA}", "/encore setup", None),
        (f"slack:{ANA}", "setup", "the setup code, with an admin there already"),
        (f"slack:{ANA}", "/encore setup", None),
    ]
    assert audited(fresh, "setup.claim") == [(f"slack:{ADA}", "person 1", None)]


async def test_the_log_is_silent_once_there_is_an_admin(fresh: House, caplog: pytest.LogCaptureFixture) -> None:
    async with sandboxed(fresh) as sandbox:
        async with serving(fresh, sandbox):
            await Hands(fresh, sandbox, ADA).types(f"setup {code(fresh)}")
        caplog.clear()
        async with serving(fresh, sandbox):
            assert "setup" not in caplog.text


@pytest.mark.both_databases
def test_of_two_with_the_right_code_at_once_one_becomes_admin(fresh: House) -> None:
    outcomes: list[Claim] = []

    def claims(slack_id: str) -> Callable[[], None]:
        user = SlackUser(slack_id, slack_id)
        return lambda: outcomes.append(fresh.centre.db.write_now(service.claim, FRIDAY, "T1", user, right=True))

    together(*[claims(f"U{n}") for n in range(4)])
    assert Counter(outcomes) == {Claim.ADMIN: 1, Claim.TAKEN: 3}
    assert len(admins(fresh)) == 1


async def test_guests_and_people_who_left_slack_do_not_become_admin(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        said = await Hands(fresh, sandbox, GUEST).types(f"setup {code(fresh)}")
    assert said.text.startswith("You are a guest here, and Encore is for the people who work here.")
    assert admins(fresh) == []


async def test_the_first_admin_is_who_has_their_address_already(fresh: House) -> None:
    """Also where a file made them an admin: nobody in Slack could have let them in."""
    fresh.centre.bring(Profile("7", "Ada C.", email="ada@example.org", site="Cebu", role="admin"))
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        answer = await Hands(fresh, sandbox, ADA).types(f"setup {code(fresh)}")
    assert "Admins — Ada C." in answer.text
    assert names(fresh) == ["Ada C."]


async def test_admins_are_chosen_by_admins_and_one_always_stays(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        steps = await ada.types(f"setup {code(fresh)}")
        await ada.presses("Admins", steps)
        refused = await ada.fills_in(admins=[ADA, BEN, GUEST, ROBOT])
        assert refused.errors == {"admins": "guest is a guest here, and cannot be linked."}
        assert await ada.fills_in(admins=[ADA, BEN]) == Outcome()
        assert "Admins are now: Ada Cruz and Ben Cruz." in ada.reads()
        ben = Hands(fresh, sandbox, BEN)
        await ben.presses("Admins", await ben.types("setup"))
        assert await ben.fills_in(admins=[BEN]) == Outcome()
        # She still has the steps before her, and may nothing any more.
        assert await ada.presses("All steps") is not None
        assert "That is for people with the role “admin”. Ask Ben Cruz." in ada.reads()
        await ben.presses("Admins", await ben.types("setup"))
        last = await ben.fills_in(admins=[ADA])
        # Ada is made one before Ben is none any more.
        assert (last, admins(fresh)) == (Outcome(), ["Ada Cruz"])
        await ada.presses("Admins", await ada.types("setup"))
        fresh.workspace.add_person("zoe", slack_id="UZOE00001")
        assert (await ada.fills_in(admins=["UZOE00001"])).errors == {}
    assert admins(fresh) == ["zoe"]
    ben_id = fresh.centre.person("Ben Cruz")
    assert [(actor, deed) for actor, deed, _ in audited(fresh, "role.revoke")] == [
        (f"person:{ben_id}", "person 1"), (f"person:{ben_id}", f"person {ben_id}"), ("person:1", "person 1"),
    ]  # fmt: skip


def test_two_admins_who_take_it_from_each_other_leave_one(fresh: House) -> None:
    db = fresh.centre.db
    users = {slack_id: SlackUser(slack_id, slack_id) for slack_id in (ADA, BEN)}
    assert db.write_now(service.claim, FRIDAY, "T1", users[ADA], right=True) is Claim.ADMIN
    db.write_now(service.choose_admins, FRIDAY, 1, "T1", [ADA], [ADA, BEN], users)
    refused: list[str] = []

    def keeps(number: int, slack_id: str) -> Callable[[], None]:
        def choose() -> None:
            try:
                db.write_now(service.choose_admins, FRIDAY, number, "T1", [ADA, BEN], [slack_id], {})
            except RefusedError as error:
                refused.append(str(error))

        return choose

    together(keeps(1, ADA), keeps(2, BEN))
    assert (len(admins(fresh)), len(refused)) == (1, 1)


def test_whom_another_admin_added_meanwhile_stays_one(fresh: House) -> None:
    db = fresh.centre.db
    users = {slack_id: SlackUser(slack_id, slack_id) for slack_id in (ADA, BEN, CHO)}
    db.write_now(service.claim, FRIDAY, "T1", users[ADA], right=True)
    db.write_now(service.choose_admins, FRIDAY, 1, "T1", [ADA], [ADA, BEN], users)
    db.write_now(service.choose_admins, FRIDAY, 1, "T1", [ADA], [ADA, CHO], users)
    assert admins(fresh) == [ADA, BEN, CHO]


async def test_the_steps_say_what_is_done_and_can_be_brought_up_to_date(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await with_site(ada)
        await with_team(ada)
        steps = await ada.types("setup")
        states = [line.partition(". ")[0] for line in steps.text.splitlines()]
        fresh.centre.bring(call("1", "Somebody", "2026-03-05 10:00"))
        await ada.presses("Refresh", steps)
        await until(lambda: "1 row of interactions" in words_of(ada.message(steps).blocks))
        await ada.presses("How to import", steps)
        assert "desk: read just now, Mar 6, 2026, 1:00\u202fAM (UTC); 1 row of interactions" in ada.reads()
    assert states[1:7] == [
        "1 · Sites — done", "2 · People and teams — done", "3 · Link by e-mail — nothing to do", "4 · Figures — not yet",
        "5 · Shadow — on", "6 · Go live — missing",
    ]  # fmt: skip


SETUP = {name for table in (ACTIONS, FORMS) for name in table if name.startswith(("setup_", "sites_", "directory_"))}


@pytest.mark.parametrize("name", sorted(SETUP))
def test_setup_is_for_admins(name: str) -> None:
    rows = [table[name] for table in (ACTIONS, FORMS) if name in table]
    assert {(row.role, row.linked) for row in rows} == {(Role.ADMIN, True)}


@pytest.mark.parametrize("role", [None, Role.LEAD, Role.RECOVERY, Role.EXECUTIVE])
def test_every_deed_looks_itself_whether_it_is_an_admins(fresh: House, role: Role | None) -> None:
    db = fresh.centre.db
    db.write_now(service.claim, FRIDAY, "T1", SlackUser(ADA, "Ada"), right=True)
    somebody = fresh.centre.hire("Somebody")
    if role is not None:
        db.write_now(people.grant, somebody, role, None)
    site = db.write_now(sites.save, FRIDAY, 1, SiteAsked(None, "Cebu", "Asia/Manila", "", BoardChoice.OPT_OUT))
    user = SlackUser(BEN, "Ben")
    deeds: list[tuple[Callable[..., object], tuple[object, ...], dict[str, object]]] = [
        (sites.save, (SiteAsked(None, "Lisbon", "Europe/Lisbon", "", BoardChoice.OPT_OUT),), {}),
        (sites.go, (ModeAsked(site.id, SiteMode.PRIVATE, None, False),), {}),
        (directory.save_team, ("T1", Team(site.id, "Blue", (BEN,), (BEN,)), {BEN: user}), {}),
        (directory.link_page, ("T1", [("a@example.org", user)]), {}),
        (directory.link, ("T1", somebody, user), {"same": False}),
        (service.choose_admins, ("T1", [], [BEN], {BEN: user}), {}),
    ]
    for deed, given, named in deeds:
        with pytest.raises(RefusedError, match="That is for admins"):
            db.write_now(deed, FRIDAY, somebody, *given, **named)
    assert (names(fresh), admins(fresh)) == (["Ada", "Somebody"], ["Ada"])


def admins(where: House) -> list[str]:
    return where.centre.db.read_now(roles.admins, FRIDAY)
