"""Modals: a form to fill in, or a page to read; and the fields that a form has.

A field's name is both its `block_id` and its `action_id`, and the name under which its value comes back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.views.blocks import mrkdwn, plain
from bot.views.message import Block, Message

MOST_OF_A_TITLE: Final = 24
MOST_OF_A_CHOICE: Final = 75
MOST_CHOICES: Final = 100
MOST_OF_A_LABEL: Final = 2_000
MOST_OF_A_NOTE: Final = 3_000
MOST_TYPED: Final = 3_000


@dataclass(frozen=True, slots=True)
class Form:
    """One modal, ready to be opened. Without `submit` it is a page to read."""

    name: str
    """What its submission is known by: the key in the table FORMS."""
    title: str
    """At most 24 characters."""
    blocks: Sequence[Block]
    submit: str = ""
    close: str = "Cancel"
    note: str = ""
    """What comes back with the submission, unseen; at most 3,000 characters. Ids alone, and checked again then."""
    stacked: bool = False
    """Whether it stands upon the one it was asked for from, instead of taking its place."""

    def view(self) -> Block:
        """Return the modal as Slack takes it."""
        view: Block = {
            "type": "modal", "title": plain(self.title[:MOST_OF_A_TITLE]), "close": plain(self.close),
            "blocks": list(self.blocks),
        }  # fmt: skip
        if self.name:
            view |= {"callback_id": self.name}
        if self.note:
            view |= {"private_metadata": self.note}
        return view | {"submit": plain(self.submit)} if self.submit else view


@dataclass(frozen=True, slots=True)
class Errors:
    """What is wrong in a form that was sent, by the field's name; it stays open."""

    fields: Mapping[str, str]


def page(title: str, message: Message, *, close: str = "Close", stacked: bool = False) -> Form:
    """Return a message as a page to read."""
    return Form("", title, message.blocks, close=close, stacked=stacked)


def _input(name: str, label: str, element: Block, *, optional: bool, hint: str) -> Block:
    block: Block = {
        "type": "input", "block_id": name, "label": plain(label), "optional": optional,
        "element": element | {"action_id": name},
    }  # fmt: skip
    return block | {"hint": plain(hint)} if hint else block


def text_field(
    name: str, label: str, *, lines: bool = False, most: int = MOST_TYPED, initial: str = "", placeholder: str = "",
    hint: str = "", optional: bool = False,
) -> Block:  # fmt: skip
    """Return a field for words, on one line or several."""
    element: Block = {"type": "plain_text_input", "multiline": lines, "max_length": most}
    if initial:
        element["initial_value"] = initial
    if placeholder:
        element["placeholder"] = plain(placeholder)
    return _input(name, label, element, optional=optional, hint=hint)


def number_field(
    name: str, label: str, *, least: int | None = None, most: int | None = None, initial: int | None = None,
    hint: str = "", optional: bool = False,
) -> Block:  # fmt: skip
    """Return a field for a whole number."""
    element: Block = {"type": "number_input", "is_decimal_allowed": False}
    for key, value in (("min_value", least), ("max_value", most), ("initial_value", initial)):
        if value is not None:
            element[key] = str(value)
    return _input(name, label, element, optional=optional, hint=hint)


def date_field(
    name: str, label: str, *, initial: date | None = None, hint: str = "", optional: bool = False
) -> Block:  # fmt: skip
    """Return a field for a day."""
    element: Block = {"type": "datepicker"}
    if initial is not None:
        element["initial_date"] = initial.isoformat()
    return _input(name, label, element, optional=optional, hint=hint)


def person_field(name: str, label: str, *, initial: str = "", hint: str = "", optional: bool = False) -> Block:
    """Return a field for one person of the workspace; `initial` is a Slack id."""
    element: Block = {"type": "users_select"}
    if initial:
        element["initial_user"] = initial
    return _input(name, label, element, optional=optional, hint=hint)


def people_field(
    name: str, label: str, *, most: int, initial: Sequence[str] = (), hint: str = "", optional: bool = False
) -> Block:  # fmt: skip
    """Return a field for several people of the workspace; `initial` are Slack ids."""
    element: Block = {"type": "multi_users_select", "max_selected_items": most}
    if initial:
        element["initial_users"] = list(initial)
    return _input(name, label, element, optional=optional, hint=hint)


def channel_field(name: str, label: str, *, initial: str = "", hint: str = "", optional: bool = False) -> Block:
    """Return a field for a channel, public or private; `initial` is its id."""
    element: Block = {"type": "conversations_select", "filter": {"include": ["public", "private"]}}
    if initial:
        element["initial_conversation"] = initial
    return _input(name, label, element, optional=optional, hint=hint)


def _choice(value: str, words: str, *, marked: bool = False) -> Block:
    shown = words if len(words) <= MOST_OF_A_CHOICE else words[: MOST_OF_A_CHOICE - 1] + "…"
    return {"text": (mrkdwn if marked else plain)(shown), "value": value}


def choice_field(
    name: str, label: str, choices: Mapping[str, str], *, initial: str = "", radio: bool = False, hint: str = "",
    optional: bool = False, marked: bool = False,
) -> Block:  # fmt: skip
    """Return a field for one of up to 100 choices (value -> words), as a menu or (up to 10) as radio buttons.

    Of radio buttons alone the words may be `marked`: escaped mrkdwn.
    """
    options = [_choice(value, words, marked=marked) for value, words in list(choices.items())[:MOST_CHOICES]]
    element: Block = {"type": "radio_buttons" if radio else "static_select", "options": options}
    first = next((option for option in options if option["value"] == initial), None)
    if first is not None:
        element["initial_option"] = first
    return _input(name, label, element, optional=optional, hint=hint)


def ticks_field(
    name: str, label: str, choices: Mapping[str, str], *, initial: Sequence[str] = (), hint: str = "",
    optional: bool = True,
) -> Block:  # fmt: skip
    """Return a field of up to 10 boxes to tick (value -> words)."""
    options = [_choice(value, words) for value, words in choices.items()]
    element: Block = {"type": "checkboxes", "options": options}
    ticked = [option for option in options if option["value"] in initial]
    if ticked:
        element["initial_options"] = ticked
    return _input(name, label, element, optional=optional, hint=hint)


def several_field(
    name: str, label: str, choices: Mapping[str, str], *, initial: Sequence[str] = (), hint: str = "",
    optional: bool = True,
) -> Block:  # fmt: skip
    """Return a menu of which several of up to 100 choices (value -> words) can be taken."""
    options = [_choice(value, words) for value, words in list(choices.items())[:MOST_CHOICES]]
    element: Block = {"type": "multi_static_select", "options": options}
    taken = [option for option in options if option["value"] in initial]
    if taken:
        element["initial_options"] = taken
    return _input(name, label, element, optional=optional, hint=hint)
