"""Modals open once for each trigger, within three seconds, if Slack would take them."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.model import Channel, Json, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.triggers import LIFE_SECONDS, Triggers
from bot.sandbox.workspace import Workspace

from .apps import bolt_app, connected
from .rejects import DIVIDER, field, marked, plain
from .test_responses import Stopwatch


def modal(**fields: Any) -> Json:
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": [DIVIDER]} | fields


async def refusal(client: AsyncWebClient, trigger: str, view: Json) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=trigger, view=view)
    data = caught.value.response.data
    assert isinstance(data, dict)
    return data


async def test_a_command_opens_a_modal_once(
    sandbox: Sandbox, client: AsyncWebClient, workspace: Workspace, ana: Person, team: Channel
) -> None:
    received: list[dict[str, Any]] = []
    async with connected(sandbox, bolt_app(sandbox, received)):
        await sandbox.command(ana.slack_id, team.slack_id, "/mystats")
    trigger = received[0]["trigger_id"]
    view = (await client.views_open(trigger_id=trigger, view=modal(callback_id="form")))["view"]
    assert set(view) == {
        "id", "team_id", "type", "title", "submit", "close", "blocks", "private_metadata", "callback_id", "external_id",
        "state", "hash", "clear_on_close", "notify_on_close", "root_view_id", "previous_view_id", "app_id",
        "app_installed_team_id", "bot_id",
    }  # fmt: skip
    assert (view["root_view_id"], view["previous_view_id"], view["callback_id"]) == (view["id"], None, "form")
    assert view["blocks"][0]["block_id"]
    assert workspace.modals.stack(ana.slack_id) == [view]
    assert (await refusal(client, trigger, modal()))["error"] == "exchanged_trigger_id"


async def test_a_trigger_dies_after_three_seconds(
    client: AsyncWebClient, workspace: Workspace, ana: Person, ben: Person
) -> None:
    stopwatch = Stopwatch()
    workspace.triggers = Triggers(stopwatch)
    first, second = workspace.triggers.issue(ana.slack_id), workspace.triggers.issue(ben.slack_id)
    stopwatch.seconds = LIFE_SECONDS
    await client.views_open(trigger_id=first, view=modal())
    stopwatch.seconds += 0.1
    assert (await refusal(client, second, modal()))["error"] == "expired_trigger_id"
    assert (await refusal(client, "1.2.unknown", modal()))["error"] == "invalid_trigger_id"
    assert (workspace.modals.top(ana.slack_id) is not None, workspace.modals.top(ben.slack_id)) == (True, None)


REFUSED = [
    ({"title": plain(25)}, "must be less than 25 characters [json-pointer:/view/title/text]", {"title": plain(24)}),
    ({"title": marked()}, "unsupported type: mrkdwn [json-pointer:/view/title/type]", {"title": plain()}),
    ({"submit": plain(25)}, "must be less than 25 characters [json-pointer:/view/submit/text]", {"submit": plain(24)}),
    ({"close": plain(25)}, "must be less than 25 characters [json-pointer:/view/close/text]", {"close": plain(24)}),
    ({"private_metadata": "x" * 3_001}, "must be less than 3001 characters [json-pointer:/view/private_metadata]",
     {"private_metadata": "x" * 3_000}),
    ({"callback_id": "x" * 256}, "must be less than 256 characters [json-pointer:/view/callback_id]",
     {"callback_id": "x" * 255}),
    ({"external_id": "x" * 256}, "must be less than 256 characters [json-pointer:/view/external_id]",
     {"external_id": "x" * 255}),
    ({"colour": "red"}, "invalid additional property: colour [json-pointer:/view]", {"notify_on_close": True}),
    ({"type": "home"}, "unsupported type: home [json-pointer:/view/type]", {}),
    ({"blocks": [DIVIDER] * 101}, "no more than 100 items allowed [json-pointer:/view/blocks]",
     {"blocks": [DIVIDER] * 100}),
    ({"blocks": [{"type": "alert", "text": marked(201)}]},
     "must be less than 201 characters [json-pointer:/view/blocks/0/text/text]",
     {"blocks": [{"type": "alert", "text": marked(200), "level": "warning"}]}),
]  # fmt: skip


@pytest.mark.parametrize(("refused", "complaint", "allowed"), REFUSED, ids=range(len(REFUSED)))
async def test_a_refused_modal_leaves_the_trigger(
    client: AsyncWebClient, workspace: Workspace, ana: Person, refused: Json, complaint: str, allowed: Json
) -> None:
    trigger = workspace.triggers.issue(ana.slack_id)
    answer = await refusal(client, trigger, modal(**refused))
    assert answer["error"] == "invalid_arguments"
    assert complaint in answer["errors"]
    assert (await client.views_open(trigger_id=trigger, view=modal(**allowed)))["ok"]


async def test_a_form_needs_a_button_to_send_it(client: AsyncWebClient, workspace: Workspace, ana: Person) -> None:
    trigger = workspace.triggers.issue(ana.slack_id)
    form = {"type": "modal", "title": plain(), "blocks": field({"type": "file_input"})}
    answer = await refusal(client, trigger, form)
    assert answer["errors"] == ["must define `submit` to use an `input` block in modals [json-pointer:/view]"]
    assert (await client.views_open(trigger_id=trigger, view=form | {"submit": plain()}))["ok"]


async def test_an_external_id_names_one_view(
    client: AsyncWebClient, workspace: Workspace, ana: Person, ben: Person
) -> None:
    await client.views_open(trigger_id=workspace.triggers.issue(ana.slack_id), view=modal(external_id="form"))
    trigger = workspace.triggers.issue(ben.slack_id)
    assert (await refusal(client, trigger, modal(external_id="form")))["error"] == "duplicate_external_id"
    assert (await client.views_open(trigger_id=trigger, view=modal(external_id="other")))["ok"]


async def test_a_view_has_a_size(client: AsyncWebClient, workspace: Workspace, ana: Person) -> None:
    big = modal(blocks=[{"type": "section", "text": marked(3_000)} for _ in range(90)])
    answer = await refusal(client, workspace.triggers.issue(ana.slack_id), big)
    assert answer["error"] == "view_too_large"
