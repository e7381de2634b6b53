"""Delivered again, nothing is done again; and who may not, may not, whichever way Slack tells of it."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import select
from starlette.applications import Starlette

from bot import web
from bot.commands.answers import Answer, Changed
from bot.commands.guard import Guard, Handler, Row, malformed
from bot.commands.request import Kind, Request
from bot.context import Context
from bot.domain.people import Role
from bot.errors import RefusedError
from bot.services import who
from bot.settings import Settings
from bot.store import people, tables
from bot.views.form import Errors, Form, text_field
from bot.views.message import Message
from tests.encore import House, house, link, sandboxed, until

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def cebu(sqlite_url: str) -> Iterator[House]:
    where = house(sqlite_url)
    where.centre.hire("Ana")
    link(where, "Ana", "ULEA")
    yield where
    where.centre.close()


class Counted:
    """A handler that counts how often it was run."""

    def __init__(self, answer: Answer = None, *, error: Exception | None = None, seconds: float = 0) -> None:
        self.runs: list[Request] = []
        self.answer, self.error, self.seconds = answer, error, seconds

    async def __call__(self, _ctx: Context, request: Request) -> Answer:
        self.runs.append(request)
        await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        return self.answer


def app(where: House, handler: Handler, url: str = "https://slack.test/api/", **row: Any) -> tuple[Guard, Starlette]:
    """Return Encore's door over signed HTTP with one handler behind every name."""
    client = AsyncWebClient(where.workspace.bot_token, base_url=url, retry_handlers=[])
    chosen = Settings(_env_file=None, slack_mode="http", slack_signing_secret=SECRET)
    ctx = Context(where.clock.now, where.centre.db, client, chosen, where.workspace.team_id)

    async def authorize(**_: Any) -> Any:
        from slack_bolt.authorization import AuthorizeResult

        return AuthorizeResult(enterprise_id=None, team_id=where.workspace.team_id, bot_token=where.workspace.bot_token)

    bolt = AsyncApp(name="story", signing_secret=SECRET, process_before_response=True, authorize=authorize)
    guard = Guard(ctx, {kind: {"/it": Row(handler, **row), "it": Row(handler, **row)} for kind in Kind})
    bolt.command("/it")(guard.command)
    bolt.action("it")(guard.action)
    bolt.view("it")(guard.form)
    bolt.shortcut("it")(guard.shortcut)
    bolt.error(malformed)
    return guard, web.build(ctx, bolt)


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}",
        "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip


