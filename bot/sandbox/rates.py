"""How often the app may call, by real time: tiers of methods, and one message a second in each channel."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

Tier = Literal[1, 2, 3, 4]

A_MINUTE: Final[dict[Tier, int]] = {1: 1, 2: 20, 3: 50, 4: 100}
"""Slack promises at least so many calls a minute of each method; the sandbox allows no more."""

MESSAGES_A_SECOND: Final = 1.0
BURST: Final = 1
"""How many calls may come early. Slack bears short bursts without saying how long: one is the least it can mean."""


@dataclass
class _Bucket:
    """Calls that are left, as of a moment."""

    left: float
    at: float


class Rates:
    """Counts the calls of one app. `real_seconds` is a clock that only grows."""

    def __init__(self, real_seconds: Callable[[], float] = time.monotonic) -> None:
        self._real_seconds = real_seconds
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def wait_for_method(self, name: str, tier: Tier) -> int:
        """Count one call of a method; return for how many whole seconds it has to wait, 0 if it may pass."""
        return self._take((name, ""), A_MINUTE[tier], A_MINUTE[tier] / 60)

    def wait_for_message(self, channel: str) -> int:
        """Count one message to a channel, as `wait_for_method` does."""
        return self._take(("message", channel), 1, MESSAGES_A_SECOND)

    def _take(self, key: tuple[str, str], steady: int, a_second: float) -> int:
        now = self._real_seconds()
        most = float(steady + BURST)
        bucket = self._buckets.setdefault(key, _Bucket(most, now))
        bucket.left = min(most, bucket.left + (now - bucket.at) * a_second)
        bucket.at = now
        if bucket.left >= 1:
            bucket.left -= 1
            return 0
        return max(1, math.ceil((1 - bucket.left) / a_second))
