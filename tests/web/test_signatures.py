"""Only what Slack signed gets in: with either of two secrets while one is regenerated, and not for longer than it may."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.app import Running
from bot.sandbox.clock import Clock
from bot.sandbox.delivery import signature_headers
from bot.sandbox.faults import NoAnswer, Protocol
from tests.encore import MORNING, House, go_live, house, link, sandboxed, serving, thursday, until
from tests.jobs.slack import served

NEW, OLD, STRANGE = "1" * 32, "0" * 32, "2" * 32


@pytest.fixture
def cebu(sqlite_url: str) -> Iterator[House]:
    where = house(sqlite_url)
    thursday(where)
    go_live(where)
    link(where, "Agent 1", "ULEA")
    yield where
    where.centre.close()


async def mystats(encore: Running, secret: str, *, age: timedelta = timedelta(0), url: str = "") -> int:
    """Send a command that was signed so long ago, and return the status of the answer."""
    signed_at = int((MORNING - age).timestamp())
    asked = {
        "command": "/mystats", "text": "", "user_id": "ULEA", "team_id": encore.ctx.workspace_id, "channel_id": "C1",
        "trigger_id": f"1.{secret}.{age}", "response_url": url or "http://127.0.0.1:1/",
    }  # fmt: skip
    body = urlencode(asked).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"} | signature_headers(secret, body, signed_at)
    async with httpx.AsyncClient() as http:
        return (await http.post(f"{encore.url}/slack/events", content=body, headers=headers)).status_code


@pytest.mark.parametrize(("old", "statuses"), [(OLD, [200, 200, 401]), ("", [200, 401, 401]), (" ", [200, 401, 401])])
async def test_while_the_secret_is_regenerated_both_are_taken(cebu: House, old: str, statuses: list[int]) -> None:
    secrets = {"slack_signing_secret": NEW, "slack_signing_secret_old": old}
    async with (
        sandboxed(cebu) as sandbox,
        serving(cebu, sandbox, slack_mode="http", machine=Clock(MORNING).now, **secrets) as encore,
    ):
        assert [await mystats(encore, secret) for secret in (NEW, OLD, STRANGE)] == statuses


async def test_a_signature_holds_for_five_minutes(cebu: House) -> None:
    machine = Clock(MORNING)
    ages = [timedelta(seconds=s) for s in (0, 280, 320, -280, -320)]
    async with (
        sandboxed(cebu) as sandbox,
        serving(cebu, sandbox, slack_mode="http", machine=machine.now, slack_signing_secret=NEW) as encore,
    ):
        assert [await mystats(encore, NEW, age=age) for age in ages] == [200, 200, 401, 200, 401]
        # It is the machine's clock that counts, and not the one that people move in the sandbox.
        cebu.clock.skip(timedelta(days=1))
        assert await mystats(encore, NEW, age=timedelta(seconds=1)) == 200


async def test_an_answer_by_the_response_url_is_sent_once(cebu: House, caplog: pytest.LogCaptureFixture) -> None:
    """The address takes it and breaks off, as where the answer to it is lost: the library would send it again."""
    heard = []

    async def answer(request: Request) -> Response:
        heard.append(await request.json())
        return NoAnswer(request.state.hang_up)

    async with (
        served(Starlette(routes=[Route("/", answer, methods=["POST"])]), http=Protocol) as url,
        sandboxed(cebu) as sandbox,
        serving(cebu, sandbox, slack_mode="http", machine=Clock(MORNING).now, slack_signing_secret=NEW) as encore,
    ):
        assert encore.ctx.slack.retry_handlers == []
        assert await mystats(encore, NEW, url=url) == 200
        await until(lambda: "What follows an answer did not get through." in caplog.text)
    assert len(heard) == 1
