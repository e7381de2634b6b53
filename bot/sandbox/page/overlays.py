"""What the page's script shows above everything: the choice of emoji, the menus, short words when something failed."""

from typing import Final

from bot.sandbox.manifest import ShortcutKind
from bot.sandbox.page.emoji import EMOJI
from bot.sandbox.page.markup import NOTHING, Html, esc, icon, join, tag
from bot.sandbox.page.modal import draw_modal
from bot.sandbox.page.scene import Scene

OFFERED: Final = (
    "+1", "heart", "tada", "clap", "raised_hands", "joy",
    "fire", "rocket", "star", "trophy", "100", "sparkles",
    "eyes", "white_check_mark", "pray", "muscle", "bulb", "thinking_face",
    "wave", "smile", "partying_face", "coffee", "x", "-1",
)  # fmt: skip
"""The emoji one can react with, in rows of six."""


def draw_overlays(scene: Scene) -> Html:
    """Draw them, closed; there is one of each on the page."""
    return join(
        [
            tag("dialog", draw_modal(scene), id="modal", aria_labelledby="modal-title"),
            _picker(),
            _message_menu(scene),
            _shortcuts(scene),
            tag("p", id="toast", role="alert", popover="manual"),
        ]
    )


def _picker() -> Html:
    buttons = [
        tag("button", esc(EMOJI[name]), type="button", title=f":{name}:", aria_label=name.replace("_", " "),
            data_emoji=name)
        for name in OFFERED
    ]  # fmt: skip
    return tag(
        "div", *buttons, class_="popup picker emoji", id="picker", role="group", aria_label="Emoji", popover="manual"
    )


def _message_menu(scene: Scene) -> Html:
    rows = [_item("react", "smile", "Add reaction"), _item("thread", "comment", "Reply in thread")]
    shortcuts = _shortcut_rows(scene, "message")
    if shortcuts:
        rows += [tag("hr"), *shortcuts]
    return tag(
        "div",
        *rows,
        class_="popup menu",
        id="message-menu",
        role="menu",
        aria_label="More actions",
        popover="manual",
    )


def _shortcuts(scene: Scene) -> Html:
    rows = _shortcut_rows(scene, "global")
    return (
        tag("div", *rows, class_="popup menu", id="shortcuts", role="menu", aria_label="Shortcuts", popover="manual")
        if rows
        else NOTHING
    )


def _shortcut_rows(scene: Scene, kind: ShortcutKind) -> list[Html]:
    return [
        tag(
            "button",
            icon("bolt"),
            tag("span", esc(row.name), tag("span", esc(row.description), class_="about"), class_="menu-words"),
            tag("span", esc(scene.workspace.app_name), class_="whose"),
            type="button",
            role="menuitem",
            tabindex=-1,
            data_do=f"{kind}-shortcut",
            data_callback=row.callback_id,
        )
        for row in scene.manifest.shortcuts
        if row.kind == kind
    ]


def _item(deed: str, sign: str, words: str) -> Html:
    return tag("button", icon(sign), tag("span", esc(words)), type="button", role="menuitem", tabindex=-1, data_do=deed)
