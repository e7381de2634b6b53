"""Points: awarded by hand, and told of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.domain.ledger import ISSUER, MOST, Deed, Unit, person, transfer
from bot.errors import InputError
from bot.store import audit, ledger
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
