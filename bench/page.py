"""`/mystats` in the sandbox's page: from Enter in the composer to the frame that shows the answer, in a real browser.

The sample contact centre with Encore over Socket Mode. The ceiling is a plain message, which the sandbox shows without
asking anybody. Goal: the answer stands there within 200 ms.
"""

import asyncio
import shutil
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Page, async_playwright

from bot.demo.centre import BELGRADE, named
from bot.demo.start import demo

SATURDAY = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
AGENT = "Milica Pavlović"
TIMES, WARM_UP = 30, 3
GOAL_MS = 200


def run() -> None:
    """Print the median and the slowest of both in milliseconds, and the ratio."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("This benchmark needs chromium.")
    said, answered = asyncio.run(_measure(chromium))
    for name, taken in (("a plain message", said), ("/mystats", answered)):
        print(f"{name}: median {statistics.median(taken):.0f} ms, slowest of {len(taken)}: {max(taken):.0f} ms")
    ratio = statistics.median(said) / statistics.median(answered)
    print(f"ratio {ratio:.2f}; goal: /mystats within {GOAL_MS} ms")


async def _measure(chromium: str) -> tuple[list[float], list[float]]:
    agent = named(SATURDAY.date(), AGENT)
    with tempfile.TemporaryDirectory() as folder:
        async with demo(Path(folder) / "encore.sqlite3", at=SATURDAY, history=7) as sandbox, async_playwright() as play:
            browser = await play.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
            )
            page = await browser.new_page(viewport={"width": 1280, "height": 800})
            await page.goto(f"{sandbox.url}/?as={agent.slack_id}&in={BELGRADE.channel_id}")
            await page.keyboard.press("Escape")
            said = await _times(page, "Good morning")
            answered = await _times(page, "/mystats week")
            await browser.close()
    return said, answered


async def _times(page: Page, text: str) -> list[float]:
    taken = []
    for _ in range(WARM_UP + TIMES):
        await page.locator("#text").fill(text)
        await page.evaluate(WATCH)
        await page.keyboard.press("Enter")
        taken.append(await page.evaluate("taken"))
    return taken[WARM_UP:]


# Measured by the page's own clock: steering a browser from outside takes longer than what is measured.
WATCH = """() => {
    window.taken = new Promise((done) => {
        let began;
        document.addEventListener("keydown", () => { began = performance.now(); }, { capture: true, once: true });
        const messages = document.querySelector("#messages");
        const had = messages.querySelectorAll(".message").length;
        const observer = new MutationObserver(() => {
            if (messages.querySelectorAll(".message").length <= had) return;
            observer.disconnect();
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
        });
        observer.observe(messages, { childList: true });
    });
}"""
