"""The words in which rules about blocks are written: small checks that fit together into shapes.

A rule looks at one spot of a JSON value and notes what Slack would say about it. `shape` makes a rule out of the rules
for each field, so that the files about blocks read as tables.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Surface = Literal["message", "modal", "home"]

FURTHEST: Final = 10**15
"""How far from nought a number may lie: up to there a fraction is still exact enough to be drawn."""


@dataclass(frozen=True)
class Spot:
    """One place in the JSON under trial: its value, Slack's pointer to it, and the list that complaints go to."""

    value: Any
    pointer: str
    surface: Surface
    found: list[str]

    def wrong(self, words: str) -> None:
        """Note a complaint about this place."""
        self.found.append(f"[ERROR] {words} [json-pointer:{self.pointer}]")

    def at(self, key: str | int) -> "Spot":
        """Return the place below this one."""
        return Spot(self.value[key], f"{self.pointer}/{key}", self.surface, self.found)


Rule = Callable[[Spot], None]


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """Return the rule of an object with exactly these fields, beside its `type`."""
    rules = {**required, **(optional or {})}

    def check(spot: Spot) -> None:
        if not isinstance(spot.value, dict):
            spot.wrong("must be an object")
            return
        for name in required:
            if name not in spot.value:
                spot.wrong(f"missing required field: {name}")
        for name in spot.value:
            if name in rules:
                rules[name](spot.at(name))
            elif name != "type":
                spot.wrong(f"invalid additional property: {name}")

    return check


def typed(table: Mapping[str, Rule], only: Collection[str] | None = None) -> Rule:
    """Return the rule of an object whose `type` names its rule in `table`; `only` narrows the choice."""

    def check(spot: Spot) -> None:
        if not isinstance(spot.value, dict):
            spot.wrong("must be an object")
        elif "type" not in spot.value:
            spot.wrong("missing required field: type")
        else:
            kind = spot.value["type"]
            rule = table.get(kind) if isinstance(kind, str) and (only is None or kind in only) else None
            if rule is None:
                spot.at("type").wrong(f"unsupported type: {kind}")
            else:
                rule(spot)

    return check


def together(*rules: Rule) -> Rule:
    """Return the rule that asks all of `rules`."""

    def check(spot: Spot) -> None:
        for rule in rules:
            rule(spot)

    return check


def needs_one_of(*names: str) -> Rule:
    """Return the rule of an object that has at least one of these fields."""

    def check(spot: Spot) -> None:
        if isinstance(spot.value, dict) and not spot.value.keys() & set(names):
            spot.wrong(f"must provide one of: {', '.join(names)}")

    return check


def only_one_of(*names: str) -> Rule:
    """Return the rule of an object that has exactly one of these fields."""

    def check(spot: Spot) -> None:
        if isinstance(spot.value, dict) and len(spot.value.keys() & set(names)) != 1:
            spot.wrong(f"must provide exactly one of: {', '.join(names)}")

    return check


def string(most: int | None = None, least: int = 1) -> Rule:
    """Return the rule of a text of `least` to `most` characters."""

    def check(spot: Spot) -> None:
        if not isinstance(spot.value, str):
            spot.wrong("must be a string")
        elif most is not None and len(spot.value) > most:
            spot.wrong(f"must be less than {most + 1} characters")
        elif len(spot.value) < least:
            spot.wrong(f"must be more than {least - 1} characters")

    return check


def matching(pattern: str, words: str) -> Rule:
    """Return the rule of a text written like `pattern`; `words` say what that means."""
    known = re.compile(pattern, re.ASCII)

    def check(spot: Spot) -> None:
        if not isinstance(spot.value, str) or not known.fullmatch(spot.value):
            spot.wrong(words)

    return check


def number(least: float | None = None, most: float | None = None, *, whole: bool = False) -> Rule:
    """Return the rule of a number between `least` and `most`, both allowed."""

    def check(spot: Spot) -> None:
        value = spot.value
        known = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        # Compared, not measured: what is no number is not smaller either, and a whole number may be too long for math.
        if not known or not -FURTHEST <= value <= FURTHEST:
            spot.wrong("must be an integer" if whole else "must be a number")
        elif least is not None and value < least:
            spot.wrong(f"must be at least {least}")
        elif most is not None and value > most:
            spot.wrong(f"must be at most {most}")

    return check


def one_of(*values: Any) -> Rule:
    """Return the rule of a value that is one of these."""

    def check(spot: Spot) -> None:
        if spot.value not in values:
            spot.wrong(f"must be a valid enum value: {', '.join(map(str, values))}")

    return check


def flag(spot: Spot) -> None:
    """Check a yes or no."""
    if not isinstance(spot.value, bool):
        spot.wrong("must be a boolean")


def an_object(spot: Spot) -> None:
    """Check that there are fields, whichever they are."""
    if not isinstance(spot.value, dict):
        spot.wrong("must be an object")


def anything(spot: Spot) -> None:
    """Let everything pass: fields whose values Slack does not describe."""


def each(rule: Rule, least: int = 0, most: int | None = None) -> Rule:
    """Return the rule of an array of `least` to `most` items that each follow `rule`."""

    def check(spot: Spot) -> None:
        if not isinstance(spot.value, list):
            spot.wrong("must be an array")
            return
        if most is not None and len(spot.value) > most:
            spot.wrong(f"no more than {most} items allowed")
        if len(spot.value) < least:
            spot.wrong(f"no less than {least} items allowed")
        for place in range(len(spot.value)):
            rule(spot.at(place))

    return check


def plain_text(most: int, least: int = 1) -> Rule:
    """Return the rule of a plain_text object."""
    return typed({"plain_text": shape({"text": string(most, least)}, {"emoji": flag})})


def mrkdwn(most: int, least: int = 1) -> Rule:
    """Return the rule of a mrkdwn object."""
    return typed({"mrkdwn": shape({"text": string(most, least)}, {"verbatim": flag})})


def text(most: int, least: int = 1) -> Rule:
    """Return the rule of a text object of either kind."""
    plain, marked = plain_text(most, least), mrkdwn(most, least)
    return typed({"plain_text": plain, "mrkdwn": marked})
