"""A reward that a team has together: chipped in, full, decided, handed over; or everything is given back."""

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from bot.domain.ledger import person
from bot.domain.pots import Chipped
from bot.domain.rewards import Moved, Step
from bot.errors import FormError, RefusedError
from bot.sandbox.model import Message
from bot.services import people as people_service
from bot.services import pots
from bot.services.pots import Asked
from bot.store import ledger, people
from tests.encore import House, link, until
from tests.stories.facts import CEBU
from tests.stories.rewarding import (
    ADA,
    ANA,
    CATALOGUE,
    LEA,
    LEO,
    Floor,
    ask,
    award,
    balance,
    buttons,
    change,
    direct,
    floor,
    live,
    open_floor,
    put,
    rows,
    states,
    take,
    together,
    told,
    words,
)  # fmt: skip

RACES = 20
PRESSES = itertools.count()
MATES = [f"UMATE{n}" for n in range(10)]
BEN, CAT = MATES[:2]
PIZZA = {"key": "pizza", "title": "Pizza <b>", "words": "For all.", "price": 100, "kind": "team"}


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    for where in floor(database_url):
        live(where, PIZZA, CATALOGUE[1])
        yield where


def joins(where: House, *mates: str, has: int = 0) -> None:
    """Let these be of team Blue, with so many points each."""
    for slack_id in mates:
        name = f"Agent {6 + MATES.index(slack_id)}"
        link(where, name, slack_id)
        where.workspace.add_person(slack_id[1:].lower(), slack_id=slack_id, tz=CEBU[1])
        where.workspace.channel(where.channel).members.append(slack_id)
        number = where.centre.person(name)
        blue = rows(where, "SELECT id FROM team WHERE name = 'Blue'")[0][0]
        where.centre.db.write_now(people.fill_team, number, blue)
        if has:
            where.centre.db.write_now(put, where.centre.at, number, has, key=f"has:{slack_id}")


def has(where: House, slack_id: str) -> tuple[int, int]:
    """Return a mate's points and what is held of them."""
    number = where.centre.person(f"Agent {6 + MATES.index(slack_id)}")
    found = where.centre.db.read_now(ledger.balances, person(number))
    return found.get("points", 0), found.get("held", 0)


def chip(where: House, slack_id: str, amount: int, *, key: str, price: int = 100, reward: str = "pizza") -> Chipped:
    wanted = Asked(key, where.workspace.team_id, slack_id, reward, price, amount)
    return where.centre.db.write_now(pots.chip_in, where.clock.now(), wanted)


def take_back(where: House, slack_id: str, pot_id: int = 1, *, key: str = "") -> int:
    return where.centre.db.write_now(
        pots.take_back, where.clock.now(), pot_id, where.workspace.team_id, slack_id, key=key or f"back:{next(PRESSES)}"
    )[1]  # fmt: skip


def statuses(where: House) -> list[str]:
    return [row[0] for row in rows(where, "SELECT status FROM pot ORDER BY id")]


async def chips_in(at: Floor, slack_id: str, amount: int) -> tuple[Message, str, str]:
    """Chip in with the button of what `/redeem` shows: that message, the form, and what is said then."""
    shelf = await at.redeem(slack_id)
    await at.press(slack_id, shelf, "pot_chip:pizza")
    await until(lambda: at.where.workspace.modals.top(slack_id) is not None)
    form = at.page(slack_id)
    await at.fill_in(slack_id, amount=str(amount))
    said = at.page(slack_id)
    await at.close(slack_id)
    return shelf, form, said


