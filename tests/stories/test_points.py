"""`/encore points`: what one has, every entry with what made it, month by month; for oneself alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.rewards import Step
from bot.services import rewards
from bot.store import ledger
from tests.encore import House
from tests.stories.pointing import bonus, options, with_admins
from tests.stories.rewarding import ADA, ANA, CATALOGUE, LEA, LEO, asked, award, live, open_floor, take, words
from tests.stories.test_pots import PIZZA, chip, take_back


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from with_admins(database_url)


async def test_every_entry_says_what_made_it(cebu: House) -> None:
    award(cebu, ANA, 100)
    asked(cebu, ANA, "lunch", 50)
    take(cebu, LEA, asked(cebu, ANA, "mug", 10, key="back"), Step.DECLINE)
    take(cebu, ANA, asked(cebu, ANA, "gong", 20, key="mine"), Step.CANCEL)
    bonus(cebu, ADA, ANA, 30)
    bonus(cebu, ADA, ANA, 90, key="time", unit="minutes")
    cebu.centre.db.write_now(
        ledger.reverse, cebu.clock.now(), key="wrong", of="b", actor="story", reason="Twice <!channel>"
    )
    async with open_floor(cebu) as at:
        await at.type(LEO, "/kudos", "@ana stayed late for *us* & all")
        await at.type(ANA, "/kudos", "@leo stayed late for us")
        told = await at.type(ANA, "/encore", "points")
    shown = words(told.blocks)
    for said in (
        "You have 55 points.", "You have 1 h 30 min of paid time off.", "Held for what you asked for: 50 points.",
        "You have 45 of 50 points left to give; your allowance is new on April 1, 2026, at midnight your time.",
    ):  # fmt: skip
        assert said in shown
        assert said in told.text
    for said in (
        "Kudos from Agent 3: stayed late for *us* & all", "Bonus from Agent 5: For the night shift.",
        "Correction of a bonus: Twice <!channel>", "You asked for “Two-hour lunch”",
        "Agent 2 declined “A mug”: its price is back", "You cancelled “The gong”: its price is back", "Bonus: Well done.", "+5 points", "−50 points", "+1 h 30 min",
    ):  # fmt: skip
        assert said in shown, said
    assert "<!channel>" not in told.text
    assert [block["type"] for block in told.blocks or []].count("data_table") == 1


async def test_who_has_nothing_learns_so_and_strangers_whom_to_ask(cebu: House) -> None:
    async with open_floor(cebu) as at:
        told = await at.type(ANA, "/encore", "points")
        assert "You have 0 points." in told.text
        assert "Nothing came or went in March 2026." in told.text
        assert "I do not know you yet" in (await at.type("USTRANGER", "/encore", "points")).text
        assert "“xyz” is not a month. Write it as 2026-03." in (await at.type(ANA, "/encore", "points xyz")).text
        live(cebu, mode="shadow")
        assert "Encore is not live at Cebu yet" in (await at.type(ANA, "/encore", "points")).text


async def test_months_are_the_persons_own_and_pages_hold_so_many(cebu: House) -> None:
    # In UTC it is still February; in Cebu March has begun.
    cebu.centre.at = datetime(2026, 2, 28, 15, 59, tzinfo=UTC)
    award(cebu, ANA, 7)
    cebu.centre.at = datetime(2026, 2, 28, 16, 0, tzinfo=UTC)
    for number in range(13):
        cebu.centre.at += timedelta(minutes=1)
        award(cebu, ANA, 100 + number)
    async with open_floor(cebu) as at:
        told = await at.type(ANA, "/encore", "points")
        assert "Page 1 of 2." in told.text
        assert "+112 points" in told.text
        assert "+102 points" not in told.text
        await at.press(ANA, told, "points_page:1")
        await at.shows(told, "+102 points")
        await at.shows(told, "Page 2 of 2.")
        await at.press(ANA, told, "points_page:0")
        await at.shows(told, "February 2026")
        await at.shows(told, "+7 points")
        assert "+102 points" not in words(told.blocks)
        march = await at.type(ANA, "/encore", "points 2026-02")
        assert "+7 points" in march.text
        assert "Nothing came or went in January 2026." in (await at.type(ANA, "/encore", "points 1")).text


async def test_a_workspace_without_tables_gets_a_line_and_a_button_for_each(sqlite_url: str) -> None:
    for where in with_admins(sqlite_url):
        where.workspace.new_blocks = False
        live(where, *CATALOGUE, PIZZA)
        award(where, ANA, 100)
        take(where, LEA, asked(where, ANA, "gong", 20, key="gong"), Step.GIVE_BACK)
        late = where.clock.now() + timedelta(days=15)
        assert where.centre.db.write_now(rewards.expire, late, asked(where, ANA, "mug", 10, key="mug"))
        assert chip(where, ANA, 30, key="part").pot is not None
        take_back(where, ANA)
        chip(where, ANA, 25, key="stays")
        async with open_floor(where) as at:
            told = await at.type(ANA, "/encore", "points")
        for said in (
            "+20 points: “The gong” cannot be had after all: Agent 2 gave its price back",
            "+10 points: Nobody decided about “A mug” in time: its price is back",
            "−30 points: Your part in your team's pot for “Pizza <b>” · ",
            "+30 points: Your part in your team's pot for “Pizza <b>” is back",
            "−25 points: Your part in your team's pot for “Pizza <b>” · 75 points after it",
        ):
            assert said in words(told.blocks), said
        assert [b["type"] for b in told.blocks or []].count("data_table") == 0
        assert "March 6, 2026, +100 points: Bonus: Well done. · 100 points after it" in words(told.blocks)
        assert "Something wrong?" in words(told.blocks)


@pytest.mark.parametrize(
    ("rule", "days", "told"),
    [
        ("keep", 30, ""),
        (
            "pay_out_days",
            30,
            "Should you ever leave: 30 days after your last day, what you have then is paid out to you.",
        ),
        ("forfeit", 0, "Should you ever leave: the day after your last, the points you have then are lost"),
    ],
)
async def test_what_becomes_of_it_when_one_leaves_is_told_beforehand(
    cebu: House, rule: str, days: int, told: str
) -> None:
    live(cebu, points={"leavers": rule, "leaver_days": days})
    async with open_floor(cebu) as at:
        statement = await at.type(ANA, "/encore", "points")
    assert told in statement.text
    assert ("leave" in statement.text) == bool(told)


async def test_entries_can_be_asked_about_from_the_table(cebu: House) -> None:
    award(cebu, ANA, 100)
    async with open_floor(cebu) as at:
        told = await at.type(ANA, "/encore", "points")
    assert list(options(told, "dispute_open")) == ["March 6, 2026, +100 points: Bonus: Well done."]
