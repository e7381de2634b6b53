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


# Two cores are shared by four workers: what a page shows may take longer than the five seconds that are the default.
expect.set_options(timeout=15_000)


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run Chromium as long as the block lasts; without one the story is skipped, and fails where CI runs."""
    program = shutil.which("chromium")
    if program is None:
        skip_unless_ci("There is no chromium on this machine.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        await browser.close()


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
