"""`/mystats` over signed HTTP, against a bare Bolt app that only acknowledges, behind the same web server.

50,000 agents with 9 million day stats on SQLite; one worker; the load comes from a second process on the other core,
with every request signed as Slack signs it. Goal: 0.4 of the bare app's requests a second.
"""

import asyncio
import hashlib
import hmac
import multiprocessing
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot import commands, web
from bot.context import Context
from bot.domain.programme import parse_programme
from bot.jobs import boards
from bot.services import programme
from bot.settings import Settings
from bot.store.database import Database

AGENTS, DAYS, SITES = 50_000, 30, 20
METRICS = ("csat", "positive", "response_rate", "volume", "handle_time", "longest_contact")
SECRET = "sample-signing-secret"
SECONDS = 5.0
NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


def run() -> None:
    """Print requests a second and the milliseconds of both, at 1 and at 16 clients, and the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "encore.sqlite3"
        began = time.perf_counter()
        _fill(path)
        print(
            f"{AGENTS:,} agents, {_count(path):,} day stats, {path.stat().st_size / 1e9:.1f} GB, made in {time.perf_counter() - began:.0f} s"
        )
        asyncio.run(_compare(path))


async def _compare(path: Path) -> None:
    db = Database(f"sqlite:///{path}")
    settings = Settings(_env_file=None, slack_mode="http", slack_bot_token="xoxb-sample", slack_signing_secret=SECRET)
    ctx = Context(lambda: NOW, db, AsyncWebClient("xoxb-sample"), settings, "T1")
    await boards.refresh(ctx)
    try:
        for clients in (1, 16):
            rates: dict[str, list[float]] = {"bare": [], "mystats": []}
            # Taken by turns, so that whatever else the machine does falls on both.
            for _ in range(2):
                for name, bolt in (("bare", _bare()), ("mystats", _encore(ctx))):
                    async with _serving(web.build(ctx, bolt)) as port:
                        times = await asyncio.to_thread(_load, port, clients)
                        rates[name].append(len(times) / SECONDS)
                        print(
                            f"{name:<8} {clients:>2} clients {len(times) / SECONDS:8.0f} /s  "
                            f"median {statistics.median(times) * 1000:6.2f} ms  p99 {_p99(times) * 1000:6.2f} ms"
                        )
            print(f"ratio at {clients} clients: {max(rates['mystats']) / max(rates['bare']):.2f} (goal 0.4)")
    finally:
        db.close()


def _app() -> AsyncApp:
    async def authorize(**_: Any) -> Any:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-sample", bot_id="B1", bot_user_id="U0")

    return AsyncApp(authorize=authorize, signing_secret=SECRET, process_before_response=True)


def _bare() -> AsyncApp:
    bolt = _app()

    async def listener(ack: AsyncAck) -> None:
        await ack()

    bolt.command("/mystats")(listener)
    return bolt


def _encore(ctx: Context) -> AsyncApp:
    bolt = _app()
    commands.register(bolt, ctx)
    return bolt


@asynccontextmanager
async def _serving(app: Any) -> AsyncIterator[int]:
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", access_log=False, lifespan="off")
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


def _load(port: int, clients: int) -> list[float]:
    """Ask from a process of its own, and return the seconds that each answer took."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_ask_all, (port, clients))


def _ask_all(port: int, clients: int) -> list[float]:
    async def everybody() -> list[float]:
        until = time.perf_counter() + SECONDS
        found = await asyncio.gather(*(_client(port, n, until) for n in range(clients)))
        return [t for times in found for t in times]

    return asyncio.run(everybody())


async def _client(port: int, number: int, until: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times: list[float] = []
    agent = number * 997
    while time.perf_counter() < until:
        agent = (agent + 7919) % AGENTS
        began = time.perf_counter()
        writer.write(_request(agent + 1, len(times)))
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
        )
        await reader.readexactly(length)
        times.append(time.perf_counter() - began)
    writer.close()
    return times


