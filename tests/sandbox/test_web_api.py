"""slack_sdk, unchanged, against the sandbox's Web API."""

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.model import Channel, Json, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace


async def refusal(client: AsyncWebClient, method: str, arguments: Json) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=arguments)
    return str(caught.value.response["error"])


async def test_the_app_learns_who_it_is(client: AsyncWebClient, sandbox: Sandbox) -> None:
    me = await client.auth_test()
    assert me["user_id"] == sandbox.workspace.bot_user.slack_id
    assert me["bot_id"] == sandbox.workspace.bot_id
    assert me["team_id"] == sandbox.workspace.team_id
    assert me["url"] == f"{sandbox.url}/"
    assert (await client.team_info())["team"]["domain"] == "sample"
    assert (await client.bots_info(bot=me["bot_id"]))["bot"]["user_id"] == me["user_id"]


async def test_tokens_are_looked_at(sandbox: Sandbox) -> None:
    async with httpx.AsyncClient(base_url=sandbox.api_url, trust_env=False) as http:
        assert (await http.post("auth.test")).json() == {"ok": False, "error": "not_authed"}
        in_query = await http.get("auth.test", params={"token": sandbox.workspace.bot_token})
        assert in_query.json()["error"] == "not_authed"
        in_form = await http.post("auth.test", data={"token": sandbox.workspace.bot_token})
        assert in_form.json()["ok"]
    stranger = AsyncWebClient("xoxb-somebody-else", base_url=sandbox.api_url)
    assert await refusal(stranger, "auth.test", {}) == "invalid_auth"
    app = AsyncWebClient(sandbox.workspace.app_token, base_url=sandbox.api_url)
    assert await refusal(app, "auth.test", {}) == "not_allowed_token_type"
    assert await refusal(app, "no.such.method", {}) == "unknown_method"


async def test_a_post_is_found_again_by_its_metadata(client: AsyncWebClient, team: Channel) -> None:
    metadata = {"event_type": "encore_board", "event_payload": {"id": "abc"}}
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Board*"}}]
    posted = await client.chat_postMessage(channel="#support", text="Board", blocks=blocks, metadata=metadata)
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
    span = {"channel": team.slack_id, "oldest": stamps[2], "latest": stamps[4]}
    between = await client.conversations_history(**span)
    assert [message["text"] for message in between["messages"]] == ["3"]
    inclusive = await client.conversations_history(**span, inclusive=True)
    assert [message["text"] for message in inclusive["messages"]] == ["4", "3", "2"]
    assert not inclusive["has_more"]


async def test_replies_and_private_words_are_not_in_the_history(
    client: AsyncWebClient, team: Channel, ana: Person
) -> None:
    root = await client.chat_postMessage(channel=team.slack_id, text="root")
    await client.chat_postMessage(channel=team.slack_id, text="reply", thread_ts=root["ts"])
    private = await client.chat_postEphemeral(channel=team.slack_id, user=ana.slack_id, text="psst")
    assert private["message_ts"]
    history = await client.conversations_history(channel=team.slack_id)
    assert [message["text"] for message in history["messages"]] == ["root"]


async def test_a_message_is_changed_linked_reacted_to_and_removed(client: AsyncWebClient, team: Channel) -> None:
    blocks = [{"type": "divider"}]
    said = await client.chat_postMessage(channel=team.slack_id, text="first", blocks=blocks)
    changed = await client.chat_update(channel=team.slack_id, ts=said["ts"], text="second")
    assert changed["message"]["text"] == "second"
    assert changed["message"]["blocks"][0]["type"] == "divider"
    link = await client.chat_getPermalink(channel=team.slack_id, message_ts=said["ts"])
    assert link["permalink"].endswith(f"/archives/{team.slack_id}/p{said['ts'].replace('.', '')}")
    await client.reactions_add(channel=team.slack_id, timestamp=said["ts"], name="tada")
    again = {"channel": team.slack_id, "timestamp": said["ts"], "name": "tada"}
    assert await refusal(client, "reactions.add", again) == "already_reacted"
    await client.chat_delete(channel=team.slack_id, ts=said["ts"])
    assert (await client.conversations_history(channel=team.slack_id))["messages"] == []


