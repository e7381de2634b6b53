"""Forms: what Slack checks itself, what the app says against them, what is shown above them, and how they close."""

from typing import Any

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import NotFoundError
from bot.sandbox.interactions import OnView
from bot.sandbox.model import Channel, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .documented import DOCUMENTED, STATES, VIEWS, differences
from .listening import MANIFEST, Heard, Json, listening
from .test_interactions import OPTIONS, WAYS, plain

TROUBLE = "We had some trouble connecting. Try again?"


def field(block_id: str, element: Json, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(block_id),
        "element": element | {"action_id": "a"},
    } | more


def form(*fields: Json, **more: Any) -> Json:
    shown = {"type": "modal", "callback_id": "praise", "title": plain("Praise"), "submit": plain("Send")}
    return shown | {"blocks": list(fields) or [field("words", {"type": "plain_text_input"})]} | more


WORDS = {"words": {"a": ["Great save"]}}


async def open_form(sandbox: Sandbox, heard: Heard, person: Person, channel: Channel, view: Json) -> Json:
    """Let `person` type /ask and the app open a form; returns the view as Slack stored it."""
    await sandbox.command(person.slack_id, channel.slack_id, "/ask")
    trigger = next(body["trigger_id"] for body in reversed(heard.bodies) if body.get("command") == "/ask")
    opened = await client_of(sandbox).views_open(trigger_id=trigger, view=view)
    stored: Json = opened["view"]
    return stored


def client_of(sandbox: Sandbox) -> AsyncWebClient:
    return AsyncWebClient(sandbox.workspace.bot_token, base_url=sandbox.api_url)


def titles(workspace: Workspace, person: Person) -> list[str]:
    return [view["title"]["text"] for view in workspace.modals.stack(person.slack_id)]


