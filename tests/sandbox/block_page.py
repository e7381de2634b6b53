"""A page in a real browser made of drawn blocks and the real scripts; `acts` on it is what the app would hear of."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, Route

from bot.sandbox import page as drawing
from bot.sandbox.model import Json
from bot.sandbox.page.draw import draw_blocks
from bot.sandbox.page.gate import HEADERS
from bot.sandbox.page.markup import Html, esc, tag
from bot.sandbox.page.reader import Reader

from .browsing import chromium
from .every_block import plain

HOST = "http://blocks.example"
STATIC = Path(drawing.__file__).parent / "static"
# The page's own part: what would ask the app notes it down, and answers when the story says so.
STORY = """
import * as blocks from "./static/blocks.js";
import { enhanceTables } from "./static/tables.js";
window.blocks = blocks;
window.acts = [];
window.asked = [];
window.slow = false;
const act = ({ container, block, action, values }) => {
  acts.push([container.dataset.container, block, action, values]);
  return window.slow ? new Promise((answer) => { window.answer = answer; }) : Promise.resolve();
};
const cases = ["Lee", "Lopez", "Marsh"].map((name, at) => ({ text: { type: "plain_text", text: `Case of ${name}` }, value: `${at}` }));
const suggest = async ({ block, action, typed }) => {
  asked.push([block, action, typed]);
  return [{ label: { type: "plain_text", text: "Open" }, options: cases.filter((row) => row.text.text.includes(typed)) }];
};
const place = document.querySelector("#place");
// Wired twice, and one part within another: what is pressed is sent once all the same.
for (const root of [document.body, document.body, place.firstElementChild]) blocks.wire(root, act, suggest);
window.escaped = 0;
place.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.defaultPrevented) escaped += 1; });
const first = place.innerHTML;
window.again = (html = first) => { place.innerHTML = html; enhanceTables(place); };
enhanceTables(place);
document.documentElement.dataset.ready = "yes";
"""
STATE = "blocks.gather(document.querySelector('[data-container]'))"

Show = Callable[..., Awaitable[Page]]


@asynccontextmanager
async def pages(reader: Reader) -> AsyncIterator[Show]:
    """Give a function that shows blocks to `reader`. Fails at the end if a page complained of anything."""
    complaints: list[str] = []
    async with chromium() as browser:

        async def show(*blocks: Json) -> Page:
            return await _shown(browser, _html(blocks, reader), complaints)

        yield show
    assert complaints == []


async def _shown(browser: Browser, html: str, complaints: list[str]) -> Page:
    page = await browser.new_page(viewport={"width": 390, "height": 844}, locale="en-US")
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    async def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOST).split("?")[0]
        own = {"/": (html, "text/html; charset=utf-8"), "/story.js": (STORY, "text/javascript")}
        body, kind = own.get(path) or ((STATIC.parent / path[1:]).read_bytes(), guess_type(path)[0] or "text/plain")
        await route.fulfill(body=body, content_type=kind, headers=HEADERS)

    await page.route(f"{HOST}/**", answer)
    await page.goto(f"{HOST}/")
    await page.wait_for_selector("html[data-ready]")
    return page


def view(blocks: Sequence[Json], reader: Reader) -> Html:
    """Draw the part of the page that holds the blocks."""
    return tag("div", draw_blocks(list(blocks), reader), data_container="view", data_view="V1")


def _html(blocks: Sequence[Json], reader: Reader) -> str:
    head = tag(
        "head",
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", esc("Blocks")),
        tag("link", rel="icon", href="static/icon.svg"),
        *[tag("link", rel="stylesheet", href=f"static/{name}.css") for name in ("page", "blocks")],
        tag("script", type="module", src="story.js"),
    )
    return "<!doctype html>" + tag(
        "html", head, tag("body", tag("nav", id="side"), tag("main", view(blocks, reader), id="place")), lang="en"
    )


def field(name: str, element: Json, **more: Any) -> Json:
    """Return an input block whose id, label and action's id are `name`."""
    return {"type": "input", "block_id": name, "label": plain(name), "element": {"action_id": name, **element}, **more}


def button(name: str, **more: Any) -> Json:
    return {"type": "button", "action_id": name, "text": plain(name), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "block_id": "row", "elements": list(elements)}
