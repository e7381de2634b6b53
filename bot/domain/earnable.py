"""What may earn points: a row for each figure. What has no row may not, and KPIS.md says why."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.ledger import Unit
from bot.domain.metrics import MEASURED_LATER, METRICS, SCORE_SCALE, Basis, Better, Metric, Public, Value
from bot.domain.parts import Merge, Parts

RATING: Final = "rating"
"""Single ratings, from surveys that are sent automatically. Their parts are read from the surveys themselves."""


class Span(StrEnum):
    """What a rule looks at: a work day, an ISO week, a calendar month, or the last 28 days, judged every day."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ROLLING = "rolling"


@dataclass(frozen=True, slots=True)
class Earnable:
    """One figure that may earn. Its parts are those of day stats under the metric's key, channels joined."""

    metric: Metric
    """How its value follows from its parts."""
    called: str
    """What a sentence calls it, after “your”."""
    each: bool = False
    """Whether every single one earns, instead of a value that is reached."""
    at_least: float | None = None
    """What is to be reached where the rule does not say, in the metric's unit."""
    lowest: float = 0
    """What a rule may ask for at least, in the metric's unit: a lower threshold would pay for the count alone."""
    exactly: bool = False
    """Whether that is the only thing a rule may ask for; any other asks for more than 0."""
    capped: bool = False
    """Whether more than the target earns no more."""
    minimum_count: int = 1
    """Under so many facts it is not judged; a rule may ask for more of them, not for fewer."""
    units: frozenset[Unit] = frozenset({Unit.POINTS, Unit.MINUTES})
    """What it may earn."""
    spans: frozenset[Span] = frozenset(Span)
    teams: bool = True
    """Whether a team may earn together by it: what shows who failed may not."""

    def may_ask(self, at_least: float) -> bool:
        """Whether a rule may ask for so much."""
        if self.exactly:
            return at_least == self.lowest
        return (self.each and not self.lowest) or (at_least >= self.lowest and at_least > 0)

    def asks(self) -> str:
        """Return what a rule may ask for, as the end of a sentence."""
        if self.exactly:
            return f"{self.lowest:g}, and nothing else"
        return f"{self.lowest:g} or more" if self.lowest else "more than 0"

    def value(self, parts: Parts, at_least: float) -> Value:
        """Return the value of joined parts: of what earns one by one, how many there are; None where not known."""
        if self.metric.key == RATING:
            return sum(times for stars, times in parts.buckets.items() if stars >= at_least * SCORE_SCALE)
        return self.metric.value(parts)


def _later(key: str, title: str, unit: str, **how: bool | int) -> Metric:
    return Metric(key, title, unit, Better.HIGHER, Basis.CONTACTS, Public.NEVER, **how)  # type: ignore[arg-type]  # scale, factor and ratio alone


_ROWS: Final = (
    Earnable(METRICS["service_level"], "service level", capped=True),
    Earnable(_later("happiness", "Happiness", "points", scale=SCORE_SCALE), "happiness average", minimum_count=5),
    Earnable(_later("wow_moments", "Wow moments", "count", ratio=False), "number of confirmed wow moments", each=True),
    Earnable(
        Metric(RATING, "Ratings", "count", Better.HIGHER, Basis.RATINGS, Public.NEVER, merge=Merge.HISTOGRAM),
        "number of such ratings", each=True, at_least=5, lowest=4,
    ),
    Earnable(_later("fcr", "First contact resolution", "share"), "first contact resolution", minimum_count=5),
    Earnable(
        _later("perfect_attendance", "Perfect attendance", "share"), "attendance", at_least=1,
        lowest=1, exactly=True, units=frozenset({Unit.MINUTES}), spans=frozenset({Span.MONTH}), teams=False,
    ),
)  # fmt: skip

EARNABLE: Final[Mapping[str, Earnable]] = MappingProxyType({row.metric.key: row for row in _ROWS})
"""By the metric's key. A rule over a figure that is not measured yet earns nothing until it is."""

_INSTEAD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "attendance": "`perfect_attendance` may earn paid minutes",
        **dict.fromkeys(("csat", "positive", "nps"), f"`{RATING}` earns for each rating that counts"),
    }
)
_MIXED: Final = "it counts ratings too that somebody asked for, and only surveys that are sent automatically may earn"


def refusal(key: str) -> str | None:
    """Return why a figure may not earn points, and which may; None where it may."""
    if key in EARNABLE:
        return None
    possible = f"These may: {', '.join(EARNABLE)}"
    if key not in METRICS and key not in MEASURED_LATER:
        return f"there is no metric “{key}”. {possible}"
    why = METRICS[key].refusal if key in METRICS else MEASURED_LATER[key]
    instead = f"; {_INSTEAD[key]}" if key in _INSTEAD else ""
    return f"“{key}” may not earn points: {why or _MIXED}{instead}. {possible}"
