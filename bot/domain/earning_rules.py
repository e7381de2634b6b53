"""What the programme says of earning: its rules, the budget of a month, and which surveys are sent automatically."""

from datetime import date, timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from bot.domain.earnable import EARNABLE, Earnable, Span, refusal
from bot.domain.ledger import Unit
from bot.domain.metrics import METRICS
from bot.domain.periods import Period, PeriodKind, period_of
from bot.domain.section import KEY, Section

ROLLING_DAYS: Final = 28

MOST_PER_HEAD: Final = 1_000_000

FULL_WEEK: Final = 40
"""The contracted hours of a week for which a rule's paid minutes are written, where it does not say."""

MOST: Final = 100_000
"""No award is higher, in points or minutes."""


def _is_an_amount(amount: object) -> object:
    several = amount if isinstance(amount, list | tuple) else [amount]
    if several and all(isinstance(n, int) and not isinstance(n, bool) and 1 <= n <= MOST for n in several):
        return tuple(several) if several is amount else amount
    raise ValueError(f"write a whole number from 1 to {MOST:,}, or a list of them for periods in a row")


Amount = Annotated[int | tuple[int, ...], BeforeValidator(_is_an_amount)]
"""So many for each time; or for the first period in a row, the second, and so on, the last for all after it."""


class Earning(Section):
    """A rule by which people earn."""

    key: Annotated[str, Field(pattern=KEY)]
    """What awards are known by: another key is another rule, and awards once more."""
    words: Annotated[str, Field(min_length=1, max_length=120)]
    """A plain sentence that people read: what they did."""
    metric: str
    """The figure it looks at; of ratings and wow moments each one earns, others are to reach `at_least`."""
    period: Span = Span.DAY
    at_least: float | None = None
    """What is to be reached, in the metric's unit; for ratings the stars. The target, where it is left out."""
    minimum_count: Annotated[int | None, Field(ge=1, le=10_000)] = None
    """Under so many contacts, forms or shifts nothing is judged."""
    points: Amount | None = None
    minutes: Amount | None = None
    """Minutes of paid time, instead of points: of a full week's contract, and of fewer or more hours in proportion."""
    full_week_hours: Annotated[float, Field(ge=1, le=168)] = FULL_WEEK
    """The contracted hours of a full week, for which `minutes` are written."""
    streak: Annotated[int, Field(ge=1, le=366)] = 1
    """So many periods in a row make one award; those in which nothing was measured neither count nor break it."""
    who: Literal["person", "team"] = "person"
    """Whose figure; of a team each member gets the award."""
    most_a_day: Annotated[int | None, Field(ge=1, le=1000)] = None
    most_a_month: Annotated[int | None, Field(ge=1, le=10_000)] = None
    """So many awards for each person at most, for one day, and for the days of one month."""
    sites: tuple[str, ...] | None = None
    """The names of the sites it is for; all sites where it is left out."""
    effective_from: date | None = None
    """What happened before this local day earns nothing."""

    @field_validator("metric")
    @classmethod
    def _may_earn(cls, key: str) -> str:
        why = refusal(key)
        if why is not None:
            raise ValueError(why)
        return key

    @field_validator("words")
    @classmethod
    def _is_one_line(cls, words: str) -> str:
        if not words.isprintable() or words != " ".join(words.split()):
            raise ValueError("the sentence stands on one line, with single spaces")
        return words

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        wrong = next((why for holds, why in self._rules() if not holds), None)
        if wrong is not None:
            raise ValueError(wrong)
        return self

    def _rules(self) -> list[tuple[bool, str]]:
        """Return what a rule must be, each with what is said where it is not."""
        row = self.figure
        known = self.at_least is not None or row.at_least is not None or row.each or self.metric in METRICS
        grows, spans = not isinstance(self._amount, int), ", ".join(sorted(row.spans))
        return [
            ((self.points is None) != (self.minutes is None), "say what it earns: either `points` or `minutes`"),
            (self.at_least is None or row.may_ask(self.at_least), f"of “{self.metric}” a rule asks with `at_least` for {row.asks()}"),
            (self.minimum_count is None or self.minimum_count >= row.minimum_count,
             f"“{self.metric}” is not judged under {row.minimum_count}: leave `minimum_count` out, or take that or more"),
            (self.period in row.spans, f"“{self.metric}” is judged by {spans}"),
            (known, f"say with `at_least` what of “{self.metric}” is to be reached"),
            (not (grows and (row.each or self.streak > 1)), "a list of amounts is for periods in a row, and needs no `streak`"),
            (not (row.each and self.streak > 1), f"of “{self.metric}” each one earns, so there is no streak of it"),
            (row.teams or self.who == "person", f"“{self.metric}” is between a person and their lead: no team earns by it"),
            (self.period is not Span.ROLLING or (self.streak == 1 and not grows), "the last 28 days overlap: there is no streak of them"),
            (self.period is not Span.ROLLING or self.most_a_month is not None,
             "the last 28 days are judged every day: say with `most_a_month` how often it may earn, such as 1"),
            (self.unit in row.units, f"“{self.metric}” earns `{'` or `'.join(sorted(row.units))}`"),
        ]  # fmt: skip

    @property
    def figure(self) -> Earnable:
        """The figure it looks at."""
        return EARNABLE[self.metric]

    @property
    def unit(self) -> Unit:
        """What it earns."""
        return Unit.POINTS if self.points is not None else Unit.MINUTES

    @property
    def looks_back(self) -> bool:
        """Whether earlier periods decide with this one."""
        return self.streak > 1 or not isinstance(self._amount, int)

    @property
    def least(self) -> int:
        """Under how many facts nothing is judged."""
        return self.minimum_count or self.figure.minimum_count

    def needs_no_more(self, run: int) -> bool:
        """Whether a longer run earns the same."""
        return self.streak == 1 and (isinstance(self._amount, int) or run >= len(self._amount))

    def amount(self, run: int) -> int:
        """Return what one award is, for the period that is the `run`th in a row (from 1)."""
        amount = self._amount
        return amount if isinstance(amount, int) else amount[min(run, len(amount)) - 1]

    def threshold(self, target: float | None) -> float:
        """Return what is to be reached, where `target` is the programme's for the metric."""
        return next((n for n in (self.at_least, target, self.figure.at_least) if n is not None), 0.0)

    def is_for(self, site: str) -> bool:
        """Whether it holds in a site of that name."""
        return self.sites is None or site in self.sites

    def period_of(self, day: date) -> Period:
        """Return the day, the week or the month that a day is in."""
        return period_of(PeriodKind(self.period.value), day)

    def period_ending(self, day: date) -> Period | None:
        """Return the days that are judged when a local day is over, None where none are."""
        if self.period is Span.ROLLING:
            return Period(day - timedelta(days=ROLLING_DAYS - 1), day, PeriodKind.DAY)
        period = self.period_of(day)
        return period if period.last == day else None

    def name_of(self, period: Period) -> str:
        """Return how the key of an award names a period."""
        return f"{self.period}-{period.last}"

    @property
    def _amount(self) -> int | tuple[int, ...]:
        return (self.points if self.points is not None else self.minutes) or 1


