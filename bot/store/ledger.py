"""The ledger's rows: appended once for each key, with the accounts locked in the order of their ids; and proven."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func
from sqlmodel import Session, SQLModel, col, select

from bot.domain import ledger
from bot.domain.ledger import AccountName, AccountState, Deed, Entry, Posting, Refusal
from bot.errors import NotFoundError, RefusedError
from bot.store import bulk, tables, texts

_RECEIPT: Final = "id, status, refusal, request_hash"
_ENTRY: Final = ("txn_id", "account_id", "amount", "version", "balance_after", "hash")
_STATE: Final = "SELECT id, owner, unit, floor, balance, version, head FROM account"
_MOVED: Final = ("id", "balance", "version", "head")
_FEW: Final = 8
"""So many accounts a statement names one by one; of more it is given two lists."""

_TXN: Final = ("id", "key", "request_hash", "kind", "status", "actor", "at", "reverses", "reason_text_id")
_LOCKED: Final = (
    "WITH named AS MATERIALIZED (SELECT a.id, a.owner, a.unit, a.tracked "
    "FROM unnest(CAST(? AS text[]), CAST(? AS text[])) AS given (owner, unit) "
    "JOIN account a ON a.owner = given.owner AND a.unit = given.unit), "
    "locked AS MATERIALIZED (SELECT id, floor, balance, version, head FROM account "
    "WHERE id = ANY (ARRAY(SELECT id FROM named WHERE tracked)) AND (SELECT COUNT(*) FROM named) = ? "
    "ORDER BY id FOR UPDATE) "
    "SELECT named.id, owner, unit, floor, balance, version, head FROM named LEFT JOIN locked ON locked.id = named.id"
)
"""On PostgreSQL, where deeds run in parallel, one statement finds accounts and locks the tracked ones of them."""

_WRITTEN: Final = (
    "WITH given AS (INSERT INTO txn ({into}) VALUES ({values}) ON CONFLICT DO NOTHING RETURNING id), "
    "line AS (SELECT * FROM unnest(CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), "
    "CAST(? AS text[])) AS l (account_id, amount, version, balance_after, hash)), "
    "written AS (INSERT INTO entry (txn_id, account_id, amount, version, balance_after, hash) "
    "SELECT given.id, line.* FROM given, line), "
    "moved AS (UPDATE account SET balance = line.balance_after, version = line.version, head = line.hash "
    "FROM given, line WHERE account.id = line.account_id AND line.version IS NOT NULL) "
    "SELECT id FROM given"
)
"""What `append` writes on PostgreSQL: nothing where the key has been used."""

_NEW_ACCOUNT: Final = ("owner", "unit", "tracked", "floor", "balance", "version", "head")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a deed. `replayed` where the key had been used before for the same request."""

    txn_id: int
    status: str
    refusal: Refusal | None
    replayed: bool
    balances: Mapping[AccountName, int] = field(default_factory=dict, compare=False)
    """What its tracked accounts have since; of none where it had happened before."""

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
    ids, states = _take(session, [posting.account for posting in deed.postings])
    refused = ledger.refusal(deed.postings, states)
    text_id = texts.add(session, at, kind=deed.kind, body=deed.reason) if deed.reason else None
    lines = ledger.entries(deed.key, deed.postings, states) if refused is None else []
    txn_id = _write(session, at, deed, refused, text_id, [(ids[line.account], line) for line in lines])
    if txn_id is None:
        # The key has been used, and the words are kept with what it was used for.
        if text_id is not None:
            texts.remove(session, text_id)
        return _replay(session, deed)
    has = {name: state.balance for name, state in states.items()}
    has |= {line.account: line.balance_after for line in lines if line.balance_after is not None}
    return Receipt(txn_id, "done" if refused is None else "refused", refused, replayed=False, balances=has)


