"""The proof that the ledger holds: every rule of it asked of every row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection
from sqlmodel import Session

from bot.domain import heads, ledger
from bot.domain.heads import Head, Heads
from bot.store import bulk
from bot.store.migrations import triggers


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that does not hold, and where."""

    rule: str
    where: str


STILL_THERE: Final = "what was there at the export is there still"

_AT_ONCE: Final = 400
"""So many accounts one statement asks for."""

Rule = Callable[[Session], Iterator[str]]


def verify_and_list(session: Session) -> tuple[list[Violation], list[Head]]:
    """Return everything that is wrong and the heads, both of one moment."""
    return verify(session), list_heads(session)


def verify(session: Session) -> list[Violation]:
    """Return everything that is wrong with the ledger: nothing, if all is well."""
    return [Violation(rule, where) for rule, look in RULES.items() for where in look(session)]


def list_heads(session: Session) -> list[Head]:
    """Return the heads of all tracked accounts, in the order of their ids."""
    rows = bulk.query(
        session, f"SELECT id, version, head FROM account WHERE tracked = {_true(session)} ORDER BY id"
    )  # fmt: skip
    return [Head(*row) for row in rows]


def compare(session: Session, then: Heads) -> list[Violation]:
    """Return every account that has lost entries since an export, or whose entries are not those it had."""
    now = {account_id: version for account_id, version, _ in list_heads(session)}
    hashes: dict[tuple[int, int], str] = {}
    for start in range(0, len(then.heads), _AT_ONCE):
        asked = then.heads[start : start + _AT_ONCE]
        sql = (
            "SELECT account_id, version, hash FROM entry WHERE version IS NOT NULL "
            f"AND (account_id, version) IN (VALUES {', '.join(['(?, ?)'] * len(asked))})"
        )
        given = [value for account_id, version, _ in asked for value in (account_id, version)]
        hashes |= {(row[0], row[1]): row[2] for row in bulk.query(session, sql, given)}
    names = {row[0]: f"{row[1]}/{row[2]}" for row in bulk.query(session, "SELECT id, owner, unit FROM account")}
    return [
        Violation(STILL_THERE, f"{names.get(number, f'account {number}')} {why}")
        for number, why in heads.missing(then.heads, now, hashes)
    ]


def _query(sql: str) -> Rule:
    def look(session: Session) -> Iterator[str]:
        for row in bulk.query(session, sql):
            yield ", ".join(map(str, row))

    return look


def _chains(session: Session) -> Iterator[str]:
    last = bulk.query(session, "SELECT COALESCE(MAX(id), 0) FROM account")[0][0]
    for first in range(1, int(last) + 1, _AT_ONCE):
        yield from _chains_from(session, first)


def _chains_from(session: Session, first: int) -> Iterator[str]:
    """Return what does not hold of the accounts of one range of ids: not all entries that there are, at once."""
    rows = bulk.query(
        session,
        "SELECT account.owner, account.unit, account.balance, account.version, account.head, "
        "txn.key, entry.amount, entry.version, entry.balance_after, entry.hash "
        "FROM account LEFT JOIN entry ON entry.account_id = account.id LEFT JOIN txn ON txn.id = entry.txn_id "
        f"WHERE account.tracked = {_true(session)} AND account.id >= ? AND account.id < ? "
        "ORDER BY account.id, entry.version",
        [first, first + _AT_ONCE],
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
    "what was earned is in the ledger once it is issued, and not before": _query(
        "SELECT award.key, award.state FROM award LEFT JOIN txn ON txn.key = award.key AND txn.status = 'done' "
        "WHERE (award.state = 'issued' AND txn.id IS NULL) OR (award.state = 'waiting' AND txn.id IS NOT NULL)"
    ),
    "a pot holds its price at most, a full one exactly that": _query(
        "SELECT p.id, p.team_id, p.reward FROM pot p LEFT JOIN pot_part x ON x.pot_id = p.id AND x.back_at IS NULL "
        "GROUP BY p.id, p.team_id, p.reward, p.price, p.status HAVING COALESCE(SUM(x.amount), 0) > p.price "
        "OR (p.status IN ('full', 'done') AND COALESCE(SUM(x.amount), 0) <> p.price)"
    ),
    "what is in a pot is in the ledger": _query(
        "SELECT x.key FROM pot_part x LEFT JOIN txn ON txn.key = x.key AND txn.status = 'done' "
        "WHERE x.amount > 0 AND txn.id IS NULL"
    ),
    "what was earned and taken back is reversed, or was never issued": _query(
        "SELECT award.key FROM award JOIN txn ON txn.key = award.key AND txn.status = 'done' "
        "LEFT JOIN txn back ON back.reverses = txn.id WHERE award.state = 'back' AND back.id IS NULL"
    ),
    "what is held is what is asked for, and what is in pots": _query(
        "SELECT owner, unit, SUM(amount) FROM ("
        "SELECT owner, unit, balance AS amount FROM account WHERE unit IN ('held', 'held_minutes') AND tracked "
        "UNION ALL SELECT 'person:' || person_id, CASE unit WHEN 'points' THEN 'held' ELSE 'held_minutes' END, -price "
        "FROM redemption WHERE status IN ('asked', 'approved') AND pot_id IS NULL "
        "UNION ALL SELECT 'person:' || x.person_id, 'held', -x.amount FROM pot_part x JOIN pot p ON p.id = x.pot_id "
        "WHERE x.back_at IS NULL AND p.status IN ('open', 'full')"
        ") stands GROUP BY owner, unit HAVING SUM(amount) <> 0"
    ),
    "whoever was merged into somebody else has nothing any more": _query(
        "SELECT a.owner, a.unit, a.balance FROM person p JOIN account a ON a.owner = 'person:' || p.id "
        "WHERE p.merged_into IS NOT NULL AND a.tracked AND a.balance <> 0"
    ),
    "the triggers that keep it append-only are there": _triggers,
}
