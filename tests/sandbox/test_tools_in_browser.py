"""The page's tools in a real browser, with the keyboard: a bad day is asked for and seen, the tour is shown once."""

import contextlib
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.tour import TOUR
from bot.sandbox.model import Channel, Person
from bot.sandbox.page.tour import Step
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from . import browsing
from .apps import bolt_app, connected
from .browsing import DESKTOP as WIDE
from .browsing import PHONE
from .conftest import MANIFEST

SCRIPT = "<img src=x onerror=alert(1)>"


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with browsing.chromium() as browser:
        yield browser


@contextlib.asynccontextmanager
async def opened(browser: Browser, sandbox: Sandbox, person: Person, size: dict[str, int]) -> AsyncIterator[Page]:
    """Open the page as `person` in a fresh browser; nothing may complain, and nothing may run over the edge."""
    complaints: list[str] = []
    context = await browser.new_context(viewport={"width": size["width"], "height": size["height"]})
    page = await context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    await page.goto(f"{sandbox.url}/?as={person.slack_id}")
    yield page
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert complaints == []
    await context.close()


def persistent_app(sandbox: Sandbox) -> AsyncApp:
    """Return an app that posts in the channel, and tries again when Slack names a wait."""
    retry = AsyncRateLimitErrorRetryHandler(max_retry_count=2)
    client = AsyncWebClient(sandbox.workspace.bot_token, base_url=sandbox.api_url, retry_handlers=[retry])
    app = AsyncApp(name="story", client=client, signing_secret=sandbox.workspace.signing_secret)

    @app.command("/kudos")
    async def kudos(ack: AsyncAck, client: AsyncWebClient, command: dict[str, str]) -> None:
        await ack()
        await client.chat_postMessage(channel=command["channel_id"], text=f"Thanks: {SCRIPT}")

    return app


async def test_too_many_calls_are_asked_for_seen_and_overcome(
    chromium: Browser, sandbox: Sandbox, ana: Person, team: Channel
) -> None:
    async with connected(sandbox, persistent_app(sandbox)), opened(chromium, sandbox, ana, WIDE) as page:
        tools = page.get_by_role("complementary", name="Tools")
        await page.get_by_role("button", name="Tools", exact=True).press("Enter")
        await expect(tools.get_by_role("tab", name="Inspector")).to_be_focused()
        await page.keyboard.press("ArrowRight")
        await expect(tools.get_by_role("tab", name="Bad days")).to_be_focused()
        await tools.get_by_label("Which call").select_option("chat.postMessage")
        await tools.get_by_role("spinbutton", name="Seconds").fill("1")
        await tools.get_by_role("spinbutton", name="Seconds").press("Enter")
        await expect(tools.get_by_role("status")).to_have_text(
            "The next call of chat.postMessage: too many calls (429)."
        )
        await expect(tools.get_by_text("chat.postMessage: Too many calls (429), 1 s")).to_be_visible()

        box = page.get_by_role("combobox", name="Message #support")
        await box.fill("/kudos well done")
        await box.press("Enter")
        await expect(page.get_by_role("log").get_by_text("Thanks: ")).to_be_visible()
        await expect(tools.get_by_text("Nothing: all goes well.")).to_be_visible()

        await tools.get_by_role("tab", name="Inspector").click()
        posts = tools.locator('.exchange[data-title="chat.postMessage"]')
        await expect(posts).to_have_count(2)
        await expect(posts.nth(1)).to_contain_text("failed: 429 ratelimited, as asked")
        await expect(posts.nth(0)).to_contain_text("ok")
        await posts.nth(0).locator("summary").press("Enter")
        await expect(posts.nth(0).get_by_label("Request")).to_contain_text(f'"text": "Thanks: {SCRIPT}"')
        await expect(tools.locator("img")).to_have_count(0)

        await tools.get_by_role("radio", name="Went wrong").check()
        await expect(tools.locator(".exchange:visible")).to_have_count(1)
        await tools.get_by_role("radio", name="All").check()
        await tools.get_by_role("searchbox").fill("KUDOS")
        await expect(tools.locator(".exchange:visible")).to_have_count(1)
        await expect(tools.locator("#exchange-count")).to_contain_text("1 of")


async def test_what_is_open_stays_open_while_more_comes_in_and_nothing_is_asked_when_it_is_closed(
    chromium: Browser, sandbox: Sandbox, client: AsyncWebClient, ana: Person, team: Channel
) -> None:
    await client.team_info()
    async with opened(chromium, sandbox, ana, WIDE) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "/tools" in request.url else None)
        await page.wait_for_timeout(1_500)
        assert asked == []
        opener = page.get_by_role("button", name="Tools", exact=True)
        await opener.click()
        first = page.locator('.exchange[data-title="team.info"]')
        await first.locator("summary").click()
        await expect(first.get_by_label("Answer")).to_contain_text("Sample Contact Centre")
        await client.auth_test()
        await expect(page.locator(".exchange").first).to_contain_text("auth.test")
        await expect(first.get_by_label("Answer")).to_be_visible()
        await expect(opener).to_have_attribute("aria-expanded", "true")
        await first.locator("summary").press("Escape")
        await expect(opener).to_be_focused()
        await expect(opener).to_have_attribute("aria-expanded", "false")
        await expect(page.locator("#tools")).to_be_hidden()
        before = len(asked)
        await page.wait_for_timeout(1_500)
        assert len(asked) == before


