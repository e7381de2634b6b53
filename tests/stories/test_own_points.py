"""Points in `/mystats`: what one has, what is held, what came in the period, and what is left to give."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.domain.rewards import Step
from bot.store import ledger
from tests.encore import House
from tests.stories.rewarding import ANA, LEA, LEO, Floor, asked, award, floor, live, open_floor, take


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from floor(database_url)


async def mystats(at: Floor, text: str = "", who: str = ANA) -> str:
    return (await at.type(who, "/mystats", text)).text


async def test_what_came_in_what_is_held_and_what_is_left_to_give(cebu: House) -> None:
    cebu.centre.at = datetime(2026, 2, 27, tzinfo=UTC)
    award(cebu, ANA, 100)
    cebu.centre.at = cebu.clock.now()
    award(cebu, ANA, 30)
    # What was wrong and is taken back did not come in.
    award(cebu, ANA, 9)
    cebu.centre.db.write_now(ledger.reverse, cebu.centre.at, key="wrong", of=f"story:{ANA}:9", actor="story")
    asked(cebu, ANA, "lunch", 50)
    # What is given back was one's own before: nothing came in.
    take(cebu, LEA, asked(cebu, ANA, "mug", 10, key="back"), Step.DECLINE)
    async with open_floor(cebu) as at:
        await at.type(LEO, "/kudos", "@ana stayed late for us")
        await at.type(ANA, "/kudos", "@leo stayed late for us")
        week, month = await mystats(at), await mystats(at, "month")
        nobody = await mystats(at, who=LEO)
    mine = "Your points: 85 · 50 held for what you asked for · 35 received {} · 45 left to give, new on April 1, 2026."
    assert mine.format("this week") in week
    assert mine.format("this month") in month
    assert "Customer stars" in week
    assert "Your points: 5 · 5 received this week · 45 left to give" in nobody


async def test_the_week_and_the_month_are_those_of_the_site(cebu: House) -> None:
    # Sunday evening in UTC: in Cebu it is Monday, another week.
    cebu.centre.at = datetime(2026, 3, 1, 15, 59, tzinfo=UTC)
    award(cebu, ANA, 7)
    cebu.centre.at = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    award(cebu, ANA, 20)
    async with open_floor(cebu) as at:
        assert "Your points: 27 · 20 received this week" in await mystats(at)
        assert "Your points: 27 · 27 received this month" in await mystats(at, "month")


async def test_without_figures_the_points_are_told_all_the_same(cebu: House) -> None:
    award(cebu, ANA, 30)
    async with open_floor(cebu) as at:
        words = await mystats(at, "today")
    assert "There is nothing for Friday" in words
    assert "Your points: 30 · 30 received this day · 50 left to give, new on April 1, 2026." in words


async def test_where_nothing_is_told_yet_there_are_no_points_either(cebu: House) -> None:
    award(cebu, ANA, 30)
    async with open_floor(cebu) as at:
        for mode, told in (
            ("live", "50 left to give"),
            ("private", "Your points: 30 · 30 received this week."),
            ("shadow", ""),
        ):
            live(cebu, mode=mode)
            words = await mystats(at)
            assert told in words
            assert ("Your points" in words) == bool(told)
            assert ("left to give" in words) == (mode == "live")


async def test_where_the_programme_has_no_points_they_are_not_mentioned(cebu: House) -> None:
    award(cebu, ANA, 30)
    async with open_floor(cebu) as at:
        live(cebu, kudos={"points": 0})
        assert "Your points: 30 · 30 received this week." in await mystats(at)
        live(cebu, kudos={"points": 0}, rewards=[], earning=[])
        assert "Your points" not in await mystats(at)
