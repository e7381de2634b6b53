"""What is taken back from somebody who has spent it: owed, and taken from what comes next. No balance goes below zero.

What is missing is lent from the issuer, and stands on an account of its own; so the reversal takes back exactly what
it names, and what is paid later goes back to the issuer.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlmodel import Session

from bot.domain.ledger import ISSUER, AccountName, Deed, Unit, person, transfer
from bot.errors import NotFoundError
from bot.store import ledger
from bot.store.ledger import Receipt

OWED_OF: Final[Mapping[str, str]] = MappingProxyType({Unit.POINTS: Unit.OWED, Unit.MINUTES: Unit.OWED_MINUTES})
"""The unit in which what is owed of a unit is counted."""

_PEOPLE: Final = "person:"

KIND: Final = "owed"
"""The ledger's kind of what is lent, and of what is paid back."""


def accounts(session: Session, person_id: int) -> list[AccountName]:
    """Return the accounts that taking back and paying may touch: to be taken with all others, before any deed."""
    owner = person(person_id)
    units = {unit for pair in OWED_OF.items() for unit in pair}
    return [AccountName(owner, unit) for unit in ledger.balances(session, owner) if unit in units]


def take_back(
    session: Session, at: datetime, *, key: str, of: str, person_id: int, actor: str, reason: str,
    kind: str = "correction",
) -> Receipt | None:  # fmt: skip
    """Take back in full what somebody got by the transaction `of`, once; what they have spent of it is owed.

    None where it has been taken back before, under whichever key. Where they were merged, `person_id` is the entry
    that is kept. NotFoundError where there is no such transaction.
    """
    sides = ledger.list_postings(session, of)
    if not sides:
        raise NotFoundError(f"No transaction that was done has the key “{of}”.")
    ledger.hold(session, [*accounts(session, person_id), *(side.account for side in sides)])
    if ledger.is_taken_back(session, of):
        return None
    owner = person(person_id)
    for (holder, unit), amount in sides:
        # What people gave and the issuer got is given back: only what somebody got may be missing.
        if unit in OWED_OF and amount > 0 and holder.startswith(_PEOPLE):
            _lend(session, at, f"{key}:owed", owner, unit, amount, actor)
            if holder != owner:
                moved = transfer(unit, amount, source=owner, target=holder)
                ledger.append(session, at, Deed(f"{key}:merged", "merge", actor, moved, {"for": key}))
    return ledger.reverse(session, at, key=key, of=of, actor=actor, reason=reason, kind=kind)


def pay(session: Session, at: datetime, person_id: int, *, key: str, actor: str = "programme") -> int:
    """Take what somebody owes from what they have now, once for each key; return how many points or minutes.

    To be called, under the key of what has just come in, wherever points or minutes come in that were earned.
    """
    owner, paid = person(person_id), 0
    has = ledger.hold(session, accounts(session, person_id))
    for unit, owed_unit in OWED_OF.items():
        amount = min(has.get(AccountName(owner, unit), 0), has.get(AccountName(owner, owed_unit), 0))
        if amount > 0:
            sides = [side for of in (unit, owed_unit) for side in transfer(of, amount, source=owner, target=ISSUER)]
            deed = Deed(f"{key}:paid:{unit}", KIND, actor, tuple(sides), {"for": key})
            paid += amount if ledger.append(session, at, deed).done else 0
    return paid


def _lend(session: Session, at: datetime, key: str, owner: str, unit: str, amount: int, actor: str) -> None:
    """Let somebody have what they must give back, and owe what they had not."""
    has = ledger.hold(session, [AccountName(owner, unit)])[AccountName(owner, unit)]
    short = amount - has
    if short > 0:
        sides = [side for of in (unit, OWED_OF[unit]) for side in transfer(of, short, source=ISSUER, target=owner)]
        ledger.append(session, at, Deed(f"{key}:{unit}", KIND, actor, tuple(sides), {"for": key}))
