"""`encore demo`: a sample contact centre and a small Slack on this machine."""

import asyncio
import logging
import os
import signal
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import plain_errors, show
from bot.cli.serve import until_stopped
from bot.errors import InputError


def demo(
    keep: Annotated[
        Path | None, typer.Option(help="Keep the database: a folder, or a file that ends in .sqlite3.", metavar="PATH")
    ] = None,
    port: Annotated[int, typer.Option(help="The page's port; 0 takes a free one.", min=0, max=65535)] = 0,
    at: Annotated[
        datetime | None,
        typer.Option(help="Where the sandbox's clock begins, in UTC; now by default.", formats=["%Y-%m-%dT%H:%M"]),
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page where there is a browser.")] = True,
    days: Annotated[int, typer.Option(help="Days of history.", min=1, max=400)] = 90,
    empty: Annotated[
        bool, typer.Option("--empty", help="Without the sample: nothing is set up, to rehearse /encore setup.")
    ] = False,
) -> None:
    """Try Encore out: a sample contact centre, in a small Slack on this machine. Ctrl-C ends it."""
    with plain_errors():
        logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
        # The timer tells of every tick that it leaves out while one is under way.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        begins_at = None if at is None else at.replace(tzinfo=UTC)
        asyncio.run(_demo(keep, port, begins_at, None if empty else days, open_browser=browser))


async def _demo(keep: Path | None, port: int, at: datetime | None, days: int | None, *, open_browser: bool) -> None:
    # Listening first: whoever presses Ctrl-C while it starts gets the same clean end.
    stopped = asyncio.create_task(until_stopped())
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, signal.raise_signal, signal.SIGTERM)
    await asyncio.sleep(0)

    with _place(keep) as file:
        async with _started(file, port, at, days) as (url, ready):
            if not stopped.done():
                show(f"{ready}: {url}/ (Ctrl-C ends it)")
                if open_browser and _has_browser():
                    await asyncio.to_thread(webbrowser.open, f"{url}/")
            await stopped


@asynccontextmanager
async def _started(file: Path, port: int, at: datetime | None, days: int | None) -> AsyncIterator[tuple[str, str]]:
    """Give the page's address and what is ready there; without days of history it is an Encore that is not set up."""
    from bot.demo.start import demo, empty

    if days is None:
        # The code is told below.
        logging.getLogger("bot.app").setLevel(logging.ERROR)
        async with empty(file, port=port, at=at) as (sandbox, code):
            yield sandbox.url, f"Encore is ready, and nothing is set up. Type /encore setup {code}"
    else:
        async with demo(file, port=port, at=at, history=days) as sandbox:
            yield sandbox.url, "Encore is ready, with a sample contact centre"


@contextmanager
def _place(keep: Path | None) -> Iterator[Path]:
    """Give the database's file: where it is to be kept, else in a folder that goes when the demo ends."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="encore-demo-") as folder:
            yield Path(folder, "encore.sqlite3")
        return
    file = keep if keep.suffix == ".sqlite3" else keep / "encore.sqlite3"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{file.parent} cannot be used to keep the database: {error.strerror}.") from error
    yield file.absolute()


def _has_browser() -> bool:
    """Whether there is a screen: a browser of letters would take the terminal away."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
