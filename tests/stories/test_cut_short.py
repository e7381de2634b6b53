"""Whoever links or merges people may be killed right after it was decided: the figures follow all the same."""

from collections.abc import Callable, Iterator

import pytest

from bot.domain.directory import SlackUser
from bot.services import directory, people
from bot.store import attribution
from bot.store.people import Known
from tests.encore import House, sandboxed, serving, until
from tests.stories.facts import SOURCE, call
from tests.stories.setting_up import BEN, FRIDAY, opened
from tests.stories.test_directory import settled

CALLS = 230


@pytest.fixture
def fresh(database_url: str) -> Iterator[House]:
    with opened(database_url) as where:
        yield where


def by_hand(where: House, ids: dict[str, int]) -> list[Known]:
    """Say in Slack that Ben, whom it knows already, is the one who came in with the file."""
    db, team = where.centre.db, where.workspace.team_id
    known = where.centre.hire("Ben Known", site="Cebu")
    db.write_now(people.link, FRIDAY, known, slack_id=BEN, workspace_id=team)
    user = SlackUser(BEN, BEN)
    return db.write_now(directory.link, FRIDAY, ids["Ada Cruz"], team, ids["Ben C."], user, same=True)


def by_command(where: House, ids: dict[str, int]) -> list[Known]:
    """Merge two entries at the command line."""
    known = where.centre.hire("Ben Known", site="Cebu")
    return where.centre.db.write_now(people.merge, FRIDAY, known, ids["Ben C."])


@pytest.mark.parametrize("merge", [by_hand, by_command])
async def test_a_merging_that_was_cut_short_goes_on_by_itself(
    fresh: House, merge: Callable[[House, dict[str, int]], list[Known]]
) -> None:
    ids = settled(fresh)
    fresh.centre.bring(*(call(str(n), "Ben C.", f"2026-03-05 1{n % 6}:{n // 6:02}") for n in range(CALLS)))
    assert merge(fresh, ids)
    assert fresh.centre.days("Ben Known", "volume") == {}
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        await until(lambda: fresh.centre.days("Ben Known", "volume") == {"2026-03-05": CALLS})
        await until(lambda: fresh.centre.db.read_now(attribution.list_waiting, 10) == [])
    fresh.centre.check()


async def test_a_name_of_a_source_that_was_linked_and_cut_short_too(fresh: House) -> None:
    ids = settled(fresh)
    fresh.centre.bring(*(call(str(n), "b.c", f"2026-03-05 10:{n:02}") for n in range(30)), site=None)
    known = fresh.centre.db.write_now(people.link, FRIDAY, ids["Ben C."], identity=(SOURCE, "b.c"))
    fresh.centre.db.write_now(people.attribute_page, FRIDAY, known[0], 7)
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        await until(lambda: fresh.centre.days("Ben C.", "volume") == {"2026-03-05": 30})
    fresh.centre.check()


def test_who_was_merged_into_somebody_else_meanwhile_gets_nothing_any_more(fresh: House) -> None:
    """The first merging is still giving facts to one who has become somebody else by a second."""
    settled(fresh)
    fresh.centre.bring(*(call(str(n), "Ben C.", f"2026-03-05 10:{n:02}") for n in range(5)))
    second, third = (fresh.centre.hire(name, site="Cebu") for name in ("Ben Two", "Ben Three"))
    stale = fresh.centre.db.write_now(people.merge, FRIDAY, second, fresh.centre.person("Ben C."))
    fresh.centre.attribute(fresh.centre.db.write_now(people.merge, FRIDAY, third, second))
    fresh.centre.attribute(stale)
    assert fresh.centre.days("Ben Three", "volume") == {"2026-03-05": 5}
    fresh.centre.check()
