"""The sandbox sends what Slack documents, and the comparison that says so can fail."""

import asyncio
import socket
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.model import Channel, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .apps import bolt_app, connected, served
from .conftest import MANIFEST
from .documented import ACTIONS, DOCUMENTED, STATES, VIEWS, Documented, differences, event_differences
from .documented_keys import Key, documented

ROWS = [*DOCUMENTED.values(), *VIEWS.values(), *ACTIONS.values(), *STATES.values()]
PERSON = documented(
    "person", "https://docs.example", "id name? team~(id) tags[] notes{}{}(text) anything* more?(x ...)"
)


def written(row: Documented, *, sometimes: bool) -> dict[str, Any]:
    """Return a payload made from a row: with every key, or with those only that are always there."""
    return {
        key.name: _value(key, row, sometimes=sometimes) for key in row.root.inside if sometimes or not key.sometimes
    }


def _value(key: Key, row: Documented, *, sometimes: bool) -> Any:
    inside: Any = {
        each.name: _value(each, row, sometimes=sometimes) for each in key.inside if sometimes or not each.sometimes
    }
    if key.table is not None:
        kind, inner = next(iter(row.tables[key.table].items()))
        inside = written(inner, sometimes=sometimes) | {"type": kind}
    elif not key.inside:
        inside = "x"
    for wrap in reversed(key.wraps):
        inside = [inside] if wrap == "[]" else {"free": inside}
    return inside


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_takes_its_own_payload_and_misses_each_key_taken_away(row: Documented) -> None:
    assert row.source.startswith("https://")
    assert differences(row, written(row, sometimes=True)) == []
    least = written(row, sometimes=False)
    assert differences(row, least) == []
    for name in least:
        lacking = {key: value for key, value in least.items() if key != name}
        assert differences(row, lacking) == [f"missing: {name}"]
    assert differences(row, least | {"made_up": 1}) == ["not Slack's: made_up"]


def test_differences_are_found_at_any_depth() -> None:
    row = DOCUMENTED["view_submission"]
    payload = written(row, sometimes=False)
    payload["view"]["state"]["values"] = {"when": {"day": {"type": "datepicker", "selected_date": None}}}
    assert differences(row, payload) == []
    payload["view"]["state"]["values"]["when"]["day"]["value"] = "2026-11-18"
    del payload["user"]["team_id"]
    payload["view"]["state"]["values"]["how"] = {"much": {"type": "slider", "value": 3}}
    payload["view"]["close"] = None
    payload["view"]["title"] = None
    payload["response_urls"] = {}
    assert sorted(differences(row, payload)) == [
        "missing: user.team_id",
        "not Slack's: view.state.values.when.day.value",
        "not a list: response_urls",
        "null: view.title",
        "unknown type: view.state.values.how.much 'slider'",
    ]


def test_marks_mean_what_the_notation_says() -> None:
    whole: dict[str, Any] = {
        "id": 1,
        "team": None,
        "tags": [],
        "notes": {"a": {"b": {"text": ""}}},
        "anything": {"at": ["all"]},
    }
    assert differences(PERSON, whole) == []
    assert differences(PERSON, whole | {"more": {"x": 1, "y": 2}}) == []
    assert differences(PERSON, whole | {"more": {"y": 2}}) == ["missing: more.x"]
    assert differences(PERSON, whole | {"notes": {"a": []}}) == ["not a dict: notes.a"]
    assert differences(PERSON, []) == ["not an object: the payload"]
    assert PERSON.required == {"id", "team", "team.id", "tags", "notes", "notes{}{}.text", "anything", "more.x"}
    assert PERSON.optional == {"name", "more"}


@pytest.mark.parametrize("words", ["id)", "team(id", "id name!", "view<view>", "?"])
def test_words_outside_the_notation_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"notation|bracket|table|expected"):
        documented("wrong", "https://docs.example", words)


def test_an_event_is_held_against_its_envelope_too() -> None:
    body = written(DOCUMENTED["event_callback/message"], sometimes=False)
    body["event"] = written(DOCUMENTED["message/thread_reply"], sometimes=False)
    assert event_differences("message/thread_reply", body) == []
    assert event_differences("message", body) == [
        "not Slack's: event.thread_ts",
        "not Slack's: event.parent_user_id",
    ]
    del body["event_context"]
    assert event_differences("message/thread_reply", body) == ["missing: event_context"]
    assert event_differences("message/thread_reply", {"event": 1})[0].startswith("missing: ")


async def test_a_command_over_a_socket_is_as_documented(
    sandbox: Sandbox, client: AsyncWebClient, ana: Person, team: Channel
) -> None:
    opened = await client.apps_connections_open(app_token=sandbox.workspace.app_token)
    async with aiohttp.ClientSession() as http, http.ws_connect(opened["url"]) as app:
        assert differences(DOCUMENTED["socket_mode/hello"], await app.receive_json()) == []
        waiting = asyncio.create_task(sandbox.command(ana.slack_id, team.slack_id, "/mystats", "week"))
        envelope = await app.receive_json()
        assert differences(DOCUMENTED["socket_mode/slash_commands"], envelope) == []
        assert differences(DOCUMENTED["slash_command"], envelope["payload"]) == []
        await app.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "12 contacts"}})
        assert (await waiting).text == "12 contacts"
        await sandbox.socket_mode.disconnect()
        assert differences(DOCUMENTED["socket_mode/disconnect"], await app.receive_json()) == []


async def test_a_command_over_http_is_as_documented(workspace: Workspace, ana: Person, team: Channel) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events"
    received: list[dict[str, Any]] = []
    async with (
        Sandbox(workspace, MANIFEST, request_url=address, ack_seconds=1.0).running() as sandbox,
        served(bolt_app(sandbox, received), listener),
    ):
        await sandbox.command(ana.slack_id, team.slack_id, "/mystats", "week")
    assert differences(DOCUMENTED["slash_command"], received[0]) == []


async def test_views_are_answered_as_documented(workspace: Workspace, ana: Person, team: Channel) -> None:
    manifest = {"features": MANIFEST["features"] | {"app_home": {"home_tab_enabled": True}}}
    received: list[dict[str, Any]] = []
    divider = [{"type": "divider"}]
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "Form"}, "blocks": divider}
    async with Sandbox(workspace, manifest, ack_seconds=1.0).running() as sandbox:
        client = AsyncWebClient(workspace.bot_token, base_url=sandbox.api_url)
        async with connected(sandbox, bolt_app(sandbox, received)):
            await sandbox.command(ana.slack_id, team.slack_id, "/mystats")
        opened = await client.views_open(trigger_id=received[0]["trigger_id"], view=modal)
        published = await client.views_publish(user_id=ana.slack_id, view={"type": "home", "blocks": divider})
    assert differences(DOCUMENTED["views.open"], opened.data) == []
    assert differences(DOCUMENTED["views.publish"], published.data) == []
