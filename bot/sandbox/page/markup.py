"""HTML as a type of its own: text becomes Html only through `esc`, and tags take nothing but Html."""

from html import escape
from typing import NewType

Html = NewType("Html", str)
Attribute = str | int | float | bool | None

NOTHING = Html("")
# Drawn in lines on a square of 16, so that no font of the machine matters.
ICONS = {
    "app": "M5 1.5v3M11 1.5v3M5 11.5v3M11 11.5v3M1.5 5h3M1.5 11h3M11.5 5h3M11.5 11h3M4.5 4.5h7v7h-7z",
    "eye": "M1 8c2-3.3 4.4-5 7-5s5 1.7 7 5c-2 3.3-4.4 5-7 5S3 11.3 1 8zM8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
    "hash": "M6 2 4.5 14M11.5 2 10 14M2.5 5.500h11.500M2 10.500h11.5",
    "lock": "M4 7V5a4 4 0 0 1 8 0v2M3 7h10v7H3z",
    "menu": "M2 4h12M2 8h12M2 12h12",
}
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
    """Draw one of the page's own icons, which say nothing to a screen reader."""
    return tag("svg", tag("path", d=ICONS[name]), viewBox="0 0 16 16", class_="icon", aria_hidden="true")


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{esc(value)}"'
