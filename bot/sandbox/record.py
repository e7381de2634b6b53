"""The record of what went between Slack and the app, for the page's inspector: the latest requests and their answers."""

import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

MOST_ENTRIES: Final = 200
SECRET: Final = frozenset({"token", "access_token", "refresh_token", "client_secret"})

Direction = Literal["to the app", "from the app"]


@dataclass(frozen=True)
class Entry:
    """One request with its answer. `at` is sandbox time (UTC), `milliseconds` real ones; `outcome` is a few words."""

    number: int
    at: datetime
    direction: Direction
    title: str
    request: Any
    answer: Any
    outcome: str
    went_well: bool
    milliseconds: float


class Record:
    """The latest entries, each as things were at its moment; tokens are left out."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=MOST_ENTRIES)
        self._numbers = itertools.count(1)

    def __iter__(self) -> Iterator[Entry]:
        """Go through the entries, the latest first."""
        return reversed(self._entries)

    @property
    def latest(self) -> int:
        """The number of the latest entry, 0 before the first."""
        return self._entries[-1].number if self._entries else 0

    def since(self, number: int) -> list[Entry]:
        """Return the entries after the one with this number, the latest first."""
        return list(itertools.takewhile(lambda entry: entry.number > number, self))

    def entry(self, number: int) -> Entry | None:
        """Return the entry with this number, None if it is no longer kept."""
        return next((entry for entry in self if entry.number == number), None)

    def note(
        self,
        at: datetime,
        direction: Direction,
        title: str,
        request: Any,
        answer: Any,
        *,
        outcome: str,
        went_well: bool,
        milliseconds: float,
    ) -> None:
        """Note one request and what was answered."""
        self._entries.append(
            Entry(
                next(self._numbers), at, direction, title, _clean(request), _clean(answer),
                outcome, went_well, milliseconds,
            )
        )  # fmt: skip


def _clean(value: Any) -> Any:
    # A copy all the way down: what is shown must not change when the message it speaks of does.
    if isinstance(value, dict):
        return {name: "(hidden)" if name in SECRET else _clean(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value
