"""There is always an admin in Slack, today and on every later day; and the setup code makes one person admin, ever."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from bot.domain.directory import SlackUser
from bot.domain.people import Role
from bot.errors import RefusedError
from bot.services import leavers, people, roles, setup
from bot.services.setup import Claim
from bot.store import people as people_store
from tests.encore import House, sandboxed, serving
from tests.stories.setting_up import ADA, ANA, BEN, FRIDAY, Hands, code, opened
from tests.stories.test_directory import settled

TODAY = date(2026, 3, 6)


@pytest.fixture
def fresh(database_url: str) -> Iterator[House]:
    with opened(database_url) as where:
        yield where


def leaves(where: House, person_id: int, *, days: int) -> None:
    day = TODAY + timedelta(days=days)
    where.centre.db.write_now(leavers.mark, FRIDAY, person_id, day, actor="story")


def unlinked(where: House, person_id: int) -> None:
    where.centre.db.write_now(people.unlink, FRIDAY, person_id, slack_id=ADA)


def revoked(where: House, person_id: int) -> None:
    where.centre.db.write_now(roles.revoke, FRIDAY, person_id, Role.ADMIN, actor="story")


def left(where: House, person_id: int) -> None:
    leaves(where, person_id, days=0)


def granted(where: House, person_id: int) -> None:
    where.centre.db.write_now(roles.grant, FRIDAY, person_id, Role.ADMIN, actor="story")


def present(where: House) -> list[str]:
    return where.centre.db.read_now(roles.admins, FRIDAY)


@pytest.mark.parametrize("deed", [left, unlinked, revoked])
def test_an_admin_whom_slack_does_not_know_is_no_other_admin(fresh: House, deed: Callable[[House, int], None]) -> None:
    ids = settled(fresh)
    granted(fresh, ids["Ben C."])
    with pytest.raises(RefusedError, match="Ada Cruz is the last admin"):
        deed(fresh, ids["Ada Cruz"])
    granted(fresh, ids["Ana Cruz"])
    deed(fresh, ids["Ada Cruz"])
    assert present(fresh) == ["Ana Cruz"]


@pytest.mark.parametrize("deed", [left, unlinked, revoked, lambda where, one: leaves(where, one, days=9)])
@pytest.mark.parametrize("days", [9, 30])
def test_who_is_to_leave_one_day_is_no_other_admin(fresh: House, deed: Callable[[House, int], None], days: int) -> None:
    ids = settled(fresh)
    granted(fresh, ids["Ana Cruz"])
    leaves(fresh, ids["Ana Cruz"], days=days)
    with pytest.raises(RefusedError, match="Ada Cruz is the last admin"):
        deed(fresh, ids["Ada Cruz"])
    # The day itself can be another one.
    leaves(fresh, ids["Ana Cruz"], days=days + 1)


def test_one_of_two_links_of_the_last_admin_can_be_taken_away(fresh: House) -> None:
    ids = settled(fresh)
    fresh.centre.db.write_now(people.link, FRIDAY, ids["Ada Cruz"], slack_id=BEN, workspace_id=fresh.workspace.team_id)
    unlinked(fresh, ids["Ada Cruz"])
    assert present(fresh) == ["Ada Cruz"]


async def test_the_code_is_worth_nothing_once_somebody_was_admin_by_it(
    fresh: House, caplog: pytest.LogCaptureFixture
) -> None:
    async with sandboxed(fresh) as sandbox:
        async with serving(fresh, sandbox):
            await Hands(fresh, sandbox, ADA).types(f"setup {code(fresh)}")
        # Nothing of ours does that: somebody was in the database by hand.
        fresh.centre.db.write_now(people_store.unlink_slack, fresh.centre.person("Ada Cruz"), ADA, None)
        caplog.clear()
        async with serving(fresh, sandbox):
            late = await Hands(fresh, sandbox, ANA).types(f"setup {code(fresh)}")
    assert code(fresh) not in caplog.text
    assert late.text == (
        "There was an admin before, and the code is worth nothing now. Ask whoever installed Encore here."
    )
    assert present(fresh) == []


def test_who_became_admin_and_never_learned_it_is_told_so(fresh: House) -> None:
    """The database did it, and its answer was lost: the deed is tried again."""
    claims = [
        fresh.centre.db.write_now(setup.claim, FRIDAY, fresh.workspace.team_id, SlackUser(who, who), right=right)
        for who, right in ((ADA, True), (ADA, True), (ADA, False), (ANA, True))
    ]
    assert claims == [Claim.ADMIN, Claim.ADMIN, Claim.TAKEN, Claim.TAKEN]
