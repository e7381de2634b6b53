"""Everything people see in Slack: functions of a value. No queries, no clock.

`VIEWS` is what the outbox may hold: a view's name and its frozen value, rendered just before it is sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from bot.domain.board import BoardPost
from bot.views import board
from bot.views.message import Message


@dataclass(frozen=True, slots=True)
class View:
    """One kind of message that can wait in the outbox."""

    value_type: type[Any]
    """What is frozen; read back from JSON as this."""
    people: Callable[[Any], set[int]]
    """The ids of people whose names are needed to show it."""
    native: Callable[[Any, Mapping[int, str]], Message]
    """With the blocks of 2026."""
    classic: Callable[[Any, Mapping[int, str]], Message]
    """Where the workspace does not take those."""


VIEWS: Final[Mapping[str, View]] = MappingProxyType(
    {"board": View(BoardPost, BoardPost.person_ids, board.native, board.classic)}
)