async def test_refusals_have_slacks_names(
    client: AsyncWebClient, workspace: Workspace, team: Channel, ana: Person
) -> None:
    aside = workspace.add_channel("aside", with_bot=False)
    secret = workspace.add_channel("secret", kind="private", with_bot=False)
    old = workspace.add_channel("old")
    old.is_archived = True
    post = "chat.postMessage"
    assert await refusal(client, post, {"channel": "#nowhere", "text": "x"}) == "channel_not_found"
    assert await refusal(client, post, {"channel": secret.slack_id, "text": "x"}) == "channel_not_found"
    assert await refusal(client, post, {"channel": aside.slack_id, "text": "x"}) == "not_in_channel"
    assert await refusal(client, post, {"channel": old.slack_id, "text": "x"}) == "is_archived"
    assert await refusal(client, post, {"channel": team.slack_id}) == "no_text"
    assert await refusal(client, post, {"text": "x"}) == "invalid_arguments"
    assert await refusal(client, "users.lookupByEmail", {"email": "no@sample.example"}) == "users_not_found"
    assert await refusal(client, "users.info", {"user": "U0NOBODY"}) == "user_not_found"
    assert await refusal(client, "conversations.history", {"channel": aside.slack_id}) == "not_in_channel"
    history = {"channel": team.slack_id, "cursor": "nonsense"}
    assert await refusal(client, "conversations.history", history) == "invalid_cursor"
    ephemeral = {"channel": aside.slack_id, "user": ana.slack_id, "text": "x"}
    assert await refusal(client, "chat.postEphemeral", ephemeral) == "not_in_channel"
    await client.conversations_join(channel=aside.slack_id)
    assert (await client.chat_postMessage(channel=aside.slack_id, text="now"))["ok"]
    assert await refusal(client, "chat.postEphemeral", ephemeral) == "user_not_in_channel"


async def test_people_and_channels_are_listed_in_pages(
    client: AsyncWebClient, workspace: Workspace, team: Channel, ana: Person
) -> None:
    workspace.add_channel("leads", kind="private", members=[ana.slack_id])
    names: list[str] = []
    async for page in await client.users_list(limit=2):
        names += [member["name"] for member in page["members"]]
    assert names == ["slackbot", "encore", "ana", "ben.reyes"]
    found = await client.users_lookupByEmail(email="ANA@sample.example")
    assert found["user"]["tz"] == "Europe/Belgrade"
    assert found["user"]["tz_offset"] == 3_600
    public = await client.conversations_list()
    assert [channel["name"] for channel in public["channels"]] == ["support"]
    both = await client.conversations_list(types="public_channel,private_channel")
    assert [channel["name"] for channel in both["channels"]] == ["support", "leads"]
    assert (await client.conversations_info(channel=team.slack_id))["channel"]["is_member"]
    members = (await client.conversations_members(channel=team.slack_id))["members"]
    assert workspace.bot_user.slack_id in members


async def test_a_conversation_is_opened_once(client: AsyncWebClient, workspace: Workspace, ana: Person) -> None:
    first = await client.conversations_open(users=ana.slack_id)
    direct = await client.chat_postMessage(channel=ana.slack_id, text="hello")
    assert first["channel"]["id"] == direct["channel"]
    full = await client.conversations_open(users=[ana.slack_id], return_im=True)
    assert full["channel"]["user"] == ana.slack_id


@pytest.mark.parametrize(
    ("blocks", "error"),
    [
        ([{"type": "divider"}] * 51, "invalid_blocks"),
        ([{"type": "hologram"}], "invalid_blocks"),
        (["divider"], "invalid_blocks"),
        ("not json", "invalid_blocks_format"),
    ],
)
async def test_blocks_are_looked_at(client: AsyncWebClient, team: Channel, blocks: object, error: str) -> None:
    arguments = {"channel": team.slack_id, "text": "x", "blocks": blocks}
    assert await refusal(client, "chat.postMessage", arguments) == error


async def test_a_workspace_without_the_blocks_of_2026_refuses_them(
    client: AsyncWebClient, workspace: Workspace, team: Channel
) -> None:
    chart = {
        "type": "data_visualization",
        "title": "Trend",
        "chart": {"type": "pie", "segments": [{"label": "Calls", "value": 1}]},
    }
    assert (await client.chat_postMessage(channel=team.slack_id, text="x", blocks=[chart]))["ok"]
    workspace.new_blocks = False
    arguments = {"channel": team.slack_id, "text": "x", "blocks": [chart]}
    assert await refusal(client, "chat.postMessage", arguments) == "invalid_blocks"


async def test_the_manifests_scopes_bind_the_token(workspace: Workspace, team: Channel) -> None:
    manifest = {"oauth_config": {"scopes": {"bot": ["chat:write"]}}}
    async with Sandbox(workspace, manifest).running() as sandbox:
        client = AsyncWebClient(workspace.bot_token, base_url=sandbox.api_url)
        await client.chat_postMessage(channel=team.slack_id, text="allowed")
        with pytest.raises(SlackApiError) as caught:
            await client.users_list()
    answer = caught.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "users:read", "chat:write")


async def test_a_home_is_kept_for_each_person(client: AsyncWebClient, workspace: Workspace, ana: Person) -> None:
    view = {"type": "home", "blocks": [{"type": "divider"}]}
    published = await client.views_publish(user_id=ana.slack_id, view=view)
    assert published["view"]["type"] == "home"
    assert workspace.home_views[ana.slack_id]["blocks"][0]["type"] == "divider"
