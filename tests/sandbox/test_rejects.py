"""The table of rejects, sent with slack_sdk as plain JSON; and what Encore itself sends is let through."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given, settings
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.board import BoardPost
from bot.domain.mystats import Answer
from bot.sandbox.content import read_content
from bot.sandbox.model import Channel, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace
from bot.views import board, mystats
from bot.views.message import Message
from tests.views.values import DAY, NAMES, NO_FIGURES, STATS, UNKNOWN, answers, names, newcomers_board, posts

from .rejects import DIVIDER, REJECTS, Reject, cell, marked, section, table
from .rejects_of_values import VALUES, VIEWS, ViewReject


# One sandbox for the whole table: starting one for each row would take longer than all the rules together.
@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def slack() -> AsyncIterator[AsyncWebClient]:
    workspace = Workspace(rates=False)
    workspace.add_channel("rules")
    async with Sandbox(workspace, {}).running() as sandbox:
        yield AsyncWebClient(workspace.bot_token, base_url=sandbox.api_url)


async def refused(client: AsyncWebClient, method: str, **arguments: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=arguments)
    data = caught.value.response.data
    assert isinstance(data, dict)
    return data


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("row", REJECTS + VALUES, ids=lambda row: str(row.rule))
async def test_rule(slack: AsyncWebClient, row: Reject) -> None:
    answer = await refused(slack, "chat.postMessage", channel="#rules", text="x", blocks=row.refused)
    assert answer["error"] == "invalid_blocks"
    assert row.complaint in answer["errors"]
    assert f"[ERROR] {row.complaint}" in answer["response_metadata"]["messages"]
    assert (await slack.chat_postMessage(channel="#rules", text="x", blocks=row.allowed))["ok"]


def test_every_rule_has_a_name_of_its_own() -> None:
    names = [row.rule for row in REJECTS + VALUES] + [row.rule for row in VIEWS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("row", VIEWS, ids=lambda row: row.rule)
async def test_rule_of_views(client: AsyncWebClient, workspace: Workspace, ana: Person, row: ViewReject) -> None:
    def shown(view: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        if view["type"] == "home":
            return "views.publish", {"user_id": ana.slack_id, "view": view}
        return "views.open", {"trigger_id": workspace.triggers.issue(ana.slack_id), "view": view}

    method, arguments = shown(row.refused)
    answer = await refused(client, method, **arguments)
    assert (answer["error"], answer["errors"]) == ("invalid_arguments", [row.complaint])
    method, arguments = shown(row.allowed)
    assert (await client.api_call(method, json=arguments))["ok"]


async def test_a_message_as_a_whole_has_little_room(client: AsyncWebClient, team: Channel) -> None:
    room = [section(text=marked(3_000)) for _ in range(4)]
    await client.chat_postMessage(channel=team.slack_id, text="x", blocks=[*room, section(text=marked(700))])
    over = [*room, section(text=marked(1_000))]
    answer = await refused(client, "chat.postMessage", channel=team.slack_id, text="x", blocks=over)
    assert answer["error"] == "msg_blocks_too_long"


async def test_one_table_a_message(client: AsyncWebClient, team: Channel) -> None:
    answer = await refused(client, "chat.postMessage", channel=team.slack_id, text="x", blocks=table([[cell()]]) * 2)
    assert (answer["error"], answer["errors"]) == ("invalid_attachments", ["only_one_table_allowed"])


ATTACHMENTS = [
    (["words"], "must be an object [json-pointer:/attachments/0]"),
    ("words", "must be an array [json-pointer:/attachments]"),
    ([{"blocks": 5}], "must be an array [json-pointer:/attachments/0/blocks]"),
    ([{"blocks": [{"type": "hologram"}]}], "unsupported type: hologram [json-pointer:/attachments/0/blocks/0/type]"),
    ([{"blocks": [DIVIDER] * 30}] * 2, "no more than 50 items allowed [json-pointer:/attachments]"),
    ([{"blocks": table([[cell()]])}] * 2, "only_one_table_allowed"),
]


@pytest.mark.parametrize(("attachments", "complaint"), ATTACHMENTS, ids=lambda value: str(value)[:40])
async def test_blocks_in_attachments_are_checked_too(
    client: AsyncWebClient, team: Channel, attachments: Any, complaint: str
) -> None:
    wrong = {"channel": team.slack_id, "text": "x", "attachments": attachments}
    if isinstance(attachments, str):
        wrong["attachments"] = f'"{attachments}"'
    answer = await refused(client, "chat.postMessage", **wrong)
    assert (answer["error"], answer["errors"]) == ("invalid_attachments", [complaint])


async def test_blocks_in_attachments_share_the_message_s_room(client: AsyncWebClient, team: Channel) -> None:
    room: dict[str, Any] = {
        "channel": team.slack_id,
        "text": "x",
        "blocks": [section(text=marked(3_000)) for _ in range(3)],
    }
    small, large = ([{"blocks": [section(text=marked(3_000))] * count}] for count in (1, 2))
    posted = await client.chat_postMessage(**room, attachments=small)
    assert posted["message"]["attachments"][0]["blocks"][0]["block_id"]
    answer = await refused(client, "chat.postMessage", **room, attachments=large)
    assert answer["error"] == "msg_blocks_too_long"


async def test_a_very_long_text_is_cut(client: AsyncWebClient, team: Channel) -> None:
    await client.chat_postMessage(channel=team.slack_id, text="x" * 40_001)
    await client.chat_postMessage(channel=team.slack_id, text="y" * 40_000)
    assert [len(message.text) for message in team.messages] == [40_000, 40_000]


async def test_a_home_takes_a_hundred_blocks(client: AsyncWebClient, ana: Person) -> None:
    await client.views_publish(user_id=ana.slack_id, view={"type": "home", "blocks": [DIVIDER] * 100})
    view = {"type": "home", "blocks": [DIVIDER] * 101}
    answer = await refused(client, "views.publish", user_id=ana.slack_id, view=view)
    assert answer["errors"] == ["no more than 100 items allowed [json-pointer:/view/blocks]"]


@pytest.mark.parametrize("kind", ["card", "carousel", "container", "data_table", "data_visualization"])
async def test_each_block_of_2026_can_be_switched_off(
    client: AsyncWebClient, workspace: Workspace, team: Channel, kind: str
) -> None:
    blocks = next(row.allowed for row in REJECTS if row.allowed[0]["type"] == kind)
    await client.chat_postMessage(channel=team.slack_id, text="x", blocks=blocks)
    workspace.new_blocks = False
    answer = await refused(client, "chat.postMessage", channel=team.slack_id, text="x", blocks=blocks)
    assert answer["errors"] == [f"unsupported type: {kind} [json-pointer:/blocks/0/type]"]


NATIVE = [
    *(board.native(post, NAMES) for post in (DAY, newcomers_board())),
    *(mystats.native(answer) for answer in (STATS, NO_FIGURES, UNKNOWN)),
]
CLASSIC = [
    *(board.classic(post, NAMES) for post in (DAY, newcomers_board())),
    *(mystats.classic(answer) for answer in (STATS, NO_FIGURES, UNKNOWN)),
]


@pytest.mark.parametrize(("messages", "new_blocks"), [(NATIVE, True), (CLASSIC, False)], ids=["native", "classic"])
async def test_what_encore_sends_is_taken(
    client: AsyncWebClient, workspace: Workspace, team: Channel, messages: list[Message], new_blocks: bool
) -> None:
    workspace.new_blocks = new_blocks
    for message in messages:
        posted = await client.chat_postMessage(channel=team.slack_id, text=message.text, blocks=message.blocks)
        assert len(posted["message"]["blocks"]) == len(message.blocks)


def taken(message: Message, *, new_blocks: bool) -> bool:
    content = read_content({"text": message.text, "blocks": message.blocks}, new_blocks=new_blocks)
    return len(content.blocks) == len(message.blocks)


@settings(deadline=None)
@given(post=posts(), called=names, answer=answers)
def test_whatever_encore_may_ever_send_is_taken(post: BoardPost, called: dict[int, str], answer: Answer) -> None:
    assert taken(board.native(post, called), new_blocks=True)
    assert taken(board.classic(post, called), new_blocks=False)
    assert taken(mystats.native(answer), new_blocks=True)
    assert taken(mystats.classic(answer), new_blocks=False)
