"""Points as a person's own figures and statement tell them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlmodel import Session

from bot.store import bulk, tables

MERGE: Final = "merge"
"""The kind of what is moved between two entries of one person: nothing that they got or gave."""

_RECEIVED: Final = (
    "(SELECT COALESCE(SUM(e.amount), 0) FROM entry e JOIN txn t ON t.id = e.txn_id WHERE e.account_id = a.id "
    "AND t.at >= ? AND t.at < ? AND t.kind NOT IN ('merge', 'owed', 'redeem.back') "
    "AND (e.amount > 0) = (t.reverses IS NULL))"
)
"""What came in less what of it was taken back; a price that is given back was the owner's before (two parameters)."""

_TXN: Final = (
    "JOIN txn t ON t.id = e.txn_id LEFT JOIN txn o ON o.id = t.reverses LEFT JOIN dispute d ON d.entry_id = e.id "
    "AND d.number = (SELECT MAX(n.number) FROM dispute n WHERE n.entry_id = e.id)"
)
_FROM: Final = (
    "FROM (SELECT e.id, e.txn_id, a.owner, a.unit, e.amount, e.balance_after FROM account a "
    f"JOIN entry e ON e.account_id = a.id WHERE e.version IS NOT NULL) e {_TXN}"
)
_ROW: Final = (
    "e.id, e.owner, e.unit, e.amount, e.balance_after, t.at, t.kind, t.key, t.actor, t.reason_text_id, o.kind, o.key, "
    "d.status, d.answer_text_id, COALESCE(d.number, 0)"
)


class Row(NamedTuple):
    """One entry with what is known of its transaction, and of the one that this takes back."""

    id: int
    owner: str
    unit: str
    amount: int
    balance_after: int
    at: datetime
    kind: str
    key: str
    actor: str
    text_id: int | None
    of_kind: str | None
    of_key: str | None
    asked: str | None
    answer_id: int | None
    questions: int


class Ended(NamedTuple):
    """What a request was for, and how it stands; `state` is empty for a part of a pot."""

    title: str
    state: str = ""
    by: int | None = None


class Account(NamedTuple):
    """An account as it stands; `version` counts its entries."""

    balance: int
    version: int


def standing(
    session: Session, owners: Sequence[str], giving: str, first: datetime, end: datetime
) -> tuple[dict[str, int], int]:  # fmt: skip
    """Return the balances of points, held points and an allowance's unit of the first of one person's owners.

    And the points that came in for all of them from `first` to `end` (out), less what of it was taken back.
    """
    sql = (
        f"SELECT a.owner, a.unit, a.balance, CASE WHEN a.unit = 'points' THEN {_RECEIVED} ELSE 0 END FROM account a "
        f"WHERE a.owner IN ({_marks(owners)}) AND a.unit IN ('points', 'held', ?)"
    )
    rows = bulk.query(session, sql, [bulk.moment(session, first), bulk.moment(session, end), *owners, giving])
    return {row[1]: int(row[2]) for row in rows if row[0] == owners[0]}, sum(int(row[3]) for row in rows)


def earned(session: Session, owners: Sequence[str], unit: str, since: datetime) -> tuple[int, datetime | None]:
    """Return what rules and kudos brought one person's owners in a unit since a moment, less what was taken back.

    And when such an entry came first of all; what an admin gave by hand is none.
    """
    sql = (
        "SELECT COALESCE(SUM(CASE WHEN t.at >= ? THEN e.amount ELSE 0 END), 0), MIN(t.at) FROM account a "
        "JOIN entry e ON e.account_id = a.id JOIN txn t ON t.id = e.txn_id LEFT JOIN txn o ON o.id = t.reverses "
        f"WHERE a.owner IN ({_marks(owners)}) AND a.unit = ? AND COALESCE(o.kind, t.kind) IN ('kudos', 'earn')"
    )
    ((amount, first),) = bulk.query(session, sql, [bulk.moment(session, since), *owners, unit])
    return int(amount), None if first is None else bulk.read_moment(first)


def list_entries(
    session: Session, owners: Sequence[str], units: Sequence[str], first: datetime, end: datetime, *,
    limit: int, offset: int,
) -> list[Row]:  # fmt: skip
    """Return one person's entries of these units from `first` to `end` (out), the latest first.

    `owners` are all entries of the person: what was only moved from one to another is left out, and the balance after
    each is that of all together.
    """
    sql = f"SELECT {_ROW} {_of(owners, units)} AND t.at >= ? AND t.at < ? ORDER BY e.id DESC LIMIT ? OFFSET ?"
    given = [*owners, *units, bulk.moment(session, first), bulk.moment(session, end), limit, offset]
    return [_row(row) for row in bulk.query(session, sql, given)]


