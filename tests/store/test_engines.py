"""The connections as they really are, and what goes wrong with those that a library gives by default."""

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session, select

from bot.errors import DatabaseError, InputError
from bot.store import bulk, imports, tables
from bot.store.database import Database


@contextlib.contextmanager
def opened(url: str) -> Iterator[Database]:
    with contextlib.closing(Database(url)) as db:
        yield db


def scalar(session: Session, sql: str) -> object:
    return session.connection().execute(text(sql)).scalar()


PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "busy_timeout": 15_000,
}


def test_every_pooled_connection_of_sqlite_is_strict(sqlite_url: str) -> None:
    with opened(sqlite_url) as db:
        for _ in range(2):
            for run, read_only in ((db.write_now, 0), (db.read_now, 1)):
                found = {name: run(scalar, f"PRAGMA {name}") for name in (*PRAGMAS, "query_only")}
                assert found == {**PRAGMAS, "query_only": read_only}


def test_several_readers_at_once_are_all_strict(sqlite_url: str) -> None:
    """Each of them has a connection of its own, and none of them can write."""
    with opened(sqlite_url) as db:
        gate = threading.Barrier(4)
        found: list[object] = []

        def look(session: Session) -> None:
            found.append(scalar(session, "PRAGMA query_only"))
            gate.wait(30)

        threads = [threading.Thread(target=db.read_now, args=(look,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [1, 1, 1, 1]


def test_a_reader_of_sqlite_cannot_write(sqlite_url: str) -> None:
    with opened(sqlite_url) as db:
        for statement in ("INSERT INTO cursor VALUES ('a', '2026-01-01')", "DELETE FROM person", "DROP TABLE person"):
            with pytest.raises(DatabaseError, match="readonly"):
                db.read_now(scalar, statement)
        assert db.read_now(scalar, "SELECT count(*) FROM cursor") == 0


def test_a_reader_of_postgresql_cannot_write(postgres_url: str) -> None:
    with opened(postgres_url) as db:
        for statement in ("INSERT INTO cursor VALUES ('a', '2026-01-01')", "DELETE FROM person", "DROP TABLE person"):
            with pytest.raises(DBAPIError, match="read-only"):
                db.read_now(scalar, statement)
        assert db.read_now(scalar, "SHOW transaction_isolation") == "repeatable read"
        assert db.write_now(scalar, "SHOW transaction_read_only") == "off"


@contextlib.contextmanager
def held(url: str) -> Iterator[None]:
    """Let another program be in the middle of writing."""
    with contextlib.closing(sqlite3.connect(make_url(url).database or "")) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_a_locked_file_is_told_without_sql_and_a_reader_need_not_wait(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.database.BUSY_TIMEOUT_MS", 50)
    with held(sqlite_url), opened(sqlite_url) as db:
        assert db.read_now(scalar, "SELECT count(*) FROM site") == 0
        with pytest.raises(DatabaseError) as refusal:
            db.write_now(stock)
        assert str(refusal.value) == "The database is locked by another program; try again."
    with opened(sqlite_url) as db:
        db.write_now(stock)


def test_what_one_deed_loaded_the_next_one_reads_anew(database_url: str) -> None:
    """Sessions serve many deeds, and must not answer from what an earlier one has seen."""

    seen: list[tables.Site] = []

    def name(session: Session) -> str:
        seen.append(session.exec(select(tables.Site)).one())
        return seen[-1].name

    def rename(session: Session) -> None:
        session.exec(select(tables.Site)).one().name = "Cebu City"

    with opened(database_url) as db, opened(database_url) as other:
        db.write_now(lambda session: session.add(tables.Site(name="Cebu", zone="Asia/Manila")))
        assert {run(name) for run in (db.write_now, db.read_now) * 8} == {"Cebu"}
        other.write_now(rename)
        assert {run(name) for run in (db.write_now, db.read_now) * 8} == {"Cebu City"}


def test_our_own_mistakes_stay_as_the_driver_tells_them_but_for_what_was_asked_about(database_url: str) -> None:
    with opened(database_url) as db:
        with pytest.raises(DBAPIError) as mistake:
            db.read_now(lambda s: s.connection().execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": "secret"}))
        assert "secret" not in str(mistake.value)
        with pytest.raises((DBAPIError, sqlite3.OperationalError), match="nowhere"):
            db.read_now(bulk.query, "SELECT * FROM nowhere")


def test_a_row_that_points_nowhere_is_refused(database_url: str) -> None:
    with opened(database_url) as db, pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        db.write_now(lambda session: session.connection().execute(text("INSERT INTO alias VALUES ('a@b.c', 99)")))


def test_a_failed_deed_leaves_nothing(database_url: str) -> None:
    def fail(session: Session) -> None:
        session.add(tables.Site(name="Cebu", zone="Asia/Manila"))
        session.flush()
        raise ValueError("in the middle")

    with opened(database_url) as db:
        with pytest.raises(ValueError, match="in the middle"):
            db.write_now(fail)
        assert db.read_now(scalar, "SELECT count(*) FROM site") == 0


def test_a_reading_sees_one_state_from_its_beginning_to_its_end(database_url: str) -> None:
    def add(session: Session) -> None:
        session.add(tables.Site(name="Cebu", zone="Asia/Manila"))

    with opened(database_url) as db:

        def look(session: Session) -> tuple[object, object]:
            before = scalar(session, "SELECT count(*) FROM site")
            db.write_now(add)
            return before, scalar(session, "SELECT count(*) FROM site")

        assert db.read_now(look) == (0, 0)
        assert db.read_now(scalar, "SELECT count(*) FROM site") == 1


def spend(session: Session, both_have_read: threading.Barrier | None) -> None:
    """Read an amount, decide, and write it back less one, the way that every deed works."""
    left = session.connection().execute(text("SELECT read FROM import")).scalar_one()
    if both_have_read is not None:
        with contextlib.suppress(threading.BrokenBarrierError):
            both_have_read.wait(1)
    session.connection().execute(text("UPDATE import SET read = :left"), {"left": left - 1})


def raced(run: Callable[[threading.Barrier], None]) -> None:
    """Run it in two threads that both try to read before either writes."""
    gate = threading.Barrier(2)
    threads = [threading.Thread(target=run, args=(gate,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def stock(session: Session) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    session.add(
        tables.Import(kind="shifts", source="s", file_name="f", mapping="", started_at=at, touched_at=at, read=10)
    )


def test_with_defaults_two_spend_the_same_and_with_ours_they_do_not(sqlite_url: str) -> None:
    """The ablation: with a plain engine both read 10 and both are told that it went well, or one fails at once."""
    with opened(sqlite_url) as db:
        db.write_now(stock)
        raced(lambda gate: db.write_now(spend, gate))
        assert db.read_now(scalar, "SELECT read FROM import") == 8

        plain = create_engine(sqlite_url)
        done: list[bool] = []

        def run(gate: threading.Barrier) -> None:
            with contextlib.suppress(OperationalError), Session(plain) as session, session.begin():
                spend(session, gate)
                session.commit()
                done.append(True)

        try:
            raced(run)
        finally:
            plain.dispose()
        spent = 8 - int(str(db.read_now(scalar, "SELECT read FROM import")))
        assert len(done) == 2
        assert spent == 1


def test_two_programs_with_one_file_spend_one_after_the_other(sqlite_url: str) -> None:
    with opened(sqlite_url) as db, opened(sqlite_url) as other:
        db.write_now(stock)
        programs = iter([db, other])
        raced(lambda gate: next(programs).write_now(spend, gate))
        assert db.read_now(scalar, "SELECT read FROM import") == 8


def test_moments_come_back_in_utc_and_aware(database_url: str) -> None:
    """Whatever zone they were given in, and whatever zone the database's session is in."""
    eastern = timezone(timedelta(hours=-5))
    given = [
        datetime(2026, 3, 5, 23, 30, 15, 123456, tzinfo=eastern),
        datetime(2026, 3, 6, 4, 30, 15, 123456, tzinfo=UTC),
        datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=14))),
    ]
    with opened(database_url) as db:
        for at in given:
            number = db.write_now(imports.add, at, kind="shifts", source="s", file_name="f", mapping="")
            record = db.read_now(imports.find, number)
            assert record is not None
            assert record.started_at == at
            assert record.started_at.utcoffset() == timedelta(0)
        since = datetime(2026, 3, 5, 23, 30, 15, 123456, tzinfo=eastern)
        found = db.read_now(
            lambda session: session.exec(select(tables.Import.id).where(tables.Import.started_at <= since)).all()
        )
        assert len(found) == 3


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "not a database address"),
        ("", "not a database address"),
        ("user:secret@host/encore", "not a database address"),
        ("postgres://user:word@host:secret/encore", "not a database address"),
        ("mysql://root@localhost/encore", "not in “mysql”"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("postgres://nobody:secret@127.0.0.1:1/none?connect_timeout=2", "cannot be opened"),
    ],
)
def test_an_address_that_cannot_be_is_told_plainly(url: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as refusal:
        Database(url)
    assert "secret" not in str(refusal.value)


def test_a_file_that_is_no_database_and_a_folder_are_told_plainly_and_left_alone(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear all, " * 200)
    with pytest.raises(InputError, match="not a SQLite database"):
        Database(f"sqlite:///{letter}")
    assert letter.read_text() == "Dear all, " * 200
    with pytest.raises(InputError, match="cannot be opened"):
        Database(f"sqlite:///{tmp_path}")


def test_a_postgresql_database_that_does_not_exist_is_told_plainly(postgres_url: str) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        Database(postgres_url.replace("/copy_", "/no_"))


def test_postgres_addresses_are_understood_as_people_write_them(postgres_url: str) -> None:
    for scheme in ("postgres://", "postgresql://"):
        with opened(postgres_url.replace("postgresql+psycopg://", scheme)) as db:
            assert db.read_now(scalar, "SELECT count(*) FROM site") == 0
