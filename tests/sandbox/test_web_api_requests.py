"""In how many ways a call can be written, sent with plain HTTP: Slack reads them all, and says how it would rather have it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.sandbox.model import Channel
from bot.sandbox.server import Sandbox

FORM = "application/x-www-form-urlencoded"
JSON = "application/json; charset=utf-8"
TEST = "api.test"


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=sandbox.api_url, trust_env=False) as client:
        yield client


@pytest.fixture
def bearer(sandbox: Sandbox) -> dict[str, str]:
    return {"authorization": f"Bearer {sandbox.workspace.bot_token}"}


async def answer(http: httpx.AsyncClient, body: bytes, kind: str | None) -> dict[str, Any]:
    headers = {} if kind is None else {"content-type": kind}
    response = await http.post(TEST, content=body, headers=headers)
    read: dict[str, Any] = response.json()
    return read


async def test_arguments_come_in_the_query_a_form_or_json(http: httpx.AsyncClient) -> None:
    asked = [
        await http.get(TEST, params={"name": "café"}),
        await http.post(TEST, params={"name": "café"}),
        await http.post(TEST, data={"name": "café"}),
        await http.post(TEST, json={"name": "café"}),
    ]
    assert [response.json()["args"] for response in asked] == [{"name": "café"}] * 4
    mixed = await http.post(TEST, params={"a": "query", "b": "query"}, data={"b": "form"})
    assert mixed.json()["args"] == {"a": "query", "b": "form"}


async def test_a_post_of_structures_may_be_a_form(
    http: httpx.AsyncClient, bearer: dict[str, str], team: Channel
) -> None:
    blocks = '[{"type": "divider"}]'
    metadata = '{"event_type": "board", "event_payload": {"id": "1"}}'
    form = {"channel": team.slack_id, "text": "x", "blocks": blocks, "metadata": metadata, "unfurl_links": "false"}
    said = (await http.post("chat.postMessage", data=form, headers=bearer)).json()["message"]
    assert (said["blocks"][0]["type"], said["metadata"]["event_payload"]) == ("divider", {"id": "1"})
    got = (await http.get("chat.postMessage", params={"channel": team.slack_id, "text": "y"}, headers=bearer)).json()
    assert (got["ok"], got["message"]["text"]) == (True, "y")
    page = await http.get("conversations.history", params={"channel": team.slack_id, "limit": "1"}, headers=bearer)
    assert [message["text"] for message in page.json()["messages"]] == ["y"]


@pytest.mark.parametrize(
    ("body", "kind", "error"),
    [
        (b"name=x", None, "missing_post_type"),
        (b"name=x", "text/html", "invalid_post_type"),
        (b"name=x", f"{FORM}; charset=utf-16", "invalid_charset"),
        (b"name=\xff", FORM, "invalid_form_data"),
        (b"name=%ff", FORM, "invalid_form_data"),
        (b"{name: x}", JSON, "invalid_json"),
        (b"[]", JSON, "json_not_object"),
        (b"users[]=x", FORM, "invalid_array_arg"),
        (b"the-name=x", FORM, "invalid_arg_name"),
    ],
)
async def test_a_body_that_cannot_be_read(http: httpx.AsyncClient, body: bytes, kind: str | None, error: str) -> None:
    assert await answer(http, body, kind) == {"ok": False, "error": error}


@pytest.mark.parametrize(
    ("body", "kind", "warning"),
    [
        (b"name=x", FORM, None),
        (b"name=x", f"{FORM};charset=utf-8", "superfluous_charset"),
        (b'{"name": "x"}', JSON, None),
        (b'{"name": "x"}', "application/json", "missing_charset"),
    ],
)
async def test_a_charset_is_remarked_on(http: httpx.AsyncClient, body: bytes, kind: str, warning: str | None) -> None:
    read = await answer(http, body, kind)
    assert (read["args"], read.get("warning")) == ({"name": "x"}, warning)
    assert ("response_metadata" in read) == (warning is not None)


async def test_a_form_may_be_in_latin_1(http: httpx.AsyncClient) -> None:
    assert (await answer(http, b"name=caf\xe9", f"{FORM}; charset=iso-8859-1"))["args"] == {"name": "café"}


async def test_a_remark_joins_the_methods_own(http: httpx.AsyncClient, bearer: dict[str, str], team: Channel) -> None:
    joined = await http.post("conversations.join", json={"channel": team.slack_id}, headers=bearer)
    both = ["already_in_channel", "missing_charset"]
    assert (joined.json()["warning"], joined.json()["response_metadata"]) == (",".join(both), {"warnings": both})


async def test_where_a_token_may_stand(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    token = sandbox.workspace.bot_token
    assert (await http.post("auth.test")).json() == {"ok": False, "error": "not_authed"}
    taken = [
        await http.get("auth.test", headers={"authorization": f"Bearer {token}"}),
        await http.post("auth.test", data={"token": token}),
    ]
    left = [
        await http.get("auth.test", params={"token": token}),
        await http.post("auth.test", json={"token": token}),
        await http.get("auth.test", headers={"authorization": f"bearer {token}"}),
        await http.get("auth.test", headers={"authorization": token}),
    ]
    assert [response.json()["ok"] for response in taken] == [True, True]
    assert [response.json()["error"] for response in left] == ["not_authed"] * 4


async def test_the_token_of_the_app_itself_stands_in_the_header(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    token = sandbox.workspace.app_token
    posted = await http.post("apps.connections.open", data={"token": token})
    assert posted.json() == {"ok": False, "error": "not_authed"}
    headed = await http.post("apps.connections.open", headers={"authorization": f"Bearer {token}"})
    assert headed.json()["ok"]


async def test_where_the_sandbox_itself_fails_the_app_is_told_and_it_is_recorded(
    http: httpx.AsyncClient, bearer: dict[str, str], sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    # A name that cannot be written as JSON stands for every mistake of the sandbox's own.
    vars(sandbox.workspace)["name"] = object()
    failed = await http.post("team.info", headers=bearer)
    assert (failed.status_code, failed.json()) == (500, {"ok": False, "error": "internal_error"})
    entry = next(iter(sandbox.record))
    assert (entry.title, entry.outcome, entry.went_well) == ("team.info", "500 internal_error", False)
    assert "The sandbox failed at team.info" in caplog.text
