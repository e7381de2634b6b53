"""Modals, buttons and the app's Home in a real browser: opened, mended, stacked, pressed, closed."""

import pytest
from playwright.async_api import Page, expect

from bot.sandbox.model import Channel, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .apps import connected
from .browsing import PHONE, address, browsing
from .showcase import MANIFEST, showcase


async def say(page: Page, text: str) -> None:
    box = page.get_by_role("combobox", name="Message #support")
    await box.fill(text)
    await box.press("Enter")


async def test_a_form_is_mended_and_sent(page: Page, stage: Sandbox, ana: Person, team: Channel) -> None:
    await page.goto(address(stage, ana, team))
    await say(page, "/form")
    form = page.get_by_role("dialog", name="Time off")
    days = form.get_by_label("How many days?")
    await expect(days).to_be_focused()
    # What is missing is said at once, beside the field.
    await form.get_by_role("button", name="Send").click()
    await expect(form.get_by_text("Please complete this required field.").first).to_be_visible()
    await expect(days).to_be_focused()
    await expect(days).to_have_attribute("aria-invalid", "true")
    await days.fill("9")
    await form.get_by_label("Why?").fill("A wedding")
    await days.press("Enter")
    # What only the app knows is said in the same place.
    await expect(form.get_by_text("Five days at most.")).to_be_visible()
    await expect(days).to_be_focused()
    await days.fill("3")
    await expect(form.get_by_text("Five days at most.")).to_have_count(0)
    await expect(form.get_by_label("Why?")).to_have_value("A wedding")
    await days.press("Enter")
    done = page.get_by_role("dialog", name="Sent")
    await expect(done.get_by_text("Your lead has it.")).to_be_visible()
    await done.get_by_role("button", name="Fine").press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("combobox", name="Message #support")).to_be_focused()


async def test_views_are_stacked_and_what_is_typed_stays(
    page: Page, stage: Sandbox, ana: Person, team: Channel
) -> None:
    await page.goto(address(stage, ana, team))
    await say(page, "/form")
    form = page.get_by_role("dialog", name="Time off")
    await form.get_by_label("How many days?").fill("2")
    await form.get_by_label("Who covers for you?").select_option("Ben Reyes")
    await form.get_by_role("button", name="Read the rules").click()
    rules = page.get_by_role("dialog", name="The rules")
    await expect(rules.get_by_text("Five days")).to_be_visible()
    await expect(rules.get_by_role("button", name="Understood")).to_be_focused()
    await expect(rules.locator("#submit-view")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(form.get_by_label("How many days?")).to_have_value("2")
    await form.get_by_role("button", name="Read the rules").click()
    await rules.get_by_role("button", name="Back to Time off").click()
    await expect(form.get_by_label("How many days?")).to_have_value("2")
    # The app changes the view under one's hands.
    await form.get_by_role("button", name="Suggest a reason").click()
    await expect(form.get_by_text("A good reason:")).to_be_visible()
    await expect(form.get_by_role("button", name="Suggest a reason")).to_be_focused()
    await expect(form.get_by_label("How many days?")).to_have_value("2")
    assert (
        await form.get_by_label("Who covers for you?").evaluate("select => select.selectedOptions[0].text")
        == "Ben Reyes"
    )
    # Reloaded, the form is still there; closed, the app hears of it.
    await page.reload()
    await expect(form.get_by_text("A good reason:")).to_be_visible()
    await form.get_by_role("button", name="Close").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("link", name="Encore").locator(".count-badge")).to_have_text("1")


async def test_an_app_that_is_away_loses_nothing_that_was_typed(
    workspace: Workspace, ana: Person, team: Channel
) -> None:
    async with Sandbox(workspace, MANIFEST).running() as sandbox, browsing() as page:
        async with connected(sandbox, showcase(sandbox)):
            await page.goto(address(sandbox, ana, team))
            await say(page, "/buttons")
            await expect(page.get_by_role("button", name="Take it")).to_be_visible()
            await say(page, "/form")
            form = page.get_by_role("dialog", name="Time off")
            await form.get_by_label("How many days?").fill("3")
            await form.get_by_label("Why?").fill("A wedding")
        await form.get_by_role("button", name="Read the rules").click()
        await expect(form.get_by_role("alert")).to_have_text("The app did not answer in time. Try again?")
        await form.get_by_role("button", name="Send").click()
        await expect(form.get_by_role("alert")).to_have_text("We had some trouble connecting. Try again?")
        await expect(form.get_by_label("How many days?")).to_have_value("3")
        async with connected(sandbox, showcase(sandbox)):
            await form.get_by_role("button", name="Send").click()
            await page.get_by_role("dialog", name="Sent").get_by_role("button", name="Fine").click()
        await page.get_by_role("button", name="Take it").click()
        await expect(page.get_by_role("alert")).to_have_text("The app did not answer in time. Try again?")


