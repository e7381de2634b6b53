"""Only what a menu offers can be chosen, and a menu offers only what Slack would take from the app."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.model import Json, Person
from bot.sandbox.page.acts import GONE
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .listening import Heard, listening

ANA, BEN = "U0SANDBOX1001", "U0SANDBOX1002"
SECRET = "G0SECRET"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(word: str) -> Json:
    return {"text": plain(word.title()), "value": word}


OPTIONS = [option("ana"), option("ben")]
MENU: Json = {"type": "external_select"}

FORGED: list[tuple[Json, list[str], int]] = [
    ({"type": "static_select", "options": OPTIONS}, ["eve"], 200),
    ({"type": "static_select", "options": OPTIONS}, ["ana", "ben"], 400),
    ({"type": "radio_buttons", "options": OPTIONS}, ["eve"], 200),
    ({"type": "checkboxes", "options": OPTIONS}, ["ana", "eve"], 200),
    ({"type": "multi_static_select", "options": OPTIONS, "max_selected_items": 1}, ["ana", "ben"], 400),
    (MENU, ["eve"], 200),
    ({"type": "users_select"}, ["UJUNK"], 200),
    ({"type": "multi_users_select", "max_selected_items": 1}, [ANA, BEN], 400),
    ({"type": "conversations_select"}, [SECRET], 200),
    ({"type": "conversations_select", "filter": {"include": ["im"]}}, ["C0TEAM"], 200),
    ({"type": "multi_conversations_select"}, ["C0TEAM", SECRET], 200),
    ({"type": "channels_select"}, [SECRET], 200),
    ({"type": "datepicker"}, ["<junk>"], 200),
    ({"type": "datepicker"}, ["2026-02-30"], 200),
    ({"type": "timepicker"}, ["24:00"], 200),
    ({"type": "datetimepicker"}, ["0001-01-01T00:00"], 200),
    ({"type": "datetimepicker"}, ["soon"], 200),
]  # fmt: skip


@dataclass
class Story:
    """A person before a page, and what their app hears."""

    heard: Heard
    sandbox: Sandbox
    browser: httpx.AsyncClient
    asked: dict[str, str]

    async def does(self, deed: str, body: Json) -> httpx.Response:
        return await self.browser.post(f"/{deed}", params=self.asked, json=body, headers={"Accept": "application/json"})


@pytest.fixture
async def story(workspace: Workspace, ana: Person, ben: Person) -> AsyncIterator[Story]:
    team = workspace.add_channel("support", members=[ana.slack_id, ben.slack_id], slack_id="C0TEAM")
    workspace.add_channel("leads-only", kind="private", members=[ben.slack_id], slack_id=SECRET)
    heard = Heard()
    async with listening(workspace, "socket", heard) as sandbox, httpx.AsyncClient(base_url=sandbox.url) as browser:
        yield Story(heard, sandbox, browser, {"as": ana.slack_id, "in": team.slack_id})


async def message_with(story: Story, element: Json) -> Json:
    blocks = [{"type": "actions", "block_id": "b", "elements": [element | {"action_id": "a"}]}]
    said = story.sandbox.workspace.post_as_bot("C0TEAM", "Well?", blocks=blocks)
    return {"channel": "C0TEAM", "ts": said.ts, "block": "b", "action": "a"}


async def form_with(story: Story, element: Json) -> str:
    workspace = story.sandbox.workspace
    field = {"type": "input", "block_id": "b", "label": plain("Field"), "element": element | {"action_id": "a"}}
    view = {"type": "modal", "title": plain("Form"), "submit": plain("Send"), "blocks": [field]}
    client = AsyncWebClient(workspace.bot_token, base_url=story.sandbox.api_url)
    opened = await client.views_open(trigger_id=workspace.triggers.issue(ANA), view=view)
    return str(opened["view"]["id"])


def refused(answer: httpx.Response, status: int) -> bool:
    return answer.status_code == status and (status == 400 or answer.json()["outcome"]["error"] == GONE)


@pytest.mark.parametrize(
    ("element", "values", "status"), FORGED, ids=lambda part: str(getattr(part, "get", str)("type"))
)
async def test_what_cannot_be_chosen_is_refused_and_the_app_hears_nothing(
    story: Story, element: Json, values: list[str], status: int
) -> None:
    place = await message_with(story, element)
    chosen = {"b": {"a": values}}
    assert refused(await story.does("act", {**place, "values": values, "state": {}}), status)
    assert refused(await story.does("act", {**place, "values": [], "state": chosen}), status)
    view = await form_with(story, element)
    assert refused(await story.does("submit", {"view": view, "state": chosen}), status)
    assert story.heard.of("block_actions") + story.heard.of("view_submission") == []
    assert story.sandbox.workspace.modals.top(ANA) is not None


@pytest.mark.parametrize("values", [[], [SECRET]])
async def test_a_form_leads_to_no_channel_that_the_person_does_not_see(story: Story, values: list[str]) -> None:
    element = {"type": "conversations_select", "response_url_enabled": True, "initial_conversation": SECRET}
    state = {"b": {"a": values}} if values else {}
    await story.does("submit", {"view": await form_with(story, element), "state": state})
    assert story.heard.of("view_submission")[0]["response_urls"] == []


@pytest.mark.parametrize(
    "answer",
    [
        {"options": 5},
        {"options": [5]},
        {"options": {"a": 1}},
        {"options": [{"text": plain("No value")}]},
        {"options": [option("x" * 76)]},
        {"options": [option(str(number)) for number in range(101)]},
        {"option_groups": [{"label": plain("Nothing in it")}]},
        {"option_groups": [{"label": plain("All"), "options": [{"value": "x"}]}]},
    ],
)
async def test_a_menu_offers_nothing_that_slack_would_not_take(story: Story, answer: dict[str, Any]) -> None:
    place = await message_with(story, MENU)
    story.heard.answers.append(answer)
    assert (await story.does("suggest", {**place, "typed": "a"})).json() == {"rows": []}
    for value in ("x", "0"):
        assert refused(await story.does("act", {**place, "values": [value], "state": {}}), 200)


async def test_of_earlier_offers_only_what_is_chosen_is_remembered(story: Story) -> None:
    place = await message_with(story, {"type": "multi_external_select"})
    groups = [{"label": plain("All"), "options": [option("cem")]}]
    story.heard.answers.extend([{"options": OPTIONS}, {"option_groups": groups}])
    assert (await story.does("suggest", {**place, "typed": "a"})).json() == {"rows": OPTIONS}
    assert (await story.does("suggest", {**place, "typed": "c", "values": ["ana"]})).json() == {"rows": groups}
    both = await story.does("act", {**place, "values": ["ana", "cem"], "state": {}})
    assert both.json()["outcome"]["error"] is None
    assert refused(await story.does("act", {**place, "values": ["ben"], "state": {}}), 200)
    action = story.heard.of("block_actions")[0]["actions"][0]
    assert action["selected_options"] == [option("ana"), option("cem")]