async def test_three_fill_a_pot_that_is_approved_and_handed_over(cebu: House) -> None:
    award(cebu, ANA, 50)
    joins(cebu, BEN, CAT, has=60)
    async with open_floor(cebu) as at:
        shelf, form, said = await chips_in(at, ANA, 20)
        assert "Together: Pizza &lt;b&gt; (100 points · For the team)." in shelf.text
        assert "Nobody has put anything in its pot yet." in form
        assert said.startswith(
            "You put 20 points into the pot for “Pizza <b>”. It holds 20 of 100 points from 1 person, until April 5, 2026. "
            "You have 30 points left."
        )
        shelf, form, _ = await chips_in(at, BEN, 60)
        assert "▓▓░░░░░░░░ 20 of 100 points from 1 person" in words(shelf.blocks)
        assert "▓" not in shelf.text
        assert "From 1 to 60. You have 60 points." in form
        assert direct(cebu, LEA) == []
        mine = await at.redeem(BEN, "requests")
        assert "60 points of yours in its pot: 80 of 100 points from 2 people" in words(mine.blocks)
        _, form, said = await chips_in(at, CAT, 20)
        assert "▓▓▓▓▓▓▓▓░░ 20 missing" in form
        assert "It is full now, and goes on as a request of your team. You have 40 points left." in said
        full = "The pot of Team Blue for “Pizza &lt;b&gt;” is full: 100 points. It waits for a decision, and your {} points"
        for slack_id, part in ((ANA, 20), (BEN, 60)):
            await until(lambda s=slack_id, p=part: any(full.format(p) in t for t in told(cebu, s)))  # type: ignore[misc]
        await until(lambda: len(direct(cebu, LEA)) == len(direct(cebu, LEO)) == 1)
        assert told(cebu, LEA) == ["Team Blue asks for “Pizza &lt;b&gt;” (100 points)."]
        await at.press(LEA, direct(cebu, LEA)[0], "reward_approve")
        await at.shows(direct(cebu, LEO)[0], "Agent 2 approved “Pizza <b>” for Team Blue")
        await at.press(LEO, direct(cebu, LEO)[0], "reward_done")
        done = "“Pizza &lt;b&gt;” is handed over to Team Blue, says Agent 3, and your {} points are spent. If it is not, tell Agent 3."
        for slack_id, part in ((ANA, 20), (BEN, 60), (CAT, 20)):
            await until(lambda s=slack_id, p=part: done.format(p) in told(cebu, s))  # type: ignore[misc]
        # Nobody reads who gave how much.
        read = "\n".join(json.dumps(m.blocks) + m.text for s in (ANA, BEN, CAT, LEA, LEO) for m in direct(cebu, s))
        assert not any(f'Agent {n}"' in read for n in (1, 6, 7))
    assert (balance(cebu, ANA), has(cebu, BEN), has(cebu, CAT)) == ((30, 0), (0, 0), (40, 0))
    assert (states(cebu), statuses(cebu)) == (["done"], ["done"])
    assert rows(cebu, "SELECT COUNT(*) FROM outbox WHERE view = 'pot_news'") == [(8,)]
    # The next pot is another one.
    assert chip(cebu, ANA, 30, key="next").taken == 30
    assert statuses(cebu) == ["done", "open"]


@pytest.mark.both_databases
@pytest.mark.parametrize("opened", [False, True])
def test_ten_at_once_never_put_in_more_than_the_price(cebu: House, opened: bool) -> None:
    joins(cebu, *MATES, has=30)
    if opened:
        award(cebu, ANA, 10)
        chip(cebu, ANA, 10, key="first")
    came = together([partial(chip, cebu, slack_id, 30, key=f"k:{slack_id}") for slack_id in MATES])
    assert Counter(one.taken for one in came) == ({30: 3, 0: 7} if opened else {30: 3, 10: 1, 0: 6})
    assert (states(cebu), statuses(cebu)) == (["asked"], ["full"])
    assert rows(cebu, "SELECT SUM(balance) FROM account WHERE unit = 'held' AND tracked")[0][0] == 100
    # What came too late is remembered, also where there is room again.
    late = next(slack_id for slack_id, one in zip(MATES, came, strict=True) if not one.taken)
    assert take(cebu, LEA, 1, Step.DECLINE).taken
    assert chip(cebu, late, 30, key=f"k:{late}").taken == 0
    assert statuses(cebu) == ["given_back"]
    assert all(has(cebu, slack_id) == (30, 0) for slack_id in MATES)


@pytest.mark.both_databases
def test_the_same_form_sent_ten_times_at_once_is_charged_once(cebu: House) -> None:
    award(cebu, ANA, 80)
    came = together([partial(chip, cebu, ANA, 30, key="k") for _ in range(10)])
    assert len(set(map(str, came))) == 1
    assert (balance(cebu, ANA), came[0].taken, came[0].left) == ((50, 30), 30, 50)
    with pytest.raises(RefusedError, match="Something else"):
        chip(cebu, ANA, 31, key="k")
    assert balance(cebu, ANA) == (50, 30)


