"""The page in a real browser: a command is completed, sent and answered; the clock is skipped; nothing complains."""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.sandbox.model import Channel, Person
from bot.sandbox.server import Sandbox

from .apps import bolt_app, connected

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield await browser.new_page(viewport={"width": 390, "height": 844})
        await browser.close()


async def test_a_person_with_a_keyboard_and_a_narrow_screen(
    page: Page, sandbox: Sandbox, ana: Person, ben: Person, team: Channel
) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    async with connected(sandbox, bolt_app(sandbox, [])):
        await page.goto(f"{sandbox.url}/?as={ana.slack_id}&in={team.slack_id}")
        box = page.get_by_role("combobox", name="Message #support")
        await box.press_sequentially("/my")
        await expect(page.get_by_role("option", name="/mystats [today|week|month]")).to_be_visible()
        await box.press("Tab")
        await expect(box).to_have_value("/mystats ")
        await box.press_sequentially("week")
        await box.press("Enter")
        await expect(page.get_by_text("Your week: 12 contacts")).to_be_visible()
        await expect(page.get_by_text("Only visible to you")).to_be_visible()
        await expect(box).to_be_focused()
        sandbox.workspace.post(team.slack_id, ben.slack_id, "said meanwhile")
        await expect(page.get_by_text("said meanwhile")).to_be_visible()
        await page.get_by_role("button", name="Skip to tomorrow 09:00").click()
        await expect(page.locator("#clock")).to_have_text("Thu 19 Nov 2026, 09:00")
        await expect(page.get_by_text("Yesterday")).to_be_visible()
        await page.get_by_role("button", name="Channels and people").press("Enter")
        await page.get_by_label("You are").select_option(ben.slack_id)
        await expect(page.get_by_text("said meanwhile")).to_be_visible()
        await expect(page.get_by_text("12 contacts")).to_have_count(0)
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert complaints == []
