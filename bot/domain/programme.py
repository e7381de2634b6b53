"""The programme: the one document that says how this company runs Encore.

Versioned, with effective dates; edited by admins. What KPIS.md forbids is refused here, with the reason.
"""

from collections.abc import Collection
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from bot.domain.catalogue import REWARDS, Redeem, Reward
from bot.domain.earning_rules import EARNING, Budget, Earning, Surveys, check
from bot.domain.leavers import Rule
from bot.domain.metrics import MEASURED_LATER, METRICS, Better, Public
from bot.domain.people import Role
from bot.domain.periods import PeriodKind
from bot.domain.ranking import MINIMUM_COUNT
from bot.domain.section import KEY, LocalTime, Section
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


class Board(Section):
    """A leaderboard that is posted once for each period, in each site it is for."""

    key: Annotated[str, Field(pattern=KEY)]
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


class Site(Section):
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


class ServiceLevel(Section):
    """How the personal service level is counted."""

    after_contact_is_customer_time: bool = False


class Kudos(Section):
    """Praise among colleagues."""

    channel: str | None = None
    """The Slack channel where kudos are posted, as an id or a name; where it is left out, the receiver's site's."""
    allowance: Annotated[int, Field(ge=0, le=100_000)] = 50
    """Points that everybody may give away in a month of their own clock."""
    allowances: dict[Role, Annotated[int, Field(ge=0, le=100_000)]] = Field(default_factory=dict)
    """The same for people with a role, in place of `allowance`; who has several gets the largest."""
    same_pair: Annotated[int, Field(ge=0, le=1000)] = 3
    """So often in a month one person's kudos bring points to the same other person."""
    points: Annotated[int, Field(ge=0, le=10_000)] = 5
    """Points that each receiver gets, from the giver's allowance."""
    minimum_words: Annotated[int, Field(ge=1, le=50)] = 3
    values: tuple[Annotated[str, Field(pattern=r"^[\w-]{1,30}$")], ...] = ()
    """What the company stands for, named with # in kudos."""

    def allowance_of(self, roles: Collection[Role]) -> int:
        """Return what somebody with these roles may give away in a month; everybody is an agent besides."""
        own = [self.allowances[role] for role in (Role.AGENT, *roles) if role in self.allowances]
        return max(own, default=self.allowance)


class Manners(Section):
    """When Encore may write to a person."""

    quiet_from: LocalTime = time(20, 0)
    """From this time on, on the person's own clock, it waits, where no roster says when they work."""
    quiet_until: LocalTime = time(8, 0)
    """The end of the quiet hours, on the next morning."""
    daily_limit: Annotated[int, Field(ge=0, le=1000)] = 6
    """So many messages a work day; the card at the end of the shift says the others."""


class Points(Section):
    """What holds for points and paid minutes, however they were come by."""

    two_person_limit: Annotated[int, Field(ge=0, le=1_000_000_000)] = 500
    """More points than this, which one admin gives or takes back by hand within a day, wait for a second admin."""
    two_person_minutes: Annotated[int, Field(ge=0, le=1_000_000_000)] = 480
    """The same for paid minutes."""
    clawback: bool = True
    """Whether a correction of what was spent already is owed, and taken from what comes next; otherwise it is refused."""
    cost: Annotated[Decimal | None, Field(ge=0, le=1_000_000, max_digits=14, decimal_places=6)] = None
    """What a point costs, for the report at the end of the month; written as "0.05"."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    leavers: Rule = Rule.KEEP
    """What becomes of the points of whoever leaves: `keep`, `pay_out_days` or `forfeit`."""
    leaver_days: Annotated[int, Field(ge=0, le=3650)] = 30
    """So many days after the last day it is done, where they are not kept."""


class Programme(Section):
    """Everything that may differ from one company to the next; an empty document is a working programme."""

    targets: dict[str, float] = Field(default_factory=dict)
    """A target for a metric, in its own unit, in place of the default of KPIS.md."""
    boards: tuple[Board, ...] = (Board(key="stars"),)
    sites: dict[str, Site] = Field(default_factory=dict)
    service_level: ServiceLevel = ServiceLevel()
    new_agent_days: Annotated[int, Field(ge=0, le=730)] = 90
    """So long people who have just started are ranked among themselves."""
    kudos: Kudos = Kudos()
    points: Points = Points()
    earning: tuple[Earning, ...] = EARNING
    budget: Budget = Budget()
    surveys: Surveys = Surveys()
    corrections_days: Annotated[int, Field(ge=0, le=400)] = 35
    """So long after a day is over a correction of its figures changes what was earned by them."""
    rewards: tuple[Reward, ...] = REWARDS
    redeem: Redeem = Redeem()
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

    @model_validator(mode="after")
    def _rules_may_earn(self) -> Self:
        check(self.earning, self.targets)
        return self

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
