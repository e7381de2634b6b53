"""What becomes of somebody's points and paid minutes when they leave: the rule of the programme, told beforehand."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.ledger import Unit


class Rule(StrEnum):
    """Kept for whoever comes back; paid out, or forfeited, some days after the last one."""

    KEEP = "keep"
    PAY_OUT = "pay_out_days"
    FORFEIT = "forfeit"


PAID_OUT: Final = "leaver.paid_out"
FORFEITED: Final = "leaver.forfeited"
"""The kinds of the ledger's transactions."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """The rule as it stands for one person; `on` is their first local day away, None while they stay."""

    rule: Rule
    days: int
    on: date | None = None

    @property
    def settled_on(self) -> date | None:
        """The local day on which it is settled."""
        return None if self.on is None or self.rule is Rule.KEEP else self.on + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class PaidOut:
    """What is to be paid to somebody who has left, as the admins are told of it. `cost` is the money it comes to."""

    person_id: int
    points: int
    minutes: int
    forfeited: int
    """Points that were not paid out."""
    cost: str = ""


def is_due(leaving: Leaving, today: date) -> bool:
    """Whether what somebody had is to be settled by this local day."""
    return leaving.settled_on is not None and leaving.settled_on <= today


def settlement(rule: Rule, points: int, minutes: int) -> dict[str, tuple[str, int]]:
    """Return what is taken from the accounts of whoever left, by unit: the kind of the transaction, and how many.

    Paid minutes were worked for: whatever the rule takes of points, they are paid out.
    """
    if rule is Rule.KEEP:
        return {}
    had = {
        Unit.POINTS.value: (FORFEITED if rule is Rule.FORFEIT else PAID_OUT, points),
        Unit.MINUTES.value: (PAID_OUT, minutes),
    }
    return {unit: (kind, amount) for unit, (kind, amount) in had.items() if amount > 0}
