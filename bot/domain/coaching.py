"""Coaching: a record of one private conversation of a lead and an agent, about one thing, while it is fresh (KPIS.md)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from html import unescape
from types import MappingProxyType
from typing import Final

from bot.domain.ledger import sha256
from bot.domain.metrics import Value
from bot.domain.people import Reader, folded
from bot.errors import InputError

FRESH_DAYS: Final = 7
"""Figures and contacts that a conversation may be about are of so many days; so often everybody is coached."""

FORMAL_DAYS: Final = 30
"""Everybody is coached at least so often (KPIS.md, `coaching_coverage`)."""

CONTACT: Final = "contact"
OTHER: Final = "other"

MOST_CHARACTERS: Final[Mapping[str, int]] = MappingProxyType(
    {"what": 300, "went_well": 700, "own_view": 700, "one_thing": 500, "next_step": 300, "answer": 1_000}
)
"""How long each text may be, by its field: all of them fit one message."""

_MENTION: Final = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>[,\s]*")


class Wish(StrEnum):
    """What somebody wants of `/coach`."""

    CHOOSE = ""
    MINE = "mine"
    HELP = "help"
    WITH = "@name"
    CALLED = "name"


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed after `/coach`; `slack_id` is the agent's whom Slack knew, `name` what was typed instead."""

    wish: Wish
    slack_id: str = ""
    name: str = ""


def parse(text: str) -> Typed:
    """Read what stands after `/coach`, with a name as Slack sends it or as it was typed. InputError says what would work."""
    typed = text.strip()
    if typed.casefold() in {Wish.CHOOSE, Wish.MINE, Wish.HELP}:
        return Typed(Wish(typed.casefold()))
    named = _MENTION.match(typed)
    if named is not None and not typed[named.end() :]:
        return Typed(Wish.WITH, named.group(1))
    if named is not None and _MENTION.match(typed, named.end()):
        raise InputError("Coaching is with one person at a time.")
    if named is not None:
        raise InputError("Type only the name: the form asks for the rest.")
    return Typed(Wish.CALLED, name=unescape(typed))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it was shown: the raw value in the metric's unit, and how many facts of these days made it."""

    metric: str
    first: date
    last: date
    value: Value
    count: int

    def digest(self) -> str:
        """Return what tells this figure from the same one after another fact has come."""
        return sha256(repr(self))[:12]


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form; the names of its fields are these."""

    about: str = ""
    """A metric's key, CONTACT or OTHER."""
    what: str = ""
    """Which contact or what else, in words or as a link."""
    went_well: str = ""
    own_view: str = ""
    one_thing: str = ""
    next_step: str = ""
    next_on: date | None = None

    def request_hash(self) -> str:
        """Return what tells this request from another."""
        return sha256(repr([(field.name, str(getattr(self, field.name))) for field in fields(self)]))


def problems(draft: Draft, today: date) -> dict[str, str]:
    """Return what is to be mended, by the field; `today` is the agent's own."""
    wrong = {
        field: _TOO_LONG.format(most)
        for field, most in MOST_CHARACTERS.items()
        if len(getattr(draft, field, "")) > most
    }
    if not draft.about:
        wrong["about"] = "Choose what it is about."
    if draft.about in _WHAT and not draft.what:
        wrong["what"] = _WHAT[draft.about]
    if not draft.went_well:
        wrong["went_well"] = "Begin with what went well, in a few words."
    if not draft.own_view:
        wrong["own_view"] = "Ask them first, and write what they said."
    if draft.next_step and draft.next_on is None:
        wrong["next_on"] = "A next step needs a day. By when?"
    if draft.next_on is not None and not draft.next_step:
        wrong["next_step"] = "What is to be done by that day?"
    if draft.next_on is not None and draft.next_on < today:
        wrong["next_on"] = "That day is over where they are. Choose today or later."
    return wrong


def answer_problem(words: str) -> str:
    """Return what is wrong with an answer; empty where nothing is."""
    if not words:
        return "Write a few words, or close this."
    most = MOST_CHARACTERS["answer"]
    return _TOO_LONG.format(most) if len(words) > most else ""


