"""The page in a real browser: channels, conversations, commands, threads and reactions, with the keyboard and by phone."""

import asyncio

from playwright.async_api import Page, expect

from bot.sandbox.model import Channel, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .browsing import PHONE, address, browsing


async def test_a_command_is_completed_sent_and_answered(
    page: Page, stage: Sandbox, ana: Person, ben: Person, team: Channel
) -> None:
    await page.goto(address(stage, ana, team))
    box = page.get_by_role("combobox", name="Message #support")
    await expect(box).to_be_focused()
    await box.press_sequentially("/my")
    await expect(page.get_by_role("option", name="/mystats [today|week|month]")).to_be_visible()
    await box.press("Tab")
    await expect(box).to_have_value("/mystats ")
    await expect(page.get_by_role("status").get_by_text("/mystats [today|week|month]")).to_be_visible()
    await box.press_sequentially("week")
    await box.press("Enter")
    await expect(page.get_by_text("Your week: 12 contacts")).to_be_visible()
    await expect(page.get_by_text("Only visible to you")).to_be_visible()
    await expect(box).to_be_focused()
    await page.get_by_label("You are").select_option(ben.slack_id)
    await expect(page.get_by_label("You are")).to_have_value(ben.slack_id)
    await expect(page.get_by_text("12 contacts")).to_have_count(0)


