"""The demo assembled: the sandbox, the sample, and Encore as it is, connected to both."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from bot.app import running
from bot.demo import loading
from bot.demo.centre import HISTORY_DAYS
from bot.demo.life import Life
from bot.demo.manifest import MANIFEST
from bot.demo.tour import TOUR
from bot.demo.workspace import EMPTY, add_channels, build
from bot.domain.setup import code
from bot.errors import EncoreError
from bot.sandbox.clock import Clock
from bot.sandbox.server import Sandbox
from bot.settings import Settings
from bot.store.database import Database


@asynccontextmanager
async def demo(
    file: Path, *, port: int = 0, at: datetime | None = None, history: int = HISTORY_DAYS
) -> AsyncIterator[Sandbox]:
    """Run Encore with the sample in a SQLite file until the block ends.

    `at` (aware) is where the sandbox's clock begins: by default now, or where a kept file ended, if that is later.
    `port` is the page's, 0 takes a free one; `history` is in days.
    """
    url = f"sqlite:///{file}"
    async with AsyncExitStack() as stack:
        with closing(Database(url)) as db:
            now = at or datetime.now(UTC)
            before = await loading.look(db, now)
            if at is None and before.until is not None:
                now = max(now, before.until)
            clock = Clock(now)
            sandbox = Sandbox(build(before.opened_on, clock), MANIFEST, clock, tour=TOUR)
            await stack.enter_async_context(_page(sandbox, port))
            if before.until is None:
                await loading.settle(db, now, before.opened_on)
            programme = await loading.put_in_force(db, now)
            add_channels(sandbox.workspace, programme, before.opened_on)
            life = Life(clock, before.opened_on, until=before.until, history=history)
            await life.prepare(db)
        encore = await stack.enter_async_context(running(_settings(sandbox, url), clock=life.now))
        await stack.enter_async_context(life.going_on(encore))
        yield sandbox


@asynccontextmanager
async def empty(file: Path, *, port: int = 0, at: datetime | None = None) -> AsyncIterator[tuple[Sandbox, str]]:
    """Run Encore as it is before anybody has set it up, in a Slack with the sample's people; give the setup code, too.

    For rehearsing `/encore setup`. The parameters are those of `demo`.
    """
    clock = Clock(at or datetime.now(UTC))
    async with AsyncExitStack() as stack:
        sandbox = Sandbox(build(clock.now().date(), clock, welcome=EMPTY), MANIFEST, clock)
        await stack.enter_async_context(_page(sandbox, port))
        await stack.enter_async_context(running(_settings(sandbox, f"sqlite:///{file}"), clock=clock.now))
        yield sandbox, code(sandbox.workspace.bot_token)


@asynccontextmanager
async def _page(sandbox: Sandbox, port: int) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(sandbox.running(port))
        except OSError as error:
            raise EncoreError(f"The port {port} is taken. Name another one with --port, or none.") from error
        yield


def _settings(sandbox: Sandbox, url: str) -> Settings:
    """Return settings of which the environment decides nothing: a demo never reaches a real workspace."""
    workspace = sandbox.workspace
    return Settings(
        _env_file=None,
        database_url=url,
        slack_mode="socket",
        slack_bot_token=SecretStr(workspace.bot_token),
        slack_app_token=SecretStr(workspace.app_token),
        slack_signing_secret=SecretStr(workspace.signing_secret),
        slack_api_url=sandbox.api_url,
        host="127.0.0.1",
        port=0,
        log_level="warning",
    )
