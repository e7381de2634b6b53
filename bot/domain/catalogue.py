"""The catalogue: rewards as admins describe them, in the programme. What one person sees of it is in `offers`."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, count
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from bot.domain.ledger import sha256
from bot.domain.rewards import Approver, PaidIn, RewardKind, State
from bot.domain.section import KEY, Section
from bot.errors import FormError

OWN_DAY: Final = "own day"
"""The price of a paid day off: one contracted day of whoever asks for it."""

MOST_OF_AN_ADDRESS: Final = 3_000
"""Characters that Slack takes in the address of a picture."""

_MARK: Final = 16
_MOST_OF_A_STEM: Final = 28

_COMMAND: Final = ("help", "requests")
"""What `/redeem` takes for something else than a reward's name."""


MOST: Final = 1_000_000
"""No price is higher, and no stock larger."""


def _is_a_price(price: object) -> object:
    if price == OWN_DAY or (isinstance(price, int) and not isinstance(price, bool) and 1 <= price <= MOST):
        return price
    raise ValueError(f"a price is a whole number from 1 to {MOST:,}, or “{OWN_DAY}” for time off")


class Reward(Section):
    """Something that can be had for points, or time off that can be had for paid hours."""

    key: Annotated[str, Field(pattern=KEY)]
    """What the reward is known by; it never changes."""
    title: Annotated[str, Field(min_length=1, max_length=60)]
    words: Annotated[str, Field(max_length=180)] = ""
    """A plain sentence that says what one gets."""
    price: Annotated[int | Literal["own day"], BeforeValidator(_is_a_price)]
    """In points or in minutes; `own day` costs one contracted day of whoever asks."""
    unit: PaidIn = PaidIn.POINTS
    """What is paid with: `points`, or `minutes` of paid time, which buy time off alone."""
    kind: RewardKind = RewardKind.PERK
    picture: str | None = None
    """The https address of a picture that Slack can fetch without signing in."""
    picture_words: Annotated[str, Field(max_length=200)] = ""
    """What the picture shows, for whoever does not see it; needed with a picture."""
    stock: Annotated[int | None, Field(ge=0, le=MOST)] = None
    """How many there are in all, with those that were taken; where it is left out, there is no limit."""
    sites: tuple[str, ...] | None = None
    """The names of the sites it is offered in; all sites where it is left out."""
    needs_approval: bool = True
    """Whether somebody decides first; otherwise it only has to be handed over."""
    approver: Approver = Approver.LEAD
    """Who decides: a lead of the person's team, or an admin."""
    hands_over: Approver | None = None
    """Who hands it over; where it is left out, whoever may decide."""
    offered_from: date | None = None
    """The first day on which it is offered, on the clock of whoever looks."""
    offered_until: date | None = None
    """The last such day."""
    on_shelf: bool = True
    """Whether it is offered at all; one that is taken off the shelf keeps what is said of it."""

    @property
    def handed_over_by(self) -> Approver:
        """Who hands it over."""
        return self.hands_over or self.approver

    @property
    def first(self) -> Approver:
        """Whose turn it is first: of those who decide or, where nobody has to, of those who hand it over."""
        return self.approver if self.needs_approval else self.handed_over_by

    @property
    def then(self) -> Approver | None:
        """Who hands it over, where others decide."""
        return self.handed_over_by if self.needs_approval and self.handed_over_by is not self.approver else None

    @property
    def begins(self) -> State:
        """Where a request for it begins."""
        return State.ASKED if self.needs_approval else State.APPROVED

    def is_offered(self, site: str | None, on: date) -> bool:
        """Whether somebody at a site can ask for it on their local day."""
        here = self.sites is None or site in self.sites
        return self.on_shelf and here and self.is_in_season(on)

    def is_in_season(self, on: date) -> bool:
        """Whether its days hold this one."""
        return (self.offered_from or on) <= on <= (self.offered_until or on)

    @field_validator("title")
    @classmethod
    def _can_be_typed(cls, title: str) -> str:
        if not title.isprintable() or title != " ".join(title.split()):
            raise ValueError("a title stands on one line, with single spaces")
        return title

    @field_validator("picture")
    @classmethod
    def _slack_can_fetch(cls, picture: str | None) -> str | None:
        if picture is not None and not _is_public_address(picture):
            raise ValueError("a picture is an address that begins with https:// and is open to everybody")
        return picture

    @model_validator(mode="after")
    def _is_no_word_of_the_command(self) -> Self:
        word = next((w for w in _COMMAND if w in {self.key, self.title.casefold()}), None)
        if word is not None:
            raise ValueError(f"“/redeem {word}” does something else; call the reward otherwise")
        return self

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        for _, why, is_nonsense in _NONSENSE:
            if is_nonsense(self):
                raise ValueError(why)
        return self


_NONSENSE: Final[Sequence[tuple[str, str, Callable[[Reward], bool]]]] = (
    (
        "unit", "for a price of “own day” choose Minutes of paid time, and the kind Time off",
        lambda reward: reward.price == OWN_DAY and reward.unit is not PaidIn.MINUTES,
    ),
    (
        "unit", "minutes of paid time buy time off alone: choose the kind Time off, or Points",
        lambda reward: reward.unit is PaidIn.MINUTES and reward.kind is not RewardKind.TIME_OFF,
    ),
    (
        "offered_until", "the last day is before the first: choose a later one",
        lambda reward: bool(
            reward.offered_from and reward.offered_until and reward.offered_until < reward.offered_from
        ),
    ),
    (
        "picture_words", "say what the picture shows (picture_words): not everybody sees it",
        lambda reward: bool(reward.picture) and not reward.picture_words.strip(),
    ),
    (
        "picture_words", "say what a picture shows only where there is one: add its address, or leave picture_words out",
        lambda reward: bool(reward.picture_words) and not reward.picture,
    ),
    (
        "stock", "a reward for the team is had by a pot, and there is no stock of pots; leave stock out",
        lambda reward: reward.kind is RewardKind.TEAM and reward.stock is not None,
    ),
    (
        "sites", "a list of no sites offers it nowhere; leave sites out, or say on_shelf = false",
        lambda reward: reward.sites == (),
    ),
)  # fmt: skip
"""What cannot be, though each setting by itself can: the setting to look at, and why."""


