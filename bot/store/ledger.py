"""The ledger's rows: appended once for each key, with the accounts locked in the order of their ids; and proven."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func
from sqlmodel import Session, SQLModel, col, select

from bot.domain import ledger
from bot.domain.ledger import AccountName, AccountState, Deed, Posting, Refusal
from bot.errors import NotFoundError, RefusedError
from bot.store import bulk, tables, texts

_RECEIPT: Final = "id, status, refusal, request_hash"
_INSERT_TXN: Final = (
    "INSERT INTO txn (key, request_hash, kind, status, actor, at, reverses, reason_text_id, refusal) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id"
)
_NEW_ACCOUNT: Final = ("owner", "unit", "tracked", "floor", "balance", "version", "head")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a deed. `replayed` where the key had been used before for the same request."""

    txn_id: int
    status: str
    refusal: Refusal | None
    replayed: bool

    @property
    def done(self) -> bool:
        """Whether it happened, now or before."""
        return self.status == "done"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as a statement shows it. `at` is UTC."""

    at: datetime
    kind: str
    key: str
    unit: str
    amount: int
    balance_after: int | None
    reason: str | None
    reverses: int | None


def append(session: Session, at: datetime, deed: Deed) -> Receipt:
    """Let a deed happen once: the same key and request replay the first answer, even a refusal.

    Raises RefusedError where the key stands for another request, or the deed cannot be a transaction.
    """
    ledger.check(deed.postings)
    ids = _account_ids(session, [posting.account for posting in deed.postings])
    states = _lock(session, ids)
    earlier = _replay(session, deed)
    if earlier is not None:
        return earlier
    refused = ledger.refusal(deed.postings, states)
    txn_id = _insert_txn(session, at, deed, refused)
    if txn_id is None:
        # Another transaction took the key after we had looked.
        replayed = _replay(session, deed)
        assert replayed is not None
        return replayed
    if refused is None:
        _write(session, txn_id, deed, ids, states)
    return Receipt(txn_id, "done" if refused is None else "refused", refused, replayed=False)


def reverse(
    session: Session, at: datetime, *, key: str, of: str, actor: str, reason: str | None = None, kind: str = "reversal"
) -> Receipt:
    """Take back the transaction with the key `of`, once.

    NotFoundError where there is none; RefusedError where it was refused, is a reversal itself, or has been taken back
    under another key.
    """
    txn = session.exec(select(tables.Txn).where(tables.Txn.key == of)).first()
    if txn is None:
        raise NotFoundError(f"No transaction has the key “{of}”.")
    if txn.status != "done" or txn.reverses is not None:
        raise RefusedError(f"“{of}” cannot be taken back: it was refused, or takes something back itself.")
    rows = session.exec(
        select(tables.Account.owner, tables.Account.unit, tables.Entry.amount)
        .join(tables.Entry, col(tables.Entry.account_id) == col(tables.Account.id))
        .where(tables.Entry.txn_id == txn.id)
        .order_by(col(tables.Entry.id))
    ).all()
    postings = tuple(Posting(AccountName(owner, unit), -amount) for owner, unit, amount in rows)
    deed = Deed(key, kind, actor, postings, {"reverses": of}, reason, txn.id)
    # The accounts are locked before the look, so that two who take back the same thing come one after the other.
    _lock(session, _account_ids(session, [posting.account for posting in postings]))
    taken = session.exec(select(tables.Txn).where(tables.Txn.reverses == txn.id)).first()
    if taken is not None and taken.key != key:
        raise RefusedError(f"“{of}” has been taken back already.")
    return append(session, at, deed)


def balances(session: Session, owner: str) -> dict[str, int]:
    """Return the balances of an owner's tracked accounts by unit."""
    query = select(tables.Account.unit, tables.Account.balance).where(
        tables.Account.owner == owner, col(tables.Account.tracked)
    )
    return dict(session.exec(query).all())


def balance(session: Session, owner: str, unit: str) -> int:
    """Return one balance, 0 where the account does not exist yet."""
    return balances(session, owner).get(unit, 0)


def list_lines(session: Session, owner: str, *, limit: int) -> list[Line]:
    """Return the latest entries of an owner's accounts, the latest first."""
    rows = bulk.query(
        session,
        "SELECT txn.at, txn.kind, txn.key, account.unit, entry.amount, entry.balance_after, text.body, txn.reverses "
        "FROM entry JOIN account ON account.id = entry.account_id JOIN txn ON txn.id = entry.txn_id "
        "LEFT JOIN text ON text.id = txn.reason_text_id WHERE account.owner = ? ORDER BY entry.id DESC LIMIT ?",
        [owner, limit],
    )
    return [Line(bulk.read_moment(row[0]), *row[1:]) for row in rows]


