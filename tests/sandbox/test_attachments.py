"""Attachments, the older way to say more, stand below the message on the page."""

import httpx
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.model import Channel, Json, Person
from bot.sandbox.server import Sandbox

from .rejects import section
from .test_drawing_blocks import HOSTILE, Reading

HELD: Json = section(text={"type": "plain_text", "text": "Held in a block"})


async def seen(sandbox: Sandbox, client: AsyncWebClient, channel: Channel, person: Person, sent: list[Json]) -> Reading:
    await client.chat_postMessage(channel=channel.slack_id, text="Said", attachments=sent)
    async with httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as http:
        page = await http.get("/", params={"as": person.slack_id, "in": channel.slack_id})
    assert page.status_code == 200
    return Reading(page.text)


async def test_an_attachment_shows_its_title_words_blocks_and_colour(
    sandbox: Sandbox, client: AsyncWebClient, team: Channel, ana: Person
) -> None:
    sent: list[Json] = [
        {"color": "good", "pretext": "Above", "title": "Report", "title_link": "https://sample.example/r",
         "text": "All *well*", "fallback": "Unseen"},
        {"color": "#36a64f", "blocks": [HELD], "fallback": "Unseen"},
        {"fallback": "Plain words"},
    ]  # fmt: skip
    page = await seen(sandbox, client, team, ana, sent)
    assert page.wrong == []
    assert [name for name in page.each("class") if name.split()[0] == "attachment"] == [
        "attachment good", "attachment", "attachment",
    ]  # fmt: skip
    assert "https://sample.example/r" in page.each("href")
    for words in ("Above", "Report", "All well", "Held in a block", "Plain words"):
        assert words in page.words
    assert "Unseen" not in page.words


async def test_nothing_in_an_attachment_becomes_markup(
    sandbox: Sandbox, client: AsyncWebClient, team: Channel, ana: Person
) -> None:
    names = ("color", "pretext", "title", "text", "fallback")
    sent: list[Json] = [
        dict.fromkeys(names, HOSTILE) | {"title_link": "javascript:alert(1)"},
        {"text": 7, "title": [1]},
    ]
    page = await seen(sandbox, client, team, ana, sent)
    assert page.wrong == []
    assert "alert(1)</script>" in page.words
    assert not [address for address in page.each("href") if address.startswith("javascript")]