# What Slack's client does not let through, with a value that it does.
UNFIT: list[tuple[Json, list[str], str, list[str]]] = [
    ({"type": "plain_text_input"}, [], "Please complete this required field.", ["x"]),
    ({"type": "plain_text_input", "min_length": 3}, ["xx"], "This field must be at least 3 characters.", ["xxx"]),
    ({"type": "plain_text_input", "max_length": 3}, ["xxxx"], "This field must be at most 3 characters.", ["xxx"]),
    ({"type": "number_input", "is_decimal_allowed": False}, ["1.5"], "Please enter a whole number.", ["2"]),
    ({"type": "number_input", "is_decimal_allowed": True}, ["ten"], "Please enter a number.", ["1.5"]),
    ({"type": "number_input", "is_decimal_allowed": True}, ["nan"], "Please enter a number.", ["0"]),
    (
        {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"},
        ["0"],
        "Please enter a number that is at least 1.",
        ["1"],
    ),
    (
        {"type": "number_input", "is_decimal_allowed": False, "max_value": "9"},
        ["10"],
        "Please enter a number that is at most 9.",
        ["9"],
    ),
    ({"type": "email_text_input"}, ["ana"], "Please enter a valid email address.", ["ana@sample.example"]),
    ({"type": "url_text_input"}, ["sample"], "Please enter a valid URL.", ["https://sample.example"]),
    ({"type": "static_select", "options": OPTIONS}, [], "Please complete this required field.", ["ana"]),
    ({"type": "checkboxes", "options": OPTIONS}, [], "Please complete this required field.", ["ana", "ben"]),
    ({"type": "multi_users_select"}, [], "Please complete this required field.", ["U0SANDBOX1001"]),
    ({"type": "datepicker"}, [], "Please complete this required field.", ["2026-11-20"]),
    ({"type": "rich_text_input"}, [], "Please complete this required field.", ["Well done"]),
]


@pytest.mark.parametrize(
    ("element", "unfit", "said", "fit"), UNFIT, ids=lambda part: str(getattr(part, "get", str)("type"))
)
async def test_what_does_not_fit_is_said_beside_the_field_and_not_sent(
    workspace: Workspace, ana: Person, team: Channel, element: Json, unfit: list[str], said: str, fit: list[str]
) -> None:
    heard = Heard()
    async with listening(workspace, "socket", heard) as sandbox:
        view = await open_form(sandbox, heard, ana, team, form(field("b", element)))
        refused = await sandbox.forms.submit(ana.slack_id, view["id"], {"b": {"a": unfit}})
        assert (refused.errors, heard.of("view_submission")) == ({"b": said}, [])
        taken = await sandbox.forms.submit(ana.slack_id, view["id"], {"b": {"a": fit}})
    assert (taken.error, taken.errors) == (None, {})
    payload = heard.of("view_submission")[0]
    assert differences(DOCUMENTED["view_submission"], payload) == []
    assert differences(STATES[element["type"]], payload["view"]["state"]["values"]["b"]["a"]) == []


async def test_what_is_optional_or_has_an_initial_value_need_not_be_touched(
    workspace: Workspace, ana: Person, team: Channel
) -> None:
    heard = Heard()
    fields = [
        field("left", {"type": "plain_text_input"}, optional=True),
        field("given", {"type": "plain_text_input", "initial_value": "as it was"}),
        field("chosen", {"type": "static_select", "options": OPTIONS, "initial_option": OPTIONS[1]}),
    ]
    async with listening(workspace, "socket", heard) as sandbox:
        view = await open_form(sandbox, heard, ana, team, form(*fields))
        outcome = await sandbox.forms.submit(ana.slack_id, view["id"], {})
    values = heard.of("view_submission")[0]["view"]["state"]["values"]
    assert outcome.errors == {}
    assert values["left"]["a"]["value"] is None
    assert values["given"]["a"]["value"] == "as it was"
    assert values["chosen"]["a"]["selected_option"] == OPTIONS[1]


@WAYS
async def test_the_app_names_an_error_and_takes_the_form_when_it_is_mended(
    workspace: Workspace, ana: Person, team: Channel, way: str
) -> None:
    heard = Heard(answers=[{"response_action": "errors", "errors": {"words": "Name the contact, please."}}])
    async with listening(workspace, way, heard) as sandbox:
        view = await open_form(sandbox, heard, ana, team, form())
        refused = await sandbox.forms.submit(ana.slack_id, view["id"], WORDS)
        assert refused.errors == {"words": "Name the contact, please."}
        assert titles(workspace, ana) == ["Praise"]
        await sandbox.forms.submit(ana.slack_id, view["id"], WORDS)
        assert titles(workspace, ana) == []
        with pytest.raises(NotFoundError):
            await sandbox.forms.submit(ana.slack_id, view["id"], WORDS)


@WAYS
@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"elsewhere": "No such block"}},
        {"response_action": "errors"},
        {"response_action": "update", "view": {"type": "modal", "blocks": []}},
        {"response_action": "update", "view": form(title=plain("x" * 25))},
        {"response_action": "shout"},
        {"text": "ok"},
        {"ok": True},
        {"response_action": "errors", "errors": {"words": {"text": "not a text"}}},
    ],
    ids=str,
)
async def test_an_answer_that_slack_cannot_follow_leaves_the_form_as_it_is(
    workspace: Workspace, ana: Person, team: Channel, way: str, answer: Json
) -> None:
    heard = Heard()
    async with listening(workspace, way, heard) as sandbox:
        view = await open_form(sandbox, heard, ana, team, form())
        heard.answers.append(answer)
        outcome = await sandbox.forms.submit(ana.slack_id, view["id"], WORDS)
    assert (outcome.error, titles(workspace, ana)) == (TROUBLE, ["Praise"])


@WAYS
async def test_an_app_that_is_down_leaves_the_form_as_it_is(
    workspace: Workspace, ana: Person, team: Channel, way: str
) -> None:
    heard = Heard()
    async with listening(workspace, way, heard) as sandbox:
        view = await open_form(sandbox, heard, ana, team, form())
        heard.down = True
        outcome = await sandbox.forms.submit(ana.slack_id, view["id"], WORDS)
        heard.down = False
        again = await sandbox.forms.submit(ana.slack_id, view["id"], WORDS)
    assert (outcome.error, again.error, titles(workspace, ana)) == (TROUBLE, None, [])


@WAYS
async def test_forms_are_changed_stacked_and_cleared_by_the_answers(
    workspace: Workspace, ana: Person, team: Channel, way: str
) -> None:
    heard = Heard(
        answers=[
            {"response_action": "update", "view": form(title=plain("Praise again"))},
            {"response_action": "push", "view": form(title=plain("Sure?"))},
            {},
            {"response_action": "push", "view": form(title=plain("Sure?"))},
            {"response_action": "clear"},
        ]
    )
    seen = []
    async with listening(workspace, way, heard) as sandbox:
        await open_form(sandbox, heard, ana, team, form())
        while (top := workspace.modals.top(ana.slack_id)) is not None:
            assert differences(VIEWS["modal"], top) == []
            seen.append(titles(workspace, ana))
            await sandbox.forms.submit(ana.slack_id, top["id"], WORDS)
    assert seen == [
        ["Praise"], ["Praise again"], ["Praise again", "Sure?"], ["Praise again"], ["Praise again", "Sure?"],
    ]  # fmt: skip


