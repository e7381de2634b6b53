"""Rewards: the way of a request from asked to handed over or given back. What can be had is in `offers`.

The price is held from the moment somebody asks. It is spent when the reward was handed over, and given back where the
request ends in any other way.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.ledger import Unit
from bot.domain.people import Role, Who
from bot.domain.pots import Pot

OLD: Final = timedelta(days=3)
"""A request that is open for longer than that stands before the admins, too, whoever is to decide."""


class RewardKind(StrEnum):
    """What a reward is."""

    PERK = "perk"
    PRODUCT = "product"
    TIME_OFF = "time_off"
    RECOGNITION = "recognition"
    TEAM = "team"


class PaidIn(StrEnum):
    """What a reward is paid with: points, or minutes of paid time."""

    POINTS = "points"
    MINUTES = "minutes"

    @property
    def held(self) -> Unit:
        """The ledger's unit of what is held of it."""
        return Unit.HELD if self is PaidIn.POINTS else Unit.HELD_MINUTES


class Approver(StrEnum):
    """Who decides, or hands over: a lead of the person's team (where there is none, the admins), or an admin."""

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
    EXPIRED = "expired"


class Step(StrEnum):
    """What somebody does to a request; that it expires is the clock's doing."""

    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"
    DONE = "done"
    GIVE_BACK = "give_back"
    EXPIRE = "expire"


NEXT: Final[Mapping[tuple[State, Step], State]] = MappingProxyType(
    {
        (State.ASKED, Step.APPROVE): State.APPROVED,
        (State.ASKED, Step.DECLINE): State.DECLINED,
        (State.ASKED, Step.CANCEL): State.CANCELLED,
        (State.ASKED, Step.EXPIRE): State.EXPIRED,
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
    unit: PaidIn = PaidIn.POINTS
    on: date | None = None
    """The day for which it was asked."""
    note_id: int | None = None
    """What whoever asked wrote to those who decide."""
    apart: bool = False
    """Whether those who hand it over are not those who decide."""
    team: str = ""
    """The name of the team whose pot pays for it; empty where one person does."""

    @property
    def can_be_cancelled(self) -> bool:
        """Whether whoever asked may still take it back; what a full pot asks for is nobody's to cancel."""
        return not self.team and next_state(self.state, Step.CANCEL, self.by) is not None

    def person_ids(self) -> set[int]:
        """Return whose names are needed; a team asks by its own name."""
        return {number for number in (None if self.team else self.person_id, self.by) if number is not None}

    def text_ids(self) -> set[int]:
        """Return which words are needed."""
        return {text_id for text_id in (self.text_id, self.note_id) if text_id is not None}


@dataclass(frozen=True, slots=True)
class Requests:
    """Somebody's own open requests and those of others that wait for them, the oldest first, with everybody's names."""

    locale: str
    own: Sequence[Case]
    to_decide: Sequence[Case]
    names: Mapping[int, str]
    texts: Mapping[int, str] = field(default_factory=dict)
    pots: Sequence[Pot] = ()
    """The open pots in which the person has a part."""


@dataclass(frozen=True, slots=True)
class Bid:
    """What came of asking for a reward; without a case it was refused, for want of points or minutes, or of stock."""

    title: str
    price: int
    case: Case | None
    missing: int = 0
    """How many points or minutes too few there were."""
    deciders: Sequence[str] = ()
    """The names of those it was sent to; empty where there is nobody yet."""
    unit: PaidIn = PaidIn.POINTS
    left: int = 0
    """How many points or minutes the person has now, beside those that are held."""
    zone: str = "UTC"
    """The person's IANA zone."""
    seen_at: datetime | None = None
    """When the first of those it was sent to is at work; None where one of them is now, or there is nobody."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of a step. Without a case it is not for this person; not `taken`, somebody else was quicker."""

    case: Case | None
    taken: bool = False
    names: Mapping[int, str] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)


def may_take(
    who: Who, step: Step, *, asker: int, team_id: int | None, approver: Approver, pot: Collection[int] | None = None
) -> bool:
    """Whether somebody may take this step now: the person who asked cancels, everything else is for others.

    `pot` are those who paid together, None where one person does: none of them decides, and none cancels.

    `approver` is who decides or, once it is approved, who hands it over.

    `team_id` is the team of the person who asked. An admin may decide what a lead may.
    """
    if step is Step.EXPIRE:
        return False
    if step is Step.CANCEL:
        return pot is None and who.person_id == asker
    leads_them = approver is Approver.LEAD and team_id is not None and team_id in who.leads
    return who.person_id not in {asker, *(pot or ())} and (leads_them or who.may(Role.ADMIN))
