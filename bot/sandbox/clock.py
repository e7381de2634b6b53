"""The sandbox's own clock, which can be moved forwards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.errors import RefusedError

Listener = Callable[[], None]


class Clock:
    """Real time plus an offset that only grows.

    `start_at` (aware) is what the clock shows at first; without it, real time. Messages and the program under trial
    live on this clock; signatures, trigger ids and limits of use keep real time.
    """

    def __init__(self, start_at: datetime | None = None) -> None:
        real_at = datetime.now(UTC)
        self._offset = timedelta(0) if start_at is None else start_at.astimezone(UTC) - real_at
        self._latest_at = real_at + self._offset
        self._listeners: list[Listener] = []

    def now(self) -> datetime:
        """Return the sandbox's moment, aware and in UTC. It never goes backwards, also when real time does."""
        self._latest_at = max(self._latest_at, datetime.now(UTC) + self._offset)
        return self._latest_at

    def skip(self, step: timedelta) -> datetime:
        """Move forwards by `step` and return the new moment. Raises RefusedError for a negative step."""
        return self.move_to(self.now() + step)

    def move_to(self, moment: datetime) -> datetime:
        """Move forwards to `moment` (aware), tell the listeners and return it. Raises RefusedError if it is past."""
        now = self.now()
        if moment < now:
            raise RefusedError("The sandbox's clock only moves forwards.")
        self._offset += moment - now
        self._latest_at = moment.astimezone(UTC)
        for listener in tuple(self._listeners):
            listener()
        return self._latest_at

    def on_move(self, listener: Listener) -> Callable[[], None]:
        """Call `listener()` after every move. Returns a function that ends this; ending twice is harmless."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end


@dataclass(frozen=True, slots=True)
class Move:
    """A further way to move the clock on the page, of whoever runs the sandbox: where to depends on who looks."""

    name: str
    words: str
    short: str
    """The words where there is little room."""
    to: Callable[[str, datetime], datetime | None]
    """From a person's Slack id and the moment (aware) to a later one; None where there is none."""
    nowhere: str
    """What is said where there is none."""


def tomorrow_at(moment: datetime, zone: ZoneInfo, hour: int) -> datetime:
    """Return the next local day's `hour` o'clock after `moment` in `zone`, as an aware UTC moment."""
    local_on = moment.astimezone(zone).date() + timedelta(days=1)
    return datetime(local_on.year, local_on.month, local_on.day, hour, tzinfo=zone).astimezone(UTC)
