"""Leavers: what they have is settled by the programme's rule, some days after the last one, once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.adjustments import State
from bot.domain.leavers import PaidOut
from bot.domain.ledger import ISSUER, Deed, person, transfer
from bot.domain.people import Role
from bot.domain.rewards import Step
from bot.errors import RefusedError
from bot.services import leavers, roles
from bot.store import ledger
from tests.encore import House
from tests.stories.pointing import bonus, entry, id_of, message_to, with_admins
from tests.stories.rewarding import ADA, ANA, LEA, REX, asked, award, balance, live, open_floor, rows, take, together
from tests.stories.test_adjustments import correct

PAY: Any = {"leavers": "pay_out_days", "leaver_days": 30, "cost": "0.05", "currency": "PHP"}
LAST = date(2026, 3, 10)
"""The first day away."""


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from with_admins(database_url)


def leave(where: House, slack_id: str = ANA, on: date | None = LAST) -> None:
    where.centre.db.write_now(leavers.mark, where.clock.now(), id_of(where, slack_id), on, actor="story")


def settle(where: House, at: datetime, slack_id: str = ANA) -> PaidOut | None:
    return where.centre.db.write_now(leavers.settle, at, id_of(where, slack_id))


def due(where: House, at: datetime) -> list[int]:
    return where.centre.db.read_now(leavers.due, at)


def day(on: date, hour: int = 12) -> datetime:
    """Return a moment of a day in Cebu."""
    return datetime(on.year, on.month, on.day, hour, tzinfo=UTC) - timedelta(hours=8)


async def test_it_is_paid_out_once_and_the_admins_are_told(cebu: House) -> None:
    live(cebu, points=PAY)
    award(cebu, ANA, 120)
    bonus(cebu, ADA, ANA, 90, unit="minutes")
    leave(cebu)
    async with open_floor(cebu) as at:
        cebu.clock.move_to(day(LAST + timedelta(days=31)))
        await at.encore.loop.tick()
        await at.encore.loop.tick()
        told = await message_to(cebu, ADA, "has left")
        await message_to(cebu, REX, "has left")
    assert "To be paid out: 120 points and 1 h 30 min (6.00 PHP for the points)." in told.text
    assert balance(cebu, ANA) == (0, 0)
    assert rows(cebu, "SELECT kind, COUNT(*) FROM txn WHERE kind LIKE 'leaver%' GROUP BY kind") == [
        ("leaver.paid_out", 2)
    ]


def test_it_is_due_on_the_day_of_their_own_clock_and_not_before(cebu: House) -> None:
    live(cebu, points=PAY)
    award(cebu, ANA, 120)
    leave(cebu)
    on = LAST + timedelta(days=30)
    assert due(cebu, day(on, 0) - timedelta(seconds=1)) == []
    assert settle(cebu, day(on, 0) - timedelta(seconds=1)) is None
    assert due(cebu, day(on, 0)) == [id_of(cebu, ANA)]


def test_forfeited_points_lapse_and_paid_time_is_paid_out(cebu: House) -> None:
    live(cebu, points=PAY | {"leavers": "forfeit", "leaver_days": 0})
    award(cebu, ANA, 120)
    bonus(cebu, ADA, ANA, 90, unit="minutes")
    leave(cebu)
    assert settle(cebu, day(LAST)) == PaidOut(id_of(cebu, ANA), 0, 90, 120)
    assert settle(cebu, day(LAST)) is None
    assert balance(cebu, ANA) == (0, 0)


def test_kept_points_stay_and_who_comes_back_has_them(cebu: House) -> None:
    award(cebu, ANA, 120)
    leave(cebu)
    assert due(cebu, day(LAST + timedelta(days=999))) == []
    live(cebu, points=PAY)
    leave(cebu, on=None)
    assert settle(cebu, day(LAST + timedelta(days=999))) is None
    assert balance(cebu, ANA) == (120, 0)


def test_what_is_still_held_is_waited_for_and_what_comes_later_is_settled_later(cebu: House) -> None:
    live(cebu, points=PAY)
    award(cebu, ANA, 120)
    request = asked(cebu, ANA, "lunch", 50)
    leave(cebu)
    late = day(LAST + timedelta(days=40))
    assert settle(cebu, late) is None
    take(cebu, LEA, request, Step.DECLINE)
    first = settle(cebu, late)
    award(cebu, ANA, 7)
    second = settle(cebu, late)
    assert (first and first.points, second and second.points, balance(cebu, ANA)) == (120, 7, (0, 0))


def test_two_processes_settle_it_once(cebu: House) -> None:
    live(cebu, points=PAY)
    award(cebu, ANA, 120)
    leave(cebu)
    late = day(LAST + timedelta(days=40))
    came = together([lambda: settle(cebu, late) for _ in range(4)])
    assert len([one for one in came if one is not None]) == 1
    assert balance(cebu, ANA) == (0, 0)


def test_the_last_admin_cannot_leave(cebu: House) -> None:
    cebu.centre.db.write_now(roles.revoke, cebu.clock.now(), id_of(cebu, REX), Role.ADMIN, actor="story")
    with pytest.raises(RefusedError, match="last admin"):
        leave(cebu, ADA)
    leave(cebu)
    leave(cebu)
    audited = rows(cebu, "SELECT before, after FROM audit WHERE deed = 'people.leave'")
    assert audited == [(None, "2026-03-10")]


def test_nobody_is_paid_out_what_they_owe(cebu: House) -> None:
    live(cebu, points=PAY)
    award(cebu, ANA, 100)
    number = entry(cebu)
    request = asked(cebu, ANA, "ceo", 80)
    assert correct(cebu, ADA, number).case.state is State.DONE
    assert owed(cebu) == 80
    # What is given back pays what is owed, and cannot be spent again.
    take(cebu, ANA, request, Step.CANCEL)
    assert (balance(cebu, ANA), owed(cebu)) == ((0, 0), 0)


def test_what_came_in_besides_pays_what_is_owed_before_anything_is_paid_out(cebu: House) -> None:
    live(cebu, points=PAY)
    award(cebu, ANA, 100)
    number = entry(cebu)
    asked(cebu, ANA, "ceo", 80)
    take(cebu, ADA, 1, Step.APPROVE)
    take(cebu, ADA, 1, Step.DONE)
    correct(cebu, ADA, number)
    award(cebu, ANA, 101)
    assert (balance(cebu, ANA), owed(cebu)) == ((101, 0), 80)
    leave(cebu)
    assert settle(cebu, day(LAST + timedelta(days=31))) == PaidOut(id_of(cebu, ANA), 21, 0, 0, "1.05 PHP")
    assert (balance(cebu, ANA), owed(cebu)) == ((0, 0), 0)


def test_the_admins_are_told_of_each_unit_that_came_in_later(cebu: House) -> None:
    live(cebu, points=PAY)
    award(cebu, ANA, 5)
    leave(cebu)
    at = day(LAST + timedelta(days=31))
    assert settle(cebu, at) is not None
    # The points had moved once then, and so have the minutes when they come: no key is that of another time.
    for amount in (1, 2, 3):
        minutes = Deed(
            f"m{amount}", "bonus", "story", transfer("minutes", amount, source=ISSUER, target=of_ana(cebu)), {}
        )
        cebu.centre.db.write_now(ledger.append, at, minutes)
        assert settle(cebu, at) == PaidOut(id_of(cebu, ANA), 0, amount, 0)
    assert rows(cebu, "SELECT COUNT(*) FROM outbox WHERE view = 'leaver_settled'") == [(2 * 4,)]


def of_ana(where: House) -> str:
    return person(id_of(where, ANA))


def owed(where: House) -> int:
    return where.centre.db.read_now(ledger.balance, of_ana(where), "owed")
