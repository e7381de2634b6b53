"""A newcomer's first minutes, in a real browser: one's own figures, the next morning's boards, a Slack that throttles."""

from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import expect

from bot.demo.centre import BELGRADE, named
from bot.demo.start import demo
from tests.sandbox.browsing import DESKTOP, address, browsing

SATURDAY = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


async def test_figures_the_next_morning_and_a_slack_that_throttles(tmp_path: Path) -> None:
    agent = named(SATURDAY.date(), "Milica Pavlović")
    async with (
        demo(tmp_path / "encore.sqlite3", at=SATURDAY, history=5) as sandbox,
        browsing(viewport=DESKTOP) as page,
    ):
        await page.goto(address(sandbox, sandbox.workspace.person(agent.slack_id), BELGRADE.channel_id))
        await page.get_by_role("button", name="Skip", exact=True).click()
        boards = page.locator("#messages .message").filter(has_text="Together:")
        await expect(boards).to_have_count(1)

        box = page.get_by_role("combobox", name=f"Message #{BELGRADE.channel}")
        await box.fill("/mystats week")
        await box.press("Enter")
        await expect(page.get_by_text("Only visible to you")).to_be_visible()

        # Slack has had enough: the board is refused once, and stands there once all the same.
        sandbox.faults.next("chat.postMessage", "ratelimited", 3, seconds=2)
        await page.get_by_role("button", name="Skip to tomorrow 09:00").click()
        await expect(boards).to_have_count(2, timeout=20_000)
        refused = [entry.outcome for entry in sandbox.record if entry.title == "chat.postMessage"]
        assert sum("ratelimited" in outcome for outcome in refused) == 3
        await expect(boards.last).to_contain_text("November 21, 2026")