def test_too_few_points_open_no_pot_and_are_remembered(cebu: House) -> None:
    award(cebu, ANA, 10)
    assert (chip(cebu, ANA, 30, key="k").short, statuses(cebu)) == (20, ["given_back"])
    award(cebu, ANA, 40)
    again = chip(cebu, ANA, 30, key="k")
    assert (again.taken, again.short, balance(cebu, ANA)) == (0, 20, (50, 0))
    with pytest.raises(RefusedError, match="something else"):
        chip(cebu, ANA, 31, key="k")


async def test_what_is_not_full_in_time_is_given_back_and_told_once(cebu: House) -> None:
    live(cebu, PIZZA, redeem={"pot_days": 3})
    award(cebu, ANA, 50)
    joins(cebu, BEN, has=60)
    async with open_floor(cebu) as at:
        await chips_in(at, ANA, 20)
        await chips_in(at, BEN, 40)
        # Opened on Friday at 9 in Cebu; Monday is the last day.
        cebu.clock.skip(timedelta(days=3, hours=14, minutes=59))
        await at.encore.loop.tick()
        assert statuses(cebu) == ["open"]
        cebu.clock.skip(timedelta(minutes=1))
        for _ in range(2):
            await at.encore.loop.tick()
        assert statuses(cebu) == ["given_back"]
        cebu.clock.skip(timedelta(hours=9))
        await at.encore.loop.tick()
        back = "The pot of Team Blue for “Pizza &lt;b&gt;” was not full in time: 60 of 100 points. Your {} points are back."
        await until(lambda: back.format(20) in told(cebu, ANA) and back.format(40) in told(cebu, BEN))
        assert [len(told(cebu, slack_id)) for slack_id in (ANA, BEN, LEA)] == [1, 1, 0]
    assert (balance(cebu, ANA), has(cebu, BEN)) == ((50, 0), (60, 0))
    assert rows(cebu, "SELECT actor, after FROM audit WHERE deed = 'pot.lapse'") == [("programme", "unreached")]


def test_what_goes_off_the_shelf_gives_an_open_pot_back_and_not_a_full_one(cebu: House) -> None:
    cake = {**PIZZA, "key": "cake", "title": "Cake", "price": 20}
    live(cebu, PIZZA, cake)
    award(cebu, ANA, 50)
    chip(cebu, ANA, 20, key="k")
    chip(cebu, ANA, 30, key="l", price=20, reward="cake")
    live(cebu, {**PIZZA, "on_shelf": False}, {**cake, "on_shelf": False})
    db, now = cebu.centre.db, cebu.clock.now()
    assert db.read_now(pots.list_over, now) == [1]
    assert [db.write_now(pots.lapse, now, n) for n in (1, 1, 2, 4711)] == [True, False, False, False]
    assert (balance(cebu, ANA), statuses(cebu), states(cebu)) == ((30, 20), ["given_back", "full"], ["asked"])
    with pytest.raises(RefusedError, match="no pot for that"):
        chip(cebu, ANA, 5, key="m")


async def test_declined_everybody_has_their_part_back(cebu: House) -> None:
    award(cebu, ANA, 50)
    joins(cebu, BEN, has=60)
    chip(cebu, ANA, 50, key="a")
    chip(cebu, BEN, 60, key="b")
    async with open_floor(cebu) as at:
        await until(lambda: len(direct(cebu, LEA)) == 1)
        await at.press(LEA, direct(cebu, LEA)[0], "reward_decline")
        await until(lambda: cebu.workspace.modals.top(LEA) is not None)
        await at.send(LEA, "Not before May.")
        said = "Agent 2 declined “Pizza &lt;b&gt;” for Team Blue. Your 50 points are back.\n“Not before May.”"
        for slack_id in (ANA, BEN):
            await until(lambda s=slack_id: said in told(cebu, s))  # type: ignore[misc]
        assert buttons(direct(cebu, LEO)[0].blocks or []) == {}
    assert (balance(cebu, ANA), has(cebu, BEN)) == ((50, 0), (60, 0))
    assert (states(cebu), statuses(cebu)) == (["declined"], ["given_back"])


