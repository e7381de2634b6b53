"""The stock of rewards with a limit, as the ledger has it."""

from typing import NamedTuple

from sqlmodel import Session

from bot.domain.offers import CATALOGUE, stock_units
from bot.domain.rewards import PaidIn
from bot.store import bulk


class Stock(NamedTuple):
    """The accounts of a reward with a limit. `version` counts how often the stock was changed."""

    left: int
    stocked: int
    version: int


def find(session: Session, reward: str) -> Stock:
    """Return what the accounts of a reward say, all 0 where it never had a limit."""
    units = stock_units(reward)
    sql = "SELECT unit, balance, version FROM account WHERE owner = ? AND unit IN (?, ?)"
    found = {unit: (balance, version) for unit, balance, version in bulk.query(session, sql, [CATALOGUE, *units])}
    (left, _), (stocked, version) = (found.get(unit, (0, 0)) for unit in units)
    return Stock(left, stocked, version)


def take(session: Session, reward: str, owner: str, unit: PaidIn) -> Stock:
    """Return the same and keep it locked, with what whoever asks pays with: all in the one order in which accounts are."""
    sql = "SELECT id FROM account WHERE (owner = ? AND unit IN (?, ?)) OR (owner = ? AND unit IN (?, ?)) ORDER BY id"
    names = [CATALOGUE, *stock_units(reward), owner, unit.value, unit.held.value]
    bulk.query(session, sql + bulk.for_update(session), names)
    return find(session, reward)


def was_taken(session: Session, key: str) -> bool:
    """Whether the request with this key took a piece from a stock."""
    sql = (
        "SELECT 1 FROM txn JOIN entry ON entry.txn_id = txn.id JOIN account ON account.id = entry.account_id "
        "WHERE txn.key = ? AND account.owner = ?"
    )
    return bool(bulk.query(session, sql, [key, CATALOGUE]))
