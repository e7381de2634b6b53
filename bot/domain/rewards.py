"""Rewards: what can be had for points, and the way of a request from asked to handed over or given back.

The price is held from the moment somebody asks. It is spent when the reward was handed over, and given back where the
request ends in any other way.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.people import Role, Who

CATALOGUE: Final = "catalogue"
"""The owner of the stock of every reward."""

OLD: Final = timedelta(days=3)
"""A request that is open for longer than that stands before the admins, too, whoever is to decide."""

_NEAR: Final = 0.6
_MOST_NEAR: Final = 3


class RewardKind(StrEnum):
    """What a reward is."""

    PERK = "perk"
    PRODUCT = "product"
    TIME_OFF = "time_off"
    RECOGNITION = "recognition"


class Approver(StrEnum):
    """Who decides and hands over: a lead of the person's team (where there is none, the admins), or an admin."""

    LEAD = "lead"
    ADMIN = "admin"


class State(StrEnum):
    """Where a request is."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    DONE = "done"
    GIVEN_BACK = "given_back"


class Step(StrEnum):
    """What somebody does to a request."""

    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"
    DONE = "done"
    GIVE_BACK = "give_back"


NEXT: Final[Mapping[tuple[State, Step], State]] = MappingProxyType(
    {
        (State.ASKED, Step.APPROVE): State.APPROVED,
        (State.ASKED, Step.DECLINE): State.DECLINED,
        (State.ASKED, Step.CANCEL): State.CANCELLED,
        (State.APPROVED, Step.DONE): State.DONE,
        (State.APPROVED, Step.GIVE_BACK): State.GIVEN_BACK,
        (State.APPROVED, Step.CANCEL): State.CANCELLED,
    }
)
"""Every step there is, each taken once: what is not here comes too late, or too early."""


def next_state(state: State, step: Step, by: int | None) -> State | None:
    """Return to what a step leads, None where it cannot be taken; `by` is who took the last one.

    What somebody approved is no longer cancelled. What needed no approval may be: there may be nobody who hands it over.
    """
    decided = state is State.APPROVED and by is not None
    return None if decided and step is Step.CANCEL else NEXT.get((state, step))


LEADS_TO: Final[Mapping[Step, State]] = MappingProxyType({step: state for (_, step), state in NEXT.items()})

OPEN: Final = frozenset(state for state, _ in NEXT)
"""While a request is in one of these, its price is held."""

RETURNS: Final = frozenset(set(State) - OPEN - {State.DONE})
"""A request that ends in one of these gives back its price, and the piece to the stock."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A reward as one person sees it."""

    key: str
    title: str
    words: str
    kind: RewardKind
    price: int
    missing: int
    """How many points the person has too few; 0 where they have enough."""
    left: int | None
    """How many there are; None where there is no limit."""
    needs_approval: bool

    @property
    def sold_out(self) -> bool:
        """Whether there is none left."""
        return self.left == 0

    @property
    def can_be_had(self) -> bool:
        """Whether the person can ask for it now."""
        return not self.missing and not self.sold_out


@dataclass(frozen=True, slots=True)
class Case:
    """A request as messages tell of it; ids of people and of a text, no words of theirs."""

    id: int
    person_id: int
    title: str
    """What the reward was called when it was asked for."""
    price: int
    state: State
    by: int | None = None
    """Who took the last step; None where nobody did but the person who asked."""
    text_id: int | None = None
    """What the decider wrote."""

    @property
    def can_be_cancelled(self) -> bool:
        """Whether whoever asked may still take it back."""
        return next_state(self.state, Step.CANCEL, self.by) is not None

    def person_ids(self) -> set[int]:
        """Return whose names are needed."""
        return {self.person_id} if self.by is None else {self.person_id, self.by}

    def text_ids(self) -> set[int]:
        """Return which words are needed."""
        return set() if self.text_id is None else {self.text_id}


@dataclass(frozen=True, slots=True)
class Shelf:
    """What somebody can have: points, offers (what they can have first), own open requests, how many wait for them."""

    locale: str
    balance: int
    held: int
    offers: Sequence[Offer]
    requests: Sequence[Case]
    to_decide: int
    """How many requests of others wait for this person."""


@dataclass(frozen=True, slots=True)
class Requests:
    """Somebody's own open requests and those of others that wait for them, the oldest first, with everybody's names."""

    locale: str
    own: Sequence[Case]
    to_decide: Sequence[Case]
    names: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Bid:
    """What came of asking for a reward; without a case it was refused, for want of points or of stock."""

    title: str
    price: int
    case: Case | None
    missing: int = 0
    """How many points too few there were."""
    deciders: Sequence[str] = ()
    """The names of those it was sent to; empty where there is nobody yet."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of a step. Without a case it is not for this person; not `taken`, somebody else was quicker."""

    case: Case | None
    taken: bool = False
    names: Mapping[int, str] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)


def may_take(who: Who, step: Step, *, asker: int, team_id: int | None, approver: Approver) -> bool:
    """Whether somebody may take this step now: the person who asked cancels, everything else is for others.

    `team_id` is the team of the person who asked. An admin may decide what a lead may.
    """
    if step is Step.CANCEL:
        return who.person_id == asker
    leads_them = approver is Approver.LEAD and team_id is not None and team_id in who.leads
    return who.person_id != asker and (leads_them or who.may(Role.ADMIN))


def in_order(offers: Iterable[Offer]) -> list[Offer]:
    """Return what can be had first, then what is next, then what is sold out; each by how near, then by price."""
    return sorted(offers, key=lambda offer: (offer.sold_out, offer.missing, offer.price, offer.title))


def stock_units(reward: str) -> tuple[str, str]:
    """Return the ledger's units of a reward with a limit: what is left, and how many were put there in all."""
    return f"stock:{reward}", f"stocked:{reward}"


def left_of(stock: int | None, left: int, stocked: int) -> int | None:
    """Return how many of a reward are left where the programme says `stock` in all; None where there is no limit.

    The accounts follow the programme when the next one is asked for, and never below what was taken already.
    """
    return None if stock is None else max(0, left + stock - stocked)


def change_of(stock: int, left: int, stocked: int) -> int:
    """Return by how much the accounts of a reward differ from the programme; what was taken cannot be taken away."""
    return max(stock - stocked, -left)


def matching(offers: Sequence[Offer], typed: str) -> Offer | None:
    """Return the offer that somebody means by its key, its title, or words that stand in one title alone."""
    asked = _folded(typed)
    named = [offer for offer in offers if asked in {offer.key, _folded(offer.title)}]
    holding = named or [offer for offer in offers if asked in _folded(offer.title)]
    return holding[0] if len(holding) == 1 else None


def nearest(offers: Sequence[Offer], typed: str) -> list[str]:
    """Return up to three titles that come closest to what was typed."""
    titles = {_folded(offer.title): offer.title for offer in offers}
    holding = [title for folded, title in titles.items() if _folded(typed) in folded]
    close = difflib.get_close_matches(_folded(typed), titles, n=_MOST_NEAR, cutoff=_NEAR)
    return list(dict.fromkeys([*holding, *(titles[folded] for folded in close)]))[:_MOST_NEAR]


def _folded(typed: str) -> str:
    return " ".join(typed.split()).casefold().removeprefix("the ")