def append_all(session: Session, at: datetime, deeds: Sequence[Deed]) -> None:
    """Let many deeds happen in their order, in few statements; what happened before under the same key is left alone.

    RefusedError where one of them cannot happen, or its key stands for another request: all is to be rolled back.
    """
    for deed in deeds:
        ledger.check(deed.postings)
    ids, states = _take(session, list({side.account: None for deed in deeds for side in deed.postings}))
    new = _unused(session, deeds)
    written, after = ledger.play(new, states)
    reasons = [(deed.kind, deed.reason) for deed in new if deed.reason]
    text_ids = iter(texts.add_all(session, at, reasons))
    moment, numbers = bulk.moment(session, at), bulk.reserve(session, tables.Txn, len(new))
    txns = [
        (number, deed.key, deed.request_hash(), deed.kind, "done", deed.actor, moment, deed.reverses,
         next(text_ids) if deed.reason else None)
        for number, deed in zip(numbers, new, strict=True)
    ]  # fmt: skip
    if bulk.insert_new(session, tables.Txn, _TXN, txns) < len(txns):
        raise RefusedError("A key was used for something else at this very moment. Try again.")
    entries = [
        (number, ids[e.account], e.amount, e.version, e.balance_after, e.hash)
        for number, lines in zip(numbers, written, strict=True)
        for e in lines
    ]
    bulk.insert(session, tables.Entry, _ENTRY, entries)
    changed = sorted((ids[name], s.balance, s.version, s.head) for name, s in after.items() if s is not states[name])
    bulk.update(session, tables.Account, _MOVED, changed)


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
    _take(session, [posting.account for posting in postings])
    taken = session.exec(select(tables.Txn).where(tables.Txn.reverses == txn.id)).first()
    if taken is not None and taken.key != key:
        raise RefusedError(f"“{of}” has been taken back already.")
    return append(session, at, deed)


def balances(session: Session, owner: str) -> dict[str, int]:
    """Return the balances of an owner's tracked accounts by unit."""
    rows = bulk.query(session, "SELECT unit, balance FROM account WHERE owner = ? AND tracked", [owner])
    return {row[0]: row[1] for row in rows}


def list_balances(session: Session, owners: Iterable[str]) -> dict[AccountName, int]:
    """Return the balances of the tracked accounts of these owners."""
    sql = f"SELECT owner, unit, balance FROM account WHERE {bulk.among(session, 'owner', 'text')} AND tracked"
    rows = bulk.query(session, sql, [bulk.listed(session, owners)])
    return {AccountName(owner, unit): balance for owner, unit, balance in rows}


def balance(session: Session, owner: str, unit: str) -> int:
    """Return one balance, 0 where the account does not exist yet."""
    return balances(session, owner).get(unit, 0)


def list_lines(session: Session, owner: str, *, limit: int) -> list[Line]:
    """Return the latest entries of an owner's accounts, the latest first."""
    rows = bulk.query(
        session,
        "SELECT txn.at, txn.kind, txn.key, account.unit, entry.amount, entry.balance_after, text.body, txn.reverses "
        "FROM entry JOIN account ON account.id = entry.account_id JOIN txn ON txn.id = entry.txn_id "
        "LEFT JOIN text ON text.id = txn.reason_text_id "
        "WHERE account.owner = ? AND entry.version IS NOT NULL ORDER BY entry.id DESC LIMIT ?",
        [owner, limit],
    )
    return [Line(bulk.read_moment(row[0]), *row[1:]) for row in rows]


def hold(session: Session, names: Iterable[AccountName]) -> dict[AccountName, int]:
    """Take accounts for this transaction, and return the balances of the tracked ones.

    Whoever does several deeds in one transaction takes all their accounts first, in the one order in which everybody
    does; taken one deed after the other, two of them would wait for each other.
    """
    _, states = _take(session, list(dict.fromkeys(names)))
    return {name: state.balance for name, state in states.items()}


def list_postings(session: Session, key: str) -> tuple[Posting, ...]:
    """Return the sides of the transaction with this key; none where there is none, or it was refused."""
    rows = bulk.query(
        session,
        "SELECT account.owner, account.unit, entry.amount FROM txn JOIN entry ON entry.txn_id = txn.id "
        "JOIN account ON account.id = entry.account_id WHERE txn.key = ? ORDER BY entry.id",
        [key],
    )
    return tuple(Posting(AccountName(owner, unit), amount) for owner, unit, amount in rows)


def is_taken_back(session: Session, key: str) -> bool:
    """Whether the transaction with this key has been taken back, under whichever key."""
    sql = "SELECT 1 FROM txn JOIN txn back ON back.reverses = txn.id WHERE txn.key = ?"
    return bool(bulk.query(session, sql, [key]))


def find(session: Session, key: str) -> Receipt | None:
    """Return what came of the deed with this key, None where there is none yet."""
    rows = bulk.query(session, f"SELECT {_RECEIPT} FROM txn WHERE key = ?", [key])
    return _receipt(rows[0]) if rows else None


def _take(
    session: Session, names: Sequence[AccountName]
) -> tuple[dict[AccountName, int], dict[AccountName, AccountState]]:
    """Take the accounts for this transaction, opening those that are new: all their ids, and how the tracked ones stand.

    The tracked ones are locked in the order of their ids, or two crossing gifts would deadlock; and only once all are
    there, since whoever opens one may have to wait for another who does, and must not hold anything meanwhile.
    """
    found = _lock_accounts(session, names)
    new = {(name.owner, name.unit, name.tracked, 0, 0, 0, "") for name in names if name not in found}
    if new:
        bulk.insert_new(session, tables.Account, _NEW_ACCOUNT, sorted(new))
        found = _lock_accounts(session, names)
    ids = {name: found[name][0] for name in names}
    return ids, {name: AccountState(name, *found[name][3:]) for name in names if name.tracked}


