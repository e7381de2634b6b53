"""What is sent to the page is done exactly where it says, or not at all; and nobody else can send it or look in."""

import asyncio
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from playwright.async_api import expect

from bot.sandbox.model import Channel, Json, Person
from bot.sandbox.page.acts import GONE
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .browsing import address, browsing
from .listening import Heard, listening

JSON = {"Accept": "application/json"}
ARCHIVED = {"error": "This channel is archived.", "errors": {}}
BUTTON: Json = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Yes"}}
BLOCKS: list[Json] = [{"type": "actions", "block_id": "b", "elements": [BUTTON]}]
PRESSED: Json = {"block": "b", "action": "a", "values": [], "state": {}}


@pytest.fixture
async def browser(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as http:
        yield http


def seen_by(person: Person, channel: Channel) -> dict[str, str]:
    return {"as": person.slack_id, "in": channel.slack_id}


async def test_words_go_where_they_were_meant_to_go_or_nowhere(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person, ben: Person, team: Channel
) -> None:
    secret = workspace.add_channel("leads-only", kind="private", members=[ben.slack_id])
    gone = workspace.post(team.slack_id, ben.slack_id, "soon gone")
    workspace.delete(team.slack_id, gone.ts)
    for where in (
        seen_by(ana, secret),
        {"as": "UNOBODY", "in": team.slack_id},
        {"as": workspace.bot_user.slack_id, "in": team.slack_id},
        {"as": ana.slack_id, "in": "C0NOWHERE"},
        {"as": ana.slack_id},
        {"in": team.slack_id},
        {**seen_by(ana, team), "thread": gone.ts, "thread_ts": gone.ts},
        {**seen_by(ana, team), "with": "UNOBODY"},
    ):
        for text in ("for few", "/mystats"):
            answer = await browser.post("/say", data={**where, "text": text})
            assert (answer.status_code, answer.text) == (404, GONE), where
        assert (await browser.post("/suggest", data=where)).status_code == 404
    assert [channel.messages for channel in workspace.channels.values()] == [[], []]


async def test_archived_channels_can_only_be_read(workspace: Workspace, ana: Person, team: Channel) -> None:
    heard = Heard()
    async with listening(workspace, "socket", heard) as sandbox, httpx.AsyncClient(base_url=sandbox.url) as browser:
        said = workspace.post_as_bot(team.slack_id, "Well?", blocks=BLOCKS)
        there: Json = {"params": seen_by(ana, team), "headers": JSON}
        press = {**PRESSED, "channel": team.slack_id, "ts": said.ts}
        assert (await browser.post("/act", json=press, **there)).json()["outcome"]["error"] is None
        url = heard.of("block_actions")[0]["response_url"]
        workspace.archive(team.slack_id, ana.slack_id)
        deeds: dict[str, Json] = {
            "act": press,
            "react": {"ts": said.ts, "name": "tada"},
            "message-shortcut": {"callback": "thank_for", "ts": said.ts},
            "say": {"text": "too late"},
        }
        for name, body in deeds.items():
            assert (await browser.post(f"/{name}", json=body, **there)).json()["outcome"] == ARCHIVED, name
        answer = await browser.post(url, json={"text": "too late"})
        assert (answer.status_code, answer.json()["error"]) == (410, "channel_is_archived")
    assert (team.messages, said.reactions) == ([said], {})
    assert len(heard.of("block_actions")) == 1
    assert heard.of("message_action") == []


async def test_an_ephemeral_message_has_no_shortcuts(workspace: Workspace, ana: Person, team: Channel) -> None:
    heard = Heard()
    async with listening(workspace, "socket", heard) as sandbox, httpx.AsyncClient(base_url=sandbox.url) as browser:
        for reader in team.members[:2]:
            said = workspace.post_as_bot(team.slack_id, "between us", ephemeral_to=reader)
            body = {"callback": "thank_for", "ts": said.ts}
            answer = await browser.post("/message-shortcut", params=seen_by(ana, team), json=body, headers=JSON)
            assert answer.json()["outcome"]["error"] == GONE
        page = (await browser.get("/", params=seen_by(ana, team))).text
    assert heard.of("message_action") == []
    assert "between us" in page
    assert 'data-do="more"' not in page


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_other_sites_leave_no_traces_by_looking(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person, ben: Person, team: Channel, site: str
) -> None:
    workspace.post(team.slack_id, ben.slack_id, "news")
    pair = {**seen_by(ana, team), "with": ben.slack_id}
    before = len(workspace.channels)
    for path in ("/", "/fragment"):
        picture = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
        framed = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
        for headers in (picture, framed):
            assert (await browser.get(path, params=pair, headers=headers)).status_code == 403
    assert len(workspace.unread(team, ana.slack_id)) == 1
    followed = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert (await browser.get("/", params=pair, headers=followed)).status_code == 200
    await browser.get("/fragment", params=pair)
    assert len(workspace.channels) == before
    await browser.get("/", params=pair)
    assert len(workspace.channels) == before + 1


async def test_a_first_message_opens_the_conversation(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person, ben: Person, team: Channel
) -> None:
    answer = await browser.post("/say", data={**seen_by(ana, team), "with": ben.slack_id, "text": "psst"})
    conversation = workspace.conversation_of([ana.slack_id, ben.slack_id])
    assert conversation.slack_id in answer.headers["location"]
    assert [message.text for message in conversation.messages] == ["psst"]
    assert team.messages == []


async def test_everything_comes_with_the_headers_that_keep_it_in(browser: httpx.AsyncClient) -> None:
    for path in ("/", "/fragment", "/static/page.css", "/static/page.js", "/tools"):
        headers = (await browser.get(path)).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"


async def test_however_long_somebody_would_wait_they_are_answered(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person, team: Channel
) -> None:
    seen = (await browser.get("/fragment", params=seen_by(ana, team))).json()["seen"]
    asked = {**seen_by(ana, team), "seen": seen, "wait": "9" * 5_000}
    waiting = asyncio.create_task(browser.get("/fragment", params=asked))
    await asyncio.sleep(0.2)
    workspace.changed()
    async with asyncio.timeout(2):
        assert (await waiting).status_code == 200


async def test_nobody_waits_for_those_who_hung_up(
    browser: httpx.AsyncClient, sandbox: Sandbox, ana: Person, team: Channel
) -> None:
    seen = (await browser.get("/fragment", params=seen_by(ana, team))).json()["seen"]
    asked = {**seen_by(ana, team), "seen": seen, "wait": "20"}
    with pytest.raises(httpx.ReadTimeout):
        await browser.get("/fragment", params=asked, timeout=0.3)
    async with asyncio.timeout(1):
        while sandbox._page._changes._waiting:
            await asyncio.sleep(0.01)


async def test_what_breaks_is_said_shortly_and_logged_once(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person, team: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    # Something that no app could have stored: a message of nobody.
    workspace.post(team.slack_id, ana.slack_id, "hi").user = "UNOBODY"
    with caplog.at_level(logging.ERROR):
        answer = await browser.get("/", params=seen_by(ana, team))
    assert (answer.status_code, answer.text) == (500, "Something went wrong inside the sandbox.")
    assert [record.getMessage() for record in caplog.records] == ["GET / failed"]


@pytest.mark.parametrize("is_archived", [False, True])
async def test_words_that_could_not_be_said_stay_in_the_box(
    sandbox: Sandbox, ana: Person, team: Channel, is_archived: bool
) -> None:
    async with browsing(allowed=["404"]) as page:
        await page.goto(address(sandbox, ana, team))
        box = page.get_by_role("combobox", name="Message #support")
        await box.fill("for the team")
        # So silently that the page has not heard of it.
        if is_archived:
            team.is_archived = True
        else:
            team.kind = "private"
            team.members.remove(ana.slack_id)
        async with page.expect_response(lambda answer: "/say" in answer.url):
            await box.press("Enter")
        if not is_archived:
            await expect(page.get_by_role("status").get_by_text(GONE)).to_be_visible()
            await expect(box).to_have_value("for the team")
        drafts = await page.evaluate("Object.values({...sessionStorage})")
    assert "for the team" in drafts
    assert team.messages == []