async def test_the_app_pushes_and_updates_by_itself_at_most_three_high(
    workspace: Workspace, ana: Person, ben: Person, team: Channel
) -> None:
    heard = Heard()
    button = {"type": "button", "text": plain("More"), "action_id": "more"}
    with_button = form(
        field("words", {"type": "plain_text_input"}), {"type": "actions", "block_id": "b", "elements": [button]}
    )
    async with listening(workspace, "socket", heard) as sandbox:
        client = client_of(sandbox)
        view = await open_form(sandbox, heard, ana, team, with_button)

        async def press(view_id: str) -> str:
            await sandbox.interactions.act(ana.slack_id, OnView(view_id), "b", "more", [], WORDS)
            return str(heard.of("block_actions")[-1]["trigger_id"])

        second = (await client.views_push(trigger_id=await press(view["id"]), view=with_button)).data
        assert isinstance(second, dict)
        assert differences(DOCUMENTED["views.push"], second) == []
        assert (second["view"]["root_view_id"], second["view"]["previous_view_id"]) == (view["id"], view["id"])
        third = (await client.views_push(trigger_id=await press(second["view"]["id"]), view=with_button))["view"]
        assert (
            await refused(client.views_push(trigger_id=await press(third["id"]), view=with_button))
            == "push_limit_reached"
        )
        changed = await client.views_update(view_id=third["id"], hash=third["hash"], view=form(title=plain("Changed")))
        assert isinstance(changed.data, dict)
        assert differences(DOCUMENTED["views.update"], changed.data) == []
        stale = client.views_update(view_id=third["id"], hash=third["hash"], view=form())
        assert await refused(stale) == "hash_conflict"
        assert await refused(client.views_update(view_id="V0NONE", view=form())) == "not_found"
        assert await refused(client.api_call("views.update", json={"view": form()})) == "invalid_arguments"
        assert titles(workspace, ana) == ["Praise", "Praise", "Changed"]
        nothing_open = workspace.triggers.issue(ben.slack_id)
        assert await refused(client.views_push(trigger_id=nothing_open, view=form())) == "not_found"
    payload = heard.of("block_actions")[0]
    assert differences(DOCUMENTED["block_actions/modal"], payload) == []
    assert payload["view"]["state"]["values"]["words"]["a"]["value"] == "Great save"


async def test_an_external_id_names_one_open_view(
    workspace: Workspace, ana: Person, ben: Person, team: Channel
) -> None:
    heard = Heard()
    async with listening(workspace, "socket", heard) as sandbox:
        client = client_of(sandbox)
        view = await open_form(sandbox, heard, ana, team, form(external_id="praise-1"))
        again = client.views_open(trigger_id=workspace.triggers.issue(ben.slack_id), view=form(external_id="praise-1"))
        assert await refused(again) == "duplicate_external_id"
        changed = await client.views_update(external_id="praise-1", view=form(external_id="praise-1"))
        assert changed["view"]["id"] == view["id"]
        await sandbox.forms.close(ana.slack_id, view["id"])
        assert await refused(client.views_update(external_id="praise-1", view=form())) == "not_found"


@pytest.mark.parametrize(
    ("clear", "left", "told"), [(False, ["Praise"], [("two", False)]), (True, [], [("two", True), ("one", True)])]
)
async def test_closing_goes_back_or_clears_and_tells_the_app_that_asked(
    workspace: Workspace, ana: Person, team: Channel, *, clear: bool, left: list[str], told: list[tuple[str, bool]]
) -> None:
    heard = Heard()
    above = form(title=plain("Above"), callback_id="two", notify_on_close=True, clear_on_close=clear)
    async with listening(workspace, "socket", heard) as sandbox:
        below = await open_form(sandbox, heard, ana, team, form(callback_id="one", notify_on_close=True))
        trigger = workspace.triggers.issue(ana.slack_id, below["id"])
        pushed = (await client_of(sandbox).views_push(trigger_id=trigger, view=above))["view"]
        await sandbox.forms.close(ana.slack_id, pushed["id"])
    closed = heard.of("view_closed")
    assert titles(workspace, ana) == left
    assert [(body["view"]["callback_id"], body["is_cleared"]) for body in closed] == told
    assert differences(DOCUMENTED["view_closed"], closed[0]) == []


async def test_closing_what_did_not_ask_for_it_tells_nobody(workspace: Workspace, ana: Person, team: Channel) -> None:
    heard = Heard()
    async with listening(workspace, "socket", heard) as sandbox:
        view = await open_form(sandbox, heard, ana, team, form())
        await sandbox.forms.close(ana.slack_id, view["id"])
    assert (titles(workspace, ana), heard.of("view_closed")) == ([], [])


