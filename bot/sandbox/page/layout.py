"""The whole page, put together from its parts."""

from typing import Final

from bot.sandbox.page.composer import draw_composer, draw_known
from bot.sandbox.page.home import draw_home, draw_tabs
from bot.sandbox.page.markup import NOTHING, Html, esc, tag
from bot.sandbox.page.messages import draw_messages
from bot.sandbox.page.modal import draw_modal
from bot.sandbox.page.overlays import draw_overlays
from bot.sandbox.page.scene import Scene, title_of
from bot.sandbox.page.side import draw_side
from bot.sandbox.page.thread import draw_thread
from bot.sandbox.page.tools import draw_closed_drawer, draw_tool_links
from bot.sandbox.page.top import draw_top

STYLES: Final = ("page", "side", "messages", "composer", "modal", "blocks")


def draw_page(scene: Scene) -> Html:
    """Draw the whole page."""
    body = tag(
        "body",
        tag("a", esc("Skip to the message box"), href="#text", class_="skip-link"),
        tag("nav", draw_side(scene), id="side", aria_label="Workspace"),
        tag("main", tag("header", draw_top(scene), id="top"), tag("div", draw_tabs(scene), id="tabs"), *_middle(scene)),
        tag("aside", draw_thread(scene), id="thread", aria_label="Thread"),
        draw_closed_drawer(),
        draw_overlays(scene),
        draw_known(scene),
        data_seen=scene.seen,
        data_as=scene.person.slack_id,
        data_in=scene.channel.slack_id,
        data_tab=scene.tab,
        data_thread=scene.thread.ts if scene.thread else "",
        data_since=scene.new_since,
    )
    return Html("<!doctype html>" + tag("html", _head(scene), body, lang="en"))


def living_parts(scene: Scene) -> dict[str, Html]:
    """Draw the parts that the page's script puts in anew, by the ids of the elements that hold them."""
    at_home = scene.tab == "home"
    return {
        "side": draw_side(scene),
        "top": draw_top(scene),
        "tabs": draw_tabs(scene),
        "home": draw_home(scene) if at_home else NOTHING,
        "messages": NOTHING if at_home else draw_messages(scene),
        "thread": draw_thread(scene),
        "modal": draw_modal(scene),
    }


def _head(scene: Scene) -> Html:
    title = f"{title_of(scene.channel, scene)} - {scene.workspace.name} - Sandbox"
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", esc(title)),
        tag("link", rel="icon", href="static/icon.svg", type="image/svg+xml"),
        *[tag("link", rel="stylesheet", href=f"static/{name}.css") for name in STYLES],
        tag("script", src="static/page.js", type="module"),
        draw_tool_links(),
    )


def _middle(scene: Scene) -> list[Html]:
    if scene.tab == "home":
        return [tag("div", tag("div", draw_home(scene), id="home"), class_="scroll")]
    messages = tag("ol", draw_messages(scene), class_="messages", id="messages")
    frame = tag("div", messages, class_="scroll", id="scroll", tabindex=0, role="log", aria_label="Messages")
    return [frame, draw_composer(scene)]
