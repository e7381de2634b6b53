"""Nothing that axe calls serious stands on the page: every block, a form with its errors, Home, a thread, the tools."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from bot.sandbox.model import Channel, Person
from bot.sandbox.workspace import Workspace

from .browsing import DESKTOP, PHONE, address, browsing
from .every_block import PICTURE, every_block, every_element
from .showcase import on_stage

NOT_IN_A_MESSAGE = {"alert", "input", "file_input"}
SERIOUS = {"serious", "critical"}
SCREENS = {"desktop, light": (DESKTOP, "light"), "phone, dark": (PHONE, "dark")}


async def offences(page: Page) -> list[str]:
    """Return what axe finds that shuts somebody out, one line each."""
    found = (await Axe().run(page)).response["violations"]
    return [
        f"{row['impact']} {row['id']}: {node['html'][:160]}"
        for row in found
        if row["impact"] in SERIOUS
        for node in row["nodes"]
    ]


def actions(kind: str, element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "block_id": f"try-{kind}", "elements": [element]}


@pytest.mark.parametrize("screen", SCREENS)
async def test_axe_finds_nothing(workspace: Workspace, ana: Person, ben: Person, team: Channel, screen: str) -> None:
    size, scheme = SCREENS[screen]
    blocks = [block for kind, block in every_block("Some words").items() if kind not in NOT_IN_A_MESSAGE]
    elements = every_element("Some words")
    message = workspace.post_as_bot(team.slack_id, "One of every block", blocks=blocks)
    menus = [actions(kind, element) for kind, element in elements.items() if kind.endswith(("select", "picker"))]
    workspace.post_as_bot(team.slack_id, "Menus and pickers", blocks=menus)
    workspace.post(team.slack_id, ben.slack_id, "A reply", thread_ts=message.ts)
    workspace.react(team.slack_id, message.ts, ben.slack_id, "tada")
    async with on_stage(workspace) as stage, browsing(["ERR_", PICTURE], viewport=size, color_scheme=scheme) as page:
        await page.goto(address(stage, ana, team))
        await expect(page.get_by_text("Menus and pickers").or_(page.locator(".block-actions").first)).to_be_visible()
        assert await offences(page) == []
        await page.get_by_role("link", name="1 reply").click()
        await expect(page.get_by_text("A reply", exact=True)).to_be_visible()
        assert await offences(page) == []
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Tools").click()
        await expect(page.get_by_role("tab", name="Inspector")).to_be_visible()
        assert await offences(page) == []
        await page.keyboard.press("Escape")
        box = page.get_by_role("combobox", name="Message #support")
        await box.fill("/")
        assert await offences(page) == []
        await box.fill("/form")
        await box.press("Enter")
        form = page.get_by_role("dialog", name="Time off")
        await form.get_by_role("button", name="Send").click()
        await expect(form.get_by_text("Please complete this required field.").first).to_be_visible()
        assert await offences(page) == []
        await form.get_by_role("button", name="Close").click()
        await page.goto(address(stage, ana, "app"))
        await page.get_by_role("link", name="Home").click()
        await expect(page.locator("[data-container=view]")).to_be_visible()
        assert await offences(page) == []
