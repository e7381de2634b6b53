"""Buttons, menus and shortcuts: what people do reaches the app as Slack would send it, and its answers are followed."""

from typing import Any

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import NotFoundError
from bot.sandbox.interactions import OnMessage, OnView
from bot.sandbox.model import Channel, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .documented import ACTIONS, DOCUMENTED, STATES, VIEWS, differences
from .listening import MANIFEST, Heard, Json, listening

WAYS = pytest.mark.parametrize("way", ["socket", "http"])


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(word: str) -> Json:
    return {"text": plain(word.title()), "value": word}


OPTIONS = [option("ana"), option("ben")]
# The ids that the first two people and the first channel of a workspace get.
ANA, BEN, TEAM = "U0SANDBOX1001", "U0SANDBOX1002", "C0SANDBOX1003"

# One of every element that acts, with what a person chooses in it and what the app must be told.
ELEMENTS: list[tuple[Json, list[str], Json]] = [
    ({"type": "button", "text": plain("Yes"), "value": "v", "style": "primary"}, [], {"value": "v"}),
    ({"type": "static_select", "placeholder": plain("Who"), "options": OPTIONS}, ["ben"], {"selected_option": OPTIONS[1]}),
    (
        {"type": "static_select", "option_groups": [{"label": plain("All"), "options": OPTIONS}]},
        ["ana"],
        {"selected_option": OPTIONS[0]},
    ),
    ({"type": "multi_static_select", "options": OPTIONS}, ["ben", "ana"], {"selected_options": OPTIONS}),
    ({"type": "users_select"}, [ANA], {"selected_user": ANA}),
    ({"type": "multi_users_select"}, [ANA, BEN], {"selected_users": [ANA, BEN]}),
    ({"type": "conversations_select"}, [TEAM], {"selected_conversation": TEAM}),
    ({"type": "multi_conversations_select"}, [], {"selected_conversations": []}),
    ({"type": "channels_select"}, [TEAM], {"selected_channel": TEAM}),
    ({"type": "multi_channels_select"}, [TEAM], {"selected_channels": [TEAM]}),
    ({"type": "overflow", "options": OPTIONS}, ["ana"], {"selected_option": OPTIONS[0]}),
    ({"type": "datepicker", "initial_date": "2026-11-18"}, ["2026-11-20"], {"selected_date": "2026-11-20"}),
    ({"type": "datepicker", "placeholder": plain("When")}, [], {"selected_date": None}),
    ({"type": "timepicker"}, ["23:30"], {"selected_time": "23:30"}),
    # Half past eight in the evening in Belgrade, where ana is.
    ({"type": "datetimepicker"}, ["2026-11-20T20:30"], {"selected_date_time": 1_795_203_000}),
    ({"type": "radio_buttons", "options": OPTIONS}, ["ben"], {"selected_option": OPTIONS[1]}),
    ({"type": "checkboxes", "options": OPTIONS}, ["ben"], {"selected_options": [OPTIONS[1]]}),
]  # fmt: skip


def blocks_with(element: Json) -> list[Json]:
    return [{"type": "actions", "block_id": "b", "elements": [element | {"action_id": "a"}]}]


@WAYS
@pytest.mark.parametrize(
    ("element", "chosen", "told"), ELEMENTS, ids=lambda part: str(getattr(part, "get", str)("type"))
)
async def test_every_element_of_a_message_tells_the_app_what_was_chosen(
    workspace: Workspace, ana: Person, team: Channel, way: str, element: Json, chosen: list[str], told: Json
) -> None:
    heard = Heard()
    async with listening(workspace, way, heard) as sandbox:
        client = AsyncWebClient(workspace.bot_token, base_url=sandbox.api_url)
        posted = await client.chat_postMessage(channel=team.slack_id, text="Well?", blocks=blocks_with(element))
        place = OnMessage(team.slack_id, posted["ts"])
        outcome = await sandbox.interactions.act(ana.slack_id, place, "b", "a", chosen, {"b": {"a": chosen}})
        payload = heard.of("block_actions")[0]
    assert outcome.error is None
    assert differences(DOCUMENTED["block_actions/message"], payload) == []
    action = payload["actions"][0]
    assert differences(ACTIONS[element["type"]], action) == []
    assert {name: action[name] for name in told} == told
    if element["type"] in STATES:
        state = payload["state"]["values"]["b"]["a"]
        assert differences(STATES[element["type"]], state) == []
        assert {name: state[name] for name in told} == told
    else:
        assert payload["state"] == {"values": {}}


