"""A short tour of the page for the first visit. What it says comes from outside: the sandbox knows no app."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from bot.sandbox.page import mrkdwn
from bot.sandbox.page.markup import Html, esc, tag
from bot.sandbox.page.reader import Reader

TARGETS: Final = {
    "page": "",
    "composer": ".box, .archived",
    "messages": "#messages",
    "people": ".you, #open-side",
    "channels": ".rooms, #open-side",
    "clock": "#move",
    "tools": "#open-tools",
}
"""Selectors of the things a tour can speak of; of several the first that can be seen is meant, of none the whole page."""


class Step(NamedTuple):
    """One card of a tour: beside what it stands (a name of TARGETS or a selector), its title and its words (mrkdwn)."""

    target: str
    title: str
    words: str


def draw_tour(steps: Sequence[Step], reader: Reader) -> Html:
    """Draw the tour: a dialog of one card for each step, of which the page's script shows one after the other."""
    cards = [_card(step, number, len(steps), reader) for number, step in enumerate(steps, start=1)]
    return tag("dialog", *cards, id="tour", aria_label="A short tour")


def _card(step: Step, number: int, count: int, reader: Reader) -> Html:
    last = number == count
    return tag(
        "section",
        tag("p", esc(f"{number} of {count}"), class_="tour-count"),
        tag("h2", esc(step.title), tabindex="-1"),
        tag("p", mrkdwn.draw(step.words, reader)),
        tag(
            "div",
            tag("button", esc("Skip"), type="button", class_="quiet", data_tour="skip") if not last else Html(""),
            tag("button", esc("Done" if last else "Next"), type="button", class_="tour-next", data_tour="next"),
            class_="tour-buttons",
        ),
        class_="tour-card",
        data_target=TARGETS.get(step.target, step.target),
        hidden=number > 1,
    )
