"""Who calls too often is told to wait, as Slack tells it."""

import asyncio

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.api.answer import METHODS
from bot.sandbox.model import Channel, Person
from bot.sandbox.rates import Rates, Tier
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .test_responses import Stopwatch

TIERS: dict[str, Tier] = {
    "api.test": 4,
    "apps.connections.open": 3,
    "bots.info": 3,
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "chat.update": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.invite": 3,
    "conversations.join": 3,
    "conversations.kick": 3,
    "conversations.leave": 3,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.replies": 3,
    "files.completeUploadExternal": 4,
    "files.delete": 3,
    "files.getUploadURLExternal": 4,
    "files.info": 4,
    "reactions.add": 3,
    "reactions.get": 3,
    "reactions.remove": 2,
    "team.info": 3,
    "usergroups.list": 2,
    "usergroups.users.list": 2,
    "users.conversations": 3,
    "users.info": 4,
    "users.list": 2,
    "users.lookupByEmail": 3,
    "users.profile.get": 4,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}
"""As each method's page says; history and replies as for an app of one's own, not one sold outside the Marketplace."""


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def rates(stopwatch: Stopwatch) -> Rates:
    return Rates(stopwatch)


def test_a_channel_takes_one_message_a_second_and_one_early(rates: Rates, stopwatch: Stopwatch) -> None:
    assert [rates.wait_for_message("C1") for _ in range(4)] == [0, 0, 1, 1]
    assert rates.wait_for_message("C2") == 0
    stopwatch.seconds = 1
    assert [rates.wait_for_message("C1") for _ in range(2)] == [0, 1]
    stopwatch.seconds = 60
    assert [rates.wait_for_message("C1") for _ in range(3)] == [0, 0, 1]


def test_a_method_has_its_tier(rates: Rates, stopwatch: Stopwatch) -> None:
    assert [rates.wait_for_method("users.list", 2) for _ in range(22)] == [0] * 21 + [60]
    assert rates.wait_for_method("conversations.list", 2) == 0
    stopwatch.seconds = 59.5
    assert rates.wait_for_method("users.list", 2) == 1
    stopwatch.seconds = 60
    assert [rates.wait_for_method("users.list", 2) for _ in range(22)] == [0] * 21 + [60]
    assert [rates.wait_for_method("a method of the first tier", 1) for _ in range(3)] == [0, 0, 60]


@pytest.mark.parametrize("begin", [0, 17, 60, 119])
def test_no_minute_holds_more_than_the_tier_allows(rates: Rates, stopwatch: Stopwatch, begin: int) -> None:
    passed = []
    for second in range(180):
        stopwatch.seconds = second
        passed.append(sum(rates.wait_for_method("users.list", 2) == 0 for _ in range(2)))
    assert sum(passed[begin : begin + 60]) == 21


def test_every_method_has_the_tier_that_slack_documents() -> None:
    special = {name for name, method in METHODS.items() if method.tier is None}
    assert special == {"auth.test", "chat.getPermalink", "chat.postMessage"}
    assert [name for name, method in METHODS.items() if method.says] == ["chat.postMessage"]
    assert {name: method.tier for name, method in METHODS.items() if name not in special} == TIERS


async def test_the_client_is_told_how_long_to_wait(
    client: AsyncWebClient, workspace: Workspace, team: Channel, ana: Person
) -> None:
    workspace.rates = True
    for channel in (team.slack_id, "#support"):
        await client.chat_postMessage(channel=channel, text="quick")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=team.slack_id, text="too quick")
    response = caught.value.response
    assert (response.status_code, response["error"], response.headers["Retry-After"]) == (429, "ratelimited", "1")
    await client.chat_postMessage(channel=ana.slack_id, text="elsewhere")
    await asyncio.sleep(1)
    await client.chat_postMessage(channel=team.slack_id, text="patient")
    assert [message.text for message in team.messages] == ["quick", "quick", "patient"]


async def test_a_workspace_counts_only_when_it_is_told_to(sandbox: Sandbox, client: AsyncWebClient) -> None:
    for _ in range(25):
        await client.users_list()
    sandbox.workspace.rates = True
    for _ in range(21):
        await client.users_list()
    with pytest.raises(SlackApiError) as caught:
        await client.users_list()
    assert int(caught.value.response.headers["Retry-After"]) in range(50, 61)


async def test_a_message_to_nowhere_is_refused_for_that_however_often_it_comes(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    workspace.rates = True
    for _ in range(5):
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel="C0NOWHERE", text="x")
        assert caught.value.response["error"] == "channel_not_found"