def list_all(session: Session, owners: Sequence[str], *, limit: int | None = None) -> list[Row]:
    """Return one person's entries in every unit, the latest first: as many as there are, or the latest so many."""
    most = "" if limit is None else f" LIMIT {limit:d}"
    return [
        _row(row) for row in bulk.query(session, f"SELECT {_ROW} {_of(owners)} ORDER BY e.id DESC{most}", [*owners])
    ]


def count_entries(
    session: Session, owners: Sequence[str], units: Sequence[str], first: datetime, end: datetime
) -> int:  # fmt: skip
    """Return how many there are."""
    sql = f"SELECT COUNT(*) {_of(owners, units)} AND t.at >= ? AND t.at < ?"
    given = [*owners, *units, bulk.moment(session, first), bulk.moment(session, end)]
    return int(bulk.query(session, sql, given)[0][0])


def first_at(session: Session, owners: Sequence[str], units: Sequence[str]) -> datetime | None:
    """Return when a person's first entry of these units was made."""
    rows = bulk.query(session, f"SELECT t.at {_of(owners, units)} ORDER BY e.id LIMIT 1", [*owners, *units])
    return bulk.read_moment(rows[0][0]) if rows else None


def find_entry(session: Session, entry_id: int) -> Row | None:
    """Return one entry of an account that is tracked, None where there is none."""
    rows = bulk.query(session, f"SELECT {_ROW} {_FROM} WHERE e.id = ?", [entry_id])
    return _row(rows[0]) if rows else None


def list_of_txn(session: Session, key: str) -> list[Row]:
    """Return what people got by the transaction with this key, in the order in which it was written."""
    sql = f"SELECT {_ROW} {_FROM} WHERE t.key = ? AND e.amount > 0 AND e.unit IN (?, ?) ORDER BY e.id"
    return [_row(row) for row in bulk.query(session, sql, [key, "points", "minutes"])]


def list_praises(session: Session, keys: Iterable[str]) -> Mapping[str, tuple[int, int]]:
    """Return who gave the praises with these keys, and the id of what they wrote."""
    rows = bulk.select(
        session, tables.Praise, ("key", "giver_id", "text_id"), bulk.among(session, "key", "text"),
        [bulk.listed(session, keys)],
    )  # fmt: skip
    return {row[0]: (row[1], row[2]) for row in rows}


def is_private(session: Session, key: str) -> bool:
    """Whether the praise with this key is for nobody but its receivers."""
    return any(row[0] for row in bulk.select(session, tables.Praise, ("private",), "key = ?", [key]))


def list_asked(session: Session, keys: Iterable[str]) -> Mapping[str, Ended]:
    """Return what was asked for, or put into a pot for, under these keys, and how it stands."""
    where, keys = bulk.among(session, "key", "text"), list(keys)
    columns = ("key", "title", "status", "decided_by", "ended_by")
    found = bulk.select(session, tables.Redemption, columns, where, [bulk.listed(session, keys)])
    sql = "SELECT x.key, p.title FROM pot_part x JOIN pot p ON p.id = x.pot_id WHERE "
    parts = bulk.query(session, sql + where, [bulk.listed(session, keys)])
    asked = {key: Ended(title, state, ended or decided) for key, title, state, decided, ended in found}
    return asked | {key: Ended(title) for key, title in parts}


def lock(session: Session, owner: str) -> Mapping[str, Account]:
    """Let nobody else change an owner's accounts until this transaction ends, and return them by unit.

    They are taken in the one order in which everybody does.
    """
    sql = "SELECT unit, balance, version FROM account WHERE owner = ? ORDER BY id"
    return {row[0]: Account(row[1], row[2]) for row in bulk.query(session, sql + bulk.for_update(session), [owner])}


def _of(owners: Sequence[str], units: Sequence[str] = ()) -> str:
    """Return where one person's entries come from; the parameters are the owners, then the units."""
    after = "e.balance_after"
    if len(owners) > 1:
        after = "CAST(SUM(e.amount) OVER (PARTITION BY a.unit ORDER BY e.id) AS BIGINT)"
    among = f" AND a.unit IN ({_marks(units)})" if units else ""
    own = (
        f"SELECT e.id, e.txn_id, a.owner, a.unit, e.amount, {after} AS balance_after FROM account a "
        "JOIN entry e ON e.account_id = a.id "
        f"WHERE a.owner IN ({_marks(owners)}) AND e.version IS NOT NULL{among}"
    )
    return f"FROM ({own}) e {_TXN} WHERE t.kind <> '{MERGE}'"


def _marks(several: Sequence[str]) -> str:
    return ", ".join("?" * len(several))


def _row(row: bulk.Row) -> Row:
    before, after = row[:5], row[6:]
    return Row._make((*before, bulk.read_moment(row[5]), *after))
