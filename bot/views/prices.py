"""What something costs, and what somebody has: points and minutes of paid time in words."""

from bot.domain.rewards import PaidIn
from bot.views.figures import count_words, duration_words


def points_words(points: int, locale: str) -> str:
    """Return “1 point”, “1,200 points”."""
    return f"{count_words(points, locale)} {'point' if points == 1 else 'points'}"


def amount_words(amount: int, unit: PaidIn, locale: str) -> str:
    """Return “1,200 points”, or “7 h 42 min of paid time”."""
    return points_words(amount, locale) if unit is PaidIn.POINTS else f"{minutes_words(amount)} of paid time"


def minutes_words(minutes: int) -> str:
    """Return “45 min”, “8 h”, “7 h 42 min”."""
    return duration_words(minutes * 60) if minutes else "0 min"