REWARDS: Final = (
    Reward(
        key="gong", title="The gong", kind=RewardKind.RECOGNITION, price=20, needs_approval=False,
        words="You ring the gong, and the floor hears what for.",
    ),
    Reward(
        key="late-start", title="Late start", price=40,
        words="Begin a shift one hour later, on a day that you agree with your lead.",
    ),
    Reward(
        key="two-hour-lunch", title="Two-hour lunch", price=50,
        words="Take two hours for lunch, on a day that you agree with your lead.",
    ),
    Reward(
        key="ceo-call", title="A call from the CEO", kind=RewardKind.RECOGNITION, price=60, approver=Approver.ADMIN,
        words="The CEO calls you for ten minutes, to thank you and to listen.",
    ),
    Reward(
        key="ceo-parking", title="The CEO's parking spot", price=100, approver=Approver.ADMIN,
        words="For one week you park where the CEO parks.",
    ),
    Reward(
        key="theme-day", title="A theme day for the team", kind=RewardKind.TEAM, price=150,
        words="Your team names a day and how everybody dresses for it, your lead as well.",
    ),
)  # fmt: skip
"""The catalogue where the programme names none: rewards that cost no budget."""


class Redeem(Section):
    """What goes for every reward."""

    expires_days: Annotated[int, Field(ge=1, le=365)] = 14
    """A request that nobody decides in so many days is given back."""
    pot_days: Annotated[int, Field(ge=1, le=365)] = 30
    """A team's pot that is not full after so many days is given back to those who chipped in."""
    week_days: Annotated[int, Field(ge=1, le=7)] = 5
    """So many days has a contracted week: an own day costs the contracted hours of a week by them."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A reward as admins see it; `left` is how many there are, None where there is no limit."""

    reward: Reward
    left: int | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that admins can change, with the sites by their ids, and the day on the clock of whoever looks."""

    rewards: Sequence[Shelved]
    sites: Mapping[int, str]
    today: date
    locale: str

    def find(self, key: str) -> Reward | None:
        """Return the reward of that key."""
        return next((shelved.reward for shelved in self.rewards if shelved.reward.key == key), None)


@dataclass(frozen=True, slots=True)
class Edited:
    """A reward as it stands in an admin's form: `key` and `before` (its mark) are empty for a new one."""

    key: str
    before: str
    fields: Mapping[str, Any]
    """The settings by their names; what is left out has its default."""
    sites: Sequence[int] = ()
    """The ids of the sites it is offered in; none stand for all."""


def mark(reward: Reward) -> str:
    """Return what tells a reward from itself after any change."""
    return sha256(reward.model_dump_json())[:_MARK]


def new_key(title: str, taken: Collection[str]) -> str:
    """Return a key for a new reward, made of its title, that no other has."""
    words = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:_MOST_OF_A_STEM].rstrip("-")
    stem = words if words[:1].isalpha() else f"reward-{words}".rstrip("-")
    numbered = (f"{stem}-{number}" for number in count(2))
    return next(key for key in chain([stem], numbered) if key not in taken and key not in _COMMAND)


def parse_reward(document: Mapping[str, Any], *, new: bool = False) -> Reward:
    """Check a reward as it stands in a form; FormError says what is wrong, by the field's name.

    Of a `new` one there has to be at least one.
    """
    wrong = {"stock": _NONE} if new and str(document.get("stock")) == "0" else {}
    try:
        reward = Reward.model_validate(document)
    except ValidationError as error:
        alone = _problems(error)
        # What does not fit together is only looked at where each by itself can be: once more, with what can be.
        rest = {field: value for field, value in document.items() if field not in alone}
        try:
            Reward.model_validate({**{field: fits for field, fits in _FITS.items() if field in alone}, **rest})
        except ValidationError as further:
            wrong |= _problems(further)
        raise FormError(wrong | alone) from error
    if wrong:
        raise FormError(wrong)
    return reward


_NONE: Final = "Of a new reward there is at least 1. Left empty, there is no limit."
_FITS: Final[Mapping[str, Any]] = MappingProxyType(
    {"price": 1, "title": "Title", "picture": "https://pictures.example/fits.png", "picture_words": "Words"}
)
"""What stands for a setting that cannot be, so that the others can be looked at."""


def _problems(error: ValidationError) -> dict[str, str]:
    """Return what is wrong, by the form's field."""
    wrong: dict[str, str] = {}
    for problem in error.errors():
        why = problem["msg"].removeprefix("Value error, ")
        of_several = next((field for field, known, _ in _NONSENSE if known == why), "title")
        field = str(problem["loc"][0]) if problem["loc"] else of_several
        wrong.setdefault(field, f"{why[:1].upper()}{why[1:]}.")
    return wrong


def _is_public_address(address: str) -> bool:
    if not address.isascii() or not address.isprintable() or " " in address or len(address) > MOST_OF_AN_ADDRESS:
        return False
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    named = "." in host.strip(".") and not host.replace(".", "").isdigit()
    return parts.scheme == "https" and named and parts.username is None and port in {None, 443}