async def test_nobody_sends_or_closes_another_persons_form(
    workspace: Workspace, ana: Person, ben: Person, team: Channel
) -> None:
    heard = Heard()
    async with listening(workspace, "socket", heard) as sandbox:
        view = await open_form(sandbox, heard, ana, team, form())
        for deed in (
            sandbox.forms.submit(ben.slack_id, view["id"], WORDS),
            sandbox.forms.close(ben.slack_id, view["id"]),
        ):
            with pytest.raises(NotFoundError):
                await deed
    assert titles(workspace, ana) == ["Praise"]


@WAYS
async def test_a_form_that_asks_where_gets_an_address_to_answer_there(
    workspace: Workspace, ana: Person, team: Channel, way: str
) -> None:
    heard = Heard()
    where = field("where", {"type": "conversations_select", "response_url_enabled": True})
    async with listening(workspace, way, heard) as sandbox, httpx.AsyncClient() as anybody:
        view = await open_form(sandbox, heard, ana, team, form(where))
        await sandbox.forms.submit(ana.slack_id, view["id"], {"where": {"a": [team.slack_id]}})
        (row,) = heard.of("view_submission")[0]["response_urls"]
        await anybody.post(row["response_url"], json={"text": "Well done", "response_type": "in_channel"})
    assert {name: row[name] for name in ("block_id", "action_id", "channel_id")} == {
        "block_id": "where", "action_id": "a", "channel_id": team.slack_id,
    }  # fmt: skip
    assert [m.text for m in team.messages] == ["Well done"]


async def test_an_app_that_is_not_set_up_for_forms_gets_none(workspace: Workspace, ana: Person, team: Channel) -> None:
    heard = Heard()
    async with listening(workspace, "socket", heard, manifest=MANIFEST | {"settings": {}}) as sandbox:
        view = await open_form(sandbox, heard, ana, team, form(notify_on_close=True))
        outcome = await sandbox.forms.submit(ana.slack_id, view["id"], WORDS)
        await sandbox.forms.close(ana.slack_id, view["id"])
    assert outcome.error == "This app is not set up for interactive responses"
    assert {body.get("type") for body in heard.bodies} == {None}


async def test_an_app_that_is_gone_gets_no_form_and_answers_no_more(
    workspace: Workspace, ana: Person, team: Channel
) -> None:
    heard = Heard()
    async with listening(workspace, "socket", heard) as sandbox, httpx.AsyncClient() as anybody:
        view = await open_form(sandbox, heard, ana, team, form())
        url = heard.bodies[0]["response_url"]
        workspace.uninstall()
        outcome = await sandbox.forms.submit(ana.slack_id, view["id"], WORDS)
        late = await anybody.post(url, json={"text": "Still here"})
    assert (outcome.error, heard.of("view_submission"), late.status_code) == (TROUBLE, [], 404)
    assert team.messages == []


async def test_an_empty_answer_closes_the_form_it_is_about_and_not_the_one_above(
    workspace: Workspace, ana: Person, team: Channel
) -> None:
    """An app may push a view of its own with the form's trigger before it acknowledges."""
    heard = Heard()
    async with listening(workspace, "socket", heard) as sandbox:
        below = await open_form(sandbox, heard, ana, team, form(title=plain("Below")))
        trigger = workspace.triggers.issue(ana.slack_id, below["id"])
        heard.before_answer = client_of(sandbox).views_push(trigger_id=trigger, view=form(title=plain("Above")))
        await sandbox.forms.submit(ana.slack_id, below["id"], WORDS)
    assert titles(workspace, ana) == ["Above"]


async def test_a_command_opens_forms_and_stacks_none(workspace: Workspace, ana: Person, team: Channel) -> None:
    heard = Heard()
    async with listening(workspace, "socket", heard) as sandbox:
        await open_form(sandbox, heard, ana, team, form())
        trigger = workspace.triggers.issue(ana.slack_id)
        assert await refused(client_of(sandbox).views_push(trigger_id=trigger, view=form())) == "not_found"
    assert titles(workspace, ana) == ["Praise"]


async def test_the_same_form_can_be_delivered_twice(workspace: Workspace, ana: Person, team: Channel) -> None:
    heard = Heard()
    async with listening(workspace, "socket", heard) as sandbox:
        view = await open_form(sandbox, heard, ana, team, form())
        sandbox.faults.deliver_twice()
        outcome = await sandbox.forms.submit(ana.slack_id, view["id"], WORDS)
    first, second = heard.of("view_submission")
    assert (outcome.error, first, titles(workspace, ana)) == (None, second, [])


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])
