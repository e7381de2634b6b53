"""Points in words, beside one's own figures."""

from types import MappingProxyType
from typing import Final

from bot.domain.mystats import Points
from bot.domain.periods import PeriodKind
from bot.views.figures import count_words, date_words

_MEANWHILE: Final = MappingProxyType(
    {PeriodKind.DAY: "this day", PeriodKind.WEEK: "this week", PeriodKind.MONTH: "this month"}
)


def points_words(points: Points | None, kind: PeriodKind, locale: str) -> str:
    """Return what one has, what is held, what came in the period, and what is left to give; empty without points."""
    if points is None:
        return ""
    parts = [f"Your points: {count_words(points.balance, locale)}"]
    if points.held:
        parts.append(f"{count_words(points.held, locale)} held for what you asked for")
    parts.append(f"{count_words(points.received, locale)} received {_MEANWHILE[kind]}")
    if points.left is not None and points.renews_at is not None:
        renewal = date_words(points.renews_at.date(), locale)
        parts.append(f"{count_words(points.left, locale)} left to give, new on {renewal}")
    return " · ".join(parts)