async def test_a_person_with_a_narrow_screen(
    stage: Sandbox, ana: Person, ben: Person, team: Channel, workspace: Workspace
) -> None:
    async with browsing(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="dark") as page:
        await page.goto(address(stage, ana, team))
        workspace.post(team.slack_id, ben.slack_id, "said meanwhile")
        await expect(page.get_by_text("said meanwhile")).to_be_visible()
        await page.get_by_role("button", name="Skip to tomorrow 09:00").tap()
        await expect(page.locator("#clock")).to_have_text("Thu 19 Nov 2026, 09:00")
        await expect(page.get_by_text("Yesterday")).to_be_visible()
        await page.get_by_role("button", name="More actions").tap()
        await page.get_by_role("menuitem", name="Reply in thread").tap()
        await page.get_by_role("combobox", name="Reply in the thread").fill("said in a thread")
        await page.get_by_role("button", name="Send").last.tap()
        await expect(page.locator("#replies").get_by_text("said in a thread")).to_be_visible()
        await page.get_by_role("link", name="Close the thread").tap()
        await expect(page.get_by_role("link", name="1 reply")).to_be_visible()
        await page.get_by_role("button", name="Channels and people").tap()
        await page.get_by_label("You are").select_option(ben.slack_id)
        await expect(page.get_by_text("said meanwhile")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def test_unread_marks_are_each_persons_own(
    page: Page, stage: Sandbox, ana: Person, ben: Person, team: Channel, workspace: Workspace
) -> None:
    other = workspace.add_channel("billing", members=[ana.slack_id, ben.slack_id])
    await page.goto(address(stage, ana, team))
    row = page.get_by_role("link", name="billing")
    await expect(row).not_to_have_class("unread")
    workspace.post(other.slack_id, ben.slack_id, "nothing for anybody")
    await expect(row).to_have_class("unread")
    await expect(row.locator(".count-badge")).to_have_count(0)
    workspace.post(other.slack_id, ben.slack_id, f"<@{ana.slack_id}> look")
    await expect(row.locator(".count-badge")).to_have_text("1")
    await row.click()
    await expect(page.get_by_role("heading", name="#billing", level=1)).to_be_visible()
    await expect(page.locator("#new-line")).to_have_text("New")
    await expect(row).not_to_have_class("unread")
    workspace.post(other.slack_id, ben.slack_id, "seen as it comes")
    await expect(page.get_by_text("seen as it comes")).to_be_visible()
    await page.get_by_role("link", name="support").click()
    await expect(page.get_by_role("heading", name="#support", level=1)).to_be_visible()
    await expect(row).not_to_have_class("unread")


async def test_a_long_message_is_read_from_its_beginning(
    page: Page, stage: Sandbox, ana: Person, ben: Person, team: Channel, workspace: Workspace
) -> None:
    await page.goto(address(stage, ana, team))
    long, frame = "\n".join(["a line"] * 80), page.locator("#scroll")
    workspace.post(team.slack_id, ben.slack_id, f"First {long}")
    last = page.locator(".message").last

    async def begins_in_sight() -> None:
        place, seen = await last.bounding_box(), await frame.bounding_box()
        assert place is not None
        assert seen is not None
        assert seen["y"] - 1 <= place["y"] < seen["y"] + seen["height"] < place["y"] + place["height"]

    await expect(last).to_contain_text("First")
    await begins_in_sight()
    # Who has read no further goes on to what comes next.
    workspace.post(team.slack_id, ben.slack_id, "said after it")
    await expect(page.get_by_text("said after it")).to_be_in_viewport()
    workspace.post(team.slack_id, ben.slack_id, f"Again {long}")
    await expect(last).to_contain_text("Again")
    await begins_in_sight()
    # Who reads further up is left there, and who opens the page anew begins with the last one, too.
    await frame.evaluate("(part) => { part.scrollTop = 0; }")
    workspace.post(team.slack_id, ben.slack_id, f"Once more {long}")
    await expect(last).to_contain_text("Once more")
    assert await frame.evaluate("(part) => part.scrollTop") == 0
    await page.reload()
    await begins_in_sight()


async def test_a_conversation_is_opened_with_somebody(
    page: Page, stage: Sandbox, ana: Person, ben: Person, team: Channel
) -> None:
    await page.goto(address(stage, ana, team))
    await page.get_by_text("Message somebody").click()
    await page.get_by_role("link", name="Ben Reyes").click()
    await expect(page.get_by_role("heading", name="Ben Reyes", exact=True)).to_be_visible()
    await page.get_by_role("combobox", name="Message Ben Reyes").press_sequentially("between us\n")
    await expect(page.locator("#messages").get_by_text("between us")).to_be_visible()
    await page.goto(address(stage, ben, team))
    row = page.get_by_role("link", name="Ana Kovač")
    await expect(row.locator(".count-badge")).to_have_text("1")
    await row.click()
    await expect(page.get_by_text("between us")).to_be_visible()


async def test_a_thread_is_read_and_answered(
    page: Page, stage: Sandbox, ana: Person, ben: Person, team: Channel, workspace: Workspace
) -> None:
    asked = workspace.post(team.slack_id, ben.slack_id, "Who takes the late shift?")
    workspace.post(team.slack_id, ben.slack_id, "I could.", thread_ts=asked.ts)
    await page.goto(address(stage, ana, team))
    await expect(page.get_by_text("I could.")).to_have_count(0)
    await page.get_by_role("link", name="1 reply Last reply today at 2:00 PM").click()
    pane = page.get_by_role("complementary", name="Thread")
    await expect(pane.get_by_text("I could.")).to_be_visible()
    box = pane.get_by_role("combobox")
    await expect(box).to_be_focused()
    await box.press_sequentially("/mystats\n")
    await expect(pane.get_by_text("/mystats is not supported in threads. Sorry!")).to_be_visible()
    await pane.get_by_label("Also send to #support").check()
    await box.press_sequentially("We swap.\n")
    await expect(pane.get_by_text("We swap.")).to_be_visible()
    await expect(page.locator("#messages").get_by_text("We swap.")).to_be_visible()
    await expect(pane.get_by_label("Also send to #support")).not_to_be_checked()
    await box.press_sequentially("not sent yet")
    workspace.post(team.slack_id, ben.slack_id, "Deal!", thread_ts=asked.ts)
    await expect(pane.get_by_text("Deal!")).to_be_visible()
    await expect(box).to_have_value("not sent yet")
    await box.press("Escape")
    await expect(pane).to_have_count(0)
    await expect(page.locator(".thread-link")).to_be_focused()
    await page.go_back()
    await expect(pane.get_by_role("combobox")).to_have_value("not sent yet")


async def test_reactions_are_counted_and_taken_back(
    page: Page, stage: Sandbox, ana: Person, ben: Person, team: Channel, workspace: Workspace
) -> None:
    said = workspace.post(team.slack_id, ben.slack_id, "A day without a queue")
    workspace.react(team.slack_id, said.ts, ben.slack_id, "tada")
    await page.goto(address(stage, ana, team))
    pill = page.get_by_role("button", name="1 tada. Ben Reyes reacted with :tada:")
    await expect(pill).to_have_attribute("aria-pressed", "false")
    await pill.click()
    mine = page.get_by_role("button", name="2 tada. You and Ben Reyes reacted with :tada:")
    await expect(mine).to_have_attribute("aria-pressed", "true")
    await expect(mine).to_be_focused()
    await mine.press("Enter")
    await expect(pill).to_be_visible()
    await page.locator(".message").hover()
    await page.get_by_role("button", name="Add reaction").first.click()
    await page.get_by_role("group", name="Emoji").get_by_role("button", name="trophy").click()
    await expect(page.get_by_role("button", name="1 trophy")).to_be_visible()
    # The app hears of it, and answers in a thread.
    await expect(page.get_by_role("link", name="1 reply")).to_be_visible()


async def test_a_mention_is_heard(page: Page, stage: Sandbox, ana: Person, team: Channel) -> None:
    await page.goto(address(stage, ana, team))
    box = page.get_by_role("combobox", name="Message #support")
    await box.press_sequentially("@enc")
    await expect(page.get_by_role("option", name="@encore")).to_be_visible()
    await box.press("Tab")
    await box.press_sequentially("are you there?")
    await box.press("Enter")
    await page.get_by_role("link", name="1 reply").click()
    await expect(page.locator("#replies").get_by_text("Yes,")).to_be_visible()


async def test_everything_with_the_keyboard_alone(
    page: Page, stage: Sandbox, ana: Person, ben: Person, team: Channel, workspace: Workspace
) -> None:
    workspace.post(team.slack_id, ben.slack_id, "first")
    workspace.post(team.slack_id, ben.slack_id, "second")
    await page.goto(address(stage, ana, team))
    press = page.keyboard.press
    # From the box to the menu of the latest message: past the shortcuts' button.
    await press("Shift+Tab")
    await expect(page.get_by_role("button", name="Shortcuts")).to_be_focused()
    await press("Shift+Tab")
    more = page.get_by_role("button", name="More actions").last
    await expect(more).to_be_focused()
    await expect(more).to_be_visible()
    await press("Enter")
    await expect(page.get_by_role("menuitem", name="Add reaction")).to_be_focused()
    await press("Escape")
    await expect(more).to_be_focused()
    await press("Enter")
    await press("Enter")
    await expect(page.get_by_role("button", name="+1")).to_be_focused()
    await press("ArrowRight")
    await expect(page.get_by_role("button", name="heart", exact=True)).to_be_focused()
    await press("ArrowDown")
    await expect(page.get_by_role("button", name="rocket")).to_be_focused()
    await press("Enter")
    await expect(page.get_by_role("button", name="1 rocket")).to_be_visible()
    await expect(more).to_be_focused()
    # Reply in a thread, and back.
    await press("Enter")
    await press("ArrowDown")
    await press("Enter")
    await expect(page.get_by_role("combobox", name="Reply in the thread")).to_be_focused()
    await press("Escape")
    await expect(more).to_be_focused()
    # A shortcut opens a form; Escape closes it, and the focus is where it was.
    await press("Tab")
    await press("Enter")
    await expect(page.get_by_role("menuitem", name="Ask for time off")).to_be_focused()
    await press("Enter")
    await expect(page.get_by_label("How many days?")).to_be_focused()
    await press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("button", name="Shortcuts")).to_be_focused()
    await page.reload()
    await press("Shift+Tab")
    await page.get_by_role("link", name="Skip to the message box").focus()
    await press("Enter")
    await page.keyboard.type("typed at last\n")
    await expect(page.locator("#messages").get_by_text("typed at last")).to_be_visible()


