"""The command line's clock: it runs without the assembly, and hands the time on like it."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def stopwatch() -> float:
    """Return seconds that only ever grow, to measure how long something took."""
    return time.perf_counter()
