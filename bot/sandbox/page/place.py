"""Where an interactive element stands: what every element's drawing needs to know beside the element itself."""

import re
from dataclasses import dataclass

from bot.sandbox.model import Json
from bot.sandbox.page.markup import Attribute, Html, tag
from bot.sandbox.page.reader import Reader
from bot.sandbox.page.texts import words

_GAP = re.compile(r"\s")


@dataclass(frozen=True)
class Place:
    """An element's place. `name` is its id on the page.

    `label` and `hint` are ids of what the block says about the element, if it does; `required` says that something
    must be chosen before a view can be sent.
    """

    reader: Reader
    name: str
    label: str | None = None
    hint: str | None = None
    required: bool = False

    def named(self, element: Json, otherwise: str) -> dict[str, Attribute]:
        """Return the attributes of the one control of an element: its id, its name for a screen reader and more."""
        return {"id": self.name, **self.about(element, otherwise), "autofocus": bool(element.get("focus_on_load"))}

    def about(self, element: Json, otherwise: str) -> dict[str, Attribute]:
        """Return the attributes that tell a screen reader what a control or a group of them is for."""
        spoken = None if self.label else words(element.get("placeholder"), otherwise)
        return {
            "aria_label": spoken,
            "aria_labelledby": self.label,
            "aria_describedby": self.hint,
            "aria_required": "true" if self.required else None,
        }


def place_of(block: Json, element: Json, reader: Reader) -> Place:
    """Return the place of an element that its block says nothing about."""
    return Place(reader, slug(reader, block.get("block_id", ""), "-", element.get("action_id", "")))


def slug(reader: Reader, *parts: object) -> str:
    """Return an id for HTML that is one of its kind on the page as long as `parts` are in what is being drawn."""
    return _GAP.sub("_", reader.place + "".join(map(str, parts)))


def hidden_words(said: Html) -> Html:
    """Draw words for those who listen to the page."""
    return tag("span", said, class_="visually-hidden")
