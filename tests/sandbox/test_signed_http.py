"""The same unchanged app, reached by signed HTTP requests instead."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.delivery import signature_headers
from bot.sandbox.model import Channel, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .apps import bolt_app, served
from .conftest import MANIFEST


@pytest.fixture
def listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


@contextlib.asynccontextmanager
async def sandbox_with_app(
    workspace: Workspace, listener: socket.socket, received: list[dict[str, Any]]
) -> AsyncIterator[Sandbox]:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events"
    async with (
        Sandbox(workspace, MANIFEST, request_url=address, ack_seconds=1.0).running() as sandbox,
        served(bolt_app(sandbox, received), listener),
    ):
        yield sandbox


async def test_commands_arrive_signed_and_answers_come_back_both_ways(
    workspace: Workspace, listener: socket.socket, ana: Person, team: Channel
) -> None:
    received: list[dict[str, Any]] = []
    async with sandbox_with_app(workspace, listener, received) as sandbox:
        at_once = await sandbox.command(ana.slack_id, team.slack_id, "/mystats", "month & more")
        later = await sandbox.command(ana.slack_id, team.slack_id, "/kudos", "@ana", wait_for_reply=True)
    assert at_once.text == "Your month & more: 12 contacts"
    assert at_once.ephemeral
    assert later.text == f"Thanks: <@{ana.slack_id}|ana>"
    assert received[0]["api_app_id"] == workspace.app_id


async def test_a_wrong_secret_is_refused_by_the_app_and_the_person_is_told(
    workspace: Workspace, listener: socket.socket, ana: Person, team: Channel
) -> None:
    received: list[dict[str, Any]] = []
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events"
    stranger = Sandbox(Workspace(), MANIFEST)
    async with (
        Sandbox(workspace, MANIFEST, request_url=address).running() as sandbox,
        served(bolt_app(stranger, received), listener),
    ):
        answer = await sandbox.command(ana.slack_id, team.slack_id, "/mystats")
    assert answer.error == "dispatch_failed"
    assert received == []


async def test_a_slow_app_is_timed_out(
    workspace: Workspace, listener: socket.socket, ana: Person, team: Channel
) -> None:
    async with sandbox_with_app(workspace, listener, []) as sandbox:
        answer = await sandbox.command(ana.slack_id, team.slack_id, "/slow")
    assert answer.text == '/slow failed with the error "operation_timeout"'


def test_the_signature_is_the_one_of_slacks_own_example() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = signature_headers("8f742231b10e8888abcd99yyyzzz85a5", body, 1_531_420_618)
    assert headers["X-Slack-Signature"] == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


@contextlib.asynccontextmanager
async def answering(listener: socket.socket, status: int, pieces: int, pause: float) -> AsyncIterator[None]:
    """Answer every request in so many pieces, with a pause before each, as long as the block lasts."""

    talks: list[asyncio.Task[None] | None] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.current_task())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 %d Said\r\nContent-Length: %d\r\n\r\n" % (status, pieces))
        with contextlib.suppress(ConnectionError):
            for _ in range(pieces):
                await asyncio.sleep(pause)
                writer.write(b"x")
                await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async with await asyncio.start_server(talk, sock=listener):
        yield
        await asyncio.gather(*filter(None, talks))


async def test_an_app_that_drips_its_answer_is_not_waited_for(
    workspace: Workspace, listener: socket.socket, ana: Person, team: Channel
) -> None:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events"
    async with (
        answering(listener, 200, 8, 0.1),
        Sandbox(workspace, MANIFEST, request_url=address, ack_seconds=0.4).running() as sandbox,
    ):
        answer = await sandbox.command(ana.slack_id, team.slack_id, "/mystats")
    assert answer.error == "operation_timeout"


@pytest.mark.parametrize(("status", "deliveries"), [(202, 1), (302, 2), (500, 2)])
async def test_an_event_is_taken_with_any_success(
    workspace: Workspace, listener: socket.socket, ana: Person, team: Channel, status: int, deliveries: int
) -> None:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events"
    manifest = {
        "oauth_config": {"scopes": {"bot": ["channels:history"]}},
        "settings": {"event_subscriptions": {"bot_events": ["message.channels"]}},
    }
    async with (
        answering(listener, status, 0, 0),
        Sandbox(workspace, manifest, request_url=address, ack_seconds=0.5, repeats=(0.05,)).running() as sandbox,
    ):
        workspace.post(team.slack_id, ana.slack_id, "Good morning")
        await asyncio.sleep(0.4)
        told = [entry.title for entry in sandbox.record]
    assert told == ["event message"] * deliveries
