"""What the app says and reads through the Web API: messages, threads, histories, reactions."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.model import Channel, Json, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .test_web_api import refusal

DIVIDER: Json = {"type": "divider"}
SECTION: Json = {"type": "section", "text": {"type": "mrkdwn", "text": "*Board*"}}


async def texts(client: AsyncWebClient, channel: Channel, **arguments: Any) -> list[str]:
    history = await client.conversations_history(channel=channel.slack_id, **arguments)
    return [message["text"] for message in history["messages"]]


async def test_a_post_is_found_again_by_its_metadata(client: AsyncWebClient, team: Channel) -> None:
    metadata = {"event_type": "encore_board", "event_payload": {"id": "abc"}}
    posted = await client.chat_postMessage(channel="#support", text="Board", blocks=[SECTION], metadata=metadata)
    assert posted["channel"] == team.slack_id
    assert posted["message"]["metadata"] == metadata
    assert posted["message"]["blocks"][0]["block_id"]
    plain = await client.conversations_history(channel=team.slack_id)
    assert "metadata" not in plain["messages"][0]
    full = await client.conversations_history(channel=team.slack_id, include_all_metadata=True)
    assert full["messages"][0]["metadata"] == metadata
    assert full["messages"][0]["ts"] == posted["ts"]


async def test_history_comes_in_pages_newest_first(client: AsyncWebClient, team: Channel) -> None:
    stamps = [(await client.chat_postMessage(channel=team.slack_id, text=str(n)))["ts"] for n in range(7)]
    assert stamps == sorted(set(stamps))
    seen: list[str] = []
    async for page in await client.conversations_history(channel=team.slack_id, limit=3):
        assert len(page["messages"]) <= 3
        seen += [message["text"] for message in page["messages"]]
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]
    span: Json = {"oldest": stamps[2], "latest": stamps[4]}
    assert await texts(client, team, **span) == ["3"]
    assert await texts(client, team, **span, inclusive=True) == ["4", "3", "2"]


async def test_a_thread_is_told_on_its_first_message(client: AsyncWebClient, team: Channel, ana: Person) -> None:
    root = await client.chat_postMessage(channel=team.slack_id, text="root")
    alone = (await client.conversations_history(channel=team.slack_id))["messages"][0]
    assert alone.keys().isdisjoint({"thread_ts", "reply_count"})
    replies = [await client.chat_postMessage(channel=team.slack_id, text=t, thread_ts=root["ts"]) for t in ("a", "b")]
    private: Json = {"channel": team.slack_id, "user": ana.slack_id, "text": "psst", "thread_ts": root["ts"]}
    assert (await client.chat_postEphemeral(**private))["message_ts"]
    history = (await client.conversations_history(channel=team.slack_id))["messages"]
    assert [message["text"] for message in history] == ["root"]
    assert (history[0]["thread_ts"], history[0]["reply_count"]) == (root["ts"], 2)
    assert (history[0]["reply_users"], history[0]["reply_users_count"]) == ([root["message"]["user"]], 1)
    assert history[0]["latest_reply"] == replies[1]["ts"]
    assert replies[0]["message"]["parent_user_id"] == root["message"]["user"]


async def test_a_thread_is_read_from_its_first_message_on(
    client: AsyncWebClient, workspace: Workspace, team: Channel, ana: Person
) -> None:
    root = workspace.post(team.slack_id, ana.slack_id, "root")
    for text in ("a", "b", "c"):
        await client.chat_postMessage(channel=team.slack_id, text=text, thread_ts=root.ts)
    seen: list[str] = []
    async for page in await client.conversations_replies(channel=team.slack_id, ts=root.ts, limit=3):
        seen += [message["text"] for message in page["messages"]]
    assert seen == ["root", "a", "b", "c"]
    whole = (await client.conversations_replies(channel=team.slack_id, ts=root.ts))["messages"]
    assert (whole[0]["reply_count"], whole[1]["parent_user_id"]) == (3, ana.slack_id)
    after = await client.conversations_replies(channel=team.slack_id, ts=root.ts, oldest=whole[2]["ts"])
    assert [message["text"] for message in after["messages"]] == ["root", "c"]
    itself = await client.conversations_replies(channel=team.slack_id, ts=whole[1]["ts"])
    assert [message["text"] for message in itself["messages"]] == ["a"]


async def test_a_reply_to_a_reply_stays_in_the_thread(client: AsyncWebClient, team: Channel) -> None:
    root = await client.chat_postMessage(channel=team.slack_id, text="root")
    reply = await client.chat_postMessage(channel=team.slack_id, text="reply", thread_ts=root["ts"])
    deeper = await client.chat_postMessage(channel=team.slack_id, text="deeper", thread_ts=reply["ts"])
    assert deeper["message"]["thread_ts"] == root["ts"]


async def test_a_reply_may_be_sent_to_the_channel_too(client: AsyncWebClient, team: Channel) -> None:
    root = await client.chat_postMessage(channel=team.slack_id, text="root")
    thread: Json = {"channel": team.slack_id, "thread_ts": root["ts"]}
    await client.chat_postMessage(**thread, text="quiet")
    await client.chat_postMessage(**thread, text="loud", reply_broadcast=True)
    loud = (await client.conversations_history(channel=team.slack_id))["messages"][0]
    assert (loud["text"], loud["subtype"], loud["root"]["text"]) == ("loud", "thread_broadcast", "root")
    assert await texts(client, team) == ["loud", "root"]
    # Without a thread there is nothing to send on.
    plain = await client.chat_postMessage(channel=team.slack_id, text="plain", reply_broadcast=True)
    assert "subtype" not in plain["message"]


async def test_who_replies_to_what_is_gone_says_it_to_everybody(client: AsyncWebClient, team: Channel) -> None:
    root = await client.chat_postMessage(channel=team.slack_id, text="root")
    await client.chat_delete(channel=team.slack_id, ts=root["ts"])
    late = await client.chat_postMessage(channel=team.slack_id, text="late", thread_ts=root["ts"])
    assert "thread_ts" not in late["message"]
    assert await texts(client, team) == ["late"]


async def test_what_one_person_sees_has_no_metadata(client: AsyncWebClient, team: Channel, ana: Person) -> None:
    metadata = {"event_type": "board", "event_payload": {}}
    told: Json = {"channel": team.slack_id, "text": "psst", "metadata": metadata}
    await client.chat_postEphemeral(**told, user=ana.slack_id)
    await client.chat_postMessage(**told)
    assert [message.metadata for message in team.messages] == [None, metadata]
    assert await texts(client, team) == ["psst"]


async def test_arguments_that_change_nothing_here_are_taken(client: AsyncWebClient, team: Channel) -> None:
    said = await client.chat_postMessage(
        channel=team.slack_id, text="x", mrkdwn=False, parse="none", link_names=False, unfurl_links=False,
        unfurl_media=False, username="Somebody", icon_emoji=":tada:", no_such_argument=1,
    )  # fmt: skip
    assert said["message"].keys().isdisjoint({"username", "icons", "no_such_argument"})


async def test_a_person_is_written_to_by_their_id(client: AsyncWebClient, workspace: Workspace, ana: Person) -> None:
    said = await client.chat_postMessage(channel=ana.slack_id, text="hello")
    direct = workspace.channel(said["channel"])
    assert (direct.kind, set(direct.members)) == ("im", {ana.slack_id, workspace.bot_user.slack_id})
    assert (await client.chat_postMessage(channel=ana.slack_id, text="again"))["channel"] == direct.slack_id
    assert await texts(client, direct) == ["again", "hello"]


async def test_an_app_without_a_messages_tab_writes_to_nobody(workspace: Workspace, team: Channel, ana: Person) -> None:
    manifest = {"features": {"app_home": {"messages_tab_enabled": False}}}
    async with Sandbox(workspace, manifest).running() as sandbox:
        client = AsyncWebClient(workspace.bot_token, base_url=sandbox.api_url)
        assert await refusal(client, "chat.postMessage", channel=ana.slack_id, text="x") == "messages_tab_disabled"
        assert (await client.chat_postMessage(channel=team.slack_id, text="x"))["ok"]


async def test_a_message_is_changed_and_removed(client: AsyncWebClient, team: Channel) -> None:
    said = await client.chat_postMessage(channel=team.slack_id, text="first")
    changed = await client.chat_update(channel=team.slack_id, ts=said["ts"], text="second")
    assert (changed["text"], changed["message"]["text"]) == ("second", "second")
    assert changed["message"]["edited"]["user"] == said["message"]["user"]
    await client.chat_delete(channel=team.slack_id, ts=said["ts"])
    assert await texts(client, team) == []


async def test_what_a_change_leaves_as_it_was(client: AsyncWebClient, team: Channel) -> None:
    metadata = {"event_type": "board", "event_payload": {"id": "1"}}
    said = await client.chat_postMessage(channel=team.slack_id, text="first", blocks=[DIVIDER], metadata=metadata)
    message = team.messages[0]
    place: Json = {"channel": team.slack_id, "ts": said["ts"]}
    # As slack_sdk warns of a change without text, it is sent as plain JSON.
    await client.api_call("chat.update", json=place | {"blocks": [SECTION, DIVIDER]})
    assert (message.text, len(message.blocks), message.metadata) == ("first", 2, metadata)
    assert message.edited_ts is None
    await client.api_call("chat.update", json=place | {"attachments": [{"text": "note"}]})
    assert (len(message.blocks), len(message.attachments)) == (2, 1)
    await client.chat_update(**place, text="second", metadata={})
    assert (message.text, message.blocks, message.metadata) == ("second", [], None)
    assert (len(message.attachments), message.edited_ts is None) == (1, False)


async def test_a_message_has_an_address(client: AsyncWebClient, sandbox: Sandbox, team: Channel) -> None:
    root = await client.chat_postMessage(channel=team.slack_id, text="root")
    reply = await client.chat_postMessage(channel=team.slack_id, text="reply", thread_ts=root["ts"])

    async def link(ts: str) -> str:
        return str((await client.chat_getPermalink(channel=team.slack_id, message_ts=ts))["permalink"])

    archive = f"{sandbox.url}/archives/{team.slack_id}"
    assert await link(root["ts"]) == f"{archive}/p{root['ts'].replace('.', '')}"
    thread = f"?thread_ts={root['ts']}&cid={team.slack_id}"
    assert await link(reply["ts"]) == f"{archive}/p{reply['ts'].replace('.', '')}{thread}"


async def test_reactions_come_are_seen_and_go(
    client: AsyncWebClient, workspace: Workspace, team: Channel, ana: Person
) -> None:
    said = workspace.post(team.slack_id, ana.slack_id, "well done")
    workspace.react(team.slack_id, said.ts, ana.slack_id, "+1")
    place: Json = {"channel": team.slack_id, "timestamp": said.ts}
    for name in ("thumbsup", "wave::skin-tone-3"):
        await client.reactions_add(**place, name=name)
    found = await client.reactions_get(**place)
    assert (found["type"], found["channel"], found["message"]["text"]) == ("message", team.slack_id, "well done")
    bot = workspace.bot_user.slack_id
    # Slack keeps the reaction under its first name, whichever was given.
    assert found["message"]["reactions"] == [
        {"name": "+1", "users": [ana.slack_id, bot], "count": 2},
        {"name": "wave::skin-tone-3", "users": [bot], "count": 1},
    ]
    for name in ("+1", "wave::skin-tone-3"):
        await client.reactions_remove(**place, name=name)
    assert said.reactions == {"+1": [ana.slack_id]}


@pytest.mark.parametrize(
    ("blocks", "error"),
    [([DIVIDER] * 51, "invalid_blocks"), (["divider"], "invalid_blocks"), ("not json", "invalid_blocks_format")],
)
async def test_blocks_are_looked_at(client: AsyncWebClient, team: Channel, blocks: object, error: str) -> None:
    assert await refusal(client, "chat.postMessage", channel=team.slack_id, text="x", blocks=blocks) == error


async def test_a_workspace_without_the_blocks_of_2026_refuses_them(
    client: AsyncWebClient, workspace: Workspace, team: Channel
) -> None:
    chart = {
        "type": "data_visualization",
        "title": "Trend",
        "chart": {"type": "pie", "segments": [{"label": "Calls", "value": 1}]},
    }
    arguments: Json = {"channel": team.slack_id, "text": "x", "blocks": [chart]}
    assert (await client.chat_postMessage(**arguments))["ok"]
    workspace.new_blocks = False
    assert await refusal(client, "chat.postMessage", **arguments) == "invalid_blocks"
