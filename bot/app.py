"""The only assembly: settings -> database -> Slack -> jobs -> web server, and an orderly shutdown."""

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import aiohttp
import uvicorn
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import commands, web
from bot.context import Context
from bot.domain import setup
from bot.errors import EncoreError, InputError
from bot.jobs.loop import Loop
from bot.services import outbox
from bot.services import setup as setup_service
from bot.settings import Settings
from bot.store.database import Database

log = logging.getLogger(__name__)

SET_RIGHT_SECONDS: Final = 5
"""So often the time is compared with that of PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Running:
    """A running Encore."""

    ctx: Context
    loop: Loop
    url: str
    """Where the web server answers."""


def now() -> datetime:
    """Return the present moment in UTC: the one place where the real clock is read."""
    return datetime.now(UTC)


@asynccontextmanager
async def running(
    settings: Settings, *, clock: Callable[[], datetime] | None = None, machine: Callable[[], datetime] = now
) -> AsyncIterator[Running]:
    """Run Encore until the block ends; EncoreError says in plain words why it cannot start.

    Encore lives by `clock`: a sandbox has its own, which people move. Without one it is that of PostgreSQL, and on SQLite
    that of the `machine`, by which signatures are judged in any case.
    """
    _check(settings)
    db = Database(settings.database_url)
    try:
        given = _present(db, machine) if clock is None else contextlib.nullcontext(clock)
        async with given as present, _assembled(settings, db, present, machine) as encore:
            yield encore
    finally:
        db.close()


@asynccontextmanager
async def _assembled(
    settings: Settings, db: Database, clock: Callable[[], datetime], machine: Callable[[], datetime]
) -> AsyncIterator[Running]:
    slack = _slack(settings)
    identity = await _identity(slack)
    await db.write(outbox.accepted, str(identity["team_id"]))
    ctx = Context(
        clock, db, slack, settings, str(identity["team_id"]),
        classic_workspaces=await db.read(outbox.classic_workspaces),
    )  # fmt: skip
    bolt = _bolt(settings, identity)
    guard = commands.register(bolt, ctx)
    loop = Loop(ctx)
    async with _web_server(ctx, bolt, machine) as url, _socket(bolt, settings), loop.running():
        log.info("Encore is running: %s, Slack over %s.", url, settings.slack_mode)
        if await db.read(setup_service.is_open, clock()):
            token = settings.slack_bot_token.get_secret_value()
            log.warning("Nobody is an admin yet. In Slack, type: /encore setup %s", setup.code(token))
        try:
            yield Running(ctx, loop, url)
        finally:
            # As long as there is a way to Slack: an answer under way is still acknowledged by it.
            await guard.finish()


class _DatabasesClock:
    """The time on which all Encores with one PostgreSQL agree: the database's, counted on between two looks at it.

    How far the clocks of their machines are off does not matter then, and a lease is as long for one as for another.
    """

    def __init__(self) -> None:
        self._told, self._at = datetime.min.replace(tzinfo=UTC), timedelta()

    def now(self) -> datetime:
        return self._told + (_elapsed() - self._at)

    async def set_right(self, db: Database) -> None:
        """Go by what the database says, where the difference is more than it took to be told."""
        asked_at = _elapsed()
        told = await db.clock()
        took = _elapsed() - asked_at
        if abs(told + took / 2 - self.now()) > took:
            self._told, self._at = told + took / 2, asked_at + took

    async def follow(self, db: Database) -> None:
        """Stay right, until cancelled."""
        while True:
            await asyncio.sleep(SET_RIGHT_SECONDS)
            try:
                await self.set_right(db)
            except Exception:
                log.exception("The database does not say what time it is; until it does, the machine counts on.")


def _elapsed() -> timedelta:
    """Return a time that nobody sets, and that goes on while the machine sleeps: a lease does so, too."""
    if hasattr(time, "clock_gettime"):
        # On macOS the monotonic clock goes on as well, on Linux this one alone.
        return timedelta(seconds=time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)))
    return timedelta(seconds=time.monotonic())


@asynccontextmanager
async def _present(db: Database, machine: Callable[[], datetime]) -> AsyncIterator[Callable[[], datetime]]:
    """Give the clock by which every process on this database lives; a file is of one machine, and has its clock."""
    if db.is_sqlite:
        yield machine
        return
    clock = _DatabasesClock()
    await clock.set_right(db)
    following = asyncio.create_task(clock.follow(db))
    try:
        yield clock.now
    finally:
        following.cancel()
        await asyncio.wait({following})


def _check(settings: Settings) -> None:
    missing = []
    if not settings.slack_bot_token.get_secret_value():
        missing.append("ENCORE_SLACK_BOT_TOKEN (xoxb-..., from “OAuth & Permissions”)")
    if settings.slack_mode == "socket" and not settings.slack_app_token.get_secret_value():
        missing.append("ENCORE_SLACK_APP_TOKEN (xapp-..., from “Basic Information”, scope connections:write)")
    if settings.slack_mode == "http" and not settings.slack_signing_secret.get_secret_value():
        missing.append("ENCORE_SLACK_SIGNING_SECRET (from “Basic Information”)")
    if missing:
        raise InputError(
            "Encore needs to know how to reach Slack. Set in the environment or in .env:\n  " + "\n  ".join(missing)
        )


def _slack(settings: Settings) -> AsyncWebClient:
    # No retry handlers: the library's own repeat a post whose answer was lost, and it is said twice.
    return AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url, retry_handlers=[]
    )


def _bolt(settings: Settings, identity: AsyncSlackResponse) -> AsyncApp:
    known = AuthorizeResult.from_auth_test_response(
        bot_token=settings.slack_bot_token.get_secret_value(), auth_test_response=identity
    )

    async def authorize() -> AuthorizeResult:
        return known

    return AsyncApp(
        # Without a name Bolt looks for one in the source of everybody who calls, which takes longer than all else here.
        name="encore",
        # Without a token, or Bolt would ask Slack whose it is at the first delivery, and drop it where Slack is slow.
        client=AsyncWebClient(base_url=settings.slack_api_url, retry_handlers=[]),
        authorize=authorize,
        # The door looks at signatures, of which there may be two at a time; over a socket there are none.
        signing_secret="not used",  # noqa: S106
        request_verification_enabled=False,
        # The acknowledgement leaves when the listener returns, instead of being polled for every 10 ms.
        process_before_response=True,
    )


async def _identity(slack: AsyncWebClient) -> AsyncSlackResponse:
    """Return what Slack says of the token, and so of the workspace."""
    try:
        return await slack.auth_test()
    except SlackApiError as error:
        raise EncoreError(
            f"Slack does not accept ENCORE_SLACK_BOT_TOKEN: {error.response['error']}. Copy the bot token anew from "
            "“OAuth & Permissions” of your Slack app."
        ) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise EncoreError(f"Slack cannot be reached at {slack.base_url}: {error}") from error


@asynccontextmanager
async def _socket(bolt: AsyncApp, settings: Settings) -> AsyncIterator[None]:
    if settings.slack_mode != "socket":
        yield
        return
    handler = AsyncSocketModeHandler(bolt, settings.slack_app_token.get_secret_value())
    handler.client.web_client.base_url = settings.slack_api_url
    try:
        await handler.connect_async()
    except SlackApiError as error:
        await handler.close_async()
        raise EncoreError(
            f"Slack does not open a socket: {error.response['error']}. Check ENCORE_SLACK_APP_TOKEN."
        ) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        await handler.close_async()
        raise EncoreError(f"Slack's socket cannot be reached: {error}") from error
    try:
        yield
    finally:
        await handler.close_async()


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the process belongs to whoever started it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _web_server(ctx: Context, bolt: AsyncApp, machine: Callable[[], datetime]) -> AsyncIterator[str]:
    settings = ctx.settings
    config = uvicorn.Config(
        web.build(ctx, bolt, machine=machine), host=settings.host, port=settings.port, log_level="warning", access_log=False,
        lifespan="off", ws="none", timeout_graceful_shutdown=3,
    )  # fmt: skip
    server = _Server(config)
    try:
        listening = config.bind_socket()
    except (OSError, SystemExit) as error:
        raise EncoreError(
            f"The port {settings.port} of {settings.host} is taken. Set ENCORE_PORT to another one."
        ) from error
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await server.ready.wait()
    try:
        yield f"http://{settings.host}:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        listening.close()