def _lock_accounts(session: Session, names: Sequence[AccountName]) -> Mapping[tuple[str, str], bulk.Row]:
    """Return these accounts, and lock the tracked ones in the order of their ids; if one is missing, lock none."""
    if not names:
        return {}
    if bulk.for_update(session):
        words = [[str(name.owner) for name in names], [str(name.unit) for name in names], len(names)]
        return {(row[1], row[2]): row for row in bulk.query(session, _LOCKED, words)}
    if len(names) <= _FEW:
        any_of = " OR ".join(["owner = ? AND unit = ?"] * len(names))
        return _account_rows(session, any_of, [str(word) for name in names for word in name])
    # Some more accounts of these owners are found than are asked for.
    both = f"{bulk.among(session, 'owner', 'text')} AND {bulk.among(session, 'unit', 'text')}"
    several = ({str(name.owner) for name in names}, {str(name.unit) for name in names})
    return _account_rows(session, both, [bulk.listed(session, sorted(words)) for words in several])


def _account_rows(session: Session, where: str, parameters: Sequence[Any]) -> dict[tuple[str, str], bulk.Row]:
    return {(row[1], row[2]): row for row in bulk.query(session, f"{_STATE} WHERE {where}", parameters)}


def _unused(session: Session, deeds: Sequence[Deed]) -> list[Deed]:
    """Return the deeds whose keys have not been used. RefusedError where one was used for another request."""
    wanted = {deed.key: deed for deed in deeds}
    sql = f"SELECT key, request_hash FROM txn WHERE {bulk.among(session, 'key', 'text')}"
    used = {row[0]: row[1] for row in bulk.query(session, sql, [bulk.listed(session, wanted)])}
    if len(wanted) < len(deeds) or any(wanted[key].request_hash() != kept for key, kept in used.items()):
        raise RefusedError("One of these keys stands for two requests; take another one.")
    return [deed for deed in deeds if deed.key not in used]


def _replay(session: Session, deed: Deed) -> Receipt:
    rows = bulk.query(session, f"SELECT {_RECEIPT} FROM txn WHERE key = ?", [deed.key])
    if not rows:
        # Not the key stood in the way: what this takes back has been taken back under another one.
        raise RefusedError(f"What “{deed.key}” takes back has been taken back already.")
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


def _write(
    session: Session, at: datetime, deed: Deed, refused: Refusal | None, text_id: int | None,
    lines: Sequence[tuple[int, Entry]],
) -> int | None:  # fmt: skip
    """Write a transaction with its entries and the new balances; return its id, None where the key has been used."""
    words = None
    if refused is not None:
        words = json.dumps({**refused.account._asdict(), "balance": refused.balance, "short": refused.short})
    row = {
        "key": deed.key, "request_hash": deed.request_hash(), "kind": deed.kind,
        "status": "done" if refused is None else "refused", "actor": deed.actor, "at": bulk.moment(session, at),
        "reverses": deed.reverses if refused is None else None, "reason_text_id": text_id, "refusal": words,
    }  # fmt: skip
    given = {column: value for column, value in row.items() if value is not None}
    if lines and bulk.for_update(session):
        # Others wait for these accounts: all of it in one statement, or each way there and back would be time for them.
        each = [(account_id, e.amount, e.version, e.balance_after, e.hash) for account_id, e in lines]
        listed = [list(column) for column in zip(*each, strict=True)]
        into, values = ", ".join(given), ", ".join("?" * len(given))
        found = bulk.query(session, _WRITTEN.format(into=into, values=values), [*given.values(), *listed])
        return int(found[0][0]) if found else None
    txn_id = bulk.insert_one(session, tables.Txn, tuple(given), tuple(given.values()))
    if txn_id is not None:
        rows = [(txn_id, account_id, e.amount, e.version, e.balance_after, e.hash) for account_id, e in lines]
        bulk.insert(session, tables.Entry, _ENTRY, rows)
        moved = [(account_id, e.balance_after, e.version, e.hash) for account_id, e in lines if e.account.tracked]
        bulk.update(session, tables.Account, _MOVED, moved)
    return txn_id


def counts(session: Session) -> Mapping[str, int]:
    """Return how many accounts, transactions and entries there are."""
    asked: dict[str, type[SQLModel]] = {
        "accounts": tables.Account, "transactions": tables.Txn, "entries": tables.Entry,
    }  # fmt: skip
    return {name: session.exec(select(func.count()).select_from(table)).one() for name, table in asked.items()}
