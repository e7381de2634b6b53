"""What somebody finds when they open Encore's Home."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.home import Home
from bot.domain.people import Who
from bot.domain.periods import PeriodKind, period_of, zone
from bot.errors import RefusedError
from bot.services import points
from bot.services import who as whos


def look(session: Session, at: datetime, who: Who | None) -> Home:
    """Return the statement of this month on the person's own clock, or what is lacking for one."""
    if who is None:
        return Home(at, None, lacking=whos.unknown(session, at))
    month = period_of(PeriodKind.MONTH, at.astimezone(zone(who.zone)).date())
    try:
        return Home(at, who, points.statement(session, at, who, month))
    except RefusedError as error:
        return Home(at, who, lacking=str(error))
