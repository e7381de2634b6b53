"""Slack over signed HTTP, and what the web server says to everybody else."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.encore import House, go_live, house, link, sandboxed, serving, thursday


@pytest.fixture
def cebu(sqlite_url: str) -> Iterator[House]:
    where = house(sqlite_url)
    yield where
    where.centre.close()


async def test_mystats_over_signed_http(cebu: House) -> None:
    thursday(cebu)
    go_live(cebu)
    link(cebu, "Agent 1", "ULEA")
    # The app takes a port that is free, and needs Slack's interface before; so its address is told to a second door.
    async with (
        sandboxed(cebu) as interface,
        serving(cebu, interface, slack_mode="http") as encore,
        sandboxed(cebu, request_url=f"{encore.url}/slack/events") as sandbox,
    ):
        answer = await sandbox.command("ULEA", cebu.channel, "/mystats")
    assert answer.error is None
    assert "Customer stars: 5.00 ★" in answer.text


BAD_HEADERS = [
    {},
    {"X-Slack-Request-Timestamp": "soon", "X-Slack-Signature": "v0=00"},
    {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=00"},
    {"X-Slack-Request-Timestamp": "9" * 400, "X-Slack-Signature": "v0=00"},
    {"X-Slack-Request-Timestamp": "²", "X-Slack-Signature": "v0=00"},
    {"X-Slack-Request-Timestamp": "1700000000", "X-Slack-Signature": "v0=é"},
    {"X-Slack-Request-Timestamp": "1700000000"},
]


@pytest.mark.parametrize("headers", BAD_HEADERS)
async def test_what_slack_did_not_sign_is_refused(cebu: House, headers: dict[str, str]) -> None:
    async with (
        sandboxed(cebu) as sandbox,
        serving(cebu, sandbox, slack_mode="http") as encore,
        httpx.AsyncClient() as http,
    ):
        raw = {name.encode(): value.encode() for name, value in headers.items()}
        answer = await http.post(f"{encore.url}/slack/events", content=b"command=/mystats&text=\xff", headers=raw)
    assert answer.status_code in {400, 401}


async def test_a_huge_body_is_refused(cebu: House) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(2_000):
            yield b"x" * 1024

    headers = {"X-Slack-Request-Timestamp": "1700000000", "X-Slack-Signature": "v0=00"}
    async with (
        sandboxed(cebu) as sandbox,
        serving(cebu, sandbox, slack_mode="http") as encore,
        httpx.AsyncClient() as http,
    ):
        announced = await http.post(f"{encore.url}/slack/events", content=b"x" * 200_000, headers=headers)
        chunked = await http.post(f"{encore.url}/slack/events", content=endless(), headers=headers)
    assert announced.status_code == 413
    assert chunked.status_code == 413


async def test_health(cebu: House) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore, httpx.AsyncClient() as http:
        answer = await http.get(f"{encore.url}/health")
        assert answer.status_code == 200
        # In Socket Mode nobody can send events by HTTP.
        assert (await http.post(f"{encore.url}/slack/events")).status_code == 404
