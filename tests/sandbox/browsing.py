"""A real browser for the stories: whatever it complains of in its console fails the story."""

import contextlib
import shutil
from collections.abc import AsyncIterator, Sequence
from typing import Any

from playwright.async_api import Browser, Page, async_playwright, expect

from bot.sandbox.model import Channel, Person
from bot.sandbox.server import Sandbox
from tests.conftest import skip_unless_ci

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


_RUNNING: list[Browser] = []
_UNTIL_THE_END = contextlib.AsyncExitStack()

# Two cores are shared by four workers: what a page shows may take longer than the five seconds that are the default.
expect.set_options(timeout=15_000)


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Give Chromium, and close what was opened in it; without one the story is skipped, and fails where CI runs.

    It is started by the first story that needs it, and is the same for all of this process.
    """
    program = shutil.which("chromium")
    if program is None:
        skip_unless_ci("There is no chromium on this machine.")
    if not _RUNNING:
        playwright = await _UNTIL_THE_END.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        _UNTIL_THE_END.push_async_callback(browser.close)
        _RUNNING.append(browser)
    (browser,) = _RUNNING
    yield browser
    for context in browser.contexts:
        await context.close()


async def close_chromium() -> None:
    """End it, if there is one."""
    _RUNNING.clear()
    await _UNTIL_THE_END.aclose()


@contextlib.asynccontextmanager
async def browsing(allowed: Sequence[str] = (), **options: Any) -> AsyncIterator[Page]:
    """Open a page as long as the block lasts; `options` are those of a browser's context.

    Complaints that hold one of the `allowed` words are part of the story.
    """
    complaints: list[str] = []
    async with chromium() as browser:
        context = await browser.new_context(**{"viewport": DESKTOP, **options})
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
    wrong = [said for said in complaints if not any(word in said for word in allowed)]
    assert wrong == [], wrong


def address(sandbox: Sandbox, person: Person, channel: Channel | str, **further: str) -> str:
    """Return the page's address for a person in a channel."""
    where = channel if isinstance(channel, str) else channel.slack_id
    return f"{sandbox.url}/?as={person.slack_id}&in={where}" + "".join(
        f"&{key}={word}" for key, word in further.items()
    )
