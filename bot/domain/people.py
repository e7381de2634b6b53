"""People as the rest of the house speaks of them."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from bot.domain.directory import Account
from bot.domain.periods import zone

AROUND: Final = ",.:;!"
"""What may stand around a name in a sentence."""


def folded(name: str) -> str:
    """Return a name as it is compared: without accents, capitals and what stands around it."""
    plain = unicodedata.normalize("NFKD", name.replace("’", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split()).strip(AROUND)


def first_word(text: str) -> str:
    """Return the first word of a name, or of what may begin with one, as it is compared; empty where there is none."""
    return next((word for part in folded(text).split() if (word := part.strip(AROUND))), "")


class Role(StrEnum):
    """What somebody may do; everybody is an agent besides."""

    AGENT = "agent"
    LEAD = "lead"
    RECOVERY = "recovery"
    EXECUTIVE = "executive"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Reader:
    """How somebody reads: the IANA time zone for times, the locale (such as `en-PH`) for numbers and dates."""

    zone: str
    locale: str


class Stay(Protocol):
    """A stretch of belonging somewhere, with its IANA zone."""

    @property
    def zone(self) -> str | None:
        """Return the zone, None where there is none."""

    def covers(self, day: date, /) -> bool:
        """Whether it holds that local day."""


S = TypeVar("S", bound=Stay)


def here_of(stays: Sequence[S], at: datetime) -> S:
    """Return where somebody is at a moment, of these stays, the latest first; in none of them, the latest."""
    return next((s for s in stays if s.covers(at.astimezone(zone(s.zone or "UTC")).date())), stays[0])


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody in Slack whom Encore knows, as they are today. `zone` is the IANA zone of their site."""

    person_id: int
    name: str
    locale: str
    zone: str
    site_id: int | None
    site: str | None
    team_id: int | None
    team: str | None
    roles: frozenset[Role]
    leads: frozenset[int]
    """The ids of the teams they lead."""
    has_left: bool

    @property
    def reader(self) -> Reader:
        """How they read."""
        return Reader(self.zone, self.locale)

    def may(self, role: Role) -> bool:
        """Whether they have a role; everybody is an agent."""
        return role is Role.AGENT or role in self.roles


@dataclass(frozen=True, slots=True)
class Member:
    """What Slack says of somebody in a workspace: their name there (empty where it has none) and what account it is."""

    name: str
    account: Account
