"""Faults happen when they are asked for, as often as that, and nothing else changes."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.delivery import Spoil
from bot.sandbox.faults import ANY, FaultKind
from bot.sandbox.model import Channel, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .apps import bolt_app, connected
from .listening import Heard, listening

POST = "chat.postMessage"


@pytest.fixture
def plain(sandbox: Sandbox) -> AsyncWebClient:
    """A client that does not try again by itself."""
    return AsyncWebClient(sandbox.workspace.bot_token, base_url=sandbox.api_url, retry_handlers=[])


def texts(channel: Channel) -> list[str]:
    return [message.text for message in channel.messages]


async def test_too_many_calls(sandbox: Sandbox, plain: AsyncWebClient, team: Channel) -> None:
    sandbox.faults.next(POST, "ratelimited", 2, seconds=7)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await plain.chat_postMessage(channel=team.slack_id, text="refused")
        assert caught.value.response.status_code == 429
        assert caught.value.response["error"] == "ratelimited"
        assert caught.value.response.headers["Retry-After"] == "7"
    await plain.chat_postMessage(channel=team.slack_id, text="taken")
    assert texts(team) == ["taken"]


async def test_slack_is_broken(sandbox: Sandbox, plain: AsyncWebClient, team: Channel) -> None:
    sandbox.faults.next(POST, "server_error")
    with pytest.raises(SlackApiError) as caught:
        await plain.chat_postMessage(channel=team.slack_id, text="refused")
    assert caught.value.response.status_code == 500
    assert texts(team) == []


@pytest.mark.parametrize(("kind", "stored"), [("lost_after_storing", ["said"]), ("dropped_before", [])])
async def test_no_answer_comes(
    sandbox: Sandbox, plain: AsyncWebClient, team: Channel, kind: FaultKind, stored: list[str]
) -> None:
    sandbox.faults.next(POST, kind)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await plain.chat_postMessage(channel=team.slack_id, text="said")
    assert texts(team) == stored
    await plain.chat_postMessage(channel=team.slack_id, text="again")
    assert texts(team) == [*stored, "again"]


async def test_who_tries_again_blindly_says_it_twice(sandbox: Sandbox, client: AsyncWebClient, team: Channel) -> None:
    sandbox.faults.next(POST, "lost_after_storing")
    await client.chat_postMessage(channel=team.slack_id, text="once")
    assert texts(team) == ["once", "once"]


async def test_a_slow_answer_comes(sandbox: Sandbox, plain: AsyncWebClient, team: Channel) -> None:
    sandbox.faults.next(POST, "slow", seconds=0.3)
    begun = time.monotonic()
    await plain.auth_test()
    assert time.monotonic() - begun < 0.3
    await plain.chat_postMessage(channel=team.slack_id, text="late")
    assert time.monotonic() - begun >= 0.3
    assert texts(team) == ["late"]


async def test_faults_come_in_order_and_can_be_forgotten(
    sandbox: Sandbox, plain: AsyncWebClient, team: Channel
) -> None:
    sandbox.faults.next(POST, "server_error")
    sandbox.faults.next(POST, "ratelimited", 5)
    statuses = []
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await plain.chat_postMessage(channel=team.slack_id, text="refused")
        statuses.append(caught.value.response.status_code)
    assert statuses == [500, 429]
    sandbox.faults.clear()
    await plain.chat_postMessage(channel=team.slack_id, text="taken")
    assert texts(team) == ["taken"]


async def test_a_command_comes_twice(sandbox: Sandbox, ana: Person, team: Channel) -> None:
    received: list[dict[str, Any]] = []
    sandbox.faults.deliver_twice()
    async with connected(sandbox, bolt_app(sandbox, received)):
        answer = await sandbox.command(ana.slack_id, team.slack_id, "/mystats", "week")
        assert answer.text == "Your week: 12 contacts"
        assert len(received) == 2
        assert received[0] == received[1]
        await sandbox.command(ana.slack_id, team.slack_id, "/mystats")
    assert len(received) == 3


async def test_any_call_can_go_wrong_after_those_that_were_named(
    sandbox: Sandbox, plain: AsyncWebClient, team: Channel
) -> None:
    sandbox.faults.next(ANY, "server_error", 2)
    sandbox.faults.next(POST, "ratelimited")
    statuses = []
    for call in (plain.chat_postMessage(channel=team.slack_id, text="refused"), plain.auth_test(), plain.team_info()):
        with pytest.raises(SlackApiError) as caught:
            await call
        statuses.append(caught.value.response.status_code)
    assert statuses == [429, 500, 500]
    await plain.chat_postMessage(channel=team.slack_id, text="taken")
    assert texts(team) == ["taken"]


def test_what_waits_is_told_in_words(sandbox: Sandbox) -> None:
    assert sandbox.faults.waiting() == []
    sandbox.faults.next(ANY, "slow", 2, seconds=3)
    sandbox.faults.next(POST, "lost_after_storing")
    sandbox.faults.deliver_twice()
    sandbox.faults.spoil("forged_signature")
    assert sandbox.faults.waiting() == [
        "Any call: Slow, 3 s, 2 times",
        "chat.postMessage: Stored, but the answer is lost",
        "To the app: Delivered twice",
        "To the app: Forged signature",
    ]
    sandbox.faults.take("auth.test")
    assert sandbox.faults.waiting()[0] == "Any call: Slow, 3 s"
    sandbox.faults.clear()
    assert sandbox.faults.waiting() == []


@pytest.mark.parametrize("how", ["forged_signature", "old_timestamp"])
async def test_a_request_that_is_not_slacks_is_refused_and_the_person_sees_it(
    workspace: Workspace, ana: Person, team: Channel, how: Spoil
) -> None:
    heard = Heard()
    async with listening(workspace, "http", heard) as sandbox:
        sandbox.faults.spoil(how)
        refused = await sandbox.command(ana.slack_id, team.slack_id, "/ask")
        assert heard.bodies == []
        taken = await sandbox.command(ana.slack_id, team.slack_id, "/ask")
    assert refused.text == '/ask failed with the error "dispatch_failed"'
    assert taken.error is None
    assert [body["command"] for body in heard.bodies] == ["/ask"]
    noted = [(entry.went_well, entry.outcome) for entry in sandbox.record if entry.title == "/ask"]
    assert noted == [(True, "acknowledged"), (False, f"dispatch_failed, {how.replace('_', ' ')}")]


async def test_a_spoiled_event_is_told_again(workspace: Workspace, ana: Person, team: Channel) -> None:
    heard = Heard()
    async with listening(workspace, "http", heard, repeats=(0.0,)) as sandbox:
        sandbox.faults.spoil("old_timestamp")
        workspace.post(team.slack_id, ana.slack_id, "heard at the second attempt")
        await heard.wait_for("message")
    assert heard.headers[0]["x-slack-retry-num"] == ["1"]
    assert heard.headers[0]["x-slack-retry-reason"] == ["http_error"]


async def test_a_cut_connection_is_made_anew(sandbox: Sandbox, ana: Person, team: Channel) -> None:
    async with connected(sandbox, bolt_app(sandbox, [])):
        await sandbox.socket_mode.disconnect()
        async with asyncio.timeout(5):
            # What is sent in the very moment of the change may be lost; whoever tries again is answered.
            while (answer := await sandbox.command(ana.slack_id, team.slack_id, "/mystats")).error:
                await asyncio.sleep(0.05)
    assert answer.text == "Your day: 12 contacts"
    assert [entry.title for entry in sandbox.record].count("apps.connections.open") > 1