def find(session: Session, key: str) -> Receipt | None:
    """Return what came of the deed with this key, None where there is none yet."""
    rows = bulk.query(session, f"SELECT {_RECEIPT} FROM txn WHERE key = ?", [key])
    return _receipt(rows[0]) if rows else None


def _account_ids(session: Session, names: Sequence[AccountName]) -> dict[AccountName, int]:
    """Return the accounts' ids, opening those that are new."""
    found = _find_accounts(session, names)
    if len(found) < len(set(names)):
        rows = {(name.owner, name.unit, name.tracked, 0, 0, 0, "") for name in names}
        bulk.insert_new(session, tables.Account, _NEW_ACCOUNT, sorted(rows))
        found = _find_accounts(session, names)
    return found


def _find_accounts(session: Session, names: Sequence[AccountName]) -> dict[AccountName, int]:
    marks = " OR ".join(["owner = ? AND unit = ?"] * len(names))
    rows = bulk.query(
        session, f"SELECT id, owner, unit FROM account WHERE {marks}", [word for n in names for word in n]
    )
    return {AccountName(owner, unit): int(account_id) for account_id, owner, unit in rows}


def _lock(session: Session, ids: Mapping[AccountName, int]) -> dict[AccountName, AccountState]:
    """Take the tracked accounts for this transaction, in the order of their ids, or two crossing gifts would deadlock."""
    names = {account_id: name for name, account_id in ids.items() if name.tracked}
    if not names:
        return {}
    marks = ", ".join("?" * len(names))
    sql = f"SELECT id, floor, balance, version, head FROM account WHERE id IN ({marks}) ORDER BY id"
    rows = bulk.query(session, sql + bulk.for_update(session), sorted(names))
    return {names[row[0]]: AccountState(names[row[0]], *row[1:]) for row in rows}


def _replay(session: Session, deed: Deed) -> Receipt | None:
    rows = bulk.query(session, f"SELECT {_RECEIPT} FROM txn WHERE key = ?", [deed.key])
    if not rows:
        return None
    if rows[0][-1] != deed.request_hash():
        raise RefusedError(f"The key “{deed.key}” was used for something else; take another one.")
    return _receipt(rows[0])


def _receipt(row: bulk.Row) -> Receipt:
    txn_id, status, refusal, _ = row
    refused = None
    if refusal is not None:
        words = json.loads(refusal)
        refused = Refusal(AccountName(words["owner"], words["unit"]), words["balance"], words["short"])
    return Receipt(txn_id, status, refused, replayed=True)


def _insert_txn(session: Session, at: datetime, deed: Deed, refused: Refusal | None) -> int | None:
    """Return the new transaction's id, None where the key has just been used."""
    words = None
    if refused is not None:
        words = json.dumps({**refused.account._asdict(), "balance": refused.balance, "short": refused.short})
    row = (
        deed.key, deed.request_hash(), deed.kind, "done" if refused is None else "refused", deed.actor,
        bulk.moment(session, at), deed.reverses if refused is None else None, _text(session, at, deed), words,
    )  # fmt: skip
    rows = bulk.query(session, _INSERT_TXN, row)
    return int(rows[0][0]) if rows else None


def _text(session: Session, at: datetime, deed: Deed) -> int | None:
    return texts.add(session, at, kind=deed.kind, body=deed.reason) if deed.reason else None


def _write(
    session: Session,
    txn_id: int,
    deed: Deed,
    ids: Mapping[AccountName, int],
    states: Mapping[AccountName, AccountState],
) -> None:
    written = ledger.entries(deed.key, deed.postings, states)
    columns = ("txn_id", "account_id", "amount", "version", "balance_after", "hash")
    rows = [(txn_id, ids[e.account], e.amount, e.version, e.balance_after, e.hash) for e in written]
    bulk.insert(session, tables.Entry, columns, rows)
    changed = [(e.balance_after, e.version, e.hash, ids[e.account]) for e in written if e.account.tracked]
    bulk.execute(session, "UPDATE account SET balance = ?, version = ?, head = ? WHERE id = ?", changed)


def counts(session: Session) -> Mapping[str, int]:
    """Return how many accounts, transactions and entries there are."""
    asked: dict[str, type[SQLModel]] = {
        "accounts": tables.Account, "transactions": tables.Txn, "entries": tables.Entry,
    }  # fmt: skip
    return {name: session.exec(select(func.count()).select_from(table)).one() for name, table in asked.items()}
