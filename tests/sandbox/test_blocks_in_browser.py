"""Blocks in a real browser: what is chosen and typed is gathered, what is pressed acts, all with the keyboard alone."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Locator, expect

from bot.sandbox.model import Channel, Person
from bot.sandbox.page.reader import Reader
from bot.sandbox.workspace import Workspace

from .block_page import HOST, STATE, Show, actions, button, field, pages, view
from .every_block import mrkdwn, option, plain


@pytest.fixture
def reader(workspace: Workspace, ana: Person, ben: Person, team: Channel) -> Reader:
    return Reader(workspace, ana)


@pytest.fixture
async def show(reader: Reader) -> AsyncIterator[Show]:
    async with pages(reader) as shown:
        yield shown


TWO = [option("One", "one"), option("Two", "two"), option("Three", "three")]
SURE = {"title": plain("Sure?"), "text": mrkdwn("It *counts*."), "confirm": plain("Do it"), "deny": plain("Leave it")}
FORM = [
    field("Text", {"type": "plain_text_input"}),
    field("Story", {"type": "plain_text_input", "multiline": True, "initial_value": "a"}),
    field("Number", {"type": "number_input", "is_decimal_allowed": False}),
    field("Mail", {"type": "email_text_input"}),
    field("Address", {"type": "url_text_input"}),
    field("Rich", {"type": "rich_text_input"}),
    field("Day", {"type": "datepicker", "initial_date": "2026-11-18"}),
    field("Time", {"type": "timepicker"}),
    field("Moment", {"type": "datetimepicker", "initial_date_time": 1_795_010_400}),
    field("Select", {"type": "static_select", "options": TWO}),
    field("Person", {"type": "users_select"}),
    field("Case", {"type": "external_select", "min_query_length": 1}),
    field("Cases", {"type": "multi_external_select", "min_query_length": 0}),
    field("Many", {"type": "multi_static_select", "options": TWO, "max_selected_items": 2}),
    field("Radio", {"type": "radio_buttons", "options": TWO}),
    field("Boxes", {"type": "checkboxes", "options": TWO, "initial_options": TWO[:1]}),
    field("Files", {"type": "file_input"}),
]


async def test_what_is_chosen_and_typed_is_gathered_and_put_back(show: Show, ben: Person) -> None:
    page = await show(*FORM, actions(button("Press"), {"type": "overflow", "action_id": "more", "options": TWO}))
    state = await page.evaluate(STATE)
    assert set(state) == {block["block_id"] for block in FORM} - {"Files"}
    chosen = {name: values for elements in state.values() for name, values in elements.items() if values}
    assert chosen == {"Story": ["a"], "Day": ["2026-11-18"], "Moment": ["2026-11-18T15:00"], "Boxes": ["one"]}

    keys = page.keyboard
    await page.get_by_label("Text", exact=True).focus()
    await keys.type("words")
    await keys.press("Tab")
    await keys.press("End")
    await keys.press("Enter")
    await keys.type("b")
    for typed in ("7", "a@b.example", "https://c.example", "rich"):
        await keys.press("Tab")
        await keys.type(typed)
    await page.get_by_label("Time", exact=True).focus()
    await keys.type("0930AM")
    await page.get_by_label("Select", exact=True).focus()
    await keys.type("Two")
    await page.get_by_label("Person", exact=True).focus()
    await keys.type("Ben")
    await page.get_by_label("Case", exact=True).focus()
    await keys.press("ArrowDown")
    await expect(page.get_by_text("Type to search.")).to_be_visible()
    await keys.type("Lo")
    await expect(page.get_by_role("option", name="Case of Lopez")).to_be_visible()
    await keys.press("Enter")
    await page.get_by_label("Cases", exact=True).focus()
    await keys.press("ArrowDown")
    await expect(page.get_by_role("option", name="Case of Marsh")).to_be_visible()
    await keys.press("ArrowUp")
    await keys.press("Enter")
    await keys.press("Escape")
    await page.get_by_label("Many", exact=True).focus()
    for key in ("ArrowDown", "Enter", "ArrowDown", "Enter", "ArrowDown", "Enter"):
        await keys.press(key)
    await expect(page.get_by_text("No more than 2 can be chosen.")).to_be_visible()
    await keys.press("Tab")
    await page.get_by_role("radio", name="One").focus()
    await keys.press("ArrowDown")
    await page.get_by_role("checkbox", name="Three").focus()
    await keys.press("Space")

    wanted = {
        "Text": ["words"], "Story": ["a\nb"], "Number": ["7"], "Mail": ["a@b.example"], "Address": ["https://c.example"],
        "Rich": ["rich"], "Day": ["2026-11-18"], "Time": ["09:30"], "Moment": ["2026-11-18T15:00"], "Select": ["two"],
        "Person": [ben.slack_id], "Case": ["1"], "Cases": ["2"], "Many": ["one", "two"], "Radio": ["two"],
        "Boxes": ["one", "three"],
    }  # fmt: skip
    state = await page.evaluate(STATE)
    assert {name: values for elements in state.values() for name, values in elements.items()} == wanted
    assert await page.evaluate("acts") == []
    assert await page.evaluate("asked.at(-1)") == ["Cases", "Cases", ""]
    assert (
        await page.evaluate(
            f"(() => {{ const state = {STATE}; again(); blocks.restore(place, state); return {STATE}; }})()"
        )
        == state
    )
    await expect(page.get_by_label("Case", exact=True)).to_have_value("Case of Lopez")
    await expect(page.get_by_role("button", name="Remove Case of Marsh")).to_be_visible()


async def test_only_the_same_element_gets_its_values_back(show: Show, reader: Reader) -> None:
    page = await show(field("A", {"type": "plain_text_input", "initial_value": "x"}))
    other = field("A", {"type": "plain_text_input"}), field("B", {"type": "plain_text_input"})
    put = f"html => {{ const state = {STATE}; again(html); blocks.restore(place, state); }}"
    for blocks, put_back in ((other, ["x"]), ((field("A", {"type": "email_text_input"}),), [])):
        await page.evaluate(put, view(blocks, reader))
        assert (await page.evaluate(STATE))["A"]["A"] == put_back
        await page.evaluate("again()")


async def test_a_press_is_sent_once_and_a_second_press_as_well(show: Show) -> None:
    page = await show(actions(button("Press"), button("Guide", url=f"{HOST}/static/icon.svg")))
    await page.evaluate("window.slow = true")
    press = page.get_by_role("button", name="Press")
    await press.focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Space")
    assert await page.evaluate("acts") == [["view", "row", "Press", []]] * 2
    busy = page.locator("[data-action=Press]")
    await expect(busy).to_have_attribute("aria-busy", "true")
    await page.evaluate("answer(); window.slow = false")
    await expect(busy).to_have_attribute("aria-busy", "true")
    async with page.expect_popup():
        await page.get_by_role("link", name="Guide").press("Enter")
    assert (await page.evaluate("acts"))[2:] == [["view", "row", "Guide", []]]


async def _double_click(button: Locator, between: Callable[[], Awaitable[None]]) -> None:
    """Click twice where a button is; by the second click the page shows what came of the first."""
    box, mouse = await button.bounding_box(), button.page.mouse
    assert box is not None
    await mouse.click(box["x"] + 5, box["y"] + 5)
    await between()
    await mouse.down(click_count=2)
    await mouse.up(click_count=2)


async def test_nothing_is_sent_before_one_agrees(show: Show) -> None:
    deny_first = SURE | {"style": "danger"}
    page = await show(
        actions(
            button("Press", confirm=SURE),
            button("Delete", confirm=deny_first),
            {"type": "static_select", "action_id": "menu", "options": TWO, "initial_option": TWO[0], "confirm": SURE},
            {"type": "checkboxes", "action_id": "boxes", "options": TWO, "confirm": SURE},
        )
    )
    press, dialog = page.get_by_role("button", name="Press"), page.get_by_role("dialog", name="Sure?")
    await press.press("Enter")
    await expect(dialog).to_contain_text("It counts.")
    await expect(page.get_by_role("button", name="Do it")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(press).to_be_focused()
    await page.get_by_role("button", name="Delete").press("Enter")
    await expect(page.get_by_role("button", name="Leave it")).to_be_focused()
    await page.keyboard.press("Enter")
    menu = page.get_by_role("combobox", name="Choose an option")
    await menu.select_option("two")
    await page.get_by_role("button", name="Leave it").click()
    await expect(menu).to_have_value("one")
    await page.get_by_label("Two").click()
    await page.get_by_role("button", name="Leave it").click()
    await expect(page.get_by_label("Two")).not_to_be_checked()
    assert await page.evaluate("acts") == []
    # The second click of a double click is not an answer, and falls on nothing below one.
    await _double_click(press, dialog.wait_for)
    await expect(dialog).to_be_visible()
    assert await page.evaluate("acts") == []
    leave = page.get_by_role("button", name="Leave it")
    await page.evaluate("window.clicks = 0; addEventListener('click', () => { window.clicks += 1; })")
    await _double_click(leave, lambda: expect(dialog).to_have_count(0))
    assert await page.evaluate("acts") == []
    assert await page.evaluate("window.clicks") == 1
    await press.press("Enter")
    await page.keyboard.press("Enter")
    await menu.select_option("two")
    await page.get_by_role("button", name="Do it").click()
    await expect(menu).to_be_focused()
    assert await page.evaluate("acts") == [["view", "row", "Press", []], ["view", "row", "menu", ["two"]]]


async def test_elements_act_when_something_else_is_chosen(show: Show) -> None:
    page = await show(
        {"type": "section", "block_id": "s", "text": plain("x"), "accessory": {
            "type": "static_select", "action_id": "menu", "options": TWO, "placeholder": plain("Span"),
        }},
        actions(
            {"type": "overflow", "action_id": "more", "options": TWO},
            {"type": "radio_buttons", "action_id": "radio", "options": TWO},
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-18"},
            {"type": "multi_static_select", "action_id": "many", "options": TWO, "initial_options": TWO[:1]},
            {"type": "external_select", "action_id": "case", "min_query_length": 2},
        ),
        {"type": "context_actions", "block_id": "c", "elements": [
            {"type": "feedback_buttons", "action_id": "good", "positive_button": option("Good", "+"), "negative_button": option("Bad", "-")},
            {"type": "icon_button", "action_id": "bin", "icon": "trash", "text": plain("Delete")},
        ]},
    )  # fmt: skip
    keys = page.keyboard
    await page.get_by_role("combobox", name="Span").focus()
    await keys.type("T")
    await keys.press("ArrowDown")
    assert await page.evaluate("acts") == []
    await keys.press("Enter")
    opener = page.get_by_role("button", name="More actions")
    await opener.focus()
    for key in ("Enter", "ArrowUp", "ArrowUp", "Enter"):
        await keys.press(key)
    await expect(opener).to_be_focused()
    await expect(page.get_by_role("menu")).to_be_hidden()
    await keys.press("ArrowDown")
    await expect(page.get_by_role("menuitem", name="One")).to_be_focused()
    await keys.press("Escape")
    await expect(opener).to_be_focused()
    await page.get_by_label("Two").click()
    await page.get_by_label("Choose a date").focus()
    await keys.type("12")
    await keys.press("Tab")
    await keys.press("Tab")
    await page.get_by_label("Choose options").focus()
    for key in ("Backspace", "ArrowDown", "ArrowDown", "Enter", "Escape"):
        await keys.press(key)
    assert await page.evaluate("escaped") == 0
    await keys.press("Escape")
    assert await page.evaluate("escaped") == 1
    await page.get_by_label("Type to search").focus()
    await keys.type("L")
    await expect(page.get_by_text("Type at least 2 letters.")).to_be_visible()
    await keys.type("ee")
    await page.get_by_role("option", name="Case of Lee").click()
    await expect(page.get_by_label("Type to search")).to_be_focused()
    bad = page.get_by_role("button", name="Bad")
    await bad.press("Enter")
    await expect(bad).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("button", name="Delete").press("Enter")
    assert [[block, action, values] for _, block, action, values in await page.evaluate("acts")] == [
        ["s", "menu", ["three"]],
        ["row", "more", ["two"]],
        ["row", "radio", ["two"]],
        ["row", "day", ["2026-12-18"]],
        ["row", "many", []],
        ["row", "many", ["two"]],
        ["row", "case", ["0"]],
        ["c", "good", ["-"]],
        ["c", "bin", []],
    ]
    assert await page.evaluate("asked") == [["row", "case", "Lee"]]


async def test_inputs_act_only_if_their_block_says_so(show: Show) -> None:
    every_letter = {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    page = await show(
        field("Quiet", {"type": "static_select", "options": TWO}),
        field("Menu", {"type": "static_select", "options": TWO}, dispatch_action=True),
        field("Silent", {"type": "plain_text_input"}),
        field("Enter", {"type": "plain_text_input"}, dispatch_action=True),
        field("Story", {"type": "plain_text_input", "multiline": True}, dispatch_action=True),
        field("Letters", {"type": "plain_text_input", **every_letter}, dispatch_action=True),
    )
    for name in ("Quiet", "Menu"):
        await page.get_by_label(name, exact=True).select_option("two")
    for name, keys in (("Silent", "xE"), ("Enter", "xE"), ("Story", "xEy"), ("Letters", "xyE")):
        await page.get_by_label(name, exact=True).focus()
        for key in keys:
            await page.keyboard.press("Enter" if key == "E" else key)
    await page.get_by_label("Story").press("Control+Enter")
    assert [[action, values] for _, _, action, values in await page.evaluate("acts")] == [
        ["Menu", ["two"]], ["Enter", ["x"]], ["Letters", ["x"]], ["Letters", ["xy"]], ["Story", ["x\ny"]],
    ]  # fmt: skip


async def test_errors_stand_beside_what_they_are_about(show: Show) -> None:
    page = await show(
        field("Text", {"type": "plain_text_input"}, hint=plain("Say it briefly")),
        field("Many", {"type": "multi_static_select", "options": TWO}),
        field("Radio", {"type": "radio_buttons", "options": TWO}),
    )
    errors = {"Many": "Choose some", "Radio": "Choose one", "nowhere": "?"}
    await page.evaluate("errors => blocks.showErrors(place, errors)", errors)
    many, radio = page.get_by_label("Many"), page.get_by_role("radiogroup", name="Radio")
    await expect(many).to_be_focused()
    await expect(many).to_have_attribute("aria-invalid", "true")
    await expect(many).to_have_accessible_description("Choose some")
    await expect(radio).to_have_accessible_description("Choose one")
    text = page.get_by_label("Text")
    await expect(text).to_have_accessible_description("Say it briefly")
    await page.evaluate("blocks.showErrors(place, {Text: 'Too short'})")
    await expect(text).to_have_accessible_description("Say it briefly Too short")
    await expect(page.get_by_text("Choose some")).to_be_hidden()
    await page.evaluate("blocks.clearErrors(place)")
    await expect(text).to_have_accessible_description("Say it briefly")
    assert await page.evaluate("document.querySelectorAll('[aria-invalid], .field-error:not([hidden])').length") == 0


async def test_a_data_table_sorts_pages_and_is_searched(show: Show) -> None:
    head = [{"type": "raw_text", "text": name} for name in ("Agent", "Contacts")]
    rows = [
        [{"type": "raw_text", "text": name}, {"type": "raw_number", "value": count, "text": f"{count} calls"}]
        for name, count in (("Ana", 9), ("Ben", 100), ("Chloé", 20))
    ]
    page = await show(
        {"type": "data_table", "block_id": "board", "caption": "Board", "page_size": 2, "rows": [head, *rows]}
    )
    names = page.locator("tbody th:visible")
    await expect(names).to_have_text(["Ana", "Ben"])
    await page.get_by_role("button", name="Next").press("Enter")
    await expect(names).to_have_text(["Chloé"])
    await expect(page.get_by_role("button", name="Next")).to_be_focused()
    await page.get_by_role("button", name="Contacts").press("Enter")
    await expect(names).to_have_text(["Ana", "Chloé"])
    await page.get_by_role("button", name="Contacts").press("Enter")
    await expect(page.locator("th[aria-sort=descending]")).to_have_text("Contacts")
    await page.evaluate("again()")
    await expect(names).to_have_text(["Ben", "Chloé"])
    await page.get_by_role("searchbox", name="Search Board").fill("an")
    await expect(names).to_have_text(["Ana"])
    await expect(page.get_by_role("status")).to_have_text("1–1 of 1")


async def test_a_carousel_moves_and_the_page_stays_as_wide_as_the_screen(show: Show) -> None:
    cards = [
        {"type": "card", "block_id": f"card-{at}", "title": plain(f"Card {at}"), "actions": [button("Take")]}
        for at in range(5)
    ]
    page = await show({"type": "carousel", "block_id": "cards", "elements": cards}, *FORM)
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await page.get_by_role("button", name="Take").last.press("Enter")
    assert await page.evaluate("acts") == [["view", "card-4", "Take", []]]
    await page.set_viewport_size({"width": 900, "height": 844})
    await page.evaluate("document.querySelector('.carousel-track').scrollLeft = 0")
    later, earlier = page.get_by_role("button", name="Later cards"), page.get_by_role("button", name="Earlier cards")
    await expect(earlier).to_be_hidden()
    await later.press("Enter")
    await expect(earlier).to_be_visible()
    await page.set_viewport_size({"width": 1800, "height": 844})
    await expect(later).to_be_hidden()
