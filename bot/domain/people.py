"""People as the rest of the house speaks of them."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.directory import Account


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
