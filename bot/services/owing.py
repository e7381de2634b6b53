"""What is taken back from somebody who has spent it: owed, and taken from what comes next. No balance goes below zero.

What is missing is lent from the issuer, and stands on an account of its own; so the reversal takes back exactly what
it names, and what is paid later goes back to the issuer.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlmodel import Session

from bot.domain.ledger import ISSUER, AccountName, Deed, Posting, Unit, person, transfer
from bot.errors import NotFoundError, RefusedError
from bot.store import ledger, merging
from bot.store.ledger import Receipt

OWED_OF: Final[Mapping[str, str]] = MappingProxyType({Unit.POINTS: Unit.OWED, Unit.MINUTES: Unit.OWED_MINUTES})
"""The unit in which what is owed of a unit is counted."""

_PEOPLE: Final = "person:"

KIND: Final = "owed"
"""The ledger's kind of what is lent, and of what is paid back."""


def accounts(session: Session, *person_ids: int) -> list[AccountName]:
    """Return the accounts that taking back and paying may touch: to be taken with all others, before any deed."""
    units = {unit for pair in OWED_OF.items() for unit in pair}
    return [name for name in ledger.list_balances(session, map(person, person_ids)) if name.unit in units]


def list_owing(session: Session, person_ids: Iterable[int]) -> set[int]:
    """Return those of these people who owe something."""
    numbers = {person(number): number for number in person_ids}
    found = ledger.list_balances(session, numbers)
    return {numbers[name.owner] for name, owed in found.items() if name.unit in OWED_OF.values() and owed > 0}


def people_of(session: Session, of: str) -> dict[str, int]:
    """Return the people of the transaction `of`, by the owner of their accounts; who were merged since, as they are now."""
    return _people(session, ledger.list_postings(session, of))


def accounts_of(session: Session, of: str) -> list[AccountName]:
    """Return the accounts that taking back the transaction `of` may touch."""
    sides = ledger.list_postings(session, of)
    now = _people(session, sides)
    taken = [side.account for side in sides]
    moved = [AccountName(person(now[owner]), unit) for (owner, unit), _ in sides if owner in now]
    return [*taken, *moved, *(account for number in sorted({*now.values()}) for account in accounts(session, number))]


def take_back(
    session: Session, at: datetime, *, key: str, of: str, actor: str, reason: str, kind: str = "correction",
    lends: bool = True,
) -> Receipt | None:  # fmt: skip
    """Take back in full what people got by the transaction `of`, once; what they have spent of it is owed.

    Whoever was merged since gives and gets it as the person they are now. None where it has been taken back before, under
    whichever key, or it was spent and nothing is to be lent; then nothing is done. NotFoundError where there is no such
    transaction, RefusedError where the ledger refuses: everything is to be rolled back.
    """
    sides = ledger.list_postings(session, of)
    if not sides:
        raise NotFoundError(f"No transaction that was done has the key “{of}”.")
    now = _people(session, sides)
    has = ledger.hold(session, accounts_of(session, of))
    if ledger.is_taken_back(session, of):
        return None
    got: dict[AccountName, int] = {}
    for (holder, unit), amount in sides:
        # What people gave and the issuer got is given back: only what somebody got may be missing.
        if unit in OWED_OF and amount > 0 and holder in now:
            account = AccountName(person(now[holder]), unit)
            got[account] = got.get(account, 0) + amount
    short = {account: amount - has[account] for account, amount in got.items() if amount > has[account]}
    if short and not lends:
        return None
    for account, amount in short.items():
        _lend(session, at, f"{key}:owed:{account.owner}:{account.unit}", account, amount, actor, key)
    # The reversal is of the very accounts that the transaction named: to and from those who were merged, it is moved.
    merged = [side for side in sides if side.account.owner in now and _now(side, now) != side.account.owner]
    _move(session, at, f"{key}:merged", [side for side in merged if side.amount > 0], now, actor, key)
    receipt = ledger.reverse(session, at, key=key, of=of, actor=actor, reason=reason, kind=kind)
    if not receipt.done:
        raise RefusedError("That cannot be taken back now, and nothing was changed. Try again.")
    _move(session, at, f"{key}:merged:back", [side for side in merged if side.amount < 0], now, actor, key)
    return receipt


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


def _lend(
    session: Session, at: datetime, key: str, account: AccountName, short: int, actor: str, why: str
) -> None:  # fmt: skip
    """Let somebody have what they must give back and have no more, and owe it."""
    owner, unit = account
    sides = [side for of in (unit, OWED_OF[unit]) for side in transfer(of, short, source=ISSUER, target=owner)]
    ledger.append(session, at, Deed(key, KIND, actor, tuple(sides), {"for": why}))


def _move(
    session: Session, at: datetime, key: str, sides: Sequence[Posting], now: Mapping[str, int], actor: str, why: str
) -> None:  # fmt: skip
    """Move what is taken back to those who were merged, and what they get back on to whom they are now."""
    sums: dict[AccountName, int] = {}
    for side in sides:
        (holder, unit), amount = side
        for account, change in ((AccountName(holder, unit), amount), (AccountName(_now(side, now), unit), -amount)):
            sums[account] = sums.get(account, 0) + change
    moved = tuple(Posting(account, change) for account, change in sorted(sums.items()) if change)
    if moved and not ledger.append(session, at, Deed(key, "merge", actor, moved, {"for": why})).done:
        raise RefusedError("That cannot be taken back now, and nothing was changed. Try again.")


def _now(side: Posting, now: Mapping[str, int]) -> str:
    return person(now[side.account.owner])


def _people(session: Session, sides: Sequence[Posting]) -> dict[str, int]:
    owners = sorted({side.account.owner for side in sides if side.account.owner.startswith(_PEOPLE)})
    numbers = {owner: int(owner.removeprefix(_PEOPLE)) for owner in owners}
    return {owner: merging.find_kept(session, number) or number for owner, number in numbers.items()}
