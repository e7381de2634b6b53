"""What somebody finds when they open Encore's Home, and whose Home is to be made anew without being opened."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.home import Home, Waits
from bot.domain.people import Role, Who
from bot.errors import RefusedError
from bot.services import adjustments, disputes, points, rewards
from bot.services import who as whos
from bot.store import homes


def look(session: Session, at: datetime, workspace_id: str, slack_id: str) -> Home:
    """Return the newest entries of whoever this is in Slack now, and what they have; or what is lacking for that."""
    who = whos.find(session, at, workspace_id, slack_id)
    if who is None:
        return Home(at, None, lacking=whos.unknown(session, at))
    if who.has_left:
        return Home(at, None, lacking=whos.forbidden(session, at, who, Role.AGENT))
    waits = _waits(session, at, who)
    try:
        return Home(at, who, points.latest(session, at, who), waits=waits)
    except RefusedError as error:
        return Home(at, who, lacking=str(error), waits=waits)


def list_stale(session: Session, workspace_id: str) -> list[tuple[str, datetime]]:
    """Return the Slack ids whose link was taken away and whose Home was not made anew since, and when that was."""
    return homes.list_stale(session, workspace_id)


def made_anew(session: Session, workspace_id: str, slack_id: str, since: datetime) -> None:
    """Remember that somebody's Home shows nothing any more that it should not since then."""
    homes.made(session, workspace_id, slack_id, since)


def _waits(session: Session, at: datetime, who: Who) -> Waits:
    admin = who.may(Role.ADMIN)
    if not admin and not who.leads:
        return Waits()
    return Waits(
        rewards.count_to_decide(session, at, who), disputes.count_open(session, who),
        sum(came.bar is None for came in adjustments.waiting(session, at, who)) if admin else 0,
    )  # fmt: skip
