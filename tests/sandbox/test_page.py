"""The page: what each person sees, and that nobody's words become markup."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.clock import Clock, Move
from bot.sandbox.model import Channel, Happening, Json, Person
from bot.sandbox.page.acts import ACTS, GONE
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .apps import bolt_app, connected

WEEK = timedelta(days=7)

SCRIPT = "<!channel><script>alert(1)</script>"


@pytest.fixture
async def browser(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=sandbox.url, trust_env=False, follow_redirects=True) as http:
        yield http


def seen_by(person: Person, channel: Channel) -> dict[str, str]:
    return {"as": person.slack_id, "in": channel.slack_id}


async def test_private_words_are_shown_to_one_person_alone(
    browser: httpx.AsyncClient, sandbox: Sandbox, ana: Person, ben: Person, team: Channel
) -> None:
    async with connected(sandbox, bolt_app(sandbox, [])):
        said = await browser.post("/say", data={**seen_by(ana, team), "text": "/mystats week"})
    assert said.status_code == 200
    assert "Your week: 12 contacts" in said.text
    assert "Only visible to you" in said.text
    assert "You used <code>/mystats week</code>" in said.text
    other = await browser.get("/", params=seen_by(ben, team))
    assert "12 contacts" not in other.text
    assert "Only visible to you" not in other.text


async def test_nobodys_words_become_markup(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person, team: Channel
) -> None:
    evil = workspace.add_person("evil", real_name=SCRIPT, title=SCRIPT)
    team.topic = SCRIPT
    cell: Json = {"type": "raw_text", "text": SCRIPT}
    blocks: list[Json] = [
        {"type": "header", "text": {"type": "plain_text", "text": SCRIPT}},
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*{SCRIPT}* <javascript:alert(1)|{SCRIPT}>"}},
        {"type": "section", "fields": [{"type": "plain_text", "text": SCRIPT}]},
        {"type": "image", "image_url": "javascript:alert(1)", "alt_text": SCRIPT},
        {"type": SCRIPT},
        {"type": "data_table", "caption": SCRIPT, "rows": [[cell], [cell]]},
        {"type": "table", "rows": [[cell], [cell]]},
        {
            "type": "data_visualization",
            "title": SCRIPT,
            "chart": {"type": "pie", "segments": [{"label": SCRIPT, "value": 1}]},
        },
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": SCRIPT, "style": {"bold": True}},
                        {"type": "link", "url": "javascript:alert(1)", "text": SCRIPT},
                        {"type": "user", "user_id": evil.slack_id},
                        {"type": "user", "user_id": SCRIPT},
                        {"type": "emoji", "name": SCRIPT},
                    ],
                }
            ],
        },
    ]
    workspace.post(team.slack_id, evil.slack_id, "", blocks=blocks)
    workspace.post(team.slack_id, evil.slack_id, f"<@{evil.slack_id}> {SCRIPT} <@U0|{SCRIPT}>")
    page = await browser.get("/", params=seen_by(ana, team))
    assert "<script>" not in page.text  # the page's own have a source or a type
    assert "&lt;!channel&gt;&lt;script&gt;alert(1)" in page.text
    assert '"javascript:' not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'self'")


async def test_what_is_typed_is_shown_as_typed(
    browser: httpx.AsyncClient, ana: Person, ben: Person, team: Channel
) -> None:
    await browser.post("/say", data={**seen_by(ana, team), "text": "<b>hi</b> @ben.reyes :tada: *bold* #support"})
    assert team.messages[0].text == (
        f"&lt;b&gt;hi&lt;/b&gt; <@{ben.slack_id}|ben.reyes> :tada: *bold* <#{team.slack_id}|support>"
    )
    page = (await browser.get("/", params=seen_by(ben, team))).text
    assert "&lt;b&gt;hi&lt;/b&gt;" in page
    assert '<span class="mention mention-me">@Ben Reyes</span>' in page
    assert "🎉" in page
    assert "<strong>bold</strong>" in page


async def test_moments_are_in_the_readers_zone(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person, ben: Person, team: Channel
) -> None:
    workspace.post(team.slack_id, ana.slack_id, "until <!date^1795010400^{date_short} {time}|never>")
    assert "Nov 18, 2026 3:00 PM" in (await browser.get("/", params=seen_by(ana, team))).text
    assert "Nov 18, 2026 10:00 PM" in (await browser.get("/", params=seen_by(ben, team))).text


@pytest.mark.parametrize("path", [*ACTS, "suggest"])
@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
async def test_other_sites_cannot_post_here(
    browser: httpx.AsyncClient, ana: Person, team: Channel, clock: Clock, path: str, headers: dict[str, str]
) -> None:
    before = clock.now()
    forged = {**seen_by(ana, team), "text": "forged", "move": "tomorrow"}
    assert (await browser.post(f"/{path}", data=forged, headers=headers)).status_code == 403
    assert team.messages == []
    assert clock.now() - before < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("say", {"text": " "}),
        ("say", {"text": ["no text"]}),
        ("say", ["no", "object"]),
        ("clock", {"move": "backwards"}),
        ("act", {"view": "V1"}),
        ("act", {"view": "V1", "block": "b", "action": "a", "values": "x", "state": {}}),
        ("act", {"view": "V1", "block": "b", "action": "a", "values": [], "state": {"b": {"a": [1]}}}),
        ("act", {"channel": "C0ELSE", "ts": "1.0", "block": "b", "action": "a", "values": [], "state": {}}),
        ("submit", {"view": "V1", "state": {"b": []}}),
        ("react", {"ts": "1.0"}),
        ("suggest", {"view": "V1"}),
    ],
)
async def test_what_the_page_would_never_send_is_refused(
    browser: httpx.AsyncClient, ana: Person, team: Channel, path: str, body: Any
) -> None:
    answer = await browser.post(f"/{path}", params=seen_by(ana, team), json=body)
    assert answer.status_code == 400
    assert team.messages == []


async def test_a_foreign_name_for_this_machine_is_refused(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/", headers={"Host": "rebound.example"})).status_code == 400


async def test_the_clock_is_skipped_from_the_page(
    browser: httpx.AsyncClient, ben: Person, team: Channel, clock: Clock
) -> None:
    moved: list[int] = []
    clock.on_move(lambda: moved.append(1))
    page = await browser.post("/clock", data={**seen_by(ben, team), "move": "tomorrow"})
    assert "Thu 19 Nov 2026, 09:00" in page.text
    await browser.post("/clock", data={**seen_by(ben, team), "move": "hour"})
    assert f"{clock.now():%d %H}" == "19 02"
    assert len(moved) == 2


async def test_whoever_runs_the_sandbox_may_offer_further_ways_to_move_the_clock(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person, ben: Person, team: Channel, clock: Clock
) -> None:
    nowhere = "There is none."
    workspace.moves = (
        Move("week", "Skip a week", "+7 d", lambda who, at: at + WEEK if who == ben.slack_id else None, nowhere),
    )
    before = clock.now()
    page = await browser.post("/clock", data={**seen_by(ben, team), "move": "week"})
    assert "Skip a week" in page.text
    assert WEEK <= clock.now() - before < WEEK + timedelta(minutes=5)
    later = clock.now()
    asked = {**seen_by(ana, team), "move": "week"}
    refused = await browser.post("/clock", json=asked, headers={"Accept": "application/json"})
    assert refused.json()["outcome"]["error"] == nowhere
    assert clock.now() - later < timedelta(minutes=5)


async def test_the_fragment_is_sent_only_when_something_changed(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person, team: Channel
) -> None:
    first = await browser.get("/fragment", params=seen_by(ana, team))
    asked: dict[str, Any] = {**seen_by(ana, team), "seen": first.json()["seen"]}
    assert (await browser.get("/fragment", params=asked)).status_code == 204
    workspace.post(team.slack_id, ana.slack_id, "news")
    assert "news" in (await browser.get("/fragment", params=asked)).json()["parts"]["messages"]


async def test_addresses_on_the_page_are_relative(browser: httpx.AsyncClient, ana: Person, team: Channel) -> None:
    page = (await browser.get("/", params=seen_by(ana, team))).text
    for attribute in ("href", "src", "action"):
        assert f'{attribute}="/' not in page
    answer = await browser.post("/say", data={**seen_by(ana, team), "text": "hi"}, follow_redirects=False)
    assert answer.headers["location"].startswith("./?")
    for name in re.findall(r'(?:href|src)="(static/[^"]+)"', page):
        assert (await browser.get(f"/{name}")).status_code == 200, name


async def test_a_private_channel_is_not_shown_to_strangers(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person, ben: Person, team: Channel
) -> None:
    leads = workspace.add_channel("leads-only", kind="private", members=[ana.slack_id])
    workspace.post(leads.slack_id, ana.slack_id, "between us")
    page = (await browser.get("/", params=seen_by(ben, leads))).text
    assert "between us" not in page
    assert "leads-only" not in page


async def test_whoever_waits_hears_of_a_change_at_once(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person, team: Channel
) -> None:
    seen = (await browser.get("/fragment", params=seen_by(ana, team))).json()["seen"]
    asked = {**seen_by(ana, team), "seen": seen, "wait": "20"}
    waiting = asyncio.create_task(browser.get("/fragment", params=asked))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    workspace.post(team.slack_id, ana.slack_id, "news")
    async with asyncio.timeout(1):
        assert "news" in (await waiting).json()["parts"]["messages"]
    assert (await browser.get("/fragment", params={**asked, "wait": "no number"})).status_code == 200


async def test_a_message_may_begin_with_a_slash_after_a_space(
    browser: httpx.AsyncClient, ana: Person, team: Channel
) -> None:
    await browser.post("/say", data={**seen_by(ana, team), "text": " /mystats is my favourite"})
    assert [message.text for message in team.messages] == ["/mystats is my favourite"]


async def test_replies_stand_in_their_thread(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person, ben: Person, team: Channel
) -> None:
    parent = workspace.post(team.slack_id, ben.slack_id, "Who is in?")
    here = {**seen_by(ana, team), "thread": parent.ts, "thread_ts": parent.ts}
    await browser.post("/say", data={**here, "text": "quietly"})
    await browser.post("/say", data={**here, "text": "for all", "broadcast": "yes"})
    await browser.post("/say", data={**here, "text": "/mystats"})
    parts = (await browser.get("/fragment", params=here)).json()["parts"]
    assert "quietly" not in parts["messages"]
    assert "for all" in parts["messages"]
    assert "2 replies" in parts["messages"]
    assert all(words in parts["thread"] for words in ("Who is in?", "quietly", "for all", "/mystats is not supported"))
    others = (await browser.get("/fragment", params={**here, "as": ben.slack_id})).json()["parts"]
    assert "quietly" in others["thread"]
    assert "not supported" not in others["thread"]


async def test_what_is_unread_is_marked_and_mentions_are_counted(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person, ben: Person, team: Channel
) -> None:
    workspace.add_usergroup("agents", "Agents", members=[ana.slack_id])
    group = next(iter(workspace.usergroups))
    other = workspace.add_channel("billing", members=[ana.slack_id, ben.slack_id])
    rich: Json = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": ana.slack_id}]}],
    }
    workspace.post(other.slack_id, ben.slack_id, "for nobody in particular")
    workspace.post(other.slack_id, ben.slack_id, f"<@{ana.slack_id}> and <!subteam^{group}>")
    workspace.post(other.slack_id, ben.slack_id, "", blocks=[rich])
    workspace.post(other.slack_id, ben.slack_id, f"<@{ben.slack_id}>")

    async def marks(person: Person) -> str:
        side = (await browser.get("/", params=seen_by(person, team))).text
        row = re.search(f'<li id="room-{other.slack_id}">.*?</li>', side)
        assert row is not None
        return row.group()

    assert 'class="unread"' in await marks(ana)
    assert ">2</span>" in await marks(ana)
    assert 'class="unread"' not in await marks(ben)
    opened = (await browser.get("/", params=seen_by(ana, other))).text
    assert 'id="new-line"' in opened
    assert 'class="unread"' not in await marks(ana)
    assert 'id="new-line"' not in (await browser.get("/", params=seen_by(ana, other))).text


async def test_the_app_hears_once_that_its_home_is_opened(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person
) -> None:
    heard: list[Happening] = []
    workspace.on_happening(heard.append)
    page = (await browser.get("/", params={"as": ana.slack_id, "in": "app"})).text
    assert "Nothing here yet" in page
    channel = workspace.conversation_of([ana.slack_id, workspace.bot_user.slack_id])
    here = {**seen_by(ana, channel), "tab": "home"}
    await browser.get("/fragment", params=here)
    await browser.get("/fragment", params=here)
    await browser.get("/", params={**here, "tab": "messages"})
    assert [(happening.kind, happening.name) for happening in heard] == [
        ("app_home_opened", "home"),
        ("app_home_opened", "messages"),
    ]


@pytest.mark.parametrize(
    ("app_home", "tabs", "is_silent"),
    [
        ({"home_tab_enabled": True}, ["Home", "Messages"], False),
        ({"home_tab_enabled": True, "messages_tab_enabled": False}, [], True),
        ({"home_tab_enabled": True, "messages_tab_read_only_enabled": True}, ["Home", "Messages"], True),
        ({"home_tab_enabled": False}, [], False),
    ],
)
async def test_the_manifest_says_what_the_apps_conversation_has(
    workspace: Workspace, ana: Person, team: Channel, app_home: Json, tabs: list[str], is_silent: bool
) -> None:
    here = {"as": ana.slack_id, "in": "app", "tab": "messages"}
    async with (
        Sandbox(workspace, {"features": {"app_home": app_home}}).running() as sandbox,
        httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as browser,
    ):
        page = (await browser.get("/", params=here)).text
        row = re.search(r'<nav class="app-tabs".*?</nav>', page)
        assert re.findall(r">(\w+)</a>", row.group() if row else "") == tabs
        await browser.post("/say", data={**here, "text": "hello"})
    said = workspace.conversation_of([ana.slack_id, workspace.bot_user.slack_id]).messages
    assert bool(said) is not is_silent


async def test_what_is_gone_is_said_kindly(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person, ben: Person, team: Channel
) -> None:
    private = workspace.post(team.slack_id, ben.slack_id, "for Ben", ephemeral_to=ben.slack_id)
    pressed = {"block": "b", "action": "a", "values": [], "state": {}}
    for path, body in (
        ("submit", {"view": "V0GONE", "state": {}}),
        ("close", {"view": "V0GONE"}),
        ("act", {"view": "V0GONE", **pressed}),
        ("act", {"channel": team.slack_id, "ts": private.ts, **pressed}),
        ("react", {"ts": private.ts, "name": "tada"}),
        ("shortcut", {"callback": "unknown"}),
    ):
        answer = await browser.post(
            f"/{path}", params=seen_by(ana, team), json=body, headers={"Accept": "application/json"}
        )
        assert answer.json()["outcome"] == {"error": GONE, "errors": {}}
    said = workspace.post(team.slack_id, ben.slack_id, "for all")
    for name, status in (("no_such_emoji", 400), ("tada", 200)):
        body = {"ts": said.ts, "name": name}
        answer = await browser.post(
            "/react", params=seen_by(ana, team), json=body, headers={"Accept": "application/json"}
        )
        assert answer.status_code == status
    assert said.reactions == {"tada": [ana.slack_id]}
