"""The programme: the one document that says how this company runs Encore.

Versioned, with effective dates; edited by admins. What KPIS.md forbids is refused here, with the reason.
"""

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from bot.domain.metrics import MEASURED_LATER, METRICS, Better, Public
from bot.domain.periods import PeriodKind
from bot.domain.ranking import MINIMUM_COUNT
from bot.domain.rewards import Approver, RewardKind
from bot.errors import InputError


class SiteMode(StrEnum):
    """How much a site sees: nothing; computed and told nobody; own figures only; everything."""

    OFF = "off"
    SHADOW = "shadow"
    PRIVATE = "private"
    LIVE = "live"


class BoardChoice(StrEnum):
    """Whether people are on boards until they leave, or off until they join."""

    OPT_OUT = "opt-out"
    OPT_IN = "opt-in"


class CatchUp(StrEnum):
    """What becomes of the periods whose time of posting Encore missed: the newest is posted, all are, or none is."""

    LATEST = "latest"
    ALL = "all"
    NONE = "none"


def _is_a_local_time(at: object) -> object:
    if not isinstance(at, str | time):
        raise ValueError("a time is written HH:MM, such as 09:00")  # noqa: TRY004 -- pydantic reports ValueError
    return at


def _has_no_zone(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("leave the offset out: the time is on the local clock")
    return at


LocalTime = Annotated[time, BeforeValidator(_is_a_local_time), AfterValidator(_has_no_zone)]
"""A time on the clock of a site or a person."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Board(_Section):
    """A leaderboard that is posted once for each period, in each site it is for."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    metric: str = "csat"
    period: PeriodKind = PeriodKind.DAY
    at: LocalTime = time(9, 0)
    """The site's local time of posting, on the day after the period's last."""
    catch_up: CatchUp = CatchUp.LATEST
    """What becomes of periods whose time was missed, since Encore did not run or there were no figures."""
    top: Annotated[int, Field(ge=1, le=25)] = 5
    minimum_count: Annotated[int, Field(ge=1, le=1000)] = 5
    """Under so many answers a person is not ranked."""
    sites: tuple[str, ...] | None = None
    """The names of the sites it is posted in; all sites where it is left out."""

    @field_validator("metric")
    @classmethod
    def _may_be_posted(cls, key: str) -> str:
        row = METRICS.get(key)
        if row is not None and row.public is Public.TOP:
            return key
        why = MEASURED_LATER.get(key) if row is None else row.refusal
        possible = ", ".join(m.key for m in METRICS.values() if m.public is Public.TOP)
        if why is None:
            raise ValueError(f"there is no metric “{key}”; a board can show {possible}")
        raise ValueError(f"“{key}” cannot stand on a posted board of people: {why}. A board can show {possible}")


class Site(_Section):
    """What the programme says of one site; its name and time zone live with the people."""

    mode: SiteMode = SiteMode.SHADOW
    live_from: date | None = None
    """Facts of earlier local days award and post nothing; needed where the mode is `live`."""
    channel: str | None = None
    """The Slack channel of its posts, as an id or a name."""
    boards: BoardChoice = BoardChoice.OPT_OUT

    @model_validator(mode="after")
    def _live_has_a_day(self) -> Self:
        if self.mode is SiteMode.LIVE and self.live_from is None:
            raise ValueError("a live site needs live_from, the first local day that may be posted")
        return self


class ServiceLevel(_Section):
    """How the personal service level is counted."""

    after_contact_is_customer_time: bool = False


class Kudos(_Section):
    """Praise among colleagues."""

    channel: str | None = None
    """The Slack channel where kudos are posted, as an id or a name; where it is left out, the receiver's site's."""
    allowance: Annotated[int, Field(ge=0, le=100_000)] = 50
    """Points that everybody may give away in a month of their own clock."""
    points: Annotated[int, Field(ge=0, le=10_000)] = 5
    """Points that each receiver gets, from the giver's allowance."""
    minimum_words: Annotated[int, Field(ge=1, le=50)] = 3
    values: tuple[Annotated[str, Field(pattern=r"^[\w-]{1,30}$")], ...] = ()
    """What the company stands for, named with # in kudos."""


class Manners(_Section):
    """When Encore may write to a person."""

    quiet_from: LocalTime = time(20, 0)
    """From this time on, on the person's own clock, it waits, where no roster says when they work."""
    quiet_until: LocalTime = time(8, 0)
    """The end of the quiet hours, on the next morning."""
    daily_limit: Annotated[int, Field(ge=0, le=1000)] = 6
    """So many messages a work day; the card at the end of the shift says the others."""


class Reward(_Section):
    """Something that can be had for points."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    title: Annotated[str, Field(min_length=1, max_length=60)]
    words: Annotated[str, Field(max_length=180)] = ""
    """A plain sentence that says what one gets."""
    price: Annotated[int, Field(ge=1, le=1_000_000)]
    """In points."""
    kind: RewardKind = RewardKind.PERK
    stock: Annotated[int | None, Field(ge=0, le=1_000_000)] = None
    """How many there are in all, with those that were taken; where it is left out, there is no limit."""
    sites: tuple[str, ...] | None = None
    """The names of the sites it is offered in; all sites where it is left out."""
    needs_approval: bool = True
    """Whether somebody decides first; otherwise it only has to be handed over."""
    approver: Approver = Approver.LEAD

    @field_validator("title")
    @classmethod
    def _can_be_typed(cls, title: str) -> str:
        if not title.isprintable() or title != " ".join(title.split()):
            raise ValueError("a title stands on one line, with single spaces")
        return title

    @model_validator(mode="after")
    def _is_no_word_of_the_command(self) -> Self:
        word = next((w for w in ("help", "requests") if w in {self.key, self.title.casefold()}), None)
        if word is not None:
            raise ValueError(f"“/redeem {word}” does something else; call the reward otherwise")
        return self


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
)  # fmt: skip
"""The catalogue where the programme names none: rewards that cost no budget."""


class Programme(_Section):
    """Everything that may differ from one company to the next; an empty document is a working programme."""

    targets: dict[str, float] = Field(default_factory=dict)
    """A target for a metric, in its own unit, in place of the default of KPIS.md."""
    boards: tuple[Board, ...] = (Board(key="stars"),)
    sites: dict[str, Site] = Field(default_factory=dict)
    service_level: ServiceLevel = ServiceLevel()
    new_agent_days: Annotated[int, Field(ge=0, le=730)] = 90
    """So long people who have just started are ranked among themselves."""
    kudos: Kudos = Kudos()
    rewards: tuple[Reward, ...] = REWARDS
    manners: Manners = Manners()
    ask: str = "your lead"
    """Whom `/mystats` sends people to with a question about their figures."""

    @field_validator("targets")
    @classmethod
    def _targets_are_metrics(cls, targets: dict[str, float]) -> dict[str, float]:
        for key in targets:
            if key not in METRICS:
                raise ValueError(f"there is no metric “{key}”; known are {', '.join(METRICS)}")
            if METRICS[key].better is Better.NEITHER:
                raise ValueError(f"“{key}” has no target: neither more nor less of it is better")
        return targets

    @field_validator("boards")
    @classmethod
    def _keys_are_unique(cls, boards: tuple[Board, ...]) -> tuple[Board, ...]:
        keys = [b.key for b in boards]
        twice = next((k for k in keys if keys.count(k) > 1), None)
        if twice is not None:
            raise ValueError(f"two boards have the key “{twice}”; each needs its own")
        return boards

    @field_validator("rewards")
    @classmethod
    def _rewards_are_told_apart(cls, rewards: tuple[Reward, ...]) -> tuple[Reward, ...]:
        names = [name for r in rewards for name in {r.key, r.title.casefold()}]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"two rewards have the key or the title “{twice}”; each needs its own")
        return rewards

    def site(self, name: str) -> Site:
        """Return what is said of that site; a site nobody spoke of is in shadow."""
        return self.sites.get(name, Site())

    def minimum_count(self, key: str) -> int:
        """Return under how many answers nobody is ranked by a metric: the least that a board of it asks for."""
        return min((b.minimum_count for b in self.boards if b.metric == key), default=MINIMUM_COUNT)

    def target(self, key: str) -> float | None:
        """Return the fixed target of a metric in its own unit, None where there is none."""
        return self.targets.get(key, METRICS[key].target)


def parse_programme(document: object, *, origin: str) -> Programme:
    """Check a programme as read from `origin` (a file's name); InputError names every wrong field."""
    try:
        return Programme.model_validate(document)
    except ValidationError as error:
        lines = [
            f"  {'.'.join(str(step) for step in problem['loc']) or 'the document'}: "
            f"{_WORDS.get(problem['type']) or problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors()
        ]
        raise InputError(f"{origin} is not a programme; nothing was changed.\n" + "\n".join(lines)) from error


_WORDS = {
    "extra_forbidden": "there is no such setting here; `encore programme show` prints those there are",
    "model_type": "should be a table of settings",
    "string_pattern_mismatch": "should begin with a letter and go on with small letters, digits, - and _, 40 at most",
    "missing": "is missing",
}
"""Plain words for what pydantic finds, by its name for it."""
