"""Bad days on request: the next calls fail the way a network and a busy Slack make them fail."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

FaultKind = Literal["ratelimited", "server_error", "lost_after_storing", "dropped_before", "slow"]


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong. `seconds` is the wait that `ratelimited` asks for, or the delay of `slow`."""

    kind: FaultKind
    seconds: float


class Faults:
    """The faults that wait for their calls, first come, first served."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}
        self._doubles = 0

    def next(self, method: str, kind: FaultKind, times: int = 1, *, seconds: float = 1) -> None:
        """Let the next `times` calls of `method` go wrong, after those that were asked for before.

        `ratelimited` answers 429 with Retry-After `seconds`, `server_error` 500. `lost_after_storing` does what was
        asked and closes the connection without an answer, `dropped_before` closes it having done nothing. `slow` waits
        `seconds` of real time and then answers as usual.
        """
        self._waiting.setdefault(method, deque()).extend([Fault(kind, seconds)] * times)

    def deliver_twice(self) -> None:
        """Let the next command reach the app twice, with the same body and the same trigger."""
        self._doubles += 1

    def clear(self) -> None:
        """Forget everything that has not happened yet."""
        self._waiting.clear()
        self._doubles = 0

    def take(self, method: str) -> Fault | None:
        """Return what goes wrong with this call of `method`, which uses it up."""
        waiting = self._waiting.get(method)
        return waiting.popleft() if waiting else None

    def take_copies(self) -> int:
        """Return how often this command is delivered, which uses a request for two up."""
        if not self._doubles:
            return 1
        self._doubles -= 1
        return 2


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
