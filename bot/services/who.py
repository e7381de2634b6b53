"""Who it is that Slack tells of, what they may do, and whether this delivery was answered before."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain import lacking
from bot.domain.lacking import Lack
from bot.domain.people import Role, Who, here_of
from bot.domain.periods import zone
from bot.services import programme as programmes
from bot.services import roles
from bot.store import audit, people, runs, seen

REMEMBERED: Final = timedelta(days=2)
"""So long a delivery is known again; Slack repeats within minutes."""

_FORGETTING: Final = "seen"
_BETWEEN: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Met:
    """Who sent something, None where nobody is linked; `seen` where it was answered before."""

    who: Who | None
    seen: bool


def meet(session: Session, at: datetime, key: str, workspace_id: str, slack_id: str) -> Met:
    """Return who sent a delivery, and whether it was answered before."""
    return Met(find(session, at, workspace_id, slack_id), seen.exists(session, key))


def unknown(session: Session, at: datetime) -> str:
    """Return what somebody reads who is not linked: whom to ask."""
    return lacking.words(Lack.LINK, admin=False, admins=roles.admins(session, at))


def lacks(session: Session, at: datetime, who: Who, lack: Lack) -> str:
    """Return what somebody reads where something is not set yet: an admin what to do, others whom to ask."""
    site = who.site or "your site"
    return lacking.words(lack, admin=who.may(Role.ADMIN), admins=roles.admins(session, at), site=site)


def not_live(session: Session, at: datetime, who: Who) -> str:
    """Return why Encore does nothing for somebody yet, as `lacks` does; empty where their site is live."""
    if who.site is None:
        return lacks(session, at, who, Lack.SITE)
    lack = lacking.OF_MODE.get(programmes.current(session, at).site(who.site).mode)
    return "" if lack is None else lacks(session, at, who, lack)


def find(session: Session, at: datetime, workspace_id: str, slack_id: str) -> Who | None:
    """Return who somebody in Slack is today, with what they may do; None where nobody is linked."""
    stays = people.list_here(session, workspace_id, slack_id)
    if not stays:
        return None
    here = here_of(stays, at)
    today = at.astimezone(zone(here.zone or "UTC")).date()
    grants = people.list_grants(session, here.person_id)
    return Who(
        here.person_id, here.name, here.locale or "en", here.zone or "UTC", here.site_id, here.site, here.team_id,
        here.team, frozenset(role for role, _ in grants),
        frozenset(team for role, team in grants if role is Role.LEAD and team is not None),
        here.left_on is not None and here.left_on <= today.isoformat(),
    )  # fmt: skip


def answered(session: Session, at: datetime, key: str) -> None:
    """Remember that a delivery was answered."""
    seen.add(session, at, key)


def may_forget(session: Session, at: datetime) -> bool:
    """Whether it is an hour since anything was forgotten."""
    last = runs.find_cursor(session, _FORGETTING)
    return last is None or at - last >= _BETWEEN


def forget_old(session: Session, at: datetime) -> None:
    """Forget the deliveries that Slack will not repeat any more."""
    seen.sweep(session, at - REMEMBERED)
    runs.move_cursor(session, _FORGETTING, at)


def refused(session: Session, at: datetime, slack_id: str, who: Who | None, what: str) -> None:
    """Write down that somebody asked for what they may not do."""
    actor = f"person:{who.person_id}" if who is not None else f"slack:{slack_id}"
    audit.append(session, at, actor=actor, deed="refused", subject=what)


def forbidden(session: Session, at: datetime, who: Who | None, role: Role) -> str:
    """Return what somebody reads who may not do what is for `role`."""
    if who is None:
        return unknown(session, at)
    ask = lacking.whom(roles.admins(session, at))
    if who.has_left:
        return f"You have left, as far as I know. If that is wrong, ask {ask}."
    return f"That is for people with the role “{role}”. Ask {ask}."
