"""The page where it has a harder life: behind a proxy's prefix, and without its script."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import uvicorn
from playwright.async_api import expect
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.model import Channel, Person
from bot.sandbox.workspace import Workspace

from .browsing import address, browsing
from .showcase import on_stage

PREFIX = "/tools/slack"


def stripped(app: ASGIApp) -> ASGIApp:
    """Do what a proxy does that takes its prefix off and tells nobody; everything else is not found."""

    async def proxy(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith(f"{PREFIX}/"):
            await app({**scope, "path": path.removeprefix(PREFIX)}, receive, send)
        else:
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    return proxy


@contextlib.asynccontextmanager
async def behind_a_prefix(app: ASGIApp) -> AsyncIterator[str]:
    """Serve the app below the prefix as long as the block lasts; gives the address of the page."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(stripped(app), lifespan="off", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}{PREFIX}/"
    finally:
        server.should_exit = True
        server.force_exit = True
        await serving


async def test_behind_a_prefix_everything_works(workspace: Workspace, ana: Person, ben: Person, team: Channel) -> None:
    async with on_stage(workspace) as stage, behind_a_prefix(stage.app) as url, browsing() as page:
        await page.goto(f"{url}?as={ana.slack_id}&in={team.slack_id}")
        box = page.get_by_role("combobox", name="Message #support")
        await box.press_sequentially("/mystats week\n")
        await expect(page.get_by_text("Your week: 12 contacts")).to_be_visible()
        await box.press_sequentially("hello\n")
        await page.locator(".message", has_text="hello").hover()
        await page.get_by_role("button", name="Reply in thread").last.click()
        await page.get_by_role("combobox", name="Reply in the thread").press_sequentially("hello yourself\n")
        await expect(page.locator("#replies").get_by_text("hello yourself")).to_be_visible()
        await box.press_sequentially("/form\n")
        form = page.get_by_role("dialog", name="Time off")
        await form.get_by_label("How many days?").fill("2")
        await form.get_by_label("Why?").fill("Sleep")
        await form.get_by_role("button", name="Send").click()
        await page.get_by_role("dialog", name="Sent").get_by_role("button", name="Fine").click()
        await page.get_by_role("button", name="Skip an hour").click()
        await expect(page.locator("#clock")).to_have_text("Wed 18 Nov 2026, 15:00")
        await page.get_by_role("link", name="Encore").click()
        await expect(page.get_by_role("button", name="Pressed 0 times")).to_be_visible()
        await page.get_by_label("You are").select_option(ben.slack_id)
        await expect(page.locator("#home").get_by_text("@Ben Reyes")).to_be_visible()
        assert page.url.startswith(url)


async def test_without_the_script_one_can_still_talk(
    workspace: Workspace, ana: Person, ben: Person, team: Channel
) -> None:
    async with on_stage(workspace) as stage, browsing(java_script_enabled=False) as page:
        await page.goto(address(stage, ana, team))
        await page.get_by_role("combobox", name="Message #support").fill("/mystats week")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_text("Your week: 12 contacts")).to_be_visible()
        asked = workspace.post(team.slack_id, ben.slack_id, "Who takes the late shift?")
        workspace.post(team.slack_id, ben.slack_id, "I could.", thread_ts=asked.ts)
        await page.reload()
        await page.get_by_role("link", name="1 reply").click()
        await page.get_by_role("combobox", name="Reply in the thread").fill("Thank you!")
        await page.get_by_role("button", name="Send").last.click()
        await expect(page.locator("#replies").get_by_text("Thank you!")).to_be_visible()
        await page.get_by_role("link", name="Close the thread").click()
        await expect(page.get_by_role("link", name="2 replies")).to_be_visible()
        await page.get_by_role("button", name="Skip to tomorrow 09:00").click()
        await expect(page.locator("#clock")).to_have_text("Thu 19 Nov 2026, 09:00")
        await page.get_by_label("You are").select_option(ben.slack_id)
        await page.get_by_role("button", name="Switch").click()
        await expect(page.get_by_label("You are")).to_have_value(ben.slack_id)
