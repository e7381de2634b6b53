"""What somebody chose of how Encore treats them."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from bot.domain.manners import Messages
from bot.domain.programme import BoardChoice


@dataclass(frozen=True, slots=True)
class Preferences:
    """The choices of one person; whoever chose nothing has these defaults."""

    announce: bool = True
    """Whether what they get may be said in a channel."""
    messages: Messages = Messages.AT_ONCE
    on_boards: bool | None = None
    """Whether they are on boards by own choice; None follows the site's rule."""

    def is_on_boards(self, rule: BoardChoice) -> bool:
        """Whether they are on boards, at a site with this rule."""
        return rule is BoardChoice.OPT_OUT if self.on_boards is None else self.on_boards


def quieter(one: Preferences, other: Preferences) -> Preferences:
    """Return what holds where two entries of one person become one: whichever choice keeps more to itself.

    Of the boards nobody hears less than whoever chose to be off them; else a choice stands before none.
    """
    on_boards = [choice for choice in (one.on_boards, other.on_boards) if choice is not None]
    return Preferences(
        one.announce and other.announce, max(one.messages, other.messages, key=_QUIET.index),
        all(on_boards) if on_boards else None,
    )  # fmt: skip


_QUIET: Final = (Messages.AT_ONCE, Messages.AFTER_SHIFT, Messages.NEVER)
"""The choices of when Encore writes to somebody, the quietest last."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When Encore writes to somebody, on the clock of their IANA zone: in their shifts, or in these hours of every day."""

    zone: str
    shift: tuple[datetime, datetime] | None
    """The shift that goes on or comes next; None where the roster knows none."""
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choices of one person as they are seen: with their site's rule, and the locale in which numbers are shown."""

    preferences: Preferences
    site: str | None
    rule: BoardChoice
    locale: str
    hours: Hours

    @property
    def is_on_boards(self) -> bool:
        """Whether they are on boards."""
        return self.preferences.is_on_boards(self.rule)
