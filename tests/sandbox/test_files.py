"""Files: uploaded with slack_sdk and by hand, shared where they belong, and had on the page by who may see them."""

import json
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.model import Channel, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .browsing import address
from .conftest import MANIFEST
from .documented import DOCUMENTED, differences

WORDS = b"name,stars\r\nAna,5\r\n\r\n--\r\n"


async def announced(client: AsyncWebClient, name: str = "stars.csv") -> tuple[str, str]:
    answer = await client.files_getUploadURLExternal(filename=name, length=len(WORDS))
    assert differences(DOCUMENTED["files.getUploadURLExternal"], answer.data) == []
    return answer["upload_url"], answer["file_id"]


async def test_slack_sdk_uploads_a_file_into_a_conversation(
    sandbox: Sandbox, client: AsyncWebClient, workspace: Workspace, ana: Person, ben: Person, team: Channel
) -> None:
    direct = (await client.conversations_open(users=ana.slack_id))["channel"]["id"]
    sent = await client.files_upload_v2(
        channel=direct, filename="stars.csv", content=WORDS, title="Your stars", initial_comment="For you."
    )
    (said,) = workspace.channel(direct).messages
    (file,) = said.files
    assert (said.text, file.name, file.title, file.content) == ("For you.", "stars.csv", "Your stars", WORDS)
    # slack_sdk adds the one file by itself.
    answered = {name: sent[name] for name in ("ok", "files")}
    assert differences(DOCUMENTED["files.completeUploadExternal"], answered) == []
    told = await client.files_info(file=file.slack_id)
    assert differences(DOCUMENTED["files.info"], told.data) == []
    assert (told["file"]["mimetype"], told["file"]["size"], told["file"]["ims"]) == ("text/csv", len(WORDS), [direct])
    (listed,) = (await client.conversations_history(channel=direct))["messages"]
    assert [one["id"] for one in listed["files"]] == [file.slack_id]
    assert {(e.title, e.outcome) for e in sandbox.record} >= {("upload", "ok")}

    # On the page it is for who sees the conversation.
    async with httpx.AsyncClient(base_url=sandbox.url) as http:
        had = await http.get("/file", params={"as": ana.slack_id, "id": file.slack_id})
        assert (had.content, had.headers["content-type"]) == (WORDS, "text/csv; charset=utf-8")
        assert had.headers["content-disposition"] == "attachment; filename*=UTF-8''stars.csv"
        for someone in (ben.slack_id, "U0NOBODY"):
            assert (await http.get("/file", params={"as": someone, "id": file.slack_id})).status_code == 404
        elsewhere = {"sec-fetch-site": "cross-site"}
        refused = await http.get("/file", params={"as": ana.slack_id, "id": file.slack_id}, headers=elsewhere)
        assert refused.status_code == 403
        await client.files_delete(file=file.slack_id)
        assert (await http.get("/file", params={"as": ana.slack_id, "id": file.slack_id})).status_code == 404
    (listed,) = (await client.conversations_history(channel=direct))["messages"]
    assert listed["files"] == [{"id": file.slack_id, "mode": "tombstone"}]
    assert team.messages == []


async def test_it_is_sent_raw_or_in_a_form_and_has_to_be_what_was_announced(
    sandbox: Sandbox, client: AsyncWebClient, workspace: Workspace
) -> None:
    async with httpx.AsyncClient() as http:
        for sent in ({"content": WORDS}, {"files": {"filename": ("stars.csv", WORDS, "text/csv")}}):
            url, file_id = await announced(client)
            assert url.startswith(f"{sandbox.url}/upload/v1/")
            assert (await http.post(url, **sent)).text == f"OK - {len(WORDS)}"
            await client.files_completeUploadExternal(files=[{"id": file_id}])
            assert workspace.files.known[file_id].content == WORDS
            # The address was for once, and without a channel nobody sees the file.
            assert (await http.post(url, **sent)).status_code == 400
            assert workspace.files.known[file_id].channels == []
        wrong: list[dict[str, Any]] = [
            {"content": WORDS[1:]}, {"content": WORDS * 5_000}, {"content": b""}, {"files": {"words": (None, WORDS)}},
        ]  # fmt: skip
        for sent in wrong:
            url, file_id = await announced(client)
            assert (await http.post(url, **sent)).status_code == 400
            with pytest.raises(SlackApiError, match="file_not_found"):
                await client.files_completeUploadExternal(files=[{"id": file_id}])
        assert (await http.post(f"{sandbox.url}/upload/v1/nobody-knows", content=WORDS)).status_code == 400


async def test_without_the_scope_nothing_is_uploaded(workspace: Workspace) -> None:
    manifest = MANIFEST | {"oauth_config": {"scopes": {"bot": ["chat:write"]}}}
    async with Sandbox(workspace, manifest).running() as sandbox:
        client = AsyncWebClient(workspace.bot_token, base_url=sandbox.api_url)
        for method, needed in (
            ("files.getUploadURLExternal", "files:write"), ("files.completeUploadExternal", "files:write"),
            ("files.delete", "files:write"), ("files.info", "files:read"),
        ):  # fmt: skip
            with pytest.raises(SlackApiError) as caught:
                await client.api_call(method, json={})
            assert (caught.value.response["error"], caught.value.response["needed"]) == ("missing_scope", needed)


async def test_slack_sdk_says_where_the_upload_failed(
    sandbox: Sandbox, client: AsyncWebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def shorter(**given: Any) -> Any:
        return await AsyncWebClient.files_getUploadURLExternal(client, **(given | {"length": given["length"] - 1}))

    monkeypatch.setattr(client, "files_getUploadURLExternal", shorter)
    with pytest.raises(SlackRequestError, match="status: 400"):
        await client.files_upload_v2(filename="stars.csv", content=WORDS)


async def test_a_file_of_several_channels_and_a_thread(
    client: AsyncWebClient, workspace: Workspace, ana: Person, team: Channel
) -> None:
    said = workspace.post_as_bot(team.slack_id, "Figures")
    async with httpx.AsyncClient() as http:
        url, file_id = await announced(client)
        await http.post(url, content=WORDS)
    files = json.dumps([{"id": file_id, "title": "Stars"}])
    await client.api_call(
        "files.completeUploadExternal", params={"files": files, "channels": team.slack_id, "thread_ts": said.ts}
    )
    assert [(m.thread_ts, [f.title for f in m.files]) for m in team.messages] == [(None, []), (said.ts, ["Stars"])]


async def test_it_stands_in_the_conversation_and_can_be_downloaded(
    page: Page, stage: Sandbox, workspace: Workspace, ana: Person
) -> None:
    client = AsyncWebClient(workspace.bot_token, base_url=stage.api_url)
    direct = workspace.conversation_of([ana.slack_id, workspace.bot_user.slack_id]).slack_id
    await page.goto(address(stage, ana, "app", tab="messages"))
    await client.files_upload_v2(channel=direct, filename="<b>stars.csv", content=WORDS, title="Your <i>stars")
    row = page.locator("#messages .message .file")
    await expect(row).to_contain_text("Your <i>stars")
    await expect(row).to_contain_text(f"<b>stars.csv · {len(WORDS)} bytes")
    async with page.expect_download() as download:
        await row.get_by_role("link", name="Download").click()
    assert (await (await download.value).path()).read_bytes() == WORDS
    await client.files_delete(file=next(iter(workspace.files.known)))
    await expect(row).to_contain_text("This file was deleted.")
