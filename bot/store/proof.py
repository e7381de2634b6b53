"""The proof that the ledger holds: every rule of it asked of every row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection
from sqlmodel import Session

from bot.domain import ledger
from bot.store import bulk
from bot.store.migrations import triggers


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that does not hold, and where."""

    rule: str
    where: str


Rule = Callable[[Session], Iterator[str]]


def verify(session: Session) -> list[Violation]:
    """Return everything that is wrong with the ledger: nothing, if all is well."""
    return [Violation(rule, where) for rule, look in RULES.items() for where in look(session)]


def _query(sql: str) -> Rule:
    def look(session: Session) -> Iterator[str]:
        for row in bulk.query(session, sql):
            yield ", ".join(map(str, row))

    return look


def _chains(session: Session) -> Iterator[str]:
    rows = bulk.query(
        session,
        "SELECT account.owner, account.unit, account.balance, account.version, account.head, "
        "txn.key, entry.amount, entry.version, entry.balance_after, entry.hash "
        "FROM account LEFT JOIN entry ON entry.account_id = account.id LEFT JOIN txn ON txn.id = entry.txn_id "
        f"WHERE account.tracked = {_true(session)} ORDER BY account.id, entry.version",
    )
    name, balance, version, head = "", 0, 0, ""
    stated: tuple[int, int, str] = (0, 0, "")
    for owner, unit, now, versions, last, key, amount, number, after, written in rows:
        if f"{owner}/{unit}" != name:
            if stated != (balance, version, head):
                yield name
            name, balance, version, head = f"{owner}/{unit}", 0, 0, ""
        stated = (now, versions, last)
        if amount is not None:
            balance, version = balance + amount, version + 1
            head = ledger.chain(head, key, amount, version, balance)
            if (number, after, written) != (version, balance, head):
                yield f"{name}, version {number}"
    if stated != (balance, version, head):
        yield name


def _triggers(session: Session) -> Iterator[str]:
    connection = session.bind
    assert isinstance(connection, Connection)
    yield from triggers.missing(connection)


def _true(session: Session) -> str:
    connection = session.bind
    assert isinstance(connection, Connection)
    return "TRUE" if connection.dialect.name == "postgresql" else "1"


RULES: Final[dict[str, Rule]] = {
    "the sides of a transaction sum to 0 for each unit": _query(
        "SELECT txn.key, account.unit, SUM(entry.amount) FROM entry JOIN txn ON txn.id = entry.txn_id "
        "JOIN account ON account.id = entry.account_id GROUP BY txn.id, txn.key, account.unit "
        "HAVING SUM(entry.amount) <> 0"
    ),
    "a balance is the sum of its entries, its versions have no gap and its chain of hashes holds": _chains,
    "no balance is below its floor": _query(
        "SELECT account.owner, account.unit, entry.balance_after FROM entry "
        "JOIN account ON account.id = entry.account_id WHERE entry.balance_after < account.floor"
    ),
    "what was done has entries, what was refused has none": _query(
        "SELECT txn.key, txn.status FROM txn LEFT JOIN entry ON entry.txn_id = txn.id "
        "GROUP BY txn.id, txn.key, txn.status "
        "HAVING (txn.status = 'done' AND COUNT(entry.id) < 2) OR (txn.status <> 'done' AND COUNT(entry.id) > 0)"
    ),
    "a reversal takes back exactly what it names": _query(
        "SELECT back.key, account.owner, account.unit FROM txn back "
        "JOIN txn first ON first.id = back.reverses "
        "JOIN entry was ON was.txn_id = first.id JOIN account ON account.id = was.account_id "
        "LEFT JOIN entry now ON now.txn_id = back.id AND now.account_id = was.account_id "
        "WHERE COALESCE(now.amount, 0) <> -was.amount"
    ),
    "the triggers that keep it append-only are there": _triggers,
}