def _is_a_budget(points: object) -> object:
    # In a month without any budget awards would wait for ever.
    if isinstance(points, int) and not isinstance(points, bool) and 1 <= points <= MOST_PER_HEAD:
        return points
    raise ValueError(
        f"write a whole number from 1 to {MOST_PER_HEAD:,}; leave [budget] out for no limit, or write `earning = []` "
        "where nothing is to be earned"
    )


PerHead = Annotated[int, BeforeValidator(_is_a_budget)]


class Budget(Section):
    """How many points the rules may issue in a month. What people give away has the giving allowance for a limit."""

    points: PerHead | None = None
    """For each head of a site, in a month; where it is left out there is no limit."""
    sites: dict[str, PerHead] = Field(default_factory=dict)
    """The same for single sites, by name."""

    def per_head(self, site: str) -> int | None:
        """Return how many points a head of that site brings in a month, None where there is no limit."""
        return self.sites.get(site, self.points)


class Surveys(Section):
    """Whose answers may earn."""

    automatic: tuple[str, ...] | None = None
    """The sources whose surveys are sent automatically; where it is left out, all that say when a survey was sent."""

    def counts(self, source: str) -> bool:
        """Whether a rating of that source may earn."""
        return self.automatic is None or source in self.automatic


EARNING: Final = (
    Earning(
        key="service-level", words="You were there for customers: your service level reached its target.",
        metric="service_level", points=10,
    ),
    Earning(
        key="five-stars", words="A customer gave you five stars.", metric="rating", at_least=5, points=5, most_a_day=3,
    ),
)  # fmt: skip
"""The rules where the programme names none."""


def for_hours(minutes: int, contracted: int | None, full_week_hours: float = FULL_WEEK) -> int:
    """Return a rule's paid minutes for somebody's contracted minutes a week: in proportion, to the nearest whole minute.

    Whose hours are not known gets what full time gets. The rule is that of attendance (KPIS.md).
    """
    full = round(full_week_hours * 60)
    return minutes if contracted is None else max((minutes * contracted * 2 + full) // (2 * full), 1)


def check(rules: tuple[Earning, ...], targets: dict[str, float]) -> None:
    """Refuse rules that cannot stand together, or earn more above a target. Raises ValueError."""
    keys = [rule.key for rule in rules]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise ValueError(f"two earning rules have the key “{twice}”; each needs its own")
    for rule in rules:
        target = targets.get(rule.metric, METRICS[rule.metric].target if rule.metric in METRICS else None)
        threshold = rule.threshold(target)
        if not rule.figure.may_ask(threshold):
            raise ValueError(
                f"“{rule.key}” asks for {threshold:g} of “{rule.metric}”: it is to be {rule.figure.asks()}"
            )
        if rule.figure.capped and target is not None and threshold > target:
            why = f"above its target ({target:g}) more is not better, and earns the same"
            raise ValueError(f"“{rule.key}” asks for {threshold:g} of “{rule.metric}”: {why}")