@WAYS
async def test_an_answer_to_a_button_replaces_the_message_it_stands_in(
    workspace: Workspace, ana: Person, team: Channel, way: str
) -> None:
    heard = Heard()
    async with listening(workspace, way, heard) as sandbox, httpx.AsyncClient() as anybody:
        message = workspace.post_as_bot(team.slack_id, "Approve?", blocks=blocks_with(ELEMENTS[0][0]))
        await sandbox.interactions.act(ana.slack_id, OnMessage(team.slack_id, message.ts), "b", "a", [], {})
        url = heard.of("block_actions")[0]["response_url"]
        await anybody.post(url, json={"text": "For you alone"})
        await anybody.post(url, json={"text": "Approved", "replace_original": True})
    assert [(m.text, m.ephemeral_to) for m in team.messages] == [("Approved", None), ("For you alone", ana.slack_id)]


async def test_an_ephemeral_message_is_not_sent_along_and_nobody_else_can_press_its_button(
    workspace: Workspace, ana: Person, ben: Person, team: Channel
) -> None:
    heard = Heard()
    async with listening(workspace, "socket", heard) as sandbox:
        message = workspace.post_as_bot(
            team.slack_id, "Yours?", blocks=blocks_with(ELEMENTS[0][0]), ephemeral_to=ana.slack_id
        )
        place = OnMessage(team.slack_id, message.ts)
        await sandbox.interactions.act(ana.slack_id, place, "b", "a", [], {})
        with pytest.raises(NotFoundError):
            await sandbox.interactions.act(ben.slack_id, place, "b", "a", [], {})
    payload = heard.of("block_actions")[0]
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload


async def test_an_app_that_is_not_set_up_for_buttons_is_not_told_of_them(
    workspace: Workspace, ana: Person, team: Channel
) -> None:
    heard = Heard()
    manifest = MANIFEST | {"settings": {}}
    async with listening(workspace, "socket", heard, manifest=manifest) as sandbox:
        message = workspace.post_as_bot(team.slack_id, "Well?", blocks=blocks_with(ELEMENTS[0][0]))
        outcome = await sandbox.interactions.act(ana.slack_id, OnMessage(team.slack_id, message.ts), "b", "a", [], {})
    assert outcome.error == "This app is not set up for interactive responses"
    assert heard.bodies == []


@WAYS
async def test_a_button_that_the_app_does_not_take_says_so(
    workspace: Workspace, ana: Person, team: Channel, way: str
) -> None:
    heard = Heard(down=True)
    async with listening(workspace, way, heard) as sandbox:
        message = workspace.post_as_bot(team.slack_id, "Well?", blocks=blocks_with(ELEMENTS[0][0]))
        place = OnMessage(team.slack_id, message.ts)
        outcome = await sandbox.interactions.act(ana.slack_id, place, "b", "a", [], {})
    assert outcome.error == "The app did not answer in time. Try again?"
    assert len(heard.of("block_actions")) == 1


async def test_a_button_that_is_not_there_any_more_is_refused(workspace: Workspace, ana: Person, team: Channel) -> None:
    async with listening(workspace, "socket", Heard()) as sandbox:
        message = workspace.post_as_bot(team.slack_id, "Well?", blocks=blocks_with(ELEMENTS[0][0]))
        place = OnMessage(team.slack_id, message.ts)
        workspace.amend(team.slack_id, message.ts, blocks=[])
        with pytest.raises(NotFoundError, match="no element a"):
            await sandbox.interactions.act(ana.slack_id, place, "b", "a", [], {})


