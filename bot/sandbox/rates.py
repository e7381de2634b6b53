"""How often the app may call, by real time: tiers of methods, and one message a second in each channel."""

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Final, Literal

Tier = Literal[1, 2, 3, 4]

MINUTE: Final = 60
A_MINUTE: Final[dict[Tier, int]] = {1: 1, 2: 20, 3: 50, 4: 100}
"""Slack promises at least so many calls a minute of each method; the sandbox allows no more."""

MESSAGES_A_SECOND: Final = 1.0
BURST: Final = 1
"""How many calls may come early. Slack bears short bursts without saying how long: one is the least it can mean."""


class Rates:
    """Counts the calls of one app. `real_seconds` is a clock that only grows."""

    def __init__(self, real_seconds: Callable[[], float] = time.monotonic) -> None:
        self._real_seconds = real_seconds
        self._passed: dict[str, deque[float]] = {}
        self._due: dict[str, float] = {}

    def wait_for_method(self, name: str, tier: Tier) -> int:
        """Count one call of a method; return for how many whole seconds it has to wait, 0 if it may pass.

        Whichever minute one looks at, no more calls have passed in it than the tier allows, and the early ones.
        """
        now = self._real_seconds()
        passed = self._passed.setdefault(name, deque())
        while passed and now - passed[0] >= MINUTE:
            passed.popleft()
        if len(passed) >= A_MINUTE[tier] + BURST:
            return max(1, math.ceil(MINUTE - (now - passed[0])))
        passed.append(now)
        return 0

    def wait_for_message(self, channel: str) -> int:
        """Count one message to a channel, as `wait_for_method` does. After an early one the next is due later."""
        now = self._real_seconds()
        due = max(self._due.get(channel, now), now)
        early = due - now - BURST / MESSAGES_A_SECOND
        if early > 0:
            return max(1, math.ceil(early))
        self._due[channel] = due + 1 / MESSAGES_A_SECOND
        return 0
