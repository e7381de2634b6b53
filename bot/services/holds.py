"""What is held for a request: one person's price, or the parts in a team's pot. Spent in the end, or given back."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.domain.ledger import ISSUER, SINK, AccountName, Deed, Posting, person, transfer
from bot.domain.offers import CATALOGUE, stock_units
from bot.domain.pots import Status
from bot.domain.rewards import RETURNS, PaidIn, State
from bot.services import owing
from bot.store import ledger, pots, stock
from bot.store.ledger import Receipt
from bot.store.pots import Part
from bot.store.rewards import Kept


def holding(owner: str, unit: PaidIn, amount: int) -> list[Posting]:
    """Return the sides of holding so much of what somebody has."""
    return [
        *transfer(unit, amount, source=owner, target=SINK),
        *transfer(unit.held, amount, source=ISSUER, target=owner),
    ]


def settle(session: Session, at: datetime, kept: Kept, state: State, actor: str) -> None:
    """Let the ledger follow a request that is locked: handed over, what is held is spent; else ended, given back."""
    if kept.pot_id is not None:
        _settle_pot(session, at, kept.pot_id, state, actor)
    elif state is State.DONE:
        _spend(session, at, kept.key, kept.person_id, kept.unit, kept.price, actor)
    elif state in RETURNS:
        further = []
        if stock.was_taken(session, kept.key):
            further = list(transfer(stock_units(kept.reward)[0], 1, source=SINK, target=CATALOGUE))
        _hold_accounts(session, [(kept.person_id, kept.held_by, kept.unit)], [side.account for side in further])
        _return(session, at, kept.key, kept.person_id, kept.held_by, kept.unit, kept.price, actor, further)


def give_back(session: Session, at: datetime, parts: Sequence[Part], actor: str) -> None:
    """Give parts of a pot back to those whose they are; the pot is locked."""
    _hold_accounts(session, [(part.person_id, part.held_by, PaidIn.POINTS) for part in parts])
    for part in parts:
        _return(session, at, part.key, part.person_id, part.held_by, PaidIn.POINTS, part.amount, actor, [])


def _settle_pot(session: Session, at: datetime, pot_id: int, state: State, actor: str) -> None:
    if state is not State.DONE and state not in RETURNS:
        return
    pots.take(session, pot_id)
    parts = pots.take_parts(session, pot_id)
    if state is State.DONE:
        _hold_accounts(session, [(part.person_id, part.held_by, PaidIn.POINTS) for part in parts])
        for part in parts:
            _spend(session, at, part.key, part.person_id, PaidIn.POINTS, part.amount, actor)
    else:
        give_back(session, at, parts, actor)
    pots.move(session, at, pot_id, Status.DONE if state is State.DONE else Status.GIVEN_BACK)


def _hold_accounts(
    session: Session, whose: Sequence[tuple[int, int, PaidIn]], further: Sequence[AccountName] = ()
) -> None:
    """Take every account that may move in the one order: also those of what somebody owes."""
    people = sorted({number for now, then, _ in whose for number in (now, then)})
    units = sorted({unit for _, _, paid_in in whose for unit in (paid_in.value, paid_in.held.value)})
    names = [AccountName(person(number), unit) for number in people for unit in units]
    debts = [account for number in people for account in owing.accounts(session, number)]
    ledger.hold(session, [*names, *debts, *further])


def _spend(session: Session, at: datetime, of: str, person_id: int, unit: PaidIn, amount: int, actor: str) -> None:
    spent = transfer(unit.held, amount, source=person(person_id), target=SINK)
    assert ledger.append(session, at, Deed(f"{of}:done", "redeem.done", actor, spent, {"of": of})).done


def _return(
    session: Session, at: datetime, of: str, person_id: int, held_by: int, unit: PaidIn, amount: int, actor: str,
    further: Sequence[Posting],
) -> None:  # fmt: skip
    """Take back what the ledger held under the key `of`; of what is had again then, what is owed is paid."""
    key = f"{of}:back"
    receipt: Receipt
    if person_id == held_by:
        receipt = ledger.reverse(session, at, key=key, of=of, actor=actor, kind="redeem.back")
    else:
        # Whoever was merged into somebody else has empty accounts: what was held is on the other's.
        owner = person(person_id)
        postings = (
            *transfer(unit.held, amount, source=owner, target=ISSUER),
            *transfer(unit, amount, source=SINK, target=owner),
            *further,
        )
        receipt = ledger.append(session, at, Deed(key, "redeem.back", actor, postings, {"of": of}))
    assert receipt.done
    owing.pay(session, at, person_id, key=key)
