"""The terms of a reward: the day and the words of who asks, who hands it over, when it is read, pictures, seasons."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.ledger import ISSUER, Deed, person, transfer
from bot.domain.rewards import Step
from bot.errors import FormError, RefusedError
from bot.services import rewards
from bot.store import ledger
from tests.encore import House, until
from tests.stories.rewarding import (
    ADA,
    ANA,
    LEA,
    LEO,
    ask,
    asked,
    award,
    balance,
    buttons,
    change,
    direct,
    floor,
    live,
    open_floor,
    rows,
    states,
    take,
    told,
)  # fmt: skip


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from floor(database_url)


START: dict[str, Any] = {"key": "start", "title": "Late start", "price": 40}


async def test_the_day_and_the_words_of_who_asks_reach_who_decides(cebu: House) -> None:
    live(cebu, START)
    award(cebu, ANA, 60)
    async with open_floor(cebu) as at:
        await at.ask(ANA, await at.redeem(ANA), "start", on="2026-03-09", note="My <son>'s first day at *school*")
        await until(lambda: len(direct(cebu, LEA)) == 1)
        request = direct(cebu, LEA)[0]
        assert request.text == (
            "Agent 1 asks for “Late start” for 9 March 2026 (40 points).\n“My &lt;son&gt;'s first day at *school*”"
        )
        waiting = await at.redeem(LEO, "requests")
        await at.shows(waiting, "“My <son>'s first day at *school*”")
        await at.press(LEA, request, "reward_approve")
        await until(lambda: len(direct(cebu, ANA)) == 1)
        assert told(cebu, ANA)[0].startswith(
            "Agent 2 approved “Late start” for you for 9 March 2026, and hands it over."
        )
        waiting = await at.redeem(ANA, "requests")
        await at.shows(
            waiting, "“Late start” for March 9, 2026, 40 points held: approved, and to be handed over. What was"
        )
        await at.shows(waiting, "“My <son>'s first day at *school*”")


async def test_a_day_that_is_over_on_their_own_clock_is_not_asked_for(cebu: House) -> None:
    live(cebu, START)
    award(cebu, ANA, 60)
    async with open_floor(cebu) as at:
        await at.press(ANA, await at.redeem(ANA), "reward_ask:start")
        await until(lambda: cebu.workspace.modals.top(ANA) is not None)
        assert (await at.fill_in(ANA, on="2026-03-05")).errors == {
            "on": "That day is over. Choose today or a later one."
        }
        assert states(cebu) == []
        assert (await at.fill_in(ANA, on="2026-03-06")).errors == {}
    assert states(cebu) == ["asked"]


def test_the_same_key_with_another_day_or_words_is_another_request(cebu: House) -> None:
    live(cebu, START)
    award(cebu, ANA, 100)
    monday = date(2026, 3, 9)
    first = ask(cebu, ANA, "start", 40, key="k", on=monday, note="Please")
    assert ask(cebu, ANA, "start", 40, key="k", on=monday, note="Please").case == first.case
    for on, note in ((None, "Please"), (monday, ""), (monday + timedelta(days=1), "Please")):
        with pytest.raises(RefusedError, match="Something else"):
            ask(cebu, ANA, "start", 40, key="k", on=on, note=note)
    assert rows(cebu, "SELECT COUNT(*) FROM text WHERE kind = 'reward'") == [(1,)]
    # Also when that day is over.
    cebu.clock.skip(timedelta(days=9))
    assert ask(cebu, ANA, "start", 40, key="k", on=monday, note="Please").case == first.case


APART: dict[str, Any] = START | {"hands_over": "admin"}


async def test_who_hands_it_over_is_told_once_it_is_approved(cebu: House) -> None:
    live(cebu, APART)
    award(cebu, ANA, 60)
    async with open_floor(cebu) as at:
        await at.ask(ANA, await at.redeem(ANA), "start")
        await until(lambda: len(direct(cebu, LEA)) == len(direct(cebu, LEO)) == 1)
        assert direct(cebu, ADA) == []
        await at.press(LEA, direct(cebu, LEA)[0], "reward_approve")
        await until(lambda: len(direct(cebu, ADA)) == 1)
        request = direct(cebu, ADA)[0]
        assert request.text == "Agent 2 approved “Late start” for Agent 1 (40 points)."
        await until(lambda: all(buttons(direct(cebu, lead)[0].blocks) == {} for lead in (LEA, LEO)))
        await until(lambda: told(cebu, ANA) == [
            "Agent 2 approved “Late start” for you. Your 40 points are held until it is handed over."
        ])  # fmt: skip
        # The list of a lead holds what is to be decided, the admin's what is to be handed over.
        assert "wait for you" not in (await at.redeem(LEO, "requests")).text
        assert take(cebu, LEA, 1, Step.DONE).case is None
        await at.press(ADA, request, "reward_done")
        await until(lambda: {told(cebu, who)[0] for who in (LEA, LEO, ADA)} == {
            "Agent 5 handed over “Late start” to Agent 1. The 40 points are spent."
        })  # fmt: skip
    assert (balance(cebu, ANA), states(cebu)) == ((20, 0), ["done"])


def test_what_needs_no_approval_goes_at_once_to_who_hands_it_over(cebu: House) -> None:
    live(cebu, APART | {"needs_approval": False})
    award(cebu, ANA, 60)
    assert ask(cebu, ANA, "start", 40, key="k").deciders == ["Agent 5"]
    assert take(cebu, LEA, 1, Step.DONE).case is None
    assert take(cebu, ADA, 1, Step.DONE).taken


async def test_who_asks_at_night_reads_when_it_is_seen(cebu: House) -> None:
    live(cebu, START)
    award(cebu, ANA, 100)
    async with open_floor(cebu) as at:
        said = await at.ask(ANA, await at.redeem(ANA), "start")
        assert "Agent 2 or Agent 3 decides, and I tell you what. You have 60 points left." in said
        # 23:00 at Cebu, where the quiet hours end at 8:00.
        cebu.clock.move_to(datetime.fromisoformat("2026-03-06T23:00+08:00"))
        said = await at.ask(ANA, await at.redeem(ANA), "start")
        assert "They are not at work now, and read it from Mar 7, 2026, 8:00" in said.replace("\u202f", " ")
        assert "(Asia/Manila) on. You have 20 points left." in said


async def test_what_was_decided_in_the_list_at_night_is_not_asked_in_the_morning(cebu: House) -> None:
    live(cebu, START)
    award(cebu, ANA, 100)
    cebu.clock.move_to(datetime.fromisoformat("2026-03-06T23:00+08:00"))
    declined, approved = (asked(cebu, ANA, "start", 40, key=key) for key in "ab")
    take(cebu, LEA, declined, Step.DECLINE)
    take(cebu, LEA, approved, Step.APPROVE)
    cebu.clock.move_to(datetime.fromisoformat("2026-03-07T08:30+08:00"))
    async with open_floor(cebu):
        # Leo has still to see what is to be handed over, as it stands; of what is over nobody hears but Ana.
        await until(lambda: len(direct(cebu, ANA)) == 2 and len(direct(cebu, LEO)) == 1)
        await until(lambda: not rows(cebu, "SELECT 1 FROM outbox WHERE status IN ('queued', 'sending')"))
    assert [len(direct(cebu, slack_id)) for slack_id in (ANA, LEA, LEO)] == [2, 0, 1]


SEASON: dict[str, Any] = START | {"offered_from": "2026-03-07", "offered_until": "2026-03-08"}


def test_a_season_begins_and_ends_at_midnight_where_the_person_is(cebu: House) -> None:
    live(cebu, SEASON)
    award(cebu, ANA, 100)

    def offered(moment: str) -> bool:
        at = datetime.fromisoformat(moment)
        return bool(cebu.centre.db.read_now(rewards.shelf, at, cebu.workspace.team_id, ANA).offers)

    assert [offered(f"2026-03-{moment}+08:00") for moment in (
        "06T23:59", "07T00:00", "08T23:59", "09T00:00",
    )] == [False, True, True, False]  # fmt: skip
    with pytest.raises(RefusedError, match="not offered any more"):
        ask(cebu, ANA, "start", 40, key="early")


PICTURE: dict[str, Any] = START | {"picture": "https://pictures.example/a.png", "picture_words": "A <late> sun."}


async def test_a_picture_stands_on_the_card_with_its_words(cebu: House) -> None:
    live(cebu, PICTURE)
    async with open_floor(cebu) as at:
        shelf = await at.redeem(ANA)
        [card] = next(block for block in shelf.blocks if block["type"] == "carousel")["elements"]
        assert (card["hero_image"]["image_url"], card["hero_image"]["alt_text"]) == (
            "https://pictures.example/a.png", "A <late> sun.",
        )  # fmt: skip


async def test_where_slack_refuses_a_picture_the_words_are_said_and_the_workspace_keeps_its_cards(cebu: House) -> None:
    live(cebu, PICTURE)
    async with open_floor(cebu) as at:
        cebu.workspace.new_blocks = False
        shelf = await at.redeem(ANA)
        assert "carousel" not in {block["type"] for block in shelf.blocks}
        assert "Late start (40 points · Perk · 40 to go)" in shelf.text
        cebu.workspace.new_blocks = True
        again = await at.redeem(ANA)
        assert "carousel" in {block["type"] for block in again.blocks}
        assert at.encore.ctx.classic_workspaces == set()


OFF: dict[str, Any] = {
    "key": "day",
    "title": "A paid day off",
    "price": "own day",
    "unit": "minutes",
    "kind": "time_off",
}


def minutes(where: House, amount: int, key: str = "minutes") -> None:
    """Give Ana paid time."""
    owner = person(where.centre.person("Agent 1"))
    deed = Deed(key, "award", "story", transfer("minutes", amount, source=ISSUER, target=owner), {"to": owner})
    where.centre.db.write_now(ledger.append, where.clock.now(), deed)


def paid(where: House) -> tuple[int, int]:
    has = where.centre.db.read_now(ledger.balances, person(where.centre.person("Agent 1")))
    return has.get("minutes", 0), has.get("held_minutes", 0)


def contract(where: House, a_week: int) -> None:
    change(where, f"UPDATE person SET contracted_minutes = {a_week} WHERE name = 'Agent 1'")


async def test_a_paid_day_off_costs_one_own_day_and_needs_its_date(cebu: House) -> None:
    live(cebu, OFF)
    minutes(cebu, 500)
    async with open_floor(cebu) as at:
        unknown = await at.redeem(ANA)
        assert "I do not know your contracted hours; ask your admin" in unknown.text
        assert "reward_ask:day" not in buttons(unknown.blocks)
        with pytest.raises(RefusedError, match="I do not know the hours of your contract"):
            ask(cebu, ANA, "day", 480, key="k", on=date(2026, 3, 9))
        contract(cebu, 2310)
        shelf = await at.redeem(ANA)
        assert "You have 0 points and 8 h 20 min of paid time." in shelf.text
        assert "A paid day off (7 h 42 min of paid time · Time off)" in shelf.text
        await at.press(ANA, shelf, "reward_ask:day")
        await until(lambda: cebu.workspace.modals.top(ANA) is not None)
        # Slack itself does not let a form go whose day is missing.
        assert "on" in (await at.fill_in(ANA)).errors
        assert (await at.fill_in(ANA, on="2026-03-09")).errors == {}
        assert "Your 7 h 42 min of paid time are held." in at.page(ANA)
        assert "You have 38 min of paid time left." in at.page(ANA)
        await at.close(ANA)
        assert paid(cebu) == (38, 462)
        assert "and another 7 h 42 min of paid time are held" in (await at.redeem(ANA)).text
        await until(lambda: len(direct(cebu, LEA)) == 1)
        assert told(cebu, LEA) == ["Agent 1 asks for “A paid day off” for 9 March 2026 (7 h 42 min of paid time)."]
    take(cebu, LEA, 1, Step.APPROVE)
    take(cebu, LEA, 1, Step.DONE)
    assert (paid(cebu), balance(cebu, ANA)) == ((38, 0), (0, 0))


def test_time_off_without_a_day_and_without_enough_paid_time(cebu: House) -> None:
    live(cebu, OFF, redeem={"week_days": 6})
    contract(cebu, 2400)
    minutes(cebu, 399)
    with pytest.raises(FormError, match="asked for with its day"):
        ask(cebu, ANA, "day", 400, key="k")
    bid = ask(cebu, ANA, "day", 400, key="k", on=date(2026, 3, 9))
    assert (bid.case, bid.missing) == (None, 1)
    # The price follows the contract, and what they saw counts.
    minutes(cebu, 100, key="more")
    contract(cebu, 1200)
    with pytest.raises(RefusedError, match="has changed to 200 minutes"):
        ask(cebu, ANA, "day", 400, key="k2", on=date(2026, 3, 9))
    assert paid(cebu) == (499, 0)


@pytest.mark.parametrize("steps", [[Step.DECLINE], [Step.APPROVE, Step.GIVE_BACK], [Step.CANCEL]])
def test_paid_time_comes_back(cebu: House, steps: list[Step]) -> None:
    live(cebu, OFF, START)
    contract(cebu, 2400)
    minutes(cebu, 1000)
    award(cebu, ANA, 60)
    number = asked(cebu, ANA, "start", 40)
    bid = ask(cebu, ANA, "day", 480, key="day", on=date(2026, 3, 9))
    assert bid.case is not None
    assert (paid(cebu), balance(cebu, ANA), number) == ((520, 480), (20, 40), 1)
    for step in steps:
        assert take(cebu, ANA if step is Step.CANCEL else LEA, bid.case.id, step).taken
    assert (paid(cebu), balance(cebu, ANA)) == ((1000, 0), (20, 40))


def test_a_merged_person_gets_paid_time_back(cebu: House) -> None:
    live(cebu, OFF)
    contract(cebu, 2400)
    minutes(cebu, 1000)
    bid = ask(cebu, ANA, "day", 480, key="day", on=date(2026, 3, 9))
    assert bid.case is not None
    cebu.centre.merge("Agent 16", "Agent 1")
    assert take(cebu, ADA, bid.case.id, Step.DECLINE).taken
    sixteen = f"person:{cebu.centre.person('Agent 16')}"
    assert dict(rows(cebu, f"SELECT unit, balance FROM account WHERE owner = '{sixteen}' AND balance <> 0")) == {
        "minutes": 1000
    }  # fmt: skip
