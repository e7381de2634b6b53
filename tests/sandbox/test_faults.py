"""Faults happen when they are asked for, as often as that, and nothing else changes."""

import time
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.faults import FaultKind
from bot.sandbox.model import Channel, Person
from bot.sandbox.server import Sandbox

from .apps import bolt_app, connected

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
