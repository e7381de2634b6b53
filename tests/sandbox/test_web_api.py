"""slack_sdk, unchanged, against the sandbox's Web API: who the app is, what it may, and whom it finds."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.model import Channel, Json, Person
from bot.sandbox.page import mrkdwn, rich_text
from bot.sandbox.page.reader import Reader
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace


async def refused(client: AsyncWebClient, method: str, **arguments: object) -> Json:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=arguments)
    data = caught.value.response.data
    assert isinstance(data, dict)
    return data


async def refusal(client: AsyncWebClient, method: str, **arguments: object) -> str:
    return str((await refused(client, method, **arguments))["error"])


async def test_the_app_learns_who_it_is(client: AsyncWebClient, sandbox: Sandbox) -> None:
    me = await client.auth_test()
    assert me["user_id"] == sandbox.workspace.bot_user.slack_id
    assert me["bot_id"] == sandbox.workspace.bot_id
    assert me["team_id"] == sandbox.workspace.team_id
    assert me["url"] == f"{sandbox.url}/"
    assert (await client.team_info())["team"]["domain"] == "sample"
    assert (await client.bots_info(bot=me["bot_id"]))["bot"]["user_id"] == me["user_id"]
    mine = (await client.users_profile_get())["profile"]
    assert (mine["bot_id"], mine["real_name"]) == (me["bot_id"], "Encore")


async def test_tokens_are_looked_at(sandbox: Sandbox) -> None:
    stranger = AsyncWebClient("xoxb-somebody-else", base_url=sandbox.api_url)
    assert await refusal(stranger, "auth.test") == "invalid_auth"
    assert await refusal(stranger, "chat.postMessage") == "invalid_auth"
    app = AsyncWebClient(sandbox.workspace.app_token, base_url=sandbox.api_url)
    assert await refusal(app, "auth.test") == "not_allowed_token_type"
    assert await refusal(app, "files.upload") == "unknown_method"


async def test_after_it_was_removed_the_bot_is_nobody(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await client.auth_test()
    sandbox.workspace.uninstall()
    assert await refusal(client, "auth.test") == "account_inactive"
    assert await refusal(client, "chat.postMessage") == "account_inactive"
    assert (await client.api_test())["ok"]
    app = AsyncWebClient(sandbox.workspace.app_token, base_url=sandbox.api_url)
    opened = await app.apps_connections_open(app_token=sandbox.workspace.app_token)
    assert opened["url"].startswith("ws://")


async def test_what_is_missing_is_named(client: AsyncWebClient) -> None:
    answer = await refused(client, "conversations.replies")
    fields = [f"[ERROR] missing required field: {field}" for field in ("channel", "ts")]
    assert (answer["error"], answer["response_metadata"]["messages"]) == ("invalid_arguments", fields)


async def test_the_manifests_scopes_bind_the_token(workspace: Workspace, team: Channel) -> None:
    manifest = {"oauth_config": {"scopes": {"bot": ["chat:write"]}}}
    async with Sandbox(workspace, manifest).running() as sandbox:
        client = AsyncWebClient(workspace.bot_token, base_url=sandbox.api_url)
        said = await client.chat_postMessage(channel=team.slack_id, text="allowed")
        answer = await refused(client, "users.list")
    assert said.headers["x-oauth-scopes"] == "chat:write"
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "users:read", "chat:write")


async def test_each_kind_of_channel_has_a_scope_of_its_own(workspace: Workspace, team: Channel, ana: Person) -> None:
    leads = workspace.add_channel("leads", kind="private", members=[ana.slack_id])
    direct = workspace.conversation_of([workspace.bot_user.slack_id, ana.slack_id])
    manifest = {"oauth_config": {"scopes": {"bot": ["channels:history", "groups:history", "channels:read"]}}}
    async with Sandbox(workspace, manifest).running() as sandbox:
        client = AsyncWebClient(workspace.bot_token, base_url=sandbox.api_url)
        for channel in (team, leads):
            await client.conversations_history(channel=channel.slack_id)
        assert (await refused(client, "conversations.history", channel=direct.slack_id))["needed"] == "im:history"
        await client.conversations_info(channel=team.slack_id)
        assert (await refused(client, "conversations.info", channel=leads.slack_id))["needed"] == "groups:read"
        await client.conversations_list(types="public_channel")
        both = await refused(client, "conversations.list", types="public_channel,im")
    assert (both["error"], both["needed"]) == ("missing_scope", "im:read")


@pytest.mark.parametrize(("scopes", "shown"), [([], False), (["users:read.email"], True)])
async def test_addresses_are_shown_to_those_who_may_see_them(
    workspace: Workspace, ana: Person, scopes: list[str], shown: bool
) -> None:
    manifest = {"oauth_config": {"scopes": {"bot": ["users:read", "users.profile:read", *scopes]}}}
    async with Sandbox(workspace, manifest).running() as sandbox:
        client = AsyncWebClient(workspace.bot_token, base_url=sandbox.api_url)
        one = (await client.users_info(user=ana.slack_id))["user"]
        among = next(each for each in (await client.users_list())["members"] if each["id"] == ana.slack_id)
        profile = (await client.users_profile_get(user=ana.slack_id))["profile"]
    assert [seen.get("email") for seen in (one["profile"], among["profile"], profile)] == [
        ana.email if shown else None
    ] * 3
    assert profile["title"] == "Agent"


async def test_a_home_is_kept_for_each_person(workspace: Workspace, ana: Person) -> None:
    view = {"type": "home", "blocks": [{"type": "divider"}]}
    async with Sandbox(workspace, {"features": {"app_home": {"home_tab_enabled": True}}}).running() as sandbox:
        client = AsyncWebClient(workspace.bot_token, base_url=sandbox.api_url)
        published = await client.views_publish(user_id=ana.slack_id, view=view)
    assert published["view"]["type"] == "home"
    assert workspace.home_views[ana.slack_id]["blocks"][0]["type"] == "divider"


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
    members = (await client.conversations_members(channel=team.slack_id))["members"]
    assert workspace.bot_user.slack_id in members


async def test_of_people_who_left_little_is_said(client: AsyncWebClient, workspace: Workspace, ana: Person) -> None:
    assert "tz" in (await client.users_info(user=ana.slack_id))["user"]
    workspace.change_person(ana.slack_id, deleted=True)
    gone = (await client.users_info(user=ana.slack_id))["user"]
    assert gone["deleted"]
    assert "tz" not in gone
    assert await refusal(client, "users.lookupByEmail", email=ana.email) == "users_not_found"


async def test_a_channel_is_described_and_counted(client: AsyncWebClient, team: Channel) -> None:
    about = (await client.conversations_info(channel=team.slack_id))["channel"]
    assert about["is_member"]
    assert about["last_read"] == "0000000000.000000"
    assert "num_members" not in about
    counted = await client.conversations_info(channel=team.slack_id, include_num_members=True)
    assert counted["channel"]["num_members"] == 3
    said = await client.chat_postMessage(channel=team.slack_id, text="x")
    assert (await client.conversations_info(channel=team.slack_id))["channel"]["last_read"] == said["ts"]


async def test_whose_channels_are_whose(
    client: AsyncWebClient, workspace: Workspace, team: Channel, ana: Person, ben: Person
) -> None:
    workspace.add_channel("leads", kind="private", members=[ana.slack_id])
    workspace.add_channel("secret", kind="private", members=[ana.slack_id], with_bot=False)
    workspace.add_channel("aside", members=[ben.slack_id], with_bot=False)

    async def channels(user: str | None = None) -> list[str]:
        found = await client.users_conversations(types="public_channel,private_channel", user=user)
        return [channel["name"] for channel in found["channels"]]

    assert await channels() == ["support", "leads"]
    assert await channels(user=ana.slack_id) == ["support", "leads"]
    assert await channels(user=ben.slack_id) == ["support", "aside"]


async def test_a_conversation_is_opened_once(client: AsyncWebClient, ana: Person) -> None:
    first = await client.conversations_open(users=ana.slack_id)
    assert "already_open" not in first.data
    direct = await client.chat_postMessage(channel=ana.slack_id, text="hello")
    assert first["channel"]["id"] == direct["channel"]
    again = await client.conversations_open(users=[ana.slack_id], return_im=True)
    assert again["already_open"]
    assert again["channel"]["user"] == ana.slack_id


async def test_the_bot_comes_and_goes_and_brings_people(
    client: AsyncWebClient, workspace: Workspace, ana: Person, ben: Person
) -> None:
    aside = workspace.add_channel("aside", members=[ana.slack_id], with_bot=False)
    joined = await client.conversations_join(channel=aside.slack_id)
    assert joined["channel"]["is_member"]
    assert (await client.conversations_join(channel=aside.slack_id))["warning"] == "already_in_channel"
    await client.conversations_invite(channel=aside.slack_id, users=[ben.slack_id])
    await client.conversations_kick(channel=aside.slack_id, user=ana.slack_id)
    assert aside.members == [workspace.bot_user.slack_id, ben.slack_id]
    assert "not_in_channel" not in (await client.conversations_leave(channel=aside.slack_id)).data
    assert (await client.conversations_leave(channel=aside.slack_id))["not_in_channel"]
    assert aside.members == [ben.slack_id]


async def test_one_who_cannot_be_invited_holds_all_back(
    client: AsyncWebClient, workspace: Workspace, team: Channel
) -> None:
    cy = workspace.add_person("cy")
    users = f"{cy.slack_id},U0NOBODY"
    answer = await refused(client, "conversations.invite", channel=team.slack_id, users=users)
    assert answer["errors"] == [{"user": "U0NOBODY", "ok": False, "error": "user_not_found"}]
    assert cy.slack_id not in team.members


async def test_groups_are_listed_with_what_is_asked_for(
    client: AsyncWebClient, workspace: Workspace, ana: Person, ben: Person
) -> None:
    leads = workspace.add_usergroup("leads", "Team leads", members=[ana.slack_id, ben.slack_id])
    workspace.add_usergroup("night-shift", "Night shift", disabled=True)
    plain = (await client.usergroups_list())["usergroups"]
    assert [(group["handle"], group["name"]) for group in plain] == [("leads", "Team leads")]
    assert plain[0].keys().isdisjoint({"users", "user_count"})
    full = await client.usergroups_list(include_users=True, include_count=True, include_disabled=True)
    assert [group["user_count"] for group in full["usergroups"]] == [2, 0]
    assert full["usergroups"][0]["users"] == [ana.slack_id, ben.slack_id]
    assert full["usergroups"][1]["date_delete"] > 0
    assert (await client.usergroups_users_list(usergroup=leads.slack_id))["users"] == [ana.slack_id, ben.slack_id]


def test_a_group_is_mentioned_by_its_handle(workspace: Workspace, ana: Person, ben: Person) -> None:
    leads = workspace.add_usergroup("leads", "Team leads", members=[ana.slack_id])
    for_ana, for_ben = '<span class="mention mention-me">@leads</span>', '<span class="mention">@leads</span>'
    assert mrkdwn.draw(f"<!subteam^{leads.slack_id}>", Reader(workspace, ana)) == for_ana
    assert mrkdwn.draw(f"<!subteam^{leads.slack_id}|@old-name>", Reader(workspace, ben)) == for_ben
    assert "@gone" in mrkdwn.draw("<!subteam^S0GONE|@gone>", Reader(workspace, ben))
    mention = {"type": "usergroup", "usergroup_id": leads.slack_id}
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [mention]}]}
    assert for_ana in rich_text.draw(block, Reader(workspace, ana))
