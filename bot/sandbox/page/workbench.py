"""What the page's tools look into and work on."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.faults import Faults
from bot.sandbox.manifest import Manifest
from bot.sandbox.page.tour import Step
from bot.sandbox.record import Record
from bot.sandbox.socket_mode import SocketMode
from bot.sandbox.workspace import Workspace


@dataclass(frozen=True)
class Workbench:
    """The sandbox's inner parts.

    `request_url` is where the app is reached by HTTP, None in Socket Mode. `ack_seconds` is how long it has to
    acknowledge and `repeats` are the waits before an event is sent again, in real seconds. `tour` is empty for no tour.
    """

    workspace: Workspace
    manifest: Manifest
    faults: Faults
    record: Record
    socket_mode: SocketMode
    request_url: str | None
    ack_seconds: float
    repeats: Sequence[float]
    tour: Sequence[Step] = ()

    @property
    def over_http(self) -> bool:
        """Whether the app is sent signed requests instead of keeping connections."""
        return self.request_url is not None
