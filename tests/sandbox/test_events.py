"""Events: told as Slack tells them, to an app that asked and may know, again when they are not taken."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.events import REPEATS
from bot.sandbox.model import Channel, Person
from bot.sandbox.workspace import Workspace

from .documented import event_differences
from .listening import EVENTS, MANIFEST, SCOPES, Heard, Json, listening
from .test_interactions import WAYS

Deed = Callable[[Workspace, Person, Channel], Any]


def _join(workspace: Workspace, ana: Person, team: Channel) -> None:
    workspace.leave(team.slack_id, ana.slack_id)
    workspace.join(team.slack_id, ana.slack_id)


def _edit(workspace: Workspace, ana: Person, team: Channel) -> None:
    workspace.amend(team.slack_id, workspace.post(team.slack_id, ana.slack_id, "wrogn").ts, text="wrong")


def _delete(workspace: Workspace, ana: Person, team: Channel) -> None:
    workspace.delete(team.slack_id, workspace.post(team.slack_id, ana.slack_id, "never mind").ts)


def _reply(workspace: Workspace, ana: Person, team: Channel) -> None:
    said = workspace.post(team.slack_id, ana.slack_id, "Who knows?")
    workspace.post(team.slack_id, ana.slack_id, "I do", thread_ts=said.ts)


def _react(workspace: Workspace, ana: Person, team: Channel) -> None:
    said = workspace.post(team.slack_id, ana.slack_id, "Saved it")
    workspace.react(team.slack_id, said.ts, ana.slack_id, "tada")
    workspace.unreact(team.slack_id, said.ts, ana.slack_id, "tada")


def _private(workspace: Workspace, ana: Person, _: Channel) -> None:
    leads = workspace.add_channel("leads", kind="private", members=[ana.slack_id])
    workspace.post(leads.slack_id, ana.slack_id, "Between us")


def _alone(workspace: Workspace, ana: Person, _: Channel) -> None:
    own = workspace.conversation_of([ana.slack_id, workspace.bot_user.slack_id])
    workspace.post(own.slack_id, ana.slack_id, "Hello")


def _home(workspace: Workspace, ana: Person, _: Channel) -> None:
    own = workspace.conversation_of([ana.slack_id, workspace.bot_user.slack_id])
    workspace.open_home(ana.slack_id, own.slack_id, "messages")


def _file(workspace: Workspace, _: Person, team: Channel) -> None:
    file_id, secret = workspace.files.announce("stars.csv", 3)
    workspace.files.receive(secret, b"a,b")
    upload = workspace.files.received(file_id)
    assert upload is not None
    file = workspace.files.complete(upload, "Stars", workspace.bot_user.slack_id, workspace.clock.now())
    workspace.post_as_bot(team.slack_id, "Here", files=[file])


TOLD: list[tuple[str, str, Deed]] = [
    ("message", "message", lambda w, ana, team: w.post(team.slack_id, ana.slack_id, "Good morning")),
    ("message", "message", _private),
    ("message", "message/im", _alone),
    ("message", "message/thread_reply", _reply),
    ("message", "message/message_changed", _edit),
    ("message", "message/message_deleted", _delete),
    ("message", "message/own", lambda w, _, team: w.post_as_bot(team.slack_id, "I said it myself")),
    ("message", "message/file_share", _file),
    (
        "app_mention",
        "app_mention",
        lambda w, ana, team: w.post(team.slack_id, ana.slack_id, f"<@{w.bot_user.slack_id}> hello"),
    ),
    ("reaction_added", "reaction_added", _react),
    ("reaction_removed", "reaction_removed", _react),
    ("app_home_opened", "app_home_opened", _home),
    ("member_joined_channel", "member_joined_channel", _join),
    ("member_left_channel", "member_left_channel", _join),
    ("team_join", "team_join", lambda w, _, __: w.add_person("new.hire", email="new@sample.example")),
    ("user_change", "user_change", lambda w, ana, _: w.change_person(ana.slack_id, title="Lead")),
    ("channel_archive", "channel_archive", lambda w, ana, team: w.archive(team.slack_id, ana.slack_id)),
    ("channel_unarchive", "channel_unarchive", lambda w, ana, team: w.archive(team.slack_id, ana.slack_id, archived=False)),
    ("channel_rename", "channel_rename", lambda w, _, team: w.rename(team.slack_id, "helpdesk")),
    ("tokens_revoked", "tokens_revoked", lambda w, _, __: w.uninstall()),
    ("app_uninstalled", "app_uninstalled", lambda w, _, __: w.uninstall()),
]  # fmt: skip


@WAYS
@pytest.mark.parametrize(("kind", "row", "deed"), TOLD, ids=[row for _, row, _ in TOLD])
async def test_what_happens_is_told_as_slack_tells_it(
    workspace: Workspace, ana: Person, team: Channel, way: str, kind: str, row: str, deed: Deed
) -> None:
    heard = Heard()
    async with listening(workspace, way, heard):
        deed(workspace, ana, team)
        expected = 2 if row in {"message/thread_reply", "message/message_changed", "message/message_deleted"} else 1
        body = (await heard.wait_for(kind, expected))[-1]
    assert event_differences(row, body) == []


async def test_only_what_the_app_asked_for_and_may_know_is_told(
    workspace: Workspace, ana: Person, team: Channel
) -> None:
    heard = Heard()
    without_scope = [scope for scope in SCOPES if scope != "reactions:read"]
    without_event = [event for event in EVENTS if event != "user_change"]
    manifest = MANIFEST | {
        "oauth_config": {"scopes": {"bot": without_scope}},
        "settings": {"event_subscriptions": {"bot_events": without_event}},
    }
    elsewhere = workspace.add_channel("elsewhere", members=[ana.slack_id], with_bot=False)
    async with listening(workspace, "socket", heard, manifest=manifest):
        _react(workspace, ana, team)
        workspace.change_person(ana.slack_id, title="Lead")
        workspace.post(elsewhere.slack_id, ana.slack_id, f"<@{workspace.bot_user.slack_id}> are you here?")
        workspace.post(team.slack_id, ana.slack_id, "For one alone", ephemeral_to=ana.slack_id)
        workspace.post(team.slack_id, ana.slack_id, "The last word")
        await heard.wait_for("message", 2)
    assert [body["event"]["text"] for body in heard.bodies] == ["Saved it", "The last word"]


async def test_what_is_not_taken_is_told_again_with_its_number_and_the_reason(
    workspace: Workspace, ana: Person, team: Channel
) -> None:
    heard = Heard(down=True)
    async with listening(workspace, "http", heard, repeats=(0, 0.05, 0.1)) as sandbox:
        began = time.monotonic()
        workspace.post(team.slack_id, ana.slack_id, "Is anybody there?")
        bodies = await heard.wait_for("message", 4)
        took = time.monotonic() - began
        await asyncio.sleep(0.3)
        entries = [entry.outcome for entry in sandbox.record]
    assert took >= 0.15
    assert len(heard.of("message")) == 4
    assert len({body["event_id"] for body in bodies}) == 1
    assert [headers.get("x-slack-retry-num") for headers in heard.headers] == [None, ["1"], ["2"], ["3"]]
    assert [headers.get("x-slack-retry-reason") for headers in heard.headers][1:] == [["http_error"]] * 3
    assert entries[0] == "dispatch_failed, repeat 3: http_error"


async def test_what_is_taken_at_the_second_attempt_is_not_told_a_third_time(
    workspace: Workspace, ana: Person, team: Channel
) -> None:
    heard = Heard(down=True)
    async with listening(workspace, "http", heard, repeats=(0.05, 0.05, 0.05)):
        workspace.post(team.slack_id, ana.slack_id, "Is anybody there?")
        await heard.wait_for("message")
        heard.down = False
        await heard.wait_for("message", 2)
        await asyncio.sleep(0.2)
    assert len(heard.bodies) == 2


def test_events_are_repeated_at_once_after_a_minute_and_after_five() -> None:
    assert REPEATS == (0, 60, 300)


@WAYS
async def test_the_same_message_can_be_delivered_under_another_event_id(
    workspace: Workspace, ana: Person, team: Channel, way: str
) -> None:
    heard = Heard()
    async with listening(workspace, way, heard) as sandbox:
        sandbox.faults.deliver_twice()
        workspace.post(team.slack_id, ana.slack_id, "Once")
        first, second = await heard.wait_for("message", 2)
    assert first["event"] == second["event"]
    assert first["event_id"] != second["event_id"]
    assert all(headers.get("x-slack-retry-num") in (None, ["0"]) for headers in heard.headers)


async def test_who_uninstalls_the_app_ends_its_tokens_and_its_commands(
    workspace: Workspace, ana: Person, team: Channel
) -> None:
    heard = Heard()
    async with listening(workspace, "socket", heard) as sandbox:
        client = AsyncWebClient(workspace.bot_token, base_url=sandbox.api_url)
        workspace.uninstall()
        await heard.wait_for("app_uninstalled")
        answer = await sandbox.command(ana.slack_id, team.slack_id, "/ask")
        with pytest.raises(Exception, match=r"account_inactive|token_revoked"):
            await client.auth_test()
        workspace.post(team.slack_id, ana.slack_id, "Nobody hears this")
        await asyncio.sleep(0.1)
    told: list[Json] = heard.bodies
    assert answer.error == "unknown_command"
    assert {body["event"]["type"] for body in told} == {"tokens_revoked", "app_uninstalled"}
