"""Who it is that Slack tells of, what they may do, and whether this delivery was answered before."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.people import Role, Who
from bot.domain.periods import zone
from bot.services import programme as programmes
from bot.store import audit, people, seen

REMEMBERED: Final = timedelta(days=2)
"""So long a delivery is known again; Slack repeats within minutes."""


@dataclass(frozen=True, slots=True)
class Met:
    """Who sent something, None where nobody is linked; `seen` where it was answered before; `ask` is whom to ask."""

    who: Who | None
    seen: bool
    ask: str


def meet(session: Session, at: datetime, key: str, workspace_id: str, slack_id: str) -> Met:
    """Return who sent a delivery, and whether it was answered before."""
    ask = programmes.current(session, at).ask
    return Met(find(session, at, workspace_id, slack_id), seen.exists(session, key), ask)


def find(session: Session, at: datetime, workspace_id: str, slack_id: str) -> Who | None:
    """Return who somebody in Slack is today, with what they may do; None where nobody is linked."""
    stays = people.list_here(session, workspace_id, slack_id)
    if not stays:
        return None
    today = at.astimezone(zone(stays[0].zone or "UTC")).date()
    here = next((stay for stay in stays if stay.covers(today)), stays[0])
    grants = people.list_grants(session, here.person_id)
    return Who(
        here.person_id, here.name, here.locale or "en", here.zone or "UTC", here.site_id, here.site, here.team_id,
        here.team, frozenset(role for role, _ in grants),
        frozenset(team for role, team in grants if role is Role.LEAD and team is not None),
        people.left_on(session, here.person_id, today),
    )  # fmt: skip


def answered(session: Session, at: datetime, key: str) -> None:
    """Remember that a delivery was answered."""
    seen.add(session, at, key)


def forget_old(session: Session, at: datetime) -> None:
    """Forget the deliveries that Slack will not repeat any more."""
    seen.sweep(session, at - REMEMBERED)


def refused(session: Session, at: datetime, slack_id: str, who: Who | None, what: str) -> None:
    """Write down that somebody asked for what they may not do."""
    actor = f"person:{who.person_id}" if who is not None else f"slack:{slack_id}"
    audit.append(session, at, actor=actor, deed="refused", subject=what)
