"""Blocks that frame something: cards, alerts, containers, videos, files, tasks.

Where a block has blocks inside, they come in drawn.
"""

from collections.abc import Sequence
from typing import Any, Final

from bot.sandbox.model import Json
from bot.sandbox.page import rich_text
from bot.sandbox.page.elements import draw_element
from bot.sandbox.page.icons import ICONS
from bot.sandbox.page.markup import NOTHING, Html, esc, icon, join, tag
from bot.sandbox.page.place import hidden_words, place_of
from bot.sandbox.page.reader import Reader
from bot.sandbox.page.texts import draw_text, picture, words

ALERTS: Final = {
    # icon, what a screen reader says before it, role
    "default": ("info", "", None),
    "info": ("info", "Note: ", None),
    "warning": ("warning", "Warning: ", "alert"),
    "error": ("alert", "Error: ", "alert"),
    "success": ("done", "Done: ", "status"),
}
TASKS: Final = {
    "pending": ("waiting", "To do"),
    "in_progress": ("running", "In progress"),
    "complete": ("done", "Done"),
    "error": ("alert", "Failed"),
}
WIDTHS: Final = frozenset({"narrow", "standard", "wide", "full"})


def draw_card(block: Json, reader: Reader) -> Html:
    """Draw a card: a picture, a title beside a small one, words, buttons."""
    actions = [draw_element(button, place_of(block, button, reader)) for button in block.get("actions") or []]
    parts = [
        picture(block["hero_image"], class_="card-hero") if block.get("hero_image") else NOTHING,
        _head(block, reader, "card"),
        _part(block, "body", "card-body", reader),
        _part(block, "subtext", "card-subtext", reader),
        tag("div", *actions, class_="card-actions") if actions else NOTHING,
    ]
    return tag("div", *parts, class_="card")


def draw_carousel(cards: Sequence[Html]) -> Html:
    """Draw cards side by side, to be moved with buttons, by touch or with the arrow keys."""
    track = tag(
        "ul",
        *[tag("li", card) for card in cards],
        class_="carousel-track",
        tabindex=0,
        aria_label=f"{len(cards)} cards",
    )
    steps = [_step(-1, "caret-left", "Earlier cards"), _step(1, "caret-right", "Later cards")]
    return tag("card-row", track, *steps, class_="carousel", role="group", aria_label="Cards")


def draw_alert(block: Json, reader: Reader) -> Html:
    """Draw a notice. A warning, an error and a success are said aloud when they turn up."""
    level = str(block.get("level", "default"))
    sign, spoken, role = ALERTS.get(level, ALERTS["default"])
    said = [hidden_words(esc(spoken)) if spoken else NOTHING, draw_text(block["text"], reader)]
    marks = f"alert alert-{level if level in ALERTS else 'default'}"
    return tag("div", icon(sign), tag("div", *said), class_=marks, role=role)


def draw_container(block: Json, inside: Html, reader: Reader) -> Html:
    """Draw a frame with a title around other blocks; one that collapses opens and closes by its title."""
    width = str(block.get("width", "standard"))
    marks = f"container container-{width if width in WIDTHS else 'standard'}"
    head = _head(block, reader, "container")
    inner = tag("div", inside, class_="container-inside")
    if block.get("is_collapsible"):
        summary = tag("summary", icon("caret-right"), head)
        return tag("details", summary, inner, class_=marks, open=not block.get("default_collapsed"))
    line = " container-line" if block.get("has_header_divider") else ""
    return tag("section", tag("div", head, class_=f"container-top{line}"), inner, class_=marks)


def draw_video(block: Json, reader: Reader) -> Html:
    """Draw a video as a picture that leads to it, with its title and where it is from."""
    title = words(block["title"])
    sign = (
        picture({"image_url": block["provider_icon_url"], "alt_text": ""})
        if block.get("provider_icon_url")
        else NOTHING
    )
    names = [str(block[name]) for name in ("provider_name", "author_name") if block.get(name)]
    still = picture({"image_url": block.get("thumbnail_url"), "alt_text": block.get("alt_text", "")})
    opens = join([still, tag("span", icon("play"), class_="video-play"), hidden_words(esc(f"Play {title}"))])
    parts = [
        tag("p", sign, esc(" · ".join(names)), class_="video-from") if names else NOTHING,
        tag(
            "p",
            reader.link(str(block.get("title_url") or block.get("video_url", "")), esc(title)),
            class_="video-title",
        ),
        _part(block, "description", "video-about", reader),
        tag("div", reader.link(str(block.get("video_url", "")), opens), class_="video-still"),
    ]
    return tag("div", *parts, class_="video")


def draw_file(block: Json, _: Reader) -> Html:
    """Draw a file that is kept elsewhere; the sandbox knows of it no more than its id."""
    named = tag(
        "span", tag("strong", esc("A file kept elsewhere")), tag("span", esc(block["external_id"]), class_="about")
    )
    return tag("div", icon("file"), named, class_="file")


def draw_task(block: Json, reader: Reader) -> Html:
    """Draw a task: its state, its title and, folded away, what is known of it."""
    status = str(block.get("status", ""))
    sign, spoken = TASKS.get(status, TASKS["pending"])
    line = join([icon(sign), hidden_words(esc(f"{spoken}: ")), tag("span", esc(block["title"]))])
    marks = f"task task-{status if status in TASKS else 'pending'}"
    told = [rich_text.draw(block[name], reader) for name in ("details", "output") if block.get(name)]
    sources = [tag("li", _source(source, reader)) for source in block.get("sources") or []]
    more = [tag("div", part, class_="block-rich-text") for part in told]
    more += [tag("ul", *sources, class_="sources", aria_label="Sources")] if sources else []
    if not more:
        return tag("div", line, class_=f"{marks} task-line")
    return tag("details", tag("summary", line, class_="task-line"), tag("div", *more, class_="task-more"), class_=marks)


def draw_plan(block: Json, tasks: Sequence[Html]) -> Html:
    """Draw a plan: a title above its tasks."""
    steps = tag("ol", *[tag("li", task) for task in tasks], class_="plan-tasks") if tasks else NOTHING
    return tag("div", tag("p", esc(block["title"]), class_="plan-title"), steps, class_="plan")


def _head(block: Json, reader: Reader, name: str) -> Html:
    written = block.get("rich_text_title")
    title = rich_text.draw(written, reader) if written else draw_text(block.get("title"), reader)
    lines = [
        tag("div", title, class_=f"{name}-title") if title else NOTHING,
        _part(block, "subtitle", f"{name}-subtitle", reader),
    ]
    sign = _sign(block, name)
    if not any([*lines, sign]):
        return NOTHING
    return tag("div", sign, tag("div", *lines, class_=f"{name}-titles"), class_=f"{name}-head")


def _sign(block: Json, name: str) -> Html:
    if block.get("icon"):
        return picture(block["icon"], class_=f"{name}-icon")
    drawn: Any = block.get("slack_icon")
    if drawn:
        kind = str(drawn.get("name"))
        return tag("span", icon(kind if kind in ICONS else "app"), class_=f"{name}-icon {name}-sign")
    return NOTHING


def _part(block: Json, name: str, marks: str, reader: Reader) -> Html:
    return tag("div", draw_text(block[name], reader), class_=marks) if block.get(name) else NOTHING


def _source(source: Json, reader: Reader) -> Html:
    address = str(source.get("url", ""))
    return reader.link(address, esc(source.get("text") or address))


def _step(by: int, sign: str, spoken: str) -> Html:
    return tag(
        "button", icon(sign), type="button", class_="carousel-step", data_step=by, aria_label=spoken, hidden=True
    )
