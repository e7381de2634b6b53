"""Requests that nobody decides: given back in time, once, and everybody concerned learns it."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from bot.domain.rewards import Step
from bot.services import rewards
from tests.encore import House, until
from tests.stories.rewarding import (
    ANA,
    CATALOGUE,
    LEA,
    LEO,
    asked,
    award,
    balance,
    buttons,
    direct,
    floor,
    live,
    open_floor,
    rows,
    states,
    take,
    together,
    told,
)  # fmt: skip

RACES = 20


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from floor(database_url)


async def test_what_nobody_decides_is_given_back_and_everybody_sees_it(cebu: House) -> None:
    live(cebu, *CATALOGUE, redeem={"expires_days": 3})
    award(cebu, ANA, 100)
    async with open_floor(cebu) as at:
        await at.ask(ANA, await at.redeem(ANA), "mug")
        await until(lambda: len(direct(cebu, LEA)) == len(direct(cebu, LEO)) == 1)
        number = asked(cebu, ANA, "lunch", 50, key="decided")
        take(cebu, LEA, number, Step.APPROVE)
        cebu.clock.skip(timedelta(days=3) - timedelta(minutes=5))
        await at.encore.loop.tick()
        assert states(cebu) == ["asked", "approved"]
        cebu.clock.skip(timedelta(minutes=5))
        for _ in range(2):
            await at.encore.loop.tick()
        assert states(cebu) == ["expired", "approved"]
        assert balance(cebu, ANA) == (50, 50)
        gone = "Nobody decided in time about “A mug” for Agent 1. The 10 points are given back."
        await until(lambda: told(cebu, LEA)[0] == told(cebu, LEO)[0] == gone)
        assert buttons(direct(cebu, LEA)[0].blocks) == {}
        back = "Nobody decided in time about “A mug”, and your 10 points are back. You can ask for it again."
        await until(lambda: back in told(cebu, ANA))
        assert told(cebu, ANA).count(back) == 1
    assert rows(cebu, "SELECT balance FROM account WHERE unit = 'stock:mug' AND tracked") == [(3,)]
    assert rows(cebu, "SELECT actor, after FROM audit WHERE deed = 'reward.expire'") == [("programme", "expired")]


def test_it_expires_once_and_only_when_it_is_time(cebu: House) -> None:
    award(cebu, ANA, 100)
    number = asked(cebu, ANA, "lunch", 50)
    db, now = cebu.centre.db, cebu.clock.now()
    for days, due in ((13, []), (14, [number])):
        at = now + timedelta(days=days, seconds=5)
        assert db.read_now(rewards.list_overdue, at) == due
        assert db.write_now(rewards.expire, at, number) == bool(due)
        assert not db.write_now(rewards.expire, at, number)
    assert not db.write_now(rewards.expire, now + timedelta(days=99), 4711)
    assert (balance(cebu, ANA), states(cebu)) == ((100, 0), ["expired"])
    assert not take(cebu, LEA, number, Step.APPROVE).taken


def test_of_the_clock_and_somebody_who_decides_one_wins(cebu: House) -> None:
    award(cebu, ANA, 50 * RACES)
    later = cebu.clock.now() + timedelta(days=15)
    for n in range(RACES):
        number = asked(cebu, ANA, "lunch", 50, key=f"k{n}")
        expire = partial(cebu.centre.db.write_now, rewards.expire, later, number)
        approve = partial(take, cebu, LEA, number, Step.APPROVE)
        came = together([expire, approve, expire] if n % 2 else [approve, expire, expire])
        assert [getattr(one, "taken", one) for one in came].count(True) == 1
    ended = Counter(states(cebu))
    assert ended["expired"] + ended["approved"] == RACES
    assert balance(cebu, ANA) == (50 * ended["expired"], 50 * ended["approved"])
