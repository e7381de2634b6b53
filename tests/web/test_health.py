"""What `/health` says: all is right, or what is not."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bot.app import Running
from bot.jobs import delivery
from bot.services import outbox
from bot.store.database import READERS
from bot.web.health import PARTS, STILL
from tests.encore import House, house, sandboxed, serving
from tests.jobs.personal import rows, settle
from tests.views.values import DAY


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    where = house(database_url)
    yield where
    where.centre.close()


async def health(encore: Running) -> tuple[int, Any]:
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"{encore.url}/health", timeout=30)
        return answer.status_code, answer.json()


WELL = (200, {"ok": True, "mode": "socket"})


def wrong(*sentences: str) -> tuple[int, Any]:
    return 503, {"ok": False, "mode": "socket", "wrong": list(sentences)}


async def test_all_is_right(cebu: House) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await encore.loop.tick()
        assert await health(encore) == WELL


@contextmanager
def away(url: str) -> Iterator[None]:
    """Let a PostgreSQL database take nobody, and end who is connected."""
    there = make_url(url)
    engine = create_engine(there.set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = {"name": there.database}
    with engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{there.database}" ALLOW_CONNECTIONS false'))
        connection.execute(
            text("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = :name"), name
        )
        yield
        connection.execute(text(f'ALTER DATABASE "{there.database}" ALLOW_CONNECTIONS true'))
    engine.dispose()


async def test_a_database_that_is_away_is_told_and_no_error(postgres_url: str) -> None:
    where = house(postgres_url)
    where.centre.close()
    async with sandboxed(where) as sandbox, serving(where, sandbox) as encore:
        with away(postgres_url):
            assert await health(encore) == wrong("The database does not answer.")
        assert await health(encore) == WELL


async def test_a_database_that_does_not_answer_is_not_waited_for(cebu: House) -> None:
    go = threading.Event()
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        # All that read stand still, as where the way to the database is cut without a word.
        stuck = [asyncio.ensure_future(encore.ctx.db.read(lambda _session: go.wait(60))) for _ in range(READERS)]
        try:
            assert await health(encore) == wrong("The database does not answer.")
        finally:
            go.set()
            await asyncio.gather(*stuck)
        assert await health(encore) == WELL


async def test_parts_that_stand_still_are_told(cebu: House) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await encore.loop.tick()
        said: set[str] = set()
        async with asyncio.timeout(10):
            # Either may give a sign of life just between the two.
            while len(said) < len(PARTS):
                cebu.clock.skip(STILL + timedelta(minutes=1))
                status, answer = await health(encore)
                said |= {re.sub(r"\d+", "N", words) for words in answer.get("wrong", [])}
                assert status == (503 if answer.get("wrong") else 200)
        assert said == {f"{name} has not run for N minutes." for name in PARTS.values()}
        await encore.loop.tick()
        await delivery.deliver_one(encore.ctx)
        assert await health(encore) == WELL


async def test_while_slack_refuses_encore_it_is_told_and_no_longer(cebu: House) -> None:
    token = cebu.workspace.bot_token
    refused = wrong("Slack refuses Encore (invalid_auth): nothing it says gets there.")
    async with sandboxed(cebu) as sandbox:
        async with serving(cebu, sandbox) as encore:
            cebu.workspace.bot_token = "xoxb-regenerated"
            queue = outbox.queue
            cebu.centre.db.write_now(queue, cebu.clock.now(), key="1", channel=cebu.channel, view="board", value=DAY)
            await settle(cebu, encore)
            assert await health(encore) == refused
            # As long as something waits each try says so anew, also shortly before the next.
            for _ in range(3):
                cebu.clock.skip(delivery.ACCOUNT_WAIT - timedelta(seconds=20))
                await settle(cebu, encore)
                await encore.loop.tick()
                assert await health(encore) == refused
            cebu.workspace.bot_token = token
            cebu.clock.skip(delivery.ACCOUNT_WAIT)
            await settle(cebu, encore)
            cebu.clock.skip(outbox.SHUT_OUT_FOR)
            await settle(cebu, encore)
            await encore.loop.tick()
            assert await health(encore) == WELL
            # That it is mended needs no notice.
            assert [(row.key, row.status) for row in rows(cebu)] == [("1", "sent")]
            cebu.workspace.bot_token = "xoxb-regenerated"
            cebu.centre.db.write_now(queue, cebu.clock.now(), key="2", channel=cebu.channel, view="board", value=DAY)
            await settle(cebu, encore)
            assert await health(encore) == refused
        # Whoever starts Encore with a token that Slack takes need not wait.
        async with serving(cebu, sandbox) as encore:
            assert await health(encore) == WELL