async def test_buttons_and_menus_of_a_message(page: Page, stage: Sandbox, ana: Person, team: Channel) -> None:
    await page.goto(address(stage, ana, team))
    await say(page, "/buttons")
    shown = page.locator("#messages")
    await page.get_by_role("button", name="Take it").click()
    await expect(shown.get_by_text("chose take")).to_be_visible()
    cancel = page.get_by_role("button", name="Cancel the shift")
    await cancel.press("Enter")
    question = page.get_by_role("dialog", name="Cancel the shift?")
    await expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(cancel).to_be_focused()
    await cancel.press("Enter")
    await question.get_by_role("button", name="Yes, cancel it").click()
    await expect(shown.get_by_text("chose cancel")).to_have_count(1)
    await page.get_by_label("Site").select_option("Manila")
    await expect(shown.get_by_text("chose manila")).to_be_visible()
    await page.locator("input[type=date]").fill("2026-12-01")
    await expect(shown.get_by_text("chose 2026-12-01")).to_be_visible()
    await page.locator(".overflow-open").click()
    await page.get_by_role("menuitem", name="Remind me").click()
    await expect(shown.get_by_text("chose remind me")).to_be_visible()
    # What was chosen stays when the message is drawn anew.
    await page.locator(".message", has_text="One place is left").first.hover()
    await page.get_by_role("button", name="Add reaction").first.click()
    await page.get_by_role("group", name="Emoji").get_by_role("button", name="eyes").click()
    await expect(page.get_by_role("button", name="1 eyes")).to_be_visible()
    await expect(page.get_by_label("Site")).to_have_value("manila")


async def test_shortcuts_of_a_message_and_of_the_box(
    page: Page, stage: Sandbox, ana: Person, ben: Person, team: Channel, workspace: Workspace
) -> None:
    workspace.post(team.slack_id, ben.slack_id, "The Lee case is solved")
    await page.goto(address(stage, ana, team))
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Ask for time off").click()
    await page.get_by_role("dialog", name="Time off").get_by_role("button", name="Cancel").click()
    await page.locator(".message").hover()
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Give kudos for this").click()
    kudos = page.get_by_role("dialog", name="Kudos")
    await kudos.get_by_label("What was great, ana?").fill("So fast")
    await kudos.get_by_role("button", name="Give").click()
    await page.get_by_role("link", name="1 reply").click()
    await expect(page.locator("#replies").get_by_text("So fast")).to_be_visible()


async def test_home_is_each_persons_own(page: Page, stage: Sandbox, ana: Person, ben: Person, team: Channel) -> None:
    await page.goto(address(stage, ana, team))
    await page.get_by_role("link", name="Encore").click()
    await expect(page.get_by_role("heading", name="Your week")).to_be_visible()
    count = page.get_by_role("button", name="Pressed 0 times")
    await count.click()
    await expect(page.get_by_role("button", name="Pressed 1 times")).to_be_focused()
    await page.get_by_role("button", name="Ask for time off").click()
    await page.get_by_role("dialog", name="Time off").get_by_role("button", name="Close").click()
    await page.get_by_role("navigation", name="Encore").get_by_role("link", name="Messages").click()
    await expect(page.get_by_text("You can ask again at any time.")).to_be_visible()
    await page.goto(address(stage, ben, "app"))
    await expect(page.get_by_role("button", name="Pressed 0 times")).to_be_visible()
    await expect(page.locator("#home").get_by_text("@Ben Reyes")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_form_on_a_phone(stage: Sandbox, ana: Person, team: Channel, scheme: str) -> None:
    async with browsing(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme=scheme) as page:
        await page.goto(address(stage, ana, team))
        await say(page, "/form")
        form = page.get_by_role("dialog", name="Time off")
        await form.get_by_label("How many days?").fill("1")
        await form.get_by_label("Why?").fill("Sleep")
        assert await page.evaluate("document.querySelector('.modal-body').scrollWidth <= window.innerWidth")
        await expect(form.get_by_role("button", name="Send")).to_be_in_viewport()
        await form.get_by_role("button", name="Send").tap()
        await expect(page.get_by_text("Your lead has it.")).to_be_visible()
