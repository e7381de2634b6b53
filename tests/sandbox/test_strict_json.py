"""JSON that could not be sent on is taken nowhere: not by the API, not at a response_url, not in an acknowledgement."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import aiohttp
import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.model import Channel, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .conftest import MANIFEST

JSON = {"content-type": "application/json; charset=utf-8"}
BAD = {
    "not a number": '{"text": "x", "more": NaN}',
    "infinite": '{"text": "x", "more": [-Infinity]}',
    "too large": '{"text": "x", "more": 1e999}',
    "half a pair": r'{"text": "\ud800"}',
    "half a pair as a name": r'{"text": "x", "more": [{"\udc00": 1}]}',
    "deep": '{"text": "x", "more": ' + "[" * 101 + "]" * 101 + "}",
    "very deep": "[" * 100_000,
}
GOOD = r'{"text": "\ud83c\udf89", "more": ' + "[" * 99 + "1.5e3" + "]" * 99 + "}"
"""A whole pair is one character, and a hundred levels are room enough."""

bad = pytest.mark.parametrize("body", BAD.values(), ids=BAD)


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as client:
        yield client


@bad
async def test_the_api_refuses_it(http: httpx.AsyncClient, body: str) -> None:
    assert (await http.post("/api/api.test", content=body, headers=JSON)).json()["error"] == "invalid_json"
    assert (await http.post("/api/api.test", content=GOOD, headers=JSON)).json()["args"]["text"] == "\U0001f389"


@pytest.mark.parametrize("text", [r'[{"type": "divider", "block_id": "\ud800"}]', "[" * 100_000, "[NaN]"])
async def test_the_api_refuses_it_within_text(
    http: httpx.AsyncClient, workspace: Workspace, team: Channel, text: str
) -> None:
    headers = {"authorization": f"Bearer {workspace.bot_token}"}
    posted = await http.post("/api/chat.postMessage", data={"channel": team.slack_id, "blocks": text}, headers=headers)
    assert posted.json()["error"] == "invalid_blocks_format"
    form = {"content-type": "application/x-www-form-urlencoded"}
    half = await http.post("/api/api.test", content=b"text=%ED%A0%80", headers=form)
    assert half.json()["error"] == "invalid_form_data"


@bad
async def test_a_response_url_refuses_it(
    http: httpx.AsyncClient, sandbox: Sandbox, ana: Person, team: Channel, body: str
) -> None:
    secret = sandbox.responses.open(team.slack_id, ana.slack_id, "/mystats").secret
    refused = await http.post(f"/commands/T/{secret}", content=body)
    assert (refused.status_code, team.messages) == (400, [])
    assert (await http.post(f"/commands/T/{secret}", content=GOOD)).text == "ok"
    assert team.messages[0].text == "\U0001f389"


@bad
async def test_the_page_refuses_it(http: httpx.AsyncClient, ana: Person, team: Channel, body: str) -> None:
    params = {"as": ana.slack_id, "in": team.slack_id}
    assert (await http.post("/say", params=params, content=body, headers=JSON)).status_code == 400
    assert team.messages == []
    assert (await http.get("/", params=params)).status_code == 200


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
@bad
async def test_an_acknowledgement_over_a_socket_is_dropped(
    workspace: Workspace, ana: Person, team: Channel, body: str, binary: bool
) -> None:
    async with Sandbox(workspace, MANIFEST, ack_seconds=0.3).running() as sandbox, aiohttp.ClientSession() as session:
        client = AsyncWebClient(workspace.app_token, base_url=sandbox.api_url)
        address = (await client.apps_connections_open(app_token=workspace.app_token))["url"]
        async with session.ws_connect(address) as link:
            await link.receive_json()
            for payload, error in ((body, "operation_timeout"), (GOOD, None)):
                typed = asyncio.create_task(sandbox.command(ana.slack_id, team.slack_id, "/mystats"))
                envelope = (await link.receive_json())["envelope_id"]
                words = f'{{"envelope_id": "{envelope}", "payload": {payload}}}'.replace("[" * 99, "[" * 98)
                words = words.replace("]" * 99, "]" * 98) if payload == GOOD else words
                await (link.send_bytes(words.encode()) if binary else link.send_str(words))
                assert (await typed).error == error


@contextlib.asynccontextmanager
async def acknowledging(body: str) -> AsyncIterator[str]:
    """Answer every request with this JSON; gives the address."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().splitlines() if line.startswith(b"content-length"))
        await reader.readexactly(int(length.partition(b":")[2]))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n")
        writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body.encode()), body.encode()))
        await writer.drain()
        writer.close()

    listener = socket.create_server(("127.0.0.1", 0))
    async with await asyncio.start_server(talk, sock=listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events"


@bad
async def test_an_acknowledgement_over_http_is_shown_as_it_came(
    workspace: Workspace, ana: Person, team: Channel, body: str
) -> None:
    async with acknowledging(body) as address, Sandbox(workspace, MANIFEST, request_url=address).running() as sandbox:
        answer = await sandbox.command(ana.slack_id, team.slack_id, "/mystats")
        assert (answer.error, answer.text) == (None, body[:40_000])
        async with httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as http:
            page = await http.get("/", params={"as": ana.slack_id, "in": team.slack_id})
    assert page.status_code == 200
