"""An unchanged Bolt app connects over Socket Mode and answers commands."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.model import Channel, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .apps import bolt_app, connected
from .conftest import MANIFEST


async def test_a_command_is_answered_privately_in_its_acknowledgement(
    sandbox: Sandbox, ana: Person, team: Channel
) -> None:
    received: list[dict[str, Any]] = []
    async with connected(sandbox, bolt_app(sandbox, received)):
        answer = await sandbox.command(ana.slack_id, team.slack_id, "/mystats", "week")
    assert answer.text == "Your week: 12 contacts"
    assert answer.ephemeral
    assert answer.error is None
    sent = received[0]
    assert set(sent) == {
        "token", "team_id", "team_domain", "channel_id", "channel_name", "user_id", "user_name", "command", "text",
        "api_app_id", "is_enterprise_install", "response_url", "trigger_id",
    }  # fmt: skip
    assert (sent["user_name"], sent["channel_name"], sent["text"]) == ("ana", "support", "week")
    assert sent["is_enterprise_install"] == "false"


async def test_a_later_answer_comes_through_response_url_and_can_be_public(
    sandbox: Sandbox, client: AsyncWebClient, ana: Person, ben: Person, team: Channel
) -> None:
    received: list[dict[str, Any]] = []
    async with connected(sandbox, bolt_app(sandbox, received)):
        answer = await sandbox.command(
            ana.slack_id,
            team.slack_id,
            "/kudos",
            "@ben.reyes great <b>save</b> in #support @nobody",
            wait_for_reply=True,
        )
    escaped = f"<@{ben.slack_id}|ben.reyes> great &lt;b&gt;save&lt;/b&gt; in <#{team.slack_id}|support> @nobody"
    assert received[0]["text"] == escaped
    assert answer.text == f"Thanks: {escaped}"
    assert not answer.ephemeral
    history = await client.conversations_history(channel=team.slack_id)
    assert [message["ts"] for message in history["messages"]] == [answer.ts]


async def test_who_answers_too_late_is_timed_out_but_may_still_respond(
    sandbox: Sandbox, ana: Person, team: Channel
) -> None:
    async with connected(sandbox, bolt_app(sandbox, [])):
        answer = await sandbox.command(ana.slack_id, team.slack_id, "/slow")
        assert answer.text == '/slow failed with the error "operation_timeout"'
        assert answer.error == "operation_timeout"
        again = await sandbox.command(ana.slack_id, team.slack_id, "/mystats")
        assert again.text == "Your day: 12 contacts"


async def test_unknown_commands_and_an_absent_app_get_slacks_own_words(
    sandbox: Sandbox, ana: Person, team: Channel
) -> None:
    unknown = await sandbox.command(ana.slack_id, team.slack_id, "/nothing")
    assert unknown.text.startswith("/nothing is not a valid command. In Slack, all messages that start with")
    absent = await sandbox.command(ana.slack_id, team.slack_id, "/mystats")
    assert absent.text == '/mystats failed with the error "dispatch_failed"'
    assert absent.ephemeral


async def test_two_connections_share_the_envelopes(sandbox: Sandbox, ana: Person, team: Channel) -> None:
    first: list[dict[str, Any]] = []
    second: list[dict[str, Any]] = []
    async with connected(sandbox, bolt_app(sandbox, first)), connected(sandbox, bolt_app(sandbox, second)):
        assert sandbox.socket_mode.connected == 2
        for _ in range(6):
            await sandbox.command(ana.slack_id, team.slack_id, "/mystats")
    assert (len(first), len(second)) == (3, 3)


async def test_an_app_told_to_refresh_comes_back(sandbox: Sandbox, ana: Person, team: Channel) -> None:
    received: list[dict[str, Any]] = []
    async with connected(sandbox, bolt_app(sandbox, received)) as handler:
        await sandbox.socket_mode.disconnect()
        assert handler.client is not None
        await handler.client.connect_to_new_endpoint(force=True)
        answer = await sandbox.command(ana.slack_id, team.slack_id, "/mystats")
    assert answer.text == "Your day: 12 contacts"


async def test_it_stops_at_once_though_an_answer_is_still_out(workspace: Workspace, ana: Person, team: Channel) -> None:
    async with aiohttp.ClientSession() as http:
        async with Sandbox(workspace, MANIFEST).running() as sandbox:
            client = AsyncWebClient(workspace.app_token, base_url=sandbox.api_url)
            address = (await client.apps_connections_open(app_token=workspace.app_token))["url"]
            silent = await http.ws_connect(address)
            assert (await silent.receive_json())["num_connections"] == 1
            waiting = asyncio.create_task(sandbox.command(ana.slack_id, team.slack_id, "/slow"))
            assert (await silent.receive_json())["type"] == "slash_commands"
            begun = time.monotonic()
        assert time.monotonic() - begun < 1.5
        assert (await waiting).error == "dispatch_failed"


async def test_an_address_opens_one_connection(sandbox: Sandbox) -> None:
    client = AsyncWebClient(sandbox.workspace.app_token, base_url=sandbox.api_url)
    address = (await client.apps_connections_open(app_token=sandbox.workspace.app_token))["url"]
    async with aiohttp.ClientSession() as http, http.ws_connect(address):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(address)
