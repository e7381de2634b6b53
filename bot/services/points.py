"""Points: awarded by hand, and told of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.domain.ledger import ISSUER, MOST, Deed, Unit, person, transfer
from bot.domain.mystats import Points
from bot.domain.periods import Period, moment_of
from bot.domain.praise import giving_unit, points_of, renews_at
from bot.domain.programme import Programme
from bot.errors import InputError
from bot.store import audit, ledger, people
from bot.store import points as store
from bot.store.ledger import Line, Receipt

LINES: Final = 20


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody has, by unit, and their latest entries, the latest first."""

    balances: Mapping[str, int]
    lines: list[Line]


def award(session: Session, at: datetime, person_id: int, amount: int, *, key: str, reason: str, actor: str) -> Receipt:
    """Give somebody points out of nothing, once for each key; InputError where the amount or the words are no use."""
    if not 0 < amount <= MOST:
        raise InputError(f"Points are awarded as a whole number from 1 to {MOST:,}.")
    if not reason.strip():
        raise InputError("Say what the points are for: people read it in their statement.")
    people.hold(session, [person_id])
    owner = person(person_id)
    postings = transfer(Unit.POINTS, amount, source=ISSUER, target=owner)
    request = {"to": owner, "points": amount, "reason": reason}
    receipt = ledger.append(session, at, Deed(key, "award", actor, postings, request, reason))
    if not receipt.replayed:
        audit.append(session, at, actor=actor, deed="points.award", subject=owner, after=f"{amount} ({key})")
    return receipt


def statement(session: Session, person_id: int, *, lines: int = LINES) -> Statement:
    """Return what somebody has and their latest entries."""
    owner = person(person_id)
    return Statement(ledger.balances(session, owner), ledger.list_lines(session, owner, limit=lines))


def own(
    session: Session, at: datetime, person_id: int, here: ZoneInfo, period: Period, programme: Programme, *, gives: bool
) -> Points | None:
    """Return somebody's points beside the figures of a period, whose days are those of their zone; None without points.

    `gives` says whether they may give any away where they are.
    """
    each, kudos = points_of(programme.kudos), programme.kudos
    if not each and not programme.rewards:
        return None
    giving = giving_unit(at, here)
    first, end = (moment_of(day, time(), here) for day in (period.first, period.last + timedelta(days=1)))
    balances, received = store.standing(session, person(person_id), giving, first, end)
    mine = Points(balances.get(Unit.POINTS, 0), balances.get(Unit.HELD, 0), received)
    if not each or not gives:
        return mine
    return replace(mine, left=balances.get(giving, kudos.allowance), renews_at=renews_at(at, here))
