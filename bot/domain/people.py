"""People as the rest of the house speaks of them."""

from dataclasses import dataclass
from enum import StrEnum


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
