"""The inspector: what went between Slack and the app, the latest first."""

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from bot.sandbox.page.markup import NOTHING, Html, esc, icon, join, tag
from bot.sandbox.page.place import hidden_words
from bot.sandbox.page.reader import Reader
from bot.sandbox.record import Entry

MOST_CHARACTERS: Final = 60_000
"""How much of one request or answer is shown; a list of thousands of people would only make the page slow."""

_KEY = re.compile(r'^(\s*)("(?:[^"\\]|\\.)*"): ', re.MULTILINE)


def draw_entries(entries: Iterable[Entry], reader: Reader) -> Html:
    """Draw exchanges as rows of a list; what is inside comes when one is opened."""
    return join([_row(entry, reader) for entry in entries])


def draw_exchange(entry: Entry | None) -> Html:
    """Draw the request and the answer of one exchange."""
    if entry is None:
        return tag("p", esc("This exchange is no longer kept."), class_="tools-note")
    return join([_part("Request", entry.request), _answer(entry)])


def took(milliseconds: float) -> str:
    """Write how long something took."""
    if milliseconds < 1:
        return "<1 ms"
    return f"{milliseconds:.0f} ms" if milliseconds < 1_000 else f"{milliseconds / 1_000:.1f} s"


def _row(entry: Entry, reader: Reader) -> Html:
    outward = entry.direction == "to the app"
    at = entry.at.astimezone(reader.zone)
    outcome = entry.outcome if entry.went_well else f"failed: {entry.outcome}"
    head = tag(
        "summary",
        tag("span", icon("arrow-right" if outward else "arrow-left"), class_="exchange-arrow"),
        tag("span", esc(entry.title), class_="exchange-title"),
        tag("span", esc(took(entry.milliseconds)), class_="exchange-took"),
        tag(
            "span",
            tag("time", esc(f"{at:%a %H:%M:%S}"), datetime=entry.at.isoformat(), title=f"{at:%-d %B %Y, %H:%M:%S %Z}"),
            tag("span", esc(entry.direction)),
            tag("span", icon("check" if entry.went_well else "alert"), esc(outcome), class_="exchange-outcome"),
            class_="exchange-about",
        ),
    )
    return tag(
        "li",
        tag("details", head, tag("div", class_="exchange-inside")),
        class_="exchange" if entry.went_well else "exchange exchange-failed",
        data_number=entry.number,
        data_kind="to" if outward else "from",
        data_title=entry.title,
    )


def _answer(entry: Entry) -> Html:
    if entry.answer is None:
        return tag("p", esc("No answer came."), class_="tools-note")
    if entry.answer == {}:
        return tag("p", esc("The answer was empty."), class_="tools-note")
    return _part("Answer", entry.answer)


def _part(title: str, value: Any) -> Html:
    written = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    rest = len(written) - MOST_CHARACTERS
    copy = tag(
        "button",
        icon("copy"),
        tag("span", esc("Copy"), class_="copy-word"),
        hidden_words(esc(f" {title.lower()}")),
        type="button",
        class_="copy",
    )
    return tag(
        "section",
        tag("div", tag("h3", esc(title)), copy, class_="exchange-head"),
        tag("pre", tag("code", _with_keys(written[:MOST_CHARACTERS])), tabindex="0", aria_label=title),
        tag("p", esc(f"{rest:,} more characters are not shown."), class_="tools-note") if rest > 0 else NOTHING,
    )


def _with_keys(written: str) -> Html:
    parts: list[Html] = []
    place = 0
    for match in _KEY.finditer(written):
        parts += [esc(written[place : match.start(2)]), tag("span", esc(match.group(2)), class_="json-key")]
        place = match.end(2)
    return join([*parts, esc(written[place:])])