@WAYS
async def test_shortcuts_of_the_manifest_reach_the_app_and_open_forms(
    workspace: Workspace, ana: Person, team: Channel, way: str
) -> None:
    heard = Heard()
    async with listening(workspace, way, heard) as sandbox:
        client = AsyncWebClient(workspace.bot_token, base_url=sandbox.api_url)
        await sandbox.interactions.shortcut(ana.slack_id, "thank")
        said = workspace.post(team.slack_id, ana.slack_id, "Ben saved the day")
        await sandbox.interactions.message_shortcut(ana.slack_id, "thank_for", team.slack_id, said.ts)
        with pytest.raises(NotFoundError, match="no global shortcut thank_for"):
            await sandbox.interactions.shortcut(ana.slack_id, "thank_for")
        anywhere, on_message = heard.of("shortcut")[0], heard.of("message_action")[0]
        view = {"type": "modal", "title": plain("Thanks"), "blocks": [{"type": "divider"}]}
        await client.views_open(trigger_id=on_message["trigger_id"], view=view)
    assert differences(DOCUMENTED["shortcut"], anywhere) == []
    assert differences(DOCUMENTED["message_action"], on_message) == []
    assert on_message["message"]["text"] == "Ben saved the day"
    assert workspace.modals.top(ana.slack_id) is not None


@WAYS
async def test_a_menu_asks_the_app_and_the_choice_is_sent_whole(
    workspace: Workspace, ana: Person, team: Channel, way: str
) -> None:
    heard = Heard(answers=[{"options": OPTIONS}])
    async with listening(workspace, way, heard) as sandbox:
        message = workspace.post_as_bot(team.slack_id, "Who?", blocks=blocks_with({"type": "external_select"}))
        place = OnMessage(team.slack_id, message.ts)
        offered = await sandbox.interactions.suggest(ana.slack_id, place, "b", "a", "an")
        await sandbox.interactions.act(ana.slack_id, place, "b", "a", ["ana"], {"b": {"a": ["ana"]}})
        heard.down = True
        nothing = await sandbox.interactions.suggest(ana.slack_id, place, "b", "a", "x")
    assert (offered, nothing) == (OPTIONS, [])
    assert differences(DOCUMENTED["block_suggestion/message"], heard.of("block_suggestion")[0]) == []
    payload = heard.of("block_actions")[0]
    assert payload["actions"][0]["selected_option"] == OPTIONS[0]
    assert payload["state"]["values"]["b"]["a"]["selected_option"] == OPTIONS[0]


@WAYS
async def test_home_is_published_and_its_buttons_act(workspace: Workspace, ana: Person, way: str) -> None:
    heard = Heard()
    async with listening(workspace, way, heard) as sandbox:
        client = AsyncWebClient(workspace.bot_token, base_url=sandbox.api_url)
        home = {"type": "home", "blocks": blocks_with(ELEMENTS[0][0])}
        published = (await client.views_publish(user_id=ana.slack_id, view=home))["view"]
        await sandbox.interactions.act(ana.slack_id, OnView(published["id"]), "b", "a", [], {})
        again = (await client.views_publish(user_id=ana.slack_id, view=home, hash=published["hash"]))["view"]
        with pytest.raises(Exception, match="hash_conflict"):
            await client.views_publish(user_id=ana.slack_id, view=home, hash=published["hash"])
    payload = heard.of("block_actions")[0]
    assert differences(DOCUMENTED["block_actions/home"], payload) == []
    assert differences(VIEWS["home"], payload["view"]) == []
    assert (again["id"], again["hash"] == published["hash"]) == (published["id"], False)


async def test_the_same_press_can_be_delivered_twice(
    sandbox: Sandbox, workspace: Workspace, ana: Person, team: Channel
) -> None:
    heard = Heard()
    async with listening(workspace, "socket", heard) as running:
        message = workspace.post_as_bot(team.slack_id, "Well?", blocks=blocks_with(ELEMENTS[0][0]))
        running.faults.deliver_twice()
        for _ in range(2):
            await running.interactions.act(ana.slack_id, OnMessage(team.slack_id, message.ts), "b", "a", [], {})
    first, second, third = (body["trigger_id"] for body in heard.of("block_actions"))
    assert first == second != third


def test_every_kind_of_element_has_been_tried() -> None:
    tried: set[Any] = {element["type"] for element, _, _ in ELEMENTS} | {"external_select", "multi_external_select"}
    inputs = {name for name in ACTIONS if name.endswith("_input")}
    assert ACTIONS.keys() - inputs - tried == {"feedback_buttons", "icon_button"}
