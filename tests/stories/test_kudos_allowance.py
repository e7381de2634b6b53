"""What people may give away: by their role, and so often to the same colleague in a month."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.domain.people import Role
from bot.services import praise
from bot.services.praise import Asked
from bot.store import people
from tests.encore import House, sandboxed, serving
from tests.services.test_at_once import together
from tests.stories.praising import GIVER, LEA, MAX, colleagues, live, points, say


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    with colleagues(database_url) as where:
        yield where


@pytest.fixture
def manila(sqlite_url: str) -> Iterator[House]:
    """The same, where nothing depends on the database."""
    with colleagues(sqlite_url) as where:
        yield where


async def test_a_fourth_time_to_the_same_colleague_brings_no_points_until_the_next_month(cebu: House) -> None:
    live(cebu, same_pair=3)
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        for n in range(3):
            await say(cebu, sandbox, GIVER, f"@lea did great thing {n}")
        fourth = await say(cebu, sandbox, GIVER, "@lea did great thing 4")
        both = await say(cebu, sandbox, GIVER, "@lea @max did great thing 5")
        other = await say(cebu, sandbox, GIVER, "@max did great thing 6")
        assert points(cebu, "Agent 2", "Agent 3") == [15, 5]
        cebu.clock.move_to(datetime(2026, 3, 31, 16, tzinfo=UTC))
        await say(cebu, sandbox, GIVER, "@lea did great thing 7")
    assert "They come without points: Agent 2 got points from you 3 times this month, and that is the most." in fourth
    assert "You have 10 of 25 points left to give" in fourth
    assert "Thanked separately, the others get theirs." in both
    assert "They bring 5 points." in other
    assert points(cebu, "Agent 2") == [20]


async def test_kudos_without_points_do_not_count(manila: House) -> None:
    live(manila, same_pair=2, allowance=5)
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        answers = [await say(manila, sandbox, GIVER, f"@lea did great thing {n}") for n in range(3)]
    assert ["They come without points. You have 0" in answer for answer in answers] == [False, True, True]


async def test_the_other_way_round_counts_by_itself(manila: House) -> None:
    live(manila, same_pair=1)
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        await say(manila, sandbox, GIVER, "@lea did great thing")
        back = await say(manila, sandbox, LEA, "@giver did great thing")
    assert "They bring 5 points." in back
    assert points(manila, "Agent 1", "Agent 2") == [5, 5]


@pytest.mark.both_databases
def test_many_at_once_to_the_same_colleague_count_one_after_the_other(cebu: House) -> None:
    live(cebu, same_pair=3)
    asked = [Asked(f"k{n}", "T1", GIVER, (LEA,), f"did great thing {n}", ()) for n in range(8)]
    together(*(lambda one=one: cebu.centre.db.write_now(praise.give, cebu.centre.at, one) for one in asked))
    assert points(cebu, "Agent 2") == [15]


def test_asked_again_it_answers_the_same(cebu: House) -> None:
    live(cebu, same_pair=1)
    asked = [Asked(f"k{n}", "T1", GIVER, (LEA, MAX), f"did great thing {n}", ()) for n in range(2)]
    first = [cebu.centre.db.write_now(praise.give, cebu.centre.at, one) for one in asked]
    again = [cebu.centre.db.write_now(praise.give, cebu.centre.at, one) for one in asked]
    assert [told.often for told in first] == [told.often for told in again] == [(), ("Agent 2", "Agent 3")]


async def test_a_lead_may_give_more_where_the_programme_says_so(manila: House) -> None:
    live(manila, allowances={"lead": 100, "agent": 10})
    manila.centre.db.write_now(people.grant, manila.centre.person("Agent 2"), Role.LEAD, None)
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        agent = await say(manila, sandbox, GIVER, "@max did great thing")
        lead = await say(manila, sandbox, LEA, "@max did great thing")
    assert "You have 5 of 10 points left to give" in agent
    assert "You have 95 of 100 points left to give" in lead


async def test_whose_role_has_no_allowance_gives_without_points(manila: House) -> None:
    live(manila, allowances={"lead": 100}, allowance=0)
    manila.centre.db.write_now(people.grant, manila.centre.person("Agent 2"), Role.LEAD, None)
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        agent = await say(manila, sandbox, GIVER, "@max did great thing")
        await say(manila, sandbox, LEA, "@max did great thing")
    assert "points" not in agent
    assert points(manila, "Agent 3") == [5]
