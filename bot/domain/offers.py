"""What somebody can have: the catalogue as one person sees it, with prices, stock, and how long it takes to earn one."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from bot.domain.catalogue import OWN_DAY, Reward
from bot.domain.pots import Pot, Status
from bot.domain.rewards import Case, PaidIn, RewardKind

CATALOGUE: Final = "catalogue"
"""The owner of the stock of every reward."""

PACE: Final = MappingProxyType({PaidIn.POINTS: timedelta(days=28), PaidIn.MINUTES: timedelta(days=91)})
"""So far back it is looked how much somebody earns; paid time comes at the ends of months, and a quarter has three."""

ENOUGH: Final = MappingProxyType({PaidIn.POINTS: timedelta(days=14), PaidIn.MINUTES: PACE[PaidIn.MINUTES]})
"""So long somebody must have earned before anything is said of their pace."""

_NEAR: Final = 0.6
_MOST_NEAR: Final = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """A reward as one person sees it."""

    key: str
    title: str
    words: str
    kind: RewardKind
    price: int | None
    """In its own unit; None where it is one of their own days, and their contracted hours are not known."""
    missing: int
    """How much the person has too little; 0 where they have enough."""
    left: int | None
    """How many there are; None where there is no limit."""
    needs_approval: bool
    unit: PaidIn = PaidIn.POINTS
    days: int | None = None
    """How many days it takes them to earn what is missing; None where nothing is, or nobody knows."""
    picture: str | None = None
    picture_words: str = ""
    pot: Pot | None = None
    """The pot of the person's team; None where nobody has opened one, or it is for one person."""

    @property
    def for_team(self) -> bool:
        """Whether a team has it by its pot."""
        return self.kind is RewardKind.TEAM

    @property
    def to_come(self) -> int:
        """How many points its pot can still take; 0 where it is full, or there is no pot of it."""
        if self.pot is None:
            return self.price or 0 if self.for_team else 0
        return self.pot.missing if self.pot.status is Status.OPEN else 0

    @property
    def needs_day(self) -> bool:
        """Whether it is asked for with a day."""
        return self.kind is RewardKind.TIME_OFF

    @property
    def sold_out(self) -> bool:
        """Whether there is none left."""
        return self.left == 0

    @property
    def can_be_had(self) -> bool:
        """Whether the person can ask for it now, by themselves."""
        return not self.for_team and self.price is not None and not self.missing and not self.sold_out


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
    minutes: int = 0
    """Minutes of paid time that they have."""
    held_minutes: int = 0
    pots: Sequence[Pot] = ()
    """The open pots in which they have a part."""

    def has(self, unit: PaidIn) -> int:
        """Return how much they have to pay with."""
        return self.balance if unit is PaidIn.POINTS else self.minutes


def price_of(reward: Reward, contracted: int | None, week_days: int) -> int | None:
    """Return what a reward costs somebody, in its own unit; None where that is not known.

    An own day is the contracted minutes of a week by the days of one, rounded to the next minute.
    """
    if reward.price != OWN_DAY:
        return reward.price
    return None if not contracted else max(1, (2 * contracted + week_days) // (2 * week_days))


def days_to_earn(amount: int, earned: int, since: timedelta, unit: PaidIn) -> int | None:
    """Return how many days it takes to earn so much, where `earned` came in the unit's `PACE`.

    `since` is how long ago the first of all came: who is new has earned it in fewer days. None where nothing came, or it
    is not long ago enough.
    """
    days = min(since, PACE[unit]).days
    return -(-amount * days // earned) if since >= ENOUGH[unit] and earned > 0 and amount > 0 else None


def in_order(offers: Iterable[Offer]) -> list[Offer]:
    """Return what can be had first, then what is next, then what is sold out or has no price yet.

    Each by how near, then by price; what a team has together stands after what one can have alone, what is paid in minutes
    after what is paid in points.
    """
    return sorted(
        offers,
        key=lambda offer: (
            offer.sold_out, offer.price is None, offer.missing > 0, offer.for_team, offer.unit is PaidIn.MINUTES, offer.missing,
            offer.price or 0, offer.title,
        ),
    )  # fmt: skip


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