async def test_what_is_not_sent_yet_waits_for_its_writer(
    page: Page, stage: Sandbox, ana: Person, ben: Person, team: Channel, workspace: Workspace
) -> None:
    workspace.add_channel("billing", members=[ana.slack_id])
    await page.goto(address(stage, ana, team))
    await page.get_by_role("combobox", name="Message #support").press_sequentially("half a sen")
    await page.get_by_role("link", name="billing").click()
    await expect(page.get_by_role("combobox", name="Message #billing")).to_have_value("")
    await page.get_by_role("link", name="support").click()
    await expect(page.get_by_role("combobox", name="Message #support")).to_have_value("half a sen")


async def test_the_page_outlives_a_restart_of_the_sandbox(workspace: Workspace, ana: Person, team: Channel) -> None:
    # What a browser says of a server that is gone belongs to it.
    async with browsing(allowed=["ERR_CONNECTION_REFUSED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET"]) as page:
        async with Sandbox(workspace, {}).running() as first:
            port = int(first.url.rsplit(":", 1)[1])
            await page.goto(address(first, ana, team))
            await page.get_by_role("combobox", name="Message #support").press_sequentially("half a sen")
            # It waits for news, and the sandbox ends all the same.
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 2
        await expect(page.locator("body")).to_have_class("offline")
        workspace.post(team.slack_id, ana.slack_id, "said while it was away")
        async with Sandbox(workspace, {}).running(port):
            await expect(page.get_by_text("said while it was away")).to_be_visible()
            await expect(page.get_by_role("combobox", name="Message #support")).to_have_value("half a sen")
            await expect(page.locator("body")).not_to_have_class("offline")
