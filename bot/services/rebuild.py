"""All figures anew from the facts, a portion at a time; it must give what stands already."""

from datetime import datetime

from sqlmodel import Session

from bot.services import figures
from bot.store import bulk, facts
from bot.store import figures as store
from bot.store.figures import Owner

DAYS_AT_ONCE = {"person_id": 25, "site_id": 1}
"""How many days of one person or site one transaction computes: well under 200 ms, so that no command waits."""

Portion = tuple[Owner, int, list[str]]
"""Some days (ISO text) of one person or site."""


def owners(session: Session) -> list[tuple[Owner, int]]:
    """Return everybody, and every site, with facts or figures."""
    people: list[tuple[Owner, int]] = [("person_id", i) for i in store.list_owners(session, "person_id")]
    return people + [("site_id", i) for i in store.list_owners(session, "site_id")]


def portions(session: Session, owner: Owner, owner_id: int) -> list[Portion]:
    """Return the days of one person or site that are to be computed, in portions."""
    days = sorted({*facts.list_all_days(session, owner, owner_id), *store.list_days(session, owner, owner_id)})
    most = DAYS_AT_ONCE[owner]
    return [(owner, owner_id, days[i : i + most]) for i in range(0, len(days), most)]


def compute(session: Session, at: datetime, portion: Portion) -> int:
    """Compute a portion anew, write what differs, and return how many figures differed."""
    bulk.alone(session)
    owner, owner_id, days = portion
    if owner == "person_id":
        return figures.replace(session, at, [(owner_id, day) for day in days])
    return figures.replace_sites(session, at, [(owner_id, day) for day in days])