async def test_a_part_can_be_taken_back_until_the_pot_is_full(cebu: House) -> None:
    award(cebu, ANA, 50)
    joins(cebu, BEN, has=100)
    async with open_floor(cebu) as at:
        await chips_in(at, ANA, 20)
        await chips_in(at, ANA, 10)
        chip(cebu, BEN, 30, key="b")
        mine = await at.redeem(ANA, "requests")
        await at.press(ANA, mine, "pot_take_back")
        await at.shows(mine, "Your 30 points from the pot for “Pizza <b>” are back.")
        assert (balance(cebu, ANA), has(cebu, BEN)) == ((50, 0), (70, 30))
    # Twice is once; and whoever takes the last part ends the pot.
    assert (take_back(cebu, ANA), take_back(cebu, BEN), take_back(cebu, BEN)) == (0, 30, 0)
    assert statuses(cebu) == ["given_back"]
    chip(cebu, BEN, 100, key="c")
    assert (take_back(cebu, BEN, 2), statuses(cebu)) == (0, ["given_back", "full"])
    with pytest.raises(RefusedError, match="no such pot"):
        take_back(cebu, ANA, 4711)


def test_whoever_has_a_part_does_not_decide(cebu: House) -> None:
    award(cebu, LEA, 60)
    award(cebu, ANA, 40)
    chip(cebu, LEA, 60, key="a")
    chip(cebu, ANA, 40, key="b")
    leo = cebu.centre.person("Agent 3")
    assert rows(cebu, "SELECT sent_to FROM redemption") == [(f"[{leo}]",)]
    for slack_id, step in ((LEA, Step.APPROVE), (ANA, Step.CANCEL), (LEA, Step.CANCEL), (LEA, Step.DONE)):
        assert take(cebu, slack_id, 1, step) == Moved(None)
    assert take(cebu, LEO, 1, Step.APPROVE).taken
    assert take(cebu, ADA, 1, Step.GIVE_BACK).taken
    assert (balance(cebu, LEA), balance(cebu, ANA)) == ((60, 0), (40, 0))


def test_a_part_follows_whoever_is_merged(cebu: House) -> None:
    award(cebu, ANA, 60)
    joins(cebu, BEN, has=70)
    chip(cebu, ANA, 20, key="a")
    chip(cebu, BEN, 30, key="b")
    gone, kept = cebu.centre.person("Agent 1"), cebu.centre.person("Agent 6")
    cebu.centre.db.write_now(people_service.merge, cebu.centre.at, kept, gone)
    assert has(cebu, BEN) == (80, 50)
    assert chip(cebu, ANA, 20, key="a").taken == 20
    assert chip(cebu, BEN, 50, key="c").pot is not None
    assert take(cebu, LEA, 1, Step.DECLINE).taken
    assert has(cebu, BEN) == (130, 0)


def test_what_cannot_be(cebu: House) -> None:
    award(cebu, ANA, 60)
    with pytest.raises(RefusedError, match="is for your team"):
        ask(cebu, ANA, "pizza", 100, key="k")
    with pytest.raises(RefusedError, match="no pot for that"):
        chip(cebu, ANA, 5, key="k", reward="gong", price=20)
    with pytest.raises(RefusedError, match="has changed"):
        chip(cebu, ANA, 5, key="k", price=90)
    with pytest.raises(FormError):
        chip(cebu, ANA, 0, key="k")
    change(cebu, f"UPDATE membership SET team_id = NULL WHERE person_id = {cebu.centre.person('Agent 1')}")
    with pytest.raises(RefusedError, match="in no team"):
        chip(cebu, ANA, 5, key="k")
    assert statuses(cebu) == []


def test_of_the_clock_a_last_part_and_who_takes_one_back_one_wins(cebu: House) -> None:
    joins(cebu, BEN, has=20 * RACES)
    award(cebu, ANA, 80 * RACES)
    db, late = cebu.centre.db, cebu.clock.now() + timedelta(days=40)
    for n in range(RACES):
        chip(cebu, ANA, 80, key=f"a{n}")
        number = rows(cebu, "SELECT MAX(id) FROM pot")[0][0]
        fill = partial(chip, cebu, BEN, 20, key=f"b{n}")
        other = partial(take_back, cebu, ANA, number) if n % 2 else partial(db.write_now, pots.lapse, late, number)
        together([fill, other] if n % 4 < 2 else [other, fill])
        if statuses(cebu)[-1] == "full":
            assert states(cebu)[-1] == "asked"
            take(cebu, LEA, rows(cebu, "SELECT MAX(id) FROM redemption")[0][0], Step.DECLINE)
        elif statuses(cebu)[-1] == "open":
            take_back(cebu, BEN, rows(cebu, "SELECT MAX(id) FROM pot")[0][0])
        assert (balance(cebu, ANA), has(cebu, BEN)) == ((80 * RACES, 0), (20 * RACES, 0))