_TOO_LONG: Final = "At most {:,} characters fit here."
_WHAT: Final = MappingProxyType(
    {CONTACT: "Which contact? Write its id or paste its link.", OTHER: "Say in a few words what it is about."}
)

OLD_CONTACT: Final = MappingProxyType(
    {"what": f"That contact is more than {FRESH_DAYS} days old. Coaching helps while it is fresh: take a newer one."}
)
"""What is to be mended where the contact is known and too old."""


def external_ids(what: str) -> tuple[str, ...]:
    """Return the ids that a contact may be known by: what was written, and what its link ends with."""
    written = what.strip()
    end = written.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    return tuple(dict.fromkeys(filter(None, (written, end))))


def fresh_days(today: date) -> tuple[date, date]:
    """Return the first and the last of the finished days that figures are shown of; `today` is the agent's own."""
    return today - timedelta(days=FRESH_DAYS), today - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an empty form is made of; `reader` is the lead."""

    agent_id: int
    name: str
    reader: Reader
    figures: tuple[Figure, ...]
    days: tuple[date, date]
    """The days that the figures are of."""
    written_before: bool
    """Whether this lead wrote about this agent before."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one conversation came to; ids of people and of texts, no words."""

    id: int
    at: datetime
    lead: int
    agent: int
    about: str
    figure: Figure | None
    what: int | None
    went_well: int
    own_view: int
    one_thing: int | None
    next_step: int | None
    next_on: date | None
    answer: int | None
    answered_at: datetime | None

    def text_ids(self) -> set[int]:
        """Return which texts are needed to show it."""
        ids = (self.what, self.went_well, self.own_view, self.one_thing, self.next_step, self.answer)
        return {text_id for text_id in ids if text_id is not None}


@dataclass(frozen=True, slots=True)
class CoachingPost:
    """A conversation for one of the two; `reader` says how they read."""

    conversation: Conversation
    reader: Reader

    def person_ids(self) -> set[int]:
        """Return whose names are needed to show it."""
        return {self.conversation.lead, self.conversation.agent}

    def text_ids(self) -> set[int]:
        """Return which texts are needed to show it."""
        return self.conversation.text_ids()


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody whom a lead may choose; `last_on` is when anybody last coached them, on the lead's own clock."""

    person_id: int
    name: str
    last_on: date | None
    now: bool = True
    """False where they are not in the lead's team any more: what was written can still be read."""


@dataclass(frozen=True, slots=True)
class Team:
    """Whom a lead may choose, and how many of them were coached; for the lead alone."""

    agents: Sequence[Agent]
    of: int
    in_fresh_days: int
    in_formal_days: int


def team_of(agents: Iterable[Agent], today: date) -> Team:
    """Return a lead's choice: those whom nobody coached for longest first, those of the past last."""
    listed = sorted(agents, key=lambda agent: (not agent.now, agent.last_on or date.min, agent.name, agent.person_id))
    now = [agent for agent in listed if agent.now]
    return Team(
        listed, len(now), sum(_within(agent, today, FRESH_DAYS) for agent in now),
        sum(_within(agent, today, FORMAL_DAYS) for agent in now),
    )  # fmt: skip


def meant(agents: Iterable[Agent], typed: str) -> list[Agent]:
    """Return whose whole name was typed; where it is nobody's, those with a name of which a word begins so."""
    asked, now = folded(typed.removeprefix("@")), [agent for agent in agents if agent.now]
    whole = [agent for agent in now if folded(agent.name) == asked]
    return whole or [agent for agent in now if asked and f" {asked}" in f" {folded(agent.name)}"]


def is_named(agent: Agent, typed: str) -> bool:
    """Whether somebody's whole name was typed."""
    return folded(agent.name) == folded(typed.removeprefix("@"))


def _within(agent: Agent, today: date, days: int) -> bool:
    return agent.last_on is not None and today - agent.last_on < timedelta(days=days)
