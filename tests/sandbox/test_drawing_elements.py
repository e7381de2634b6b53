"""What particular blocks and elements show: whom a menu lists, what a reader's zone makes of a moment, Markdown."""

from dataclasses import replace
from typing import Any

import pytest

from bot.sandbox.model import Channel, Json, Person
from bot.sandbox.page import markdown
from bot.sandbox.page.draw import draw_block
from bot.sandbox.page.elements import draw_element
from bot.sandbox.page.place import Place
from bot.sandbox.page.reader import Reader
from bot.sandbox.workspace import Workspace

from .every_block import every_block, every_element, mrkdwn, option, plain


@pytest.fixture
def reader(workspace: Workspace, ana: Person, team: Channel) -> Reader:
    return Reader(workspace, ana)


def drawn(element: Json, reader: Reader) -> str:
    return draw_element(element, Place(reader, "name"))


def section(**fields: Any) -> Json:
    return {"type": "section", "text": plain("x"), **fields}


def test_menus_of_people_and_channels_list_what_the_reader_sees(
    reader: Reader, workspace: Workspace, ana: Person, ben: Person
) -> None:
    left = workspace.add_person("left", real_name="Long Gone")
    left.deleted = True
    workspace.add_channel("leads", kind="private", members=[ana.slack_id])
    workspace.add_channel("secret", kind="private", members=[ben.slack_id])
    workspace.conversation_of([ana.slack_id, ben.slack_id])
    workspace.conversation_of([ana.slack_id, workspace.bot_user.slack_id])
    people = drawn({"type": "users_select"}, reader)
    assert ">Ana Kovač</option>" in people
    assert "Long Gone" not in people
    channels = drawn({"type": "channels_select"}, reader)
    assert "#support" in channels
    assert "#leads" not in channels
    conversations = drawn({"type": "multi_conversations_select"}, reader)
    assert all(name in conversations for name in ("#support", "#leads", "Ben Reyes", "Encore"))
    assert "#secret" not in conversations
    wanted = {"include": ["im"], "exclude_bot_users": True}
    filtered = drawn({"type": "conversations_select", "filter": wanted}, reader)
    assert "Ben Reyes" in filtered
    assert not [name for name in ("#support", "#leads", "Encore") if name in filtered]


def test_what_is_chosen_at_first(reader: Reader, ben: Person) -> None:
    elements = every_element("x")
    assert '<option value="two" selected>x</option>' in drawn(elements["static_select"], reader)
    assert f'<option value="{ben.slack_id}" selected>' in drawn(
        {"type": "users_select", "initial_user": ben.slack_id}, reader
    )
    assert '<option value="U9" selected>U9</option>' in drawn({"type": "users_select", "initial_user": "U9"}, reader)
    assert 'type="checkbox" name="name" value="two" checked' in drawn(elements["checkboxes"], reader)
    assert 'type="radio" name="name" value="one" checked' in drawn(elements["radio_buttons"], reader)
    assert 'type="time" value="09:30"' in drawn(elements["timepicker"], reader)
    both = drawn(elements["multi_static_select"], reader)
    assert both.count('class="token"') == both.count('aria-selected="true"') == 2
    remote = drawn({"type": "external_select", "initial_option": option("Case 17", "17")}, reader)
    assert 'data-value="17" data-text="Case 17"' in remote
    assert 'data-least="3"' in remote


def test_a_moment_is_shown_in_the_readers_zone(reader: Reader, ben: Person) -> None:
    picker = {"type": "datetimepicker", "initial_date_time": 1_795_010_400}
    assert 'value="2026-11-18T15:00"' in drawn(picker, reader)
    assert 'value="2026-11-18T22:00"' in drawn(picker, replace(reader, person=ben))


def test_text_keeps_its_first_empty_line(reader: Reader) -> None:
    field = {"type": "plain_text_input", "multiline": True, "initial_value": "\nsecond"}
    # A browser drops the first line break of a textarea.
    assert ">\n\nsecond</textarea>" in drawn(field, reader)


def test_an_icon_button_is_there_for_whom_it_is_meant(reader: Reader, ana: Person, ben: Person) -> None:
    button = every_element("Delete")["icon_button"]
    assert 'aria-label="Delete"' in drawn(button | {"visible_to_user_ids": [ana.slack_id]}, reader)
    assert drawn(button | {"visible_to_user_ids": [ben.slack_id]}, reader) == ""


def test_words_that_say_so_keep_their_colons(reader: Reader) -> None:
    assert ":fire:" in draw_block({"type": "header", "text": plain(":fire:") | {"emoji": False}}, reader)
    assert "🔥" in draw_block({"type": "header", "text": plain(":fire:")}, reader)
    assert ">🔥</option>" in drawn({"type": "static_select", "options": [option(":fire:")]}, reader)