@asynccontextmanager
async def door(guard: Guard, starlette: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(starlette, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://encore.test") as http:
        yield http
        await guard.finish()


def command(where: House, trigger: str = "1.2.abc", user: str = "ULEA") -> bytes:
    fields = {
        "command": "/it", "text": "", "team_id": where.workspace.team_id, "user_id": user, "channel_id": where.channel,
        "trigger_id": trigger, "response_url": "http://slack.test/answer",
    }  # fmt: skip
    return urlencode(fields).encode()


def payload(where: House, **fields: Any) -> bytes:
    whole = {
        "team": {"id": where.workspace.team_id}, "user": {"id": "ULEA", "team_id": where.workspace.team_id},
        "trigger_id": "1.2.abc", **fields,
    }  # fmt: skip
    return urlencode({"payload": json.dumps(whole)}).encode()


def form(where: House, typed: str = "words") -> bytes:
    state = {"values": {"word": {"word": {"type": "plain_text_input", "value": typed}}}}
    view = {
        "id": "V1", "type": "modal", "callback_id": "it", "private_metadata": "note", "state": state,
        "title": {"type": "plain_text", "text": "A form"},
    }  # fmt: skip
    return payload(where, type="view_submission", view=view)


def press(where: House, ts: str) -> bytes:
    action = {"type": "button", "action_id": "it", "block_id": "b", "value": "7", "action_ts": ts}
    container = {"type": "message", "message_ts": "3.4", "channel_id": where.channel}
    return payload(where, type="block_actions", actions=[action], container=container)


async def until_seen(where: House, count: int) -> None:
    await until(lambda: len(where.centre.db.read_now(lambda s: s.exec(select(tables.Seen)).all())) == count)


async def test_a_captured_command_runs_once(cebu: House) -> None:
    handler = Counted(Message("here are your figures", []))
    async with door(*app(cebu, handler)) as http:
        body = command(cebu)
        first = await http.post("/slack/events", content=body, headers=signed(body))
        # Slack's own repeat carries these; they decide nothing.
        again = await http.post("/slack/events", content=body, headers=signed(body) | {"X-Slack-Retry-Num": "1"})
        # The very same bytes, as somebody would send them who has seen them on their way.
        await until_seen(cebu, 1)
    guard, starlette = app(cebu, handler)
    async with door(guard, starlette) as http:
        elsewhere = await http.post("/slack/events", content=body, headers=signed(body))
    assert "here are your figures" in first.text
    assert [(answer.status_code, answer.text) for answer in (again, elsewhere)] == [(200, ""), (200, "")]
    assert len(handler.runs) == 1


async def test_a_repeat_of_what_never_came_through_is_done(cebu: House) -> None:
    handler = Counted(Message("here it is", []))
    async with door(*app(cebu, handler)) as http:
        body = command(cebu)
        answer = await http.post(
            "/slack/events",
            content=body,
            headers=signed(body) | {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "x"},
        )
    assert "here it is" in answer.text
    assert len(handler.runs) == 1


@pytest.mark.both_databases
async def test_the_same_at_once_shares_one_answer(cebu: House) -> None:
    handler = Counted(Message("once", []), seconds=0.2)
    async with door(*app(cebu, handler)) as http:
        body = command(cebu)
        answers = await asyncio.gather(
            *[http.post("/slack/events", content=body, headers=signed(body)) for _ in range(3)]
        )
    assert [json.loads(answer.text)["text"] for answer in answers] == ["once"] * 3
    assert len(handler.runs) == 1


async def test_what_failed_is_done_when_it_comes_again(cebu: House, caplog: pytest.LogCaptureFixture) -> None:
    handler = Counted(Message("now it works", []), error=ZeroDivisionError("first time"))
    async with door(*app(cebu, handler)) as http:
        body = command(cebu)
        first = await http.post("/slack/events", content=body, headers=signed(body))
        handler.error = None
        second = await http.post("/slack/events", content=body, headers=signed(body))
    assert "Sorry" in first.text
    assert "now it works" in second.text
    assert "first time" in caplog.text


async def test_a_form_may_be_sent_again_after_it_was_wrong_and_not_after_it_was_right(cebu: House) -> None:
    handler = Counted(Errors({"word": "Say more."}))
    async with door(*app(cebu, handler)) as http:
        wrong = form(cebu, "a")
        first = await http.post("/slack/events", content=wrong, headers=signed(wrong))
        handler.answer = Message("Thank you.", [])
        right = form(cebu, "all of it")
        second = await http.post("/slack/events", content=right, headers=signed(right))
        await until_seen(cebu, 1)
        third = await http.post("/slack/events", content=right, headers=signed(right))
    assert first.json() == {"response_action": "errors", "errors": {"word": "Say more."}}
    assert (second.json()["response_action"], second.json()["view"]["title"]["text"]) == ("update", "A form")
    assert third.text == ""
    assert [request.words("word") for request in handler.runs] == ["a", "all of it"]
    assert handler.runs[0].note == "note"


async def test_a_refused_form_keeps_what_was_typed_beneath(cebu: House) -> None:
    handler = Counted(error=RefusedError("Not <today>."))
    async with door(*app(cebu, handler)) as http:
        body = form(cebu)
        answer = (await http.post("/slack/events", content=body, headers=signed(body))).json()
    assert answer["response_action"] == "push"
    assert "Not <today>." in json.dumps(answer["view"]["blocks"])


async def test_each_press_is_a_deed_of_its_own_and_a_repeat_of_one_is_not(cebu: House) -> None:
    handler = Counted()
    async with door(*app(cebu, handler)) as http:
        for ts in ("10.1", "10.1", "10.2"):
            body = press(cebu, ts)
            assert (await http.post("/slack/events", content=body, headers=signed(body))).status_code == 200
            await until_seen(cebu, {"10.1": 1, "10.2": 2}[ts])
    assert [request.value for request in handler.runs] == ["7", "7"]


@pytest.mark.parametrize(
    ("user", "role", "linked", "said"),
    [
        ("ULEA", Role.AGENT, True, "done"),
        ("ULEA", Role.ADMIN, True, "for people with the role “admin”"),
        ("USTRANGER", Role.AGENT, True, "I do not know you yet"),
        ("USTRANGER", Role.AGENT, False, "done"),
    ],
)
async def test_who_may(cebu: House, user: str, role: Role, *, linked: bool, said: str) -> None:
    handler = Counted(Message("done", []))
    async with door(*app(cebu, handler, role=role, linked=linked)) as http:
        body = command(cebu, user=user)
        answer = await http.post("/slack/events", content=body, headers=signed(body))
    assert said in answer.json()["text"]
    refusals = cebu.centre.db.read_now(
        lambda s: [
            (row.actor, row.subject) for row in s.exec(select(tables.Audit).where(tables.Audit.deed == "refused"))
        ]
    )
    if said == "done":
        assert (len(handler.runs), refusals) == (1, [])
    else:
        person_id = cebu.centre.person("Ana")
        actor = f"person:{person_id}" if user == "ULEA" else "slack:USTRANGER"
        assert (len(handler.runs), refusals) == (0, [(actor, "/it")])


async def test_who_has_left_may_nothing(cebu: House) -> None:
    person_id = cebu.centre.person("Ana")
    cebu.centre.db.write_now(people.describe, person_id, {"left_on": cebu.clock.now().date()})
    handler = Counted(Message("done", []))
    async with door(*app(cebu, handler)) as http:
        body = command(cebu)
        answer = await http.post("/slack/events", content=body, headers=signed(body))
    assert "You have left" in answer.text
    assert handler.runs == []


async def test_deliveries_are_forgotten_after_two_days(cebu: House) -> None:
    db, at = cebu.centre.db, cebu.clock.now()
    db.write_now(who.answered, at, "command:old")
    db.write_now(who.answered, at + who.REMEMBERED, "command:new")
    assert db.read_now(who.may_forget, at)
    db.write_now(who.forget_old, at + who.REMEMBERED)
    assert db.read_now(lambda s: [row.key for row in s.exec(select(tables.Seen))]) == ["command:old", "command:new"]
    db.write_now(who.forget_old, at + who.REMEMBERED * 1.5)
    assert db.read_now(lambda s: [row.key for row in s.exec(select(tables.Seen))]) == ["command:new"]
    assert not db.read_now(who.may_forget, at + who.REMEMBERED * 1.5)


async def test_a_form_opens_once_and_changes_in_place(cebu: House) -> None:
    """Through the sandbox: the modal that a command opens, delivered twice, and a button that changes its message."""
    asked = Form("it", "A form", [text_field("word", "A word")], submit="Send", note="7")
    cebu.workspace.rates = False
    async with sandboxed(cebu) as first:
        guard, _ = app(cebu, Counted(asked), first.api_url)
        trigger = cebu.workspace.triggers.issue("ULEA")
        delivery = {
            "command": "/it", "team_id": cebu.workspace.team_id, "user_id": "ULEA", "channel_id": cebu.channel,
            "trigger_id": trigger,
        }  # fmt: skip
        acks: list[dict[str, Any]] = []

        async def ack(**answer: Any) -> None:
            acks.append(answer)

        await asyncio.gather(*[guard.command(ack, None, delivery) for _ in range(2)])  # type: ignore[arg-type]
        top = cebu.workspace.modals.top("ULEA")
    assert acks == [{}, {}]
    assert top is not None
    assert (top["callback_id"], top["private_metadata"]) == ("it", "7")


async def test_what_changed_takes_the_place_of_what_was_pressed(cebu: House) -> None:
    said: list[dict[str, Any]] = []

    async def respond(**answer: Any) -> httpx.Response:
        said.append(answer)
        return httpx.Response(200)

    async def ack(**_: Any) -> None:
        return

    for answer in (Changed(Message("Approved.", [])), Message("Only for you.", [])):
        guard, _ = app(cebu, Counted(answer))
        body = {
            "team": {"id": cebu.workspace.team_id}, "user": {"id": "ULEA"}, "response_url": "there",
            "actions": [{"type": "button", "action_id": "it", "action_ts": answer.__class__.__name__}],
        }  # fmt: skip
        await guard.action(ack, respond, body)  # type: ignore[arg-type]
        await guard.finish()
    assert [(one["text"], one["replace_original"]) for one in said] == [("Approved.", True), ("Only for you.", False)]


async def test_the_meters_tell_what_came_of_deliveries(cebu: House) -> None:
    handler = Counted(Message("done", []))
    async with door(*app(cebu, handler)) as http:
        for trigger in ("a", "b"):
            body = command(cebu, trigger)
            await http.post("/slack/events", content=body, headers=signed(body))
        families = {family.name: family for family in text_string_to_metric_families((await http.get("/metrics")).text)}
    counted = [
        (sample.labels, sample.value)
        for sample in families["encore_deliveries"].samples
        if sample.name.endswith("_total")
    ]
    assert counted == [({"kind": "command", "name": "/it", "outcome": "answered"}, 2.0)]
    waiting = {sample.labels["status"]: sample.value for sample in families["encore_outbox_messages"].samples}
    assert waiting == {"queued": 0.0, "sending": 0.0, "dead": 0.0}


BODIES = st.one_of(
    st.binary(max_size=300),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "payload", "team", "user", "view", "actions", "enterprise", "container", "state"]),
            inner, max_size=4,
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
    st.dictionaries(
        st.sampled_from(["command", "payload", "team_id", "user_id", "trigger_id", "ssl_check", "type"]),
        st.sampled_from(["/it", "it", "{", "[]", "{}", '{"type":"block_actions"}', '{"type":"view_submission","view":3}',
                         '{"type":"block_actions","actions":[{"action_id":"it"}]}', "null", "1", "[" * 500]),
    ).map(lambda fields: urlencode(fields).encode()),
)  # fmt: skip


@pytest.mark.parametrize("is_signed", [True, False])
def test_no_body_whatever_breaks_the_door(cebu: House, *, is_signed: bool) -> None:
    guard, starlette = app(cebu, Counted())

    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(body=BODIES, kind=st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain"]))
    def knock(body: bytes, kind: str) -> None:
        async def once() -> int:
            headers = signed(body) if is_signed else signed(body, secret="another")
            async with door(guard, starlette) as http:
                answer = await http.post("/slack/events", content=body, headers=headers | {"Content-Type": kind})
                return answer.status_code

        status = asyncio.run(once())
        assert status < 500
        if not is_signed:
            assert status in {400, 401}

    knock()


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_what_was_signed_five_minutes_ago_is_refused(cebu: House, seconds: int) -> None:
    handler = Counted(Message("done", []))
    async with door(*app(cebu, handler)) as http:
        body = command(cebu)
        answer = await http.post("/slack/events", content=body, headers=signed(body, at=time.time() + seconds))
    assert (answer.status_code, handler.runs) == (401, [])
