"""The people of a Slack workspace, as Slack tells of them: who can be linked, and who is known by which address."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Account(StrEnum):
    """What kind of an account somebody in Slack has."""

    PERSON = "person"
    BOT = "bot"
    GUEST = "guest"
    CLOSED = "closed"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


NOT_LINKED: Final[Mapping[Account, str]] = MappingProxyType(
    {
        Account.BOT: "is a bot",
        Account.GUEST: "is a guest here",
        Account.CLOSED: "has no open account any more",
        Account.ELSEWHERE: "belongs to another company's Slack",
        Account.UNKNOWN: "is not known to Slack",
    }
)
"""Why somebody is never linked, by the kind of account."""


@dataclass(frozen=True, slots=True)
class SlackUser:
    """Somebody in Slack. What Slack does not tell is empty; `email` is in lower case, `zone` an IANA name."""

    slack_id: str
    name: str
    email: str = ""
    locale: str = ""
    zone: str = ""
    account: Account = Account.PERSON

    @property
    def refusal(self) -> str:
        """Why they cannot be linked, with their name; empty where they can."""
        why = NOT_LINKED.get(self.account)
        return "" if why is None else f"{self.name} {why}"


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Somebody whom Encore knows and nobody in Slack is."""

    person_id: int
    name: str
    site: str | None
    team: str | None


@dataclass(frozen=True, slots=True)
class Team:
    """A team as it is set up: what it is called, where, who leads it and who is in it."""

    site_id: int
    name: str
    leads: tuple[str, ...]
    members: tuple[str, ...]
    """Slack ids, as those of the leads."""

    @property
    def everybody(self) -> tuple[str, ...]:
        """Return the Slack ids of leads and members, each once."""
        return tuple(dict.fromkeys([*self.leads, *self.members]))


@dataclass(frozen=True, slots=True)
class TeamSaved:
    """What came of setting a team up."""

    site: str
    team: str
    leads: int
    members: int
    new: int
    """How many of them Encore did not know before."""
    namesakes: tuple[str, ...]
    """Names of new people that somebody has already whom nobody in Slack is."""


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A link that was undone: how Slack calls the account, and whose it was in Encore."""

    account: str
    person: str


@dataclass(frozen=True, slots=True)
class LeadRemoved:
    """Somebody who leads a team no more."""

    name: str
    team: str


@dataclass(frozen=True, slots=True)
class Links:
    """How far people are linked: those linked just now and before, those unmatched, and what could not be used."""

    linked_now: int
    linked: int
    unmatched: tuple[Unmatched, ...]
    unmatched_count: int
    shared: int = 0
    """Addresses that several people in Slack share."""
    looked_at: int = 0
    """How many accounts Slack told of."""
    without_addresses: bool = False
    """Whether Slack told no address at all."""


def linkable(users: Iterable[SlackUser]) -> tuple[dict[str, SlackUser], int]:
    """Return who can be found by which address, and how many addresses several open accounts share."""
    told = [user for user in users if user.email and user.account is not Account.CLOSED]
    times = Counter(user.email for user in told)
    found = {u.email: u for u in told if u.account is Account.PERSON and times[u.email] == 1}
    return found, sum(count > 1 for count in times.values())
