"""The page's tools through HTTP: what went to and from the app is seen, bad days are asked for, switches are turned."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.blocks import MOST_BLOCKS
from bot.sandbox.model import Channel, Person
from bot.sandbox.page.deeds import DEEDS, SWITCHES
from bot.sandbox.page.inspector import MOST_CHARACTERS, took
from bot.sandbox.page.tour import Step
from bot.sandbox.record import MOST_ENTRIES
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .apps import bolt_app, connected
from .conftest import MANIFEST
from .listening import Heard, listening

SCRIPT = "<script>alert(1)</script>"
JSON = {"Accept": "application/json"}


def browser_of(sandbox: Sandbox) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=sandbox.url, trust_env=False)


@pytest.fixture
async def browser(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(sandbox) as http:
        yield http


@pytest.fixture
def plain(sandbox: Sandbox) -> AsyncWebClient:
    """A client that does not try again by itself."""
    return AsyncWebClient(sandbox.workspace.bot_token, base_url=sandbox.api_url, retry_handlers=[])


async def news(browser: httpx.AsyncClient, after: int = 0, **further: str) -> dict[str, Any]:
    answer = await browser.get("/tools/news", params={"after": after, **further})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def press(browser: httpx.AsyncClient, status: int = 200, **fields: str | int) -> dict[str, Any]:
    answer = await browser.post("/tools", data=fields, headers=JSON)
    assert answer.status_code == status
    found: dict[str, Any] = answer.json()
    return found


async def test_both_directions_are_listed_the_latest_first_on_the_readers_clock(
    browser: httpx.AsyncClient, sandbox: Sandbox, client: AsyncWebClient, ana: Person, ben: Person, team: Channel
) -> None:
    async with connected(sandbox, bolt_app(sandbox, [])):
        await sandbox.command(ana.slack_id, team.slack_id, "/mystats", "week")
    await client.chat_postMessage(channel=team.slack_id, text="Good morning")
    drawer = (await browser.get("/tools", params={"as": ana.slack_id})).text
    rows = re.findall(r'data-kind="(\w+)" data-title="([^"]+)"', drawer)
    assert rows[0] == ("from", "chat.postMessage")
    assert ("to", "/mystats") in rows
    assert "Wed 14:00:0" in drawer
    assert "Wed 21:00:0" in (await browser.get("/tools", params={"as": ben.slack_id})).text


async def test_only_what_is_new_is_sent(
    browser: httpx.AsyncClient, client: AsyncWebClient, sandbox: Sandbox, team: Channel
) -> None:
    await client.auth_test()
    first = await news(browser)
    nothing = await browser.get("/tools/news", params={"after": first["latest"], "seen": first["seen"]})
    assert (nothing.status_code, nothing.content) == (204, b"")
    await client.chat_postMessage(channel=team.slack_id, text="Good morning")
    then = await news(browser, first["latest"], seen=first["seen"])
    assert re.findall(r'data-title="([^"]+)"', then["entries"]) == ["chat.postMessage"]
    assert then["latest"] == sandbox.record.latest == first["latest"] + 1
    assert "chat.postMessage</option>" in then["parts"]["calls"]


async def test_an_exchange_opens_to_its_request_and_answer_without_markup_or_tokens(
    browser: httpx.AsyncClient, sandbox: Sandbox, client: AsyncWebClient, team: Channel
) -> None:
    await client.chat_postMessage(channel=team.slack_id, text=SCRIPT, token=sandbox.workspace.bot_token)
    opened = (await browser.get("/tools/exchange", params={"number": sandbox.record.latest})).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in opened
    assert "<script" not in opened
    assert '<span class="json-key">&quot;text&quot;</span>' in opened
    assert "xoxb-" not in opened
    assert [title for title in ("Request", "Answer") if f"<h3>{title}</h3>" in opened] == ["Request", "Answer"]
    assert "<script>" not in (await news(browser))["entries"]


async def test_hostile_names_of_calls_stay_words(browser: httpx.AsyncClient) -> None:
    await browser.post("/api/%3Cscript%3Ealert(1)")
    drawn = await news(browser)
    assert "<script>" not in str(drawn)
    assert "&lt;script&gt;alert(1)" in drawn["entries"]


async def test_what_is_shown_stays_as_it_was(browser: httpx.AsyncClient, sandbox: Sandbox) -> None:
    users = ["U1"]
    sandbox.record.note(
        sandbox.clock.now(), "to the app", "block_actions", {"message": {"reactions": [{"users": users}]}}, {},
        outcome="acknowledged", went_well=True, milliseconds=1,
    )  # fmt: skip
    users.append("U2")
    opened = (await browser.get("/tools/exchange", params={"number": sandbox.record.latest})).text
    assert "U1" in opened
    assert "U2" not in opened


async def test_a_long_answer_is_cut_and_an_old_one_is_gone(
    browser: httpx.AsyncClient, client: AsyncWebClient, sandbox: Sandbox, workspace: Workspace
) -> None:
    for number in range(100):
        workspace.add_person(f"agent{number}")
    await client.users_list()
    opened = (await browser.get("/tools/exchange", params={"number": sandbox.record.latest})).text
    assert "more characters are not shown" in opened
    assert len(re.sub(r"<[^>]+>", "", opened)) < MOST_CHARACTERS * 3
    gone = await browser.get("/tools/exchange", params={"number": 10**8})
    assert "no longer kept" in gone.text


async def test_the_newest_two_hundred_are_kept(browser: httpx.AsyncClient, sandbox: Sandbox) -> None:
    for number in range(MOST_ENTRIES + 5):
        sandbox.record.note(
            sandbox.clock.now(), "to the app", f"/command{number}", {}, {}, outcome="ok", went_well=True, milliseconds=1
        )
    drawer = (await browser.get("/tools")).text
    assert drawer.count('class="exchange"') == MOST_ENTRIES
    assert "/command4<" not in drawer
    assert "/command5<" in drawer


@pytest.mark.parametrize(
    ("milliseconds", "words"), [(0.2, "<1 ms"), (12.4, "12 ms"), (999, "999 ms"), (1_250, "1.2 s")]
)
def test_how_long_it_took_is_told_in_a_few_characters(milliseconds: float, words: str) -> None:
    assert took(milliseconds) == words


async def test_a_bad_day_is_asked_for_seen_and_forgotten(
    browser: httpx.AsyncClient, plain: AsyncWebClient, team: Channel
) -> None:
    asked = await press(browser, do="fault", method="chat.postMessage", kind="ratelimited", times=2, seconds=7)
    assert asked["said"] == "The next 2 calls of chat.postMessage: too many calls (429)."
    assert "chat.postMessage: Too many calls (429), 7 s, 2 times" in asked["parts"]["waiting"]
    with pytest.raises(SlackApiError) as caught:
        await plain.chat_postMessage(channel=team.slack_id, text="refused")
    assert caught.value.response.headers["Retry-After"] == "7"
    seen = await news(browser, asked["latest"])
    assert "failed: 429 ratelimited, as asked" in seen["entries"]
    assert "7 s</span>" in seen["parts"]["waiting"]
    await press(browser, do="forget")
    await plain.chat_postMessage(channel=team.slack_id, text="taken")
    assert [message.text for message in team.messages] == ["taken"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("server_error", "failed: 500 internal_error, as asked: server error"),
        ("lost_after_storing", "failed: no answer, as asked: lost after storing"),
        ("dropped_before", "failed: no answer, as asked: dropped before"),
        ("slow", "ok, as asked: slow"),
    ],
)
async def test_each_kind_of_bad_day_is_told_apart(
    browser: httpx.AsyncClient, plain: AsyncWebClient, kind: str, words: str
) -> None:
    await press(browser, do="fault", method="any", kind=kind, times=1, seconds=1)
    with contextlib.suppress(SlackApiError, aiohttp.ServerDisconnectedError):
        await plain.auth_test()
    assert words in (await news(browser))["entries"]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "ratelimited", "times": 0},
        {"kind": "ratelimited", "times": 21},
        {"kind": "slow", "times": 1, "seconds": 61},
        {"kind": "slow", "times": 1, "seconds": "soon"},
        {"kind": "fire", "times": 1},
        {"times": 1},
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(
    browser: httpx.AsyncClient, sandbox: Sandbox, fields: dict[str, str | int]
) -> None:
    refused = await press(browser, 400, do="fault", method="any", **fields)
    assert re.match(r"Choose what|How often|How long", refused["said"])
    assert sandbox.faults.waiting() == []


async def test_unknown_tools_and_switches_are_refused(browser: httpx.AsyncClient) -> None:
    assert (await press(browser, 400, do="explode"))["said"] == "There is no such tool."
    assert (await press(browser, 400, turn="gravity"))["said"] == "There is no such switch."


async def test_in_socket_mode_the_connection_can_be_cut_and_nothing_is_signed(
    browser: httpx.AsyncClient, sandbox: Sandbox, ana: Person, team: Channel
) -> None:
    async with connected(sandbox, bolt_app(sandbox, [])):
        assert "one connection at present" in (await news(browser))["parts"]["way"]
        await press(browser, do="cut")
        async with asyncio.timeout(5):
            while (await sandbox.command(ana.slack_id, team.slack_id, "/mystats")).error:
                await asyncio.sleep(0.05)
    assert [entry.title for entry in sandbox.record].count("apps.connections.open") > 1
    for name in ("forge", "late"):
        assert "in Socket Mode nothing is signed" in (await press(browser, 400, do=name))["said"]
    assert sandbox.faults.waiting() == []
    assert (await browser.get("/tools")).text.count("in Socket Mode nothing is signed") == 2


async def test_over_http_requests_can_be_forged_and_there_is_nothing_to_cut(
    workspace: Workspace, ana: Person, team: Channel
) -> None:
    heard = Heard()
    async with listening(workspace, "http", heard) as sandbox, browser_of(sandbox) as browser:
        for name in ("forge", "late"):
            await press(browser, do=name)
            assert (await sandbox.command(ana.slack_id, team.slack_id, "/ask")).error == "dispatch_failed"
        assert (await press(browser, 400, do="cut"))["said"].startswith("Only in Socket Mode")
        assert str(sandbox.request_url) in (await news(browser))["parts"]["way"]
        drawer = (await browser.get("/tools")).text
        await press(browser, do="twice")
        await sandbox.command(ana.slack_id, team.slack_id, "/ask")
    assert [body["command"] for body in heard.bodies] == ["/ask", "/ask"]
    assert "failed: dispatch_failed, forged signature" in drawer
    assert "failed: dispatch_failed, old timestamp" in drawer


async def test_switches_are_turned_and_say_how_they_stand(
    browser: httpx.AsyncClient, workspace: Workspace, plain: AsyncWebClient, team: Channel
) -> None:
    cards = [{"type": "card", "title": {"type": "plain_text", "text": "New"}}]
    await plain.chat_postMessage(channel=team.slack_id, text="new", blocks=cards)
    version = workspace.version
    turned = await press(browser, turn="blocks")
    assert turned["said"] == "Slack's block types of 2026: off."
    assert 'value="blocks" role="switch" aria-checked="false"' in turned["parts"]["switches"]
    assert workspace.version > version
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        await plain.chat_postMessage(channel=team.slack_id, text="new", blocks=cards)
    assert "Off at present" in turned["parts"]["strict"]
    await press(browser, turn="rates")
    assert workspace.rates
    assert "On at present" in (await news(browser))["parts"]["strict"]


async def test_the_app_is_taken_out_and_put_back(workspace: Workspace, ana: Person, team: Channel) -> None:
    heard = Heard()
    async with listening(workspace, "socket", heard) as sandbox, browser_of(sandbox) as browser:
        client = AsyncWebClient(workspace.bot_token, base_url=sandbox.api_url)
        await press(browser, turn="installed")
        await heard.wait_for("app_uninstalled")
        await heard.wait_for("tokens_revoked")
        with pytest.raises(SlackApiError, match="account_inactive"):
            await client.auth_test()
        assert (await sandbox.command(ana.slack_id, team.slack_id, "/ask")).error == "unknown_command"
        await press(browser, turn="installed")
        await client.auth_test()
        assert (await sandbox.command(ana.slack_id, team.slack_id, "/ask")).error is None


async def test_how_strict_it_is_is_read_from_the_code_itself(workspace: Workspace, team: Channel) -> None:
    manifest = {**MANIFEST, "oauth_config": {"scopes": {"bot": ["chat:write"]}}}
    async with (
        Sandbox(workspace, manifest, ack_seconds=2.5, repeats=(0, 90)).running() as sandbox,
        browser_of(sandbox) as browser,
    ):
        said = (await news(browser))["parts"]["strict"]
    assert f"At most {MOST_BLOCKS['message']} in a message, {MOST_BLOCKS['modal']} in a modal" in said
    assert "Within 2.5 seconds; otherwise the person sees a time-out." in said
    assert "Serves 5 times, within 30 minutes." in said
    assert "Opens one modal, within 3 seconds." in said
    assert "sent again: at once, after 90 seconds." in said
    assert "chat:write</li>" in said
    assert re.search(r"Refused with missing_scope: [^<]*conversations\.list", said)
    assert "chat.postMessage" not in said[said.index("Refused with") : said.index("</p>", said.index("Refused with"))]
    assert "Nothing is kept" in said


async def test_without_scopes_in_the_manifest_everything_is_let_through(browser: httpx.AsyncClient) -> None:
    assert "names no scopes" in (await news(browser))["parts"]["strict"]


@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_other_sites_cannot_use_the_tools(
    browser: httpx.AsyncClient, sandbox: Sandbox, workspace: Workspace, headers: dict[str, str]
) -> None:
    for fields in ({"do": "twice"}, {"turn": "installed"}, {"do": "fault", "kind": "slow", "times": "1"}):
        assert (await browser.post("/tools", data=fields, headers=headers)).status_code == 403
    assert sandbox.faults.waiting() == []
    assert workspace.installed


async def test_a_plain_form_works_and_every_address_is_relative(
    browser: httpx.AsyncClient, sandbox: Sandbox, ana: Person
) -> None:
    drawer = await browser.get("/tools", params={"as": ana.slack_id})
    assert set(re.findall(r'(?:action|src|href)="([^"]*)"', drawer.text)) == {"tools"}
    assert drawer.headers["content-security-policy"].startswith("default-src 'self'")
    for name in (*DEEDS, *SWITCHES):
        assert f'value="{name}"' in drawer.text
    sent = await browser.post("/tools", data={"do": "twice", "as": ana.slack_id})
    assert (sent.status_code, sent.headers["location"]) == (303, "./?as=" + ana.slack_id)
    assert sandbox.faults.waiting() == ["To the app: Delivered twice"]


async def test_the_page_has_the_button_the_drawer_and_the_files(browser: httpx.AsyncClient, team: Channel) -> None:
    page = (await browser.get("/")).text
    assert 'id="open-tools"' in page
    assert '<aside id="tools" aria-label="Tools" hidden></aside>' in page
    for name in ("tools.css", "tools.js", "tour.js"):
        assert f'="static/{name}"' in page
        assert (await browser.get(f"/static/{name}")).status_code == 200


async def test_without_texts_there_is_no_tour(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/tour")).status_code == 204
    assert "tour-again" not in (await browser.get("/tools")).text


async def test_a_tour_is_drawn_from_the_texts_it_is_given(workspace: Workspace, team: Channel) -> None:
    tour = [Step("composer", f"Type {SCRIPT}", "Try `/mystats`"), Step("#somewhere", "Look", "*There*")]
    async with (
        Sandbox(workspace, MANIFEST, tour=tour).running() as sandbox,
        browser_of(sandbox) as browser,
    ):
        drawn = (await browser.get("/tour")).text
        drawer = (await browser.get("/tools")).text
    assert "<script" not in drawn
    assert "<code>/mystats</code>" in drawn
    assert [place for place in (".box", "#somewhere") if f'data-target="{place}' in drawn] == [".box", "#somewhere"]
    assert "1 of 2" in drawn
    assert drawn.count('data-tour="skip"') == 1  # the last card ends by itself
    assert "tour-again" in drawer
