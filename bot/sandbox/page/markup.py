"""HTML as a type of its own: text becomes Html only through `esc`, and tags take nothing but Html."""

from html import escape
from typing import NewType

from bot.sandbox.page.icons import ICONS

Html = NewType("Html", str)
Attribute = str | int | float | bool | None

NOTHING = Html("")
VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


def esc(text: object) -> Html:
    """Return text, whoever wrote it, as harmless HTML."""
    return Html(escape(str(text), quote=True))


def join(parts: "list[Html] | tuple[Html, ...]", between: str = "") -> Html:
    """Put pieces of HTML one after the other; `between` is plain text."""
    return Html(esc(between).join(parts))


def tag(name: str, /, *children: Html, **attributes: Attribute) -> Html:
    """Return one element. `class_` is the class, an underscore within a name a hyphen; None and False leave it out."""
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(children)}</{name}>")


def icon(name: str) -> Html:
    """Draw one of ICONS, which say nothing to a screen reader."""
    marks = f"icon icon-{name}"
    return tag("svg", tag("path", d=ICONS[name]), viewBox="0 0 16 16", class_=marks, aria_hidden="true")


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{esc(value)}"'
