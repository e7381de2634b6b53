"""Encores on one PostgreSQL live by one clock, however wrong those of their machines are."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

from bot.app import Running, now, running
from bot.sandbox.server import Sandbox
from bot.services import outbox
from bot.settings import Settings
from bot.store.outbox import Waiting
from tests.encore import House, house, sandboxed, until
from tests.jobs.personal import rows
from tests.views.values import DAY

HOUR = timedelta(hours=1)


def off_by(step: timedelta) -> Callable[[], datetime]:
    """Return the clock of a machine that is wrong."""
    return lambda: now() + step


async def start(stack: AsyncExitStack, where: House, sandbox: Sandbox, step: timedelta) -> Running:
    settings: dict[str, Any] = {
        "database_url": where.centre.db.url.render_as_string(hide_password=False), "port": 0, "slack_mode": "http",
        "slack_bot_token": where.workspace.bot_token, "slack_signing_secret": where.workspace.signing_secret,
        "slack_api_url": sandbox.api_url,
    }  # fmt: skip
    return await stack.enter_async_context(running(Settings(_env_file=None, **settings), machine=off_by(step)))


async def post(by: Running, key: str, channel: str) -> None:
    await by.ctx.db.write(outbox.queue, by.ctx.now(), key=key, channel=channel, view="board", value=DAY)


async def test_machines_an_hour_ahead_and_behind_say_each_message_once_and_at_once(postgres_url: str) -> None:
    where = house(postgres_url, at=now())
    where.workspace.rates = False
    channels = [where.channel, where.workspace.add_channel("other").slack_id]
    where.centre.db.write_now(outbox.queue, now(), key="taken", channel="C1", view="board", value=DAY)
    # Its sender lives, on a machine whose clock is right.
    taken = where.centre.db.write_now(outbox.claim, now())
    try:
        async with sandboxed(where) as sandbox, AsyncExitStack() as stack:
            encores = [await start(stack, where, sandbox, step) for step in (HOUR, -HOUR)]
            assert abs(encores[0].ctx.now() - encores[1].ctx.now()) < timedelta(seconds=1)
            for by in encores:
                for channel in channels:
                    await post(by, f"{by.url}:{channel}", channel)
            await until(lambda: [row.status for row in rows(where)] == ["sending", *["sent"] * 4])
        assert isinstance(taken, Waiting)
        assert (rows(where)[0].lease_until, rows(where)[0].attempts) == (taken.lease, 1)
        assert [len(where.workspace.channel(channel).messages) for channel in channels] == [2, 2]
    finally:
        where.centre.close()


async def test_on_sqlite_the_clock_is_that_of_the_machine(sqlite_url: str) -> None:
    where = house(sqlite_url, at=now())
    try:
        async with sandboxed(where) as sandbox, AsyncExitStack() as stack:
            encore = await start(stack, where, sandbox, HOUR)
            assert abs(encore.ctx.now() - now() - HOUR) < timedelta(minutes=1)
    finally:
        where.centre.close()
