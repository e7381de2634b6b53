"""The box to write in, below a channel and below a thread, and what it offers while one types."""

import json

from bot.sandbox.interactions import ARCHIVED
from bot.sandbox.page.markup import NOTHING, Html, esc, icon, join, tag
from bot.sandbox.page.scene import Scene, title_of


def draw_composer(scene: Scene, *, in_thread: bool = False) -> Html:
    """Draw the box, or why nothing can be written here. It works without the page's script, too."""
    silent = why_silent(scene)
    if silent:
        return tag("p", esc(silent), class_="silent")
    name = "thread-text" if in_thread else "text"
    title = title_of(scene.channel, scene)
    box = tag(
        "textarea",
        name="text",
        id=name,
        rows=1,
        placeholder="Reply…" if in_thread else f"Message {title} or type /",
        aria_label=f"Reply in the thread in {title}" if in_thread else f"Message {title}",
        role="combobox",
        aria_autocomplete="list",
        aria_expanded="false",
        aria_controls=f"{name}-offers",
        autocomplete="off",
        spellcheck="true",
    )
    return tag(
        "form",
        tag("ul", id=f"{name}-offers", class_="offers", role="listbox", aria_label="Suggestions", hidden=True),
        hidden_fields(scene, in_thread=in_thread),
        tag("div", NOTHING if in_thread else _shortcuts_button(scene), box, _send_button(), class_="box"),
        _also_in_channel(scene) if in_thread else NOTHING,
        tag("p", class_="working", role="status"),
        method="post",
        action="say",
        class_="composer",
        id=None if in_thread else "say",
    )


def hidden_fields(scene: Scene, *, in_thread: bool = False) -> Html:
    """Draw the fields that say who sends a form, and where."""
    fields = {"as": scene.person.slack_id, "in": scene.channel.slack_id}
    if in_thread and scene.thread is not None:
        fields |= {"thread": scene.thread.ts, "thread_ts": scene.thread.ts}
    return join([tag("input", type="hidden", name=name, value=value) for name, value in fields.items()])


def draw_known(scene: Scene) -> Html:
    """Draw, for the page's script, everything that the box may offer."""
    workspace = scene.workspace
    commands = scene.manifest.commands.values() if workspace.installed else []
    rows = [
        {"typed": row.name, "hint": row.usage_hint, "about": row.description, "is_command": True} for row in commands
    ]
    rows += [
        {"typed": f"@{person.name}", "hint": "", "about": person.real_name, "is_command": False}
        for person in workspace.people.values()
        if not person.deleted
    ]
    rows += [
        {"typed": f"#{channel.name}", "hint": "", "about": channel.topic, "is_command": False}
        for channel in workspace.visible_channels(scene.person)
        if not channel.is_im
    ]
    # Inside a script element nothing but "<" can end it, so that is written as JSON's own escape.
    written = Html(json.dumps(rows).replace("<", "\\u003c"))
    return tag("script", written, type="application/json", id="known")


def why_silent(scene: Scene) -> str | None:
    """Return why nothing can be written here, None if it can."""
    if scene.channel.is_archived:
        return ARCHIVED
    may_write = scene.manifest.messages_tab and scene.manifest.may_write_to_app
    if scene.is_app and not may_write:
        return "This app reads no messages: type / in a channel to see what it can do."
    return None


def _shortcuts_button(scene: Scene) -> Html:
    if not any(row.kind == "global" for row in scene.manifest.shortcuts):
        return NOTHING
    return tag(
        "button",
        icon("bolt"),
        type="button",
        class_="tool",
        id="open-shortcuts",
        aria_label="Shortcuts",
        title="Shortcuts",
        aria_haspopup="menu",
        aria_expanded="false",
    )


def _send_button() -> Html:
    return tag("button", icon("send"), class_="send", aria_label="Send", title="Send")


def _also_in_channel(scene: Scene) -> Html:
    where = "as a direct message" if scene.channel.is_im else f"to #{scene.channel.name}"
    return tag(
        "label",
        tag("input", type="checkbox", name="broadcast", value="yes"),
        tag("span", esc(f"Also send {where}")),
        class_="also",
    )
