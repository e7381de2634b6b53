"""Points over signed HTTP, as Slack sends: twice, at once, and out of order; after each the ledger is proven."""

import asyncio
import copy
from collections import Counter
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.sandbox.delivery import Kind
from bot.sandbox.model import Json
from tests.crash.fleet import SOAK
from tests.encore import House, until
from tests.stories.rewarding import (
    ANA,
    CATALOGUE,
    LEA,
    REX,
    Floor,
    asked,
    award,
    balance,
    direct,
    floor,
    live,
    over_http,
    rows,
    states,
)

pytestmark = pytest.mark.both_databases

GIFTS, ENOUGH_FOR = 20, 5
RACES = 20 if SOAK == 1 else 50 * SOAK


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    for where in floor(database_url):
        live(where, *CATALOGUE, kudos={"allowance": 5 * ENOUGH_FOR, "points": 5, "same_pair": 100})
        yield where
        result = CliRunner().invoke(app, ["verify"], env={"ENCORE_DATABASE_URL": database_url})
        assert result.exit_code == 0, result.output


def last(at: Floor, title: str) -> Json:
    """Return what Slack sent last under this title; the newest stands first in the record."""
    return copy.deepcopy(next(entry.request for entry in at.sandbox.record if entry.title == title))


async def deliver(at: Floor, kind: Kind, *payloads: Json) -> None:
    """Send all of these at once."""
    await asyncio.gather(*[at.sandbox.gateway.deliver(kind, "again", payload) for payload in payloads])


async def all_is_said(where: House) -> None:
    await until(lambda: not rows(where, "SELECT 1 FROM outbox WHERE status IN ('queued', 'sending')"), seconds=60)


async def test_the_same_kudos_delivered_three_times_count_once(cebu: House) -> None:
    async with over_http(cebu) as at:
        assert (await at.sandbox.command(ANA, cebu.channel, "/kudos", "@lea saved the Lee case")).error is None
        await deliver(at, "slash_commands", *[last(at, "/kudos")] * 3)
        await all_is_said(cebu)
    assert len(cebu.posts()) == 1
    assert (balance(cebu, LEA), rows(cebu, "SELECT COUNT(*) FROM praise")) == ((5, 0), [(1,)])


async def test_of_twenty_gifts_at_once_an_allowance_for_five_pays_five(cebu: House) -> None:
    async with over_http(cebu) as at:
        assert (await at.sandbox.command(REX, cebu.channel, "/kudos", "@lea saved the Lee case")).error is None
        one = last(at, "/kudos")
        gifts = [
            one | {"user_id": ANA, "trigger_id": f"{n}.1.1", "text": f"<@{LEA}> saved case {n}"} for n in range(GIFTS)
        ]
        await deliver(at, "slash_commands", *gifts)
    # Rex's first; the others are thanks without points.
    assert balance(cebu, LEA) == (5 + 5 * ENOUGH_FOR, 0)
    assert rows(cebu, "SELECT COUNT(*) FROM praise") == [(1 + GIFTS,)]


async def test_of_ten_redemptions_at_once_a_balance_for_one_pays_one(cebu: House) -> None:
    award(cebu, ANA, 70)
    award(cebu, REX, 50)
    async with over_http(cebu) as at:
        await at.ask(REX, await at.redeem(REX), "lunch")
        one = last(at, "view_submission reward_ask")
        forms = [one | {"user": one["user"] | {"id": ANA}, "view": one["view"] | {"id": f"V{n}"}} for n in range(10)]
        await deliver(at, "interactive", *forms)
    assert (balance(cebu, REX), balance(cebu, ANA)) == ((0, 50), (20, 50))
    assert states(cebu) == ["asked"] * 2
    # Each of the ten was a request of its own, and the nine refusals are remembered.
    came = rows(cebu, "SELECT status, COUNT(*) FROM txn WHERE kind = 'redeem' GROUP BY status ORDER BY status")
    assert came == [("done", 2), ("refused", 9)]


async def test_the_same_form_sent_again_is_charged_once(cebu: House) -> None:
    award(cebu, ANA, 200)
    async with over_http(cebu) as at:
        await at.ask(ANA, await at.redeem(ANA), "lunch")
        await deliver(at, "interactive", *[last(at, "view_submission reward_ask")] * 3)
    assert (balance(cebu, ANA), states(cebu)) == ((150, 50), ["asked"])


async def test_of_approve_and_cancel_at_once_one_wins(cebu: House) -> None:
    award(cebu, ANA, 50 * (RACES + 2))
    async with over_http(cebu) as at:
        # Two that are decided in peace, to see what Slack sends.
        first, second = (asked(cebu, ANA, "lunch", 50, key=key) for key in ("first", "second"))
        at.encore.ctx.wake.set()
        await until(lambda: len(direct(cebu, LEA)) == 2)
        await at.press(LEA, direct(cebu, LEA)[0], "reward_approve")
        await at.press(ANA, await at.redeem(ANA, "requests"), f"reward_cancel:{second}")
        approve, cancel = (
            last(at, title) for title in ("block_actions reward_approve", f"block_actions reward_cancel:{second}")
        )
        for n in range(RACES):
            number = asked(cebu, ANA, "lunch", 50, key=f"k{n}")
            pressed = [of_request(payload, number) for payload in (approve, cancel)]
            # Whoever is started first would mostly win.
            await deliver(at, "interactive", *pressed[:: 1 if n % 2 else -1])
    came = Counter(states(cebu))
    assert first != second
    assert set(came) == {"approved", "cancelled"}
    assert came.total() == RACES + 2
    assert balance(cebu, ANA) == (50 * came["cancelled"], 50 * came["approved"])
    steps = rows(cebu, "SELECT COUNT(*) FROM audit WHERE deed IN ('reward.approve', 'reward.cancel')")
    assert steps == [(RACES + 2,)]


def of_request(payload: Json, number: int) -> Json:
    """Return the press of the same button for another request."""
    (action,) = payload["actions"]
    pressed = action | {"value": str(number), "action_ts": f"{number}.{action['action_ts']}"}
    return payload | {"actions": [pressed], "trigger_id": f"{number}.{payload['trigger_id']}"}