async def test_the_browser_remembers_the_drawer_its_tab_and_its_filter(
    chromium: Browser, sandbox: Sandbox, ana: Person, team: Channel
) -> None:
    async with opened(chromium, sandbox, ana, WIDE) as page:
        await page.get_by_role("button", name="Tools", exact=True).click()
        await page.get_by_role("radio", name="Went wrong").check()
        await page.get_by_role("tab", name="How strict").click()
        await page.reload()
        await expect(page.get_by_role("tab", name="How strict")).to_have_attribute("aria-selected", "true")
        await expect(page.get_by_text("What this sandbox does not do")).to_be_visible()
        await page.get_by_role("tab", name="Inspector").click()
        await expect(page.get_by_role("radio", name="Went wrong")).to_be_checked()
        await page.get_by_role("button", name="Close the tools").click()
        await page.reload()
        await expect(page.locator("#tools")).to_be_hidden()


async def test_on_a_phone_the_drawer_covers_the_page_and_switches_are_turned_by_keyboard(
    chromium: Browser, sandbox: Sandbox, ana: Person, team: Channel
) -> None:
    async with connected(sandbox, bolt_app(sandbox, [])), opened(chromium, sandbox, ana, PHONE) as page:
        await page.get_by_role("button", name="Tools", exact=True).click()
        tools = page.get_by_role("complementary", name="Tools")
        box = await tools.bounding_box()
        assert box == {"x": 0, "y": 0, **PHONE}
        assert await page.evaluate("document.querySelector('main').inert")
        await tools.get_by_role("tab", name="Switches").click()
        switch = tools.get_by_role("switch", name="The app is installed")
        await expect(switch).to_be_checked()
        await switch.press("Space")
        await expect(switch).not_to_be_checked()
        await expect(switch).to_be_focused()
        await expect(tools.get_by_role("status")).to_have_text("The app is installed: off.")
        assert not sandbox.workspace.installed
        await switch.press("Enter")
        await expect(switch).to_be_checked()
        await tools.get_by_role("tab", name="Bad days").click()
        await expect(tools.get_by_role("button", name="Forge the next signature")).to_be_disabled()
        await tools.get_by_role("radio", name="Slack is broken (500)").check()
        await expect(tools.get_by_role("spinbutton", name="Seconds")).to_be_hidden()
        await tools.get_by_role("button", name="Deliver the next thing twice").press("Enter")
        await tools.get_by_role("button", name="Forget them all").press("Enter")
        await expect(tools.get_by_text("Nothing: all goes well.")).to_be_visible()
        await expect(tools.get_by_role("heading", name="Still to go wrong")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Tools", exact=True)).to_be_focused()
        assert not await page.evaluate("document.querySelector('main').inert")


STEPS = [
    Step("page", "Welcome", "A small Slack."),
    Step("composer", "Say something", "Type `/mystats`."),
    Step("#nowhere", "Elsewhere", "What is not there is spoken of all the same."),
]


async def test_the_tour_is_shown_once_and_again_when_asked_for(
    chromium: Browser, workspace: Workspace, ana: Person, team: Channel
) -> None:
    async with (
        Sandbox(workspace, MANIFEST, tour=STEPS).running() as sandbox,
        opened(chromium, sandbox, ana, WIDE) as page,
    ):
        tour = page.get_by_role("dialog", name="A short tour")
        await expect(tour.get_by_role("heading", name="Welcome")).to_be_focused()
        await expect(tour.get_by_text("1 of 3")).to_be_visible()
        for _ in range(5):
            await page.keyboard.press("Tab")
            assert await page.evaluate(
                "document.activeElement === document.body || !!document.activeElement.closest('#tour')"
            )
        await tour.get_by_role("button", name="Next").press("Enter")
        await expect(tour.get_by_role("heading", name="Say something")).to_be_focused()
        await page.keyboard.press("ArrowRight")
        await expect(tour.get_by_text("3 of 3")).to_be_visible()
        await page.keyboard.press("ArrowLeft")
        await tour.get_by_role("button", name="Skip").click()
        await expect(tour).to_have_count(0)
        await page.reload()
        await expect(page.get_by_role("combobox", name="Message #support")).to_be_visible()
        await page.wait_for_timeout(500)
        await expect(tour).to_have_count(0)
        await page.get_by_role("button", name="Tools", exact=True).click()
        await page.get_by_role("button", name="Show the tour").click()
        await expect(tour.get_by_role("heading", name="Welcome")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(tour).to_have_count(0)
        await expect(page.get_by_role("combobox", name="Message #support")).to_be_focused()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_the_demos_tour_finds_all_it_speaks_of(
    chromium: Browser, workspace: Workspace, ana: Person, team: Channel, size: dict[str, int]
) -> None:
    async with (
        Sandbox(workspace, MANIFEST, tour=TOUR).running() as sandbox,
        opened(chromium, sandbox, ana, size) as page,
    ):
        for step in TOUR:
            await expect(page.get_by_role("heading", name=step.title)).to_be_focused()
            found = await page.locator(".tour-light:not(.tour-nowhere)").count()
            assert found == (0 if step.target == "page" else 1), step.title
            card = await page.locator("#tour").bounding_box()
            assert card is not None
            assert card["x"] >= 0
            assert card["x"] + card["width"] <= size["width"]
            assert card["y"] + card["height"] <= size["height"]
            await page.locator("#tour button:visible").last.click()
        await expect(page.locator("#tour")).to_have_count(0)


async def test_without_texts_nothing_stands_in_the_way(
    chromium: Browser, sandbox: Sandbox, ana: Person, team: Channel
) -> None:
    async with opened(chromium, sandbox, ana, PHONE) as page:
        async with page.expect_response(lambda answer: "/tour?" in answer.url) as waited:
            await page.reload()
        assert (await waited.value).status == 204
        await expect(page.get_by_role("combobox", name="Message #support")).to_be_focused()
        await expect(page.locator("#tour")).to_have_count(0)
