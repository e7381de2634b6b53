"""What somebody finds in Encore's Home."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.people import Reader, Who
from bot.domain.points import Statement


@dataclass(frozen=True, slots=True)
class Waits:
    """How much waits for somebody's decision."""

    requests: int = 0
    """For rewards, to be decided or handed over."""
    questions: int = 0
    """About entries of points."""
    approvals: int = 0
    """Bonuses and corrections that want a second admin."""


@dataclass(frozen=True, slots=True)
class Home:
    """A person's Home as of a moment (UTC): their statement, or why there is none."""

    at: datetime
    who: Who | None
    """None where nobody is linked."""
    statement: Statement | None = None
    lacking: str = ""
    """What is not set yet, and whom to ask."""
    waits: Waits = Waits()

    @property
    def reader(self) -> Reader:
        """How they read; nobody is known to read anything."""
        return Reader("UTC", "en") if self.who is None else self.who.reader
