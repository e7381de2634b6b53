"""What was given up: which message or board, and why, in one word that says nothing of what people wrote."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.domain.periods import PeriodKind

EVERYWHERE: Final = frozenset(
    {
        "account_inactive", "ekm_access_denied", "invalid_auth", "messages_tab_disabled", "missing_scope", "not_authed",
        "org_login_required", "team_access_not_granted", "token_expired", "token_revoked",
    }
)  # fmt: skip
"""Refusals that have nothing to do with the channel: one notice a day is enough."""

UNKNOWN: Final = "unknown"

_WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up. What is said to one person names them and not what it was about."""

    message_id: int
    view: str
    channel: str | None
    """A channel's id or #name."""
    person_id: int | None
    """To whom it was to go."""
    cause: str

    def person_ids(self) -> set[int]:
        """Return whose name is needed."""
        return set() if self.person_id is None else {self.person_id}


@dataclass(frozen=True, slots=True)
class DeadRun:
    """A board that could not be made, however often it was tried; `first` and `last` are its period's days."""

    run_id: int
    board: str
    site: str
    period: PeriodKind
    first: date
    last: date
    tries: int
    cause: str


def cause_of(word: str) -> str:
    """Return a cause as it is kept: what is not one plain word, as Slack's errors are, is unknown."""
    return word if _WORD.fullmatch(word) else UNKNOWN


def place_of(letter: DeadLetter) -> str:
    """Return what a cause is told of once a day: a channel, all people together, or everything."""
    if letter.cause in EVERYWHERE:
        return "everywhere"
    return "people" if letter.channel is None else letter.channel
