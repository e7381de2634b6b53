"""The modal that a person has open: the topmost view of their stack."""

from dataclasses import replace

from bot.sandbox.model import Json
from bot.sandbox.page.draw import draw_blocks
from bot.sandbox.page.markup import NOTHING, Html, esc, icon, tag
from bot.sandbox.page.people import avatar
from bot.sandbox.page.scene import Scene
from bot.sandbox.page.texts import words


def draw_modal(scene: Scene) -> Html:
    """Draw the view in sight as a form; nothing if none is open."""
    stack = scene.workspace.modals.stack(scene.person.slack_id)
    if not stack:
        return NOTHING
    view = stack[-1]
    reader = replace(scene.reader, place=f"{view['id']}-")
    return tag(
        "form",
        tag("header", _back(stack), avatar(scene.workspace.bot_user), _title(view), _close(), class_="modal-head"),
        tag("div", draw_blocks(view["blocks"], reader), class_="modal-body"),
        tag("p", class_="modal-trouble", role="alert", hidden=True),
        tag("footer", _foot(view), class_="modal-foot"),
        id=f"view-{view['id']}",
        class_="modal-view",
        novalidate=True,
        data_container="view",
        data_view=view["id"],
        data_depth=len(stack),
    )


def _title(view: Json) -> Html:
    return tag("h2", esc(words(view["title"])), id="modal-title")


def _back(stack: list[Json]) -> Html:
    if len(stack) < 2:
        return NOTHING
    said = f"Back to {words(stack[-2]['title'])}"
    return _icon_button("caret-left", said)


def _close() -> Html:
    return _icon_button("close", "Close")


def _icon_button(sign: str, said: str) -> Html:
    return tag(
        "button", icon(sign), type="button", class_="icon-button", aria_label=said, title=said, data_do="close-view"
    )


def _foot(view: Json) -> Html:
    sends = bool(view.get("submit"))
    close = words(view.get("close"), "Cancel" if sends else "Close")
    closes = tag("button", esc(close), type="button", class_="button button-default", data_do="close-view")
    if not sends:
        return closes
    submit = tag("button", esc(words(view["submit"])), type="submit", class_="button button-primary", id="submit-view")
    return Html(closes + submit)
