"""The page: what each person sees, and that nobody's words become markup."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.clock import Clock
from bot.sandbox.model import Channel, Json, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .apps import bolt_app, connected

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
    assert page.text.count("<script") == 2  # the page's own two
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


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
async def test_other_sites_cannot_post_here(
    browser: httpx.AsyncClient, ana: Person, team: Channel, clock: Clock, headers: dict[str, str]
) -> None:
    before = clock.now()
    for path, fields in (("/say", {"text": "forged"}), ("/clock", {"move": "tomorrow"})):
        answer = await browser.post(path, data={**seen_by(ana, team), **fields}, headers=headers)
        assert answer.status_code == 403
    assert team.messages == []
    assert clock.now() - before < timedelta(minutes=1)


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


async def test_the_fragment_is_sent_only_when_something_changed(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person, team: Channel
) -> None:
    first = await browser.get("/fragment", params=seen_by(ana, team))
    asked: dict[str, Any] = {**seen_by(ana, team), "seen": first.json()["seen"]}
    assert (await browser.get("/fragment", params=asked)).status_code == 204
    workspace.post(team.slack_id, ana.slack_id, "news")
    assert "news" in (await browser.get("/fragment", params=asked)).json()["messages"]


async def test_addresses_on_the_page_are_relative(browser: httpx.AsyncClient, ana: Person, team: Channel) -> None:
    page = (await browser.get("/", params=seen_by(ana, team))).text
    for attribute in ("href", "src", "action"):
        assert f'{attribute}="/' not in page
    answer = await browser.post("/say", data={**seen_by(ana, team), "text": "hi"}, follow_redirects=False)
    assert answer.headers["location"].startswith("./?")
    assert (await browser.get("/static/page.css")).status_code == 200


async def test_a_private_channel_is_not_shown_to_strangers(
    browser: httpx.AsyncClient, workspace: Workspace, ana: Person, ben: Person, team: Channel
) -> None:
    leads = workspace.add_channel("leads-only", kind="private", members=[ana.slack_id])
    workspace.post(leads.slack_id, ana.slack_id, "between us")
    page = (await browser.get("/", params=seen_by(ben, leads))).text
    assert "between us" not in page
    assert "leads-only" not in page
