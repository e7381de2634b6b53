"""How one figure went: a chart, or a line of small bars with its numbers."""

from itertools import dropwhile
from typing import Final

from bot.domain.metrics import METRICS, Metric
from bot.domain.mystats import Trend
from bot.domain.periods import PeriodKind
from bot.views.blocks import MOST_CATEGORIES, MOST_OF_A_LABEL, context, line_chart, mrkdwn, section
from bot.views.figures import nothing_of, short_day, value_words
from bot.views.message import Block

_EVERY: Final = {PeriodKind.DAY: "day by day", PeriodKind.WEEK: "week by week", PeriodKind.MONTH: "month by month"}
_AXIS: Final = {"stars": "Stars", "share": "Per cent", "points": "Points", "seconds": "Seconds", "count": "Number"}
_BARS: Final = "▁▂▃▄▅▆▇█"
_GAP: Final = "·"

_Point = tuple[str, float | None]
"""A day's label in the reader's locale, and the value."""


def chart(trend: Trend, locale: str) -> list[Block]:
    """Return a line chart of the own values, oldest first; nothing while fewer than two are known.

    A chart takes no gaps: periods without a value are left out, and it says so below.
    """
    metric = METRICS[trend.metric]
    points = _points(trend, locale)
    percent = 100 if metric.unit == "share" else 1
    known = [(label, round(value * percent, 2)) for label, value in points if value is not None]
    if len(known) < 2:
        return []
    blocks = [line_chart(_title(metric, trend), "You", known, _AXIS.get(metric.unit, "Number"))]
    if len(known) < len(points):
        blocks.append(context(mrkdwn(f"A {trend.step.value} with {nothing_of(metric)} is left out.")))
    return blocks


def sparkline(trend: Trend, locale: str) -> list[Block]:
    """Return the same as bars of text, followed by the numbers for whoever cannot see them."""
    metric = METRICS[trend.metric]
    points = _points(trend, locale)
    known = [value for _, value in points if value is not None]
    if len(known) < 2:
        return []
    bars = "".join(_GAP if value is None else _bar(value, min(known), max(known)) for _, value in points)
    numbers = " · ".join(
        f"{label}: {value_words(metric, value, locale)}" for label, value in points if value is not None
    )
    blocks = [section(f"*{_title(metric, trend)}*  {bars}"), context(mrkdwn(numbers))]
    if len(known) < len(points):
        blocks[1]["elements"].append(mrkdwn(f"“{_GAP}” is a {trend.step.value} with {nothing_of(metric)}."))
    return blocks


def _points(trend: Trend, locale: str) -> list[_Point]:
    """Return the last 20 points from the first value on; each label once, since a chart tells points apart by them."""
    begun = list(dropwhile(lambda point: point.value is None, trend.points))
    points = {short_day(point.first, trend.step, locale)[:MOST_OF_A_LABEL]: point.value for point in begun}
    return list(points.items())[-MOST_CATEGORIES:]


def _title(metric: Metric, trend: Trend) -> str:
    return f"{metric.title}, {_EVERY[trend.step]}"


def _bar(value: float, low: float, high: float) -> str:
    if high <= low:
        return _BARS[len(_BARS) // 2]
    return _BARS[round((value - low) / (high - low) * (len(_BARS) - 1))]
