"""Pots: a reward for a team, which its people pay for together. What one person pays is their part.

A pot is open until its price is in it, and parts can be taken back until then. A full one is a request like any other
(`rewards`): its parts are spent when the reward was handed over, and given back where it ends in any other way.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Status(StrEnum):
    """Where a pot is; of a team's pots for one reward at most one is open or full."""

    OPEN = "open"
    FULL = "full"
    DONE = "done"
    GIVEN_BACK = "given_back"


class Turn(StrEnum):
    """What became of a pot, as those are told who chipped in. All but the last two are states of its request."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    DONE = "done"
    GIVEN_BACK = "given_back"
    EXPIRED = "expired"
    UNREACHED = "unreached"
    OFF_SHELF = "off_shelf"


@dataclass(frozen=True, slots=True)
class Pot:
    """A pot as somebody of the team sees it: totals, and their own part; never who gave how much."""

    id: int
    reward: str
    title: str
    """What the reward was called when the pot was opened."""
    team: str
    """The team's name."""
    price: int
    held: int
    """Points in it."""
    people: int
    """How many have a part in it."""
    own: int
    """Points in it that are the reader's."""
    ends_on: date
    """The last day on the clock of the team's site; where it is not full by then, everything is given back."""
    status: Status = Status.OPEN

    @property
    def missing(self) -> int:
        """Return how many points are to come."""
        return self.price - self.held


@dataclass(frozen=True, slots=True)
class Chipped:
    """What came of chipping in."""

    title: str
    wanted: int
    taken: int
    """Points that went into the pot: at most what was missing; 0 where it was full, or they had too few."""
    short: int = 0
    """How many points too few they had."""
    pot: Pot | None = None
    """The pot as it is then; None where nothing was taken for want of points."""
    left: int = 0
    """Points that they have now, beside those that are held."""


@dataclass(frozen=True, slots=True)
class News:
    """What one of those who chipped in is told; ids of a person and of a text, no words of theirs."""

    turn: Turn
    title: str
    team: str
    price: int
    held: int
    part: int
    """Points of the one who is told."""
    by: int | None = None
    """Who took the step; None where nobody did."""
    text_id: int | None = None
    """What the decider wrote."""

    def person_ids(self) -> set[int]:
        """Return whose names are needed."""
        return set() if self.by is None else {self.by}

    def text_ids(self) -> set[int]:
        """Return which words are needed."""
        return set() if self.text_id is None else {self.text_id}


def over(on: date, ends_on: date, *, offered: bool) -> Turn | None:
    """Return why an open pot is given back, None where it is not; `on` is the day on the clock of the team's site.

    `offered`: whether its reward can still be had there.
    """
    if not offered:
        return Turn.OFF_SHELF
    return Turn.UNREACHED if on > ends_on else None