def _request(agent: int, number: int) -> bytes:
    fields = {
        "token": "x",
        "team_id": "T1",
        "team_domain": "sample",
        "channel_id": "C1",
        "channel_name": "general",
        "user_id": f"U{agent}",
        "user_name": f"agent{agent}",
        "command": "/mystats",
        "text": "week",
        "api_app_id": "A1",
        "is_enterprise_install": "false",
        "response_url": "http://127.0.0.1/none",
        "trigger_id": f"{agent}.{number}",
    }
    body = urlencode(fields).encode()
    stamp = str(int(time.time()))
    signature = "v0=" + hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _fill(path: Path) -> None:
    db = Database(f"sqlite:///{path}")
    sites = {f"Site {n}": {"mode": "live", "live_from": date(2026, 1, 1), "channel": "C1"} for n in range(1, SITES + 1)}
    db.write_now(
        programme.apply, NOW - timedelta(days=60), parse_programme({"sites": sites}, origin="bench"), actor="bench"
    )
    db.close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -400000")
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})"
    for statement in (
        f"{numbers.format(most=SITES)} INSERT INTO site (id, name, zone) SELECT i, 'Site ' || i, 'Asia/Manila' FROM n",
        f"{numbers.format(most=AGENTS // 20)} INSERT INTO team (id, site_id, name) SELECT i, 1 + i % {SITES}, 'Team ' || i FROM n",
        f"{numbers.format(most=AGENTS)} INSERT INTO person (id, name, locale, created_at) "
        "SELECT i, 'Agent ' || i, 'en-PH', '2026-01-01 00:00:00.000000' FROM n",
        "INSERT INTO slack_identity (workspace_id, slack_id, person_id) SELECT 'T1', 'U' || id, id FROM person",
        f"INSERT INTO membership (person_id, site_id, team_id, starts_on) "
        f"SELECT id, 1 + (1 + id % {AGENTS // 20}) % {SITES}, 1 + id % {AGENTS // 20}, '1900-01-01' FROM person",
    ):
        connection.execute(statement)
    first = NOW.date() - timedelta(days=DAYS - 1)
    days = [(first + timedelta(days=n)).isoformat() for n in range(DAYS)]
    for start in range(1, AGENTS + 1, 1_000):
        connection.executemany(
            "INSERT INTO day_stat (person_id, work_day, metric, channel, numerator, denominator, count) VALUES (?, ?, ?, 'phone', ?, ?, ?)",
            _stats(range(start, start + 1_000), days),
        )
    monday = (NOW.date() - timedelta(days=NOW.weekday())).isoformat()
    for metric in METRICS:
        connection.execute(
            "INSERT INTO board (scope, period, first, metric, dirty_at, claimed, build, people, numerator, denominator, count) "
            "SELECT 'site:' || id, 'week', ?, ?, '2026-03-20 00:00:00.000000', 0, 0, 0, 0, NULL, 0 FROM site",
            (monday, metric),
        )
        connection.execute(
            "INSERT INTO board (scope, period, first, metric, claimed, build, people, numerator, denominator, count) "
            "SELECT 'team:' || id, 'week', ?, ?, 1, 1, 20, 450000, 100, 100 FROM team",
            (monday, metric),
        )
    connection.execute(
        "INSERT INTO import (kind, source, file_name, mapping, started_at, touched_at, finished_at, read, new, changed, "
        "unchanged, skipped, rejected) SELECT 'interactions', 'bench', 'x', '', t, t, t, 0, 0, 0, 0, '{}', 0 "
        "FROM (SELECT '2026-03-20 08:00:00.000000' AS t)"
    )
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


def _stats(agents: range, days: list[str]) -> list[tuple[Any, ...]]:
    rows = []
    for agent in agents:
        for d, day in enumerate(days):
            contacts = 20 + (agent * 7 + d * 3) % 30
            ratings = 1 + (agent + d) % 4
            stars = sum(1000 * (3 + (agent + d + k) % 3) for k in range(ratings))
            rows += [
                (agent, day, "csat", stars, ratings, ratings),
                (agent, day, "positive", max(0, ratings - 1), ratings, ratings),
                (agent, day, "response_rate", ratings, ratings * 3, ratings * 3),
                (agent, day, "volume", contacts, None, contacts),
                (agent, day, "handle_time", contacts * 180, contacts, contacts),
                (agent, day, "longest_contact", 600 + agent % 900, None, contacts),
            ]
    return rows


def _count(path: Path) -> int:
    connection = sqlite3.connect(path)
    number = int(connection.execute("SELECT COUNT(*) FROM day_stat").fetchone()[0])
    connection.close()
    return number


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]