@pytest.mark.parametrize(("level", "tag"), [(None, "h3"), (1, "h2"), (2, "h3"), (4, "h5"), (9, "h3"), ("1", "h3")])
def test_headers_are_headings(reader: Reader, level: object, tag: str) -> None:
    drawn_header = draw_block({"type": "header", "text": plain("x"), "level": level}, reader)
    assert f">x</{tag}>" in drawn_header


@pytest.mark.parametrize(
    ("level", "role", "spoken"),
    [("error", 'role="alert"', "Error: "), ("success", 'role="status"', "Done: "), ("info", "", "Note: ")],
)
def test_alerts_are_said_as_urgently_as_they_are(reader: Reader, level: str, role: str, spoken: str) -> None:
    alert = draw_block({"type": "alert", "level": level, "text": mrkdwn("*x*")}, reader)
    assert spoken in alert
    assert role in alert
    assert ("role=" in alert) == bool(role)


def test_an_input_block_says_what_is_needed(reader: Reader) -> None:
    block = every_block("x")["input"]
    needed = draw_block(block, reader)
    assert 'aria-required="true"' in needed
    assert '<label id="label-input" class="label" for="input-plain_text_input">x</label>' in needed
    assert '<p class="field-error" id="error-input" hidden></p>' in needed
    optional = draw_block(block | {"optional": True}, reader)
    assert "aria-required" not in optional
    assert "(optional)" in optional
    assert "data-dispatch" not in needed
    acting = draw_block(block | {"dispatch_action": True}, reader)
    assert "data-dispatch" in acting
    assert "Press Ctrl and Enter when you are done." in acting


def test_a_container_folds_only_if_it_may(reader: Reader) -> None:
    block = every_block("x")["container"]
    assert "<details" in draw_block(block, reader)
    assert " open" in draw_block(block, reader)
    assert " open" not in draw_block(block | {"default_collapsed": True}, reader)
    assert "<details" not in draw_block(block | {"is_collapsible": False}, reader)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# One\n### Two ##", '<h4 class="markdown-heading">One</h4><h4 class="markdown-heading">Two</h4>'),
        ("**b** __b__ *i* _i_ ~~s~~", "<p><strong>b</strong> <strong>b</strong> <em>i</em> <em>i</em> <s>s</s></p>"),
        ("***both*** **a _b_**", "<p><strong><em>both</em></strong> <strong>a <em>b</em></strong></p>"),
        ("2*3*4 snake_case_name \\*x\\*", "<p>2<em>3</em>4 snake_case_name *x*</p>"),
        ("`*x*` ``a`b``", "<p><code>*x*</code> <code>a`b</code></p>"),
        ("```py\n<b>\n```\nafter", "<pre><code>&lt;b&gt;</code></pre><p>after</p>"),
        ("- a\n- b\n  1. c\n\nd", '<ul><li>a</li><li>b<ol start="1"><li>c</li></ol></li></ul><p>d</p>'),
        ("3) x", '<ol start="3"><li>x</li></ol>'),
        ("> a\n> b", "<blockquote><p>a<br>b</p></blockquote>"),
        ("a\n\n---\nb", "<p>a</p><hr><p>b</p>"),
        ("[x](javascript:alert(1))", "<p>x</p>"),
        ("a | b", "<p>a | b</p>"),
    ],
)
def test_markdown(reader: Reader, text: str, expected: str) -> None:
    assert markdown.draw(text, reader) == expected


def test_markdown_links_tables_and_boxes(reader: Reader) -> None:
    assert 'href="https://a.example/b_(c)"' in markdown.draw("![see](https://a.example/b_(c))", reader)
    assert 'href="https://a.example/x"' in markdown.draw("Go to https://a.example/x.", reader)
    table = markdown.draw("| a | b\\|c |\n|:-:|--:|\n| 1 | **2** |", reader)
    assert '<th scope="col" class="align-right">b|c</th>' in table
    assert '<td class="align-right"><strong>2</strong></td>' in table
    boxes = markdown.draw("- [x] done\n- [ ] to do", reader)
    assert boxes.count("checkbox") == 2
    assert boxes.count(" checked") == 1


@pytest.mark.parametrize("typed", ["[" * 12_000, "**a " * 3_000, "> " * 6_000, " -" * 6_000, "**__" * 3_000])
def test_markdown_of_ill_will_is_drawn_all_the_same(reader: Reader, typed: str) -> None:
    assert draw_block({"type": "markdown", "text": typed}, reader)
