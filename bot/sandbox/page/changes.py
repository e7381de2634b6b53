"""Waiting until the page would look different, so that nobody has to ask every second."""

import asyncio
import contextlib
import math
from collections.abc import Callable
from typing import Final

LOOK_SECONDS: Final = 1.0
"""How often those who wait look of their own accord: connections come and go without a word."""


class Changes:
    """Those who wait for a change of the workspace."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()
        self._over = False

    def note(self) -> None:
        """Let everybody who waits look again."""
        for event in self._waiting:
            event.set()

    def end(self) -> None:
        """Let nobody wait any longer, now or later."""
        self._over = True
        self.note()

    async def wait(self, has_changed: Callable[[], bool], seconds: float) -> None:
        """Return once `has_changed()` is true, or after about so many real seconds."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            for _ in range(math.ceil(seconds / LOOK_SECONDS)):
                if self._over or has_changed():
                    return
                event.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await event.wait()
        finally:
            self._waiting.discard(event)
