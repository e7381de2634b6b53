"""Connections that are lost: a deed is done once whenever that happens, and nothing waits for ever."""

import asyncio
import contextlib
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.errors import DatabaseError
from bot.store import bulk, outbox
from bot.store.database import POSTGRES_WRITERS, READERS, Database
from tests.losing import losing
from tests.store.test_engines import opened, scalar, stock


def test_a_database_that_goes_away_is_told_in_one_line_without_sql(postgres_url: str) -> None:
    with opened(postgres_url) as db:

        def leave(session: Session) -> object:
            return scalar(session, "SELECT pg_terminate_backend(pg_backend_pid()), 'secret'")

        with pytest.raises(DatabaseError, match="The database refused: terminating connection") as refusal:
            db.write_now(leave)
        assert "\n" not in str(refusal.value)
        assert "secret" not in str(refusal.value)
        assert db.read_now(scalar, "SELECT count(*) FROM site") == 0


def cut_off(session: Session, pids: list[int]) -> None:
    """End these connections from the server's side, and wait until they are gone."""
    bulk.query(session, "SELECT pg_terminate_backend(pid, 10000) FROM unnest(CAST(? AS int[])) AS cut (pid)", [pids])


def backend(session: Session) -> int:
    return int(str(scalar(session, "SELECT pg_backend_pid()")))


def all_at_once(db: Database) -> set[int]:
    """Use every connection there may be at the same time, and return their numbers at the server."""
    runs = [db.write_now] * POSTGRES_WRITERS + [db.read_now] * READERS
    gate, pids = threading.Barrier(len(runs)), set[int]()

    def work(session: Session) -> None:
        pids.add(backend(session))
        gate.wait(30)

    threads = [threading.Thread(target=run, args=(work,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return pids


def test_a_quiet_encore_holds_few_connections(postgres_url: str) -> None:
    with opened(postgres_url) as db:
        assert len({run(backend) for run in (db.write_now, db.read_now) * 8}) == 2
        busy = all_at_once(db)
        assert len(busy) == POSTGRES_WRITERS + READERS
        # The last that was used is used again.
        assert len({run(backend) for run in (db.write_now, db.read_now) * 8}) == 2


def test_connections_that_were_cut_off_while_nobody_used_them_are_not_noticed(postgres_url: str) -> None:
    with opened(postgres_url) as db, opened(postgres_url) as other:
        other.write_now(cut_off, sorted(all_at_once(db)))
        for run in (db.write_now, db.read_now) * 8:
            assert run(scalar, "SELECT 1") == 1
        assert len(all_at_once(db)) == POSTGRES_WRITERS + READERS


SLOW_COMMIT = """
    CREATE FUNCTION wait_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT count(*) FROM pg_advisory_lock(7)) = 1 THEN PERFORM pg_advisory_unlock(7); END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER wait_once AFTER INSERT ON import DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION wait_once();
"""
"""Lets a COMMIT wait for whoever has this lock."""


async def test_a_deed_whose_connection_is_cut_during_its_commit_happens_once(postgres_url: str) -> None:
    with opened(postgres_url) as db, opened(postgres_url) as other:
        db.write_now(lambda session: session.connection().execute(text(SLOW_COMMIT)))
        pids: list[int] = []

        def deed(session: Session) -> None:
            stock(session)
            pids.append(backend(session))

        def cut(session: Session) -> None:
            scalar(session, "SELECT pg_advisory_lock(7)")
            doing.start()
            while not scalar(session, f"SELECT 1 FROM pg_locks WHERE NOT granted AND pid = {pids[0] if pids else 0}"):
                pass
            cut_off(session, pids)
            scalar(session, "SELECT pg_advisory_unlock(7)")

        doing = threading.Thread(target=db.write_now, args=(deed,))
        other.write_now(cut)
        doing.join(30)
        assert not doing.is_alive()
        assert len(pids) == 2
        assert db.read_now(scalar, "SELECT count(*) FROM import") == 1


async def test_a_deed_whose_commit_is_done_and_never_answered_happens_once(postgres_url: str) -> None:
    """Every deed has a key: tried again, it finds that it is done."""
    silent = threading.Event()

    def lose() -> bool:
        lost = silent.is_set()
        silent.clear()
        return lost

    async with losing(postgres_url, lose) as url:
        db = await asyncio.to_thread(Database, url)
        with contextlib.closing(db):
            await db.read(scalar, "SELECT 1")
            tries: list[bool] = []

            def deed(session: Session) -> bool:
                at = datetime(2026, 1, 1, tzinfo=UTC)
                tries.append(outbox.add(session, at, key="one", channel="C1", view="board", value="{}"))
                if len(tries) == 1:
                    silent.set()
                return tries[-1]

            assert await db.write(deed) is False
            assert tries == [True, False]
            assert await db.read(scalar, "SELECT count(*) FROM outbox") == 1


def test_a_deed_whose_connection_is_cut_before_its_commit_happens_once(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(postgres_url) as db, opened(postgres_url) as other:
        tries: list[int] = []

        def deed(session: Session) -> None:
            stock(session)
            session.flush()
            tries.append(int(str(scalar(session, "SELECT pg_backend_pid()"))))
            if len(tries) == 1:
                other.write_now(cut_off, tries)

        db.write_now(deed)
        assert len(tries) == 2
        assert caplog.records == []
        assert db.read_now(scalar, "SELECT count(*) FROM import") == 1
