"""Bonuses and corrections by hand: a reason for each, and above a limit of the programme a second admin's yes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.ledger import MOST, Unit
from bot.domain.points import Entry
from bot.domain.programme import Points

MOST_PEOPLE: Final = 50
MOST_WORDS: Final = 500

WITHIN: Final = timedelta(days=1)
"""What one admin gives and takes within so long is held against the limit together."""


NEW: Final = timedelta(days=7)
"""For so long whom somebody made an admin does not approve what they ask for."""


class State(StrEnum):
    """Where a bonus or a correction is: waiting for a second admin, done, declined, or refused by the ledger."""

    WAITING = "waiting"
    DONE = "done"
    DECLINED = "declined"
    REFUSED = "refused"


class Step(StrEnum):
    """What a second admin does; whoever asked may take it back."""

    APPROVE = "approve"
    DECLINE = "decline"


class Bar(StrEnum):
    """Why an admin may not approve something."""

    OWN = "own"
    GETS = "gets"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Case:
    """A bonus or a correction as messages tell of it; ids of people and texts, no words of theirs."""

    id: int
    asked_by: int | None
    """None for the command line."""
    person_ids: tuple[int, ...]
    unit: str
    amount: int
    """What each gets; of a correction, what is taken back."""
    text_id: int
    state: State
    by: int | None = None
    """Who decided; None where nobody had to."""
    of: Entry | None = None
    """The entry that is taken back; None for a bonus."""

    def people(self) -> set[int]:
        """Return whose names are needed."""
        known = {number for number in (self.asked_by, self.by) if number is not None}
        return known | set(self.person_ids) | (self.of.person_ids() if self.of is not None else set())

    def text_ids(self) -> set[int]:
        """Return which words are needed."""
        return {self.text_id}


@dataclass(frozen=True, slots=True)
class News:
    """What one person is told of a bonus or a correction of theirs."""

    amount: int
    unit: str
    text_id: int
    of: Entry | None = None
    owed: int = 0
    """What was spent or held already, and is taken from what comes next."""
    paid: int = 0
    """What of a bonus was taken for what they owed."""
    owes: int | None = None
    """What they owe in all when it is said; None where nobody has looked: then it is `owed`."""
    held: int = 0
    """What is held for them when it is said."""

    def people(self) -> set[int]:
        """Return whose names are needed."""
        return set() if self.of is None else self.of.person_ids()

    def text_ids(self) -> set[int]:
        """Return which words are needed."""
        return {self.text_id} | (set() if self.of is None else self.of.text_ids())


def limit_of(points: Points, unit: str) -> int:
    """Return above how many, within a day, a second admin decides."""
    return points.two_person_minutes if unit == Unit.MINUTES else points.two_person_limit


def needs_a_second(total: int, before: int, limit: int) -> bool:
    """Whether a second admin must decide: what one admin moved within a day counts together, so that parts are no way around."""
    return total + before > limit


def bar(asked_by: int | None, person_ids: Collection[int], decider: int, *, is_new: bool = False) -> Bar | None:
    """Return why an admin may not approve: nobody does what they asked for, or what they get themselves. None: they may.

    `is_new`: whoever asked made them an admin less than `NEW` ago, as a second pair of eyes they are none.
    """
    if decider == asked_by:
        return Bar.OWN
    if decider in person_ids:
        return Bar.GETS
    return Bar.NEW if is_new else None


def problems(amount: int, person_ids: tuple[int, ...], reason: str) -> Mapping[str, str]:
    """Return what is wrong with a bonus, by the form's field."""
    wrong = {}
    if not person_ids:
        wrong["people"] = "Say whom it is for."
    if len(person_ids) > MOST_PEOPLE:
        wrong["people"] = f"At most {MOST_PEOPLE} people at once."
    if not 0 < amount <= MOST:
        wrong["amount"] = f"A whole number from 1 to {MOST:,}."
    if not reason.strip():
        wrong["reason"] = "Say what it is for: they read it in their statement."
    if len(reason) > MOST_WORDS:
        wrong["reason"] = f"At most {MOST_WORDS} characters."
    return MappingProxyType(wrong)
