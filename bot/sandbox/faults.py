"""Bad days on request: the next calls fail the way a network and a busy Slack make them fail."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.sandbox.delivery import Spoil

ANY: Final = "any"

FaultKind = Literal["ratelimited", "server_error", "lost_after_storing", "dropped_before", "slow"]

TITLES: Final[dict[FaultKind | Spoil, str]] = {
    "ratelimited": "Too many calls (429)",
    "server_error": "Slack is broken (500)",
    "lost_after_storing": "Stored, but the answer is lost",
    "dropped_before": "Dropped before it arrived",
    "slow": "Slow",
    "forged_signature": "Forged signature",
    "old_timestamp": "Old timestamp",
}
TIMED: Final[frozenset[FaultKind]] = frozenset({"ratelimited", "slow"})
"""The faults for which `seconds` means something."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong. `seconds` is the wait that `ratelimited` asks for, or the delay of `slow`."""

    kind: FaultKind
    seconds: float


class Faults:
    """The faults that wait for their calls and deliveries, first come, first served."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}
        self._doubles = 0
        self._spoils: deque[Spoil] = deque()

    def next(self, method: str, kind: FaultKind, times: int = 1, *, seconds: float = 1) -> None:
        """Let the next `times` calls of `method` go wrong, after those that were asked for before; ANY means all methods.

        `ratelimited` answers 429 with Retry-After `seconds`, `server_error` 500. `lost_after_storing` does what was
        asked and closes the connection without an answer, `dropped_before` closes it having done nothing. `slow` waits
        `seconds` of real time and then answers as usual.
        """
        self._waiting.setdefault(method, deque()).extend([Fault(kind, seconds)] * times)

    def deliver_twice(self, times: int = 1) -> None:
        """Let each of the next `times` deliveries reach the app twice: an event under another event_id, else the same."""
        self._doubles += times

    def spoil(self, how: Spoil, times: int = 1) -> None:
        """Let the next `times` requests over HTTP be signed with a wrong secret, or ten minutes ago."""
        self._spoils.extend([how] * times)

    def clear(self) -> None:
        """Forget everything that has not happened yet."""
        self._waiting.clear()
        self._spoils.clear()
        self._doubles = 0

    def waiting(self) -> list[str]:
        """Return what is still to go wrong, in a few words each; what comes several times is said once."""
        calls = [
            f"{'Any call' if method == ANY else method}: {_told(fault)}"
            for method, faults in self._waiting.items()
            for fault in faults
        ]
        deliveries = ["To the app: Delivered twice"] * self._doubles + [
            f"To the app: {TITLES[how]}" for how in self._spoils
        ]
        counted = Counter([*calls, *deliveries])
        return [what if times == 1 else f"{what}, {times} times" for what, times in counted.items()]

    def take(self, method: str) -> Fault | None:
        """Return what goes wrong with this call of `method`, which uses it up."""
        waiting = self._waiting.get(method) or self._waiting.get(ANY)
        return waiting.popleft() if waiting else None

    def take_copies(self) -> int:
        """Return how often this delivery is made, which uses a request for two up."""
        if not self._doubles:
            return 1
        self._doubles -= 1
        return 2

    def take_spoil(self) -> Spoil | None:
        """Return how this delivery is spoiled, which uses it up."""
        return self._spoils.popleft() if self._spoils else None


def _told(fault: Fault) -> str:
    return f"{TITLES[fault.kind]}, {fault.seconds:g} s" if fault.kind in TIMED else TITLES[fault.kind]


class Protocol(H11Protocol):
    """uvicorn's HTTP, which also tells each request how to close its connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Note the way to hang up where requests find it."""
        super().connection_made(transport)
        self.app_state: dict[str, Any] = {**self.app_state, "hang_up": transport.abort}


class NoAnswer(Response):
    """Closes the connection instead of answering."""

    def __init__(self, hang_up: Callable[[], None]) -> None:
        super().__init__()
        self._hang_up = hang_up

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        """Hang up, and wait until that is noticed: otherwise uvicorn would complain that nothing was said."""
        self._hang_up()
        while (await receive())["type"] != "http.disconnect":
            pass
