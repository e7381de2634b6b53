"""The ledger under every hand: keys, floors, reversals, triggers, proof; on SQLite and on PostgreSQL."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.domain.ledger import ISSUER, SINK, Deed, Unit, person, transfer
from bot.domain.ledger import AccountName as Name
from bot.errors import NotFoundError, RefusedError
from bot.store import bulk, ledger, proof
from bot.store.database import Database

AT = datetime(2026, 3, 6, 9, tzinfo=UTC)
ANA, BEN = person(1), person(2)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    assert database.read_now(proof.verify) == []
    database.close()


def award(key: str, amount: int, owner: str = ANA) -> Deed:
    request = {"to": owner, "amount": amount}
    return Deed(key, "award", "admin", transfer(Unit.POINTS, amount, source=ISSUER, target=owner), request)


def spend(key: str, amount: int, owner: str = ANA) -> Deed:
    request = {"from": owner, "amount": amount}
    return Deed(key, "spend", owner, transfer(Unit.POINTS, amount, source=owner, target=SINK), request)


def points(db: Database, owner: str = ANA) -> int:
    return db.read_now(ledger.balance, owner, Unit.POINTS)


def test_what_is_awarded_can_be_spent_and_no_more(db: Database) -> None:
    assert db.write_now(ledger.append, AT, award("a", 10)).done
    assert db.write_now(ledger.append, AT, spend("b", 10)).done
    refused = db.write_now(ledger.append, AT, spend("c", 1))
    assert (refused.status, refused.refusal and (refused.refusal.balance, refused.refusal.short)) == ("refused", (0, 1))
    assert points(db) == 0


def test_a_key_happens_once_and_answers_the_same(db: Database) -> None:
    first = db.write_now(ledger.append, AT, award("a", 10))
    again = db.write_now(ledger.append, AT, award("a", 10))
    assert (again.txn_id, again.status, first.replayed, again.replayed) == (first.txn_id, "done", False, True)
    with pytest.raises(RefusedError, match="used for something else"):
        db.write_now(ledger.append, AT, award("a", 11))
    assert points(db) == 10


def test_the_words_of_a_repeated_deed_are_kept_once(db: Database) -> None:
    deed = replace(award("a", 10), reason="for the night shift")
    receipts = at_once(db, [deed] * 10)
    assert sorted(receipt.replayed for receipt in receipts) == [False] + [True] * 9
    assert db.read_now(bulk.query, "SELECT body FROM text") == [("for the night shift",)]
    with pytest.raises(RefusedError, match="used for something else"):
        db.write_now(ledger.append, AT, replace(award("a", 11), reason="for the day shift"))
    assert db.read_now(bulk.query, "SELECT body FROM text") == [("for the night shift",)]
    assert [line.reason for line in db.read_now(ledger.list_lines, ANA, limit=9)] == ["for the night shift"]


def test_many_deeds_in_one_are_as_one_after_the_other(db: Database) -> None:
    several = [
        award("a", 10),
        award("b", 5, BEN),
        spend("c", 8),
        replace(award("d", 1), reason="one more"),
        spend("e", 3),
    ]
    db.write_now(ledger.append_all, AT, several)
    assert (points(db), points(db, BEN)) == (0, 5)
    kept = db.read_now(ledger.counts)
    # What happened before under its key is left alone, whether by itself or with others.
    db.write_now(ledger.append_all, AT, several)
    assert db.write_now(ledger.append, AT, several[3]).replayed
    assert db.read_now(ledger.counts) == kept
    assert db.read_now(bulk.query, "SELECT body FROM text") == [("one more",)]
    # One that cannot happen lets none happen.
    for wrong in (spend("short", 1), award("a", 11), award("new", 2)):
        with pytest.raises(RefusedError):
            db.write_now(ledger.append_all, AT, [award("new", 1), wrong, spend("more", 5)])
    assert db.read_now(ledger.counts) == kept
    # On PostgreSQL several of them at once, of the same people in another order, do not stop each other.
    with ThreadPoolExecutor(8) as threads:
        for n in range(8):
            both = [award(f"{n}/{owner}", 1, owner) for owner in ((ANA, BEN) if n % 2 else (BEN, ANA))]
            threads.submit(db.write_now, ledger.append_all, AT, both)
    assert (points(db), points(db, BEN)) == (8, 13)


def test_a_refusal_is_remembered_under_its_key(db: Database) -> None:
    assert not db.write_now(ledger.append, AT, spend("s", 5)).done
    db.write_now(ledger.append, AT, award("a", 10))
    again = db.write_now(ledger.append, AT, spend("s", 5))
    assert (again.done, again.replayed, again.refusal and again.refusal.short) == (False, True, 5)
    assert db.write_now(ledger.append, AT, spend("s2", 5)).done
    assert points(db) == 5


def test_a_deed_is_taken_back_once_whatever_the_keys(db: Database) -> None:
    db.write_now(ledger.append, AT, award("a", 10))
    assert db.write_now(ledger.reverse, AT, key="r", of="a", actor="admin", reason="a mistake").done
    assert db.write_now(ledger.reverse, AT, key="r", of="a", actor="admin", reason="a mistake").replayed
    with pytest.raises(RefusedError, match="taken back already"):
        db.write_now(ledger.reverse, AT, key="r2", of="a", actor="admin")
    with pytest.raises(RefusedError, match="cannot be taken back"):
        db.write_now(ledger.reverse, AT, key="r3", of="r", actor="admin")
    with pytest.raises(NotFoundError):
        db.write_now(ledger.reverse, AT, key="r4", of="nothing", actor="admin")
    assert points(db) == 0
    assert [line.amount for line in db.read_now(ledger.list_lines, ANA, limit=9)] == [-10, 10]


def test_the_database_itself_takes_a_deed_back_but_once(db: Database) -> None:
    first = db.write_now(ledger.append, AT, award("a", 10))
    db.write_now(ledger.append, AT, award("b", 10))
    returned = transfer(Unit.POINTS, 10, source=ANA, target=ISSUER)
    back = Deed("r", "reversal", "admin", returned, {"reverses": "a"}, reverses=first.txn_id)
    assert db.write_now(ledger.append, AT, back).done
    with pytest.raises(RefusedError, match="taken back already"):
        db.write_now(ledger.append, AT, replace(back, key="r2"))
    assert points(db) == 10


def test_what_was_spent_cannot_be_taken_back_from_its_owner(db: Database) -> None:
    db.write_now(ledger.append, AT, award("a", 10))
    db.write_now(ledger.append, AT, spend("s", 4))
    refused = db.write_now(ledger.reverse, AT, key="r", of="a", actor="admin")
    assert (refused.done, refused.refusal and refused.refusal.short) == (False, 4)
    db.write_now(ledger.append, AT, award("b", 4))
    assert db.write_now(ledger.reverse, AT, key="r2", of="a", actor="admin").done
    assert points(db) == 0


@pytest.mark.parametrize("amount", [0, 10**15 + 1, True, 1.5])
def test_only_whole_amounts_within_bounds(db: Database, amount: int) -> None:
    with pytest.raises(RefusedError):
        db.write_now(ledger.append, AT, award("a", amount))


def test_the_sides_must_sum_to_nothing(db: Database) -> None:
    lopsided = award("a", 10).postings[:1]
    with pytest.raises(RefusedError, match="do not sum to 0"):
        db.write_now(ledger.append, AT, replace(award("a", 10), postings=lopsided))


DEEDS = [
    "UPDATE txn SET status = 'done'",
    "UPDATE entry SET amount = amount + 1",
    "DELETE FROM entry",
    "DELETE FROM txn",
    "INSERT INTO txn SELECT * FROM txn WHERE true ON CONFLICT (id) DO UPDATE SET status = 'refused'",
    "INSERT INTO entry SELECT * FROM entry WHERE true ON CONFLICT (id) DO UPDATE SET amount = 99",
]
ON_SQLITE = [
    f"{how} INTO {table} SELECT * FROM {table}"
    for how in ("INSERT OR REPLACE", "REPLACE")
    for table in ("txn", "entry")
]
ON_POSTGRES = ["TRUNCATE entry CASCADE", "TRUNCATE txn CASCADE"]


def test_nothing_written_can_be_changed(db: Database) -> None:
    db.write_now(ledger.append, AT, award("a", 10))

    def run(session: Session, statement: str) -> None:
        assert isinstance(session.bind, Connection)
        session.bind.execute(text(statement))

    for statement in [*DEEDS, *(ON_SQLITE if db.is_sqlite else ON_POSTGRES)]:
        with pytest.raises(DBAPIError, match="append-only"):
            db.write_now(run, statement)
    assert points(db) == 10


def test_the_database_itself_takes_whole_amounts_alone(db: Database) -> None:
    db.write_now(ledger.append, AT, award("a", 10))
    txn = db.write_now(ledger.append, AT, spend("refused", 99)).txn_id

    def forge(session: Session, amount: str) -> None:
        assert isinstance(session.bind, Connection)
        account = "(SELECT id FROM account WHERE owner = 'issuer')"
        session.bind.execute(
            text(f"INSERT INTO entry (txn_id, account_id, amount) VALUES ({txn}, {account}, {amount})")
        )

    # PostgreSQL's type would round a fraction, and take no words.
    for amount in ["'x'", "NULL", "0", *(["1.5", "1e300"] if db.is_sqlite else ["1e300"])]:
        with pytest.raises(DBAPIError):
            db.write_now(forge, amount)


def test_times_come_back_in_utc_and_aware(db: Database) -> None:
    eastern = datetime(2026, 3, 5, 23, 30, 15, 123456, tzinfo=timezone(timedelta(hours=-5)))
    for number, at in enumerate((AT, eastern)):
        db.write_now(ledger.append, at, award(str(number), 10))
    (latest, first) = db.read_now(ledger.list_lines, ANA, limit=9)
    assert (first.at, latest.at) == (AT, eastern)
    assert {line.at.utcoffset() for line in (first, latest)} == {timedelta(0)}


def test_more_accounts_are_taken_at_once_than_a_statement_has_room_for(db: Database) -> None:
    """SQLite takes a condition of a thousand parts, and not of more."""
    names = [Name(f"person:{number}", "points") for number in range(1_201)]
    assert db.write_now(ledger.hold, names) == dict.fromkeys(names, 0)


def test_the_database_itself_holds_the_floor(db: Database) -> None:
    db.write_now(ledger.append, AT, award("a", 10))

    def overdraw(session: Session) -> None:
        assert isinstance(session.bind, Connection)
        session.bind.execute(text("UPDATE account SET balance = -1 WHERE unit = 'points' AND owner = 'person:1'"))

    with pytest.raises(DBAPIError, match="account_floor"):
        db.write_now(overdraw)


FORGERIES = {
    "an entry": "UPDATE entry SET amount = 11, balance_after = 11 WHERE version = 1",
    "a key": "UPDATE txn SET key = 'forged' WHERE key = 'a'",
    "a refusal": "UPDATE txn SET status = 'refused' WHERE key = 'a'",
    "a balance": "UPDATE account SET balance = 99 WHERE owner = 'person:1'",
    "the tail": "DELETE FROM entry WHERE id = (SELECT MAX(id) FROM entry)",
}


@pytest.mark.parametrize("forged", list(FORGERIES))
def test_the_proof_finds_what_was_forged(database_url: str, forged: str) -> None:
    db = Database(database_url)
    db.write_now(ledger.append, AT, award("a", 10))
    db.write_now(ledger.append, AT, award("b", 5))

    def forge(session: Session) -> None:
        assert isinstance(session.bind, Connection)
        for trigger, table in (("entry_no_update", "entry"), ("entry_no_delete", "entry"), ("txn_no_update", "txn")):
            on_postgres = f"ALTER TABLE {table} DISABLE TRIGGER USER"
            session.bind.execute(text(f"DROP TRIGGER {trigger}" if db.is_sqlite else on_postgres))
        session.bind.execute(text(FORGERIES[forged]))

    assert db.read_now(proof.verify) == []
    db.write_now(forge)
    rules = {violation.rule for violation in db.read_now(proof.verify)}
    db.close()
    assert "the triggers that keep it append-only are there" in rules
    assert len(rules) >= 2


def test_ten_at_once_spend_what_one_can(db: Database) -> None:
    db.write_now(ledger.append, AT, award("a", 10))
    receipts = at_once(db, [spend(f"s{n}", 10) for n in range(10)])
    assert sorted(receipt.done for receipt in receipts) == [False] * 9 + [True]
    assert points(db) == 0


def test_one_key_sent_ten_times_at_once_counts_once(db: Database) -> None:
    receipts = at_once(db, [award("a", 10)] * 10)
    assert sorted(receipt.replayed for receipt in receipts) == [False] + [True] * 9
    assert points(db) == 10


def test_crossing_gifts_do_not_stop_each_other(db: Database) -> None:
    for owner in (ANA, BEN):
        db.write_now(ledger.append, AT, award(f"a{owner}", 100, owner))

    def gift(key: str, source: str, target: str) -> Deed:
        return Deed(key, "gift", source, transfer(Unit.POINTS, 1, source=source, target=target), {"to": target})

    crossing = [gift(f"g{n}", *((ANA, BEN) if n % 2 else (BEN, ANA))) for n in range(40)]
    assert all(receipt.done for receipt in at_once(db, crossing))
    assert (points(db, ANA), points(db, BEN)) == (100, 100)


def at_once(db: Database, deeds: list[Deed]) -> list[ledger.Receipt]:
    """Append every deed on a thread of its own, all starting together."""
    lanes = min(len(deeds), 8)
    gate = threading.Barrier(lanes)

    def lane(mine: list[Deed]) -> list[ledger.Receipt]:
        gate.wait()
        return [db.write_now(ledger.append, AT, deed) for deed in mine]

    with ThreadPoolExecutor(lanes) as threads:
        return [receipt for part in threads.map(lane, [deeds[n::lanes] for n in range(lanes)]) for receipt in part]
