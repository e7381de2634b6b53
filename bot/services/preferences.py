"""What somebody chose of how Encore treats them: looked at, and chosen anew."""

from datetime import UTC, datetime

from sqlmodel import Session

from bot.domain.manners import Messages
from bot.domain.people import Who
from bot.domain.periods import epoch
from bot.domain.preferences import Chosen, Hours, Preferences
from bot.domain.programme import Manners
from bot.services import programme as programmes
from bot.services.figures import mark_person
from bot.services.manners import AHEAD
from bot.store import bulk, facts
from bot.store import preferences as store


def look(session: Session, at: datetime, who: Who) -> Chosen:
    """Return what somebody chose."""
    programme = programmes.current(session, at)
    rule = programme.site(who.site or "").boards
    hours = _hours(session, at, who, programme.manners)
    return Chosen(store.find(session, who.person_id), who.site, rule, who.locale, hours)


def choose(
    session: Session, at: datetime, who: Who, *, announce: bool, messages: Messages, on_boards: bool
) -> Chosen:  # fmt: skip
    """Keep what somebody chooses; who leaves the boards or comes back is off or on them at once, and keeps the points."""
    bulk.alone(session)
    before = look(session, at, who)
    # Who leaves it as the site has it goes on following the site.
    own = before.preferences.on_boards if on_boards == before.is_on_boards else on_boards
    store.save(session, who.person_id, Preferences(announce, messages, own))
    after = look(session, at, who)
    if after.is_on_boards != before.is_on_boards:
        mark_person(session, at, who.person_id)
    return after


def _hours(session: Session, at: datetime, who: Who, rules: Manners) -> Hours:
    shifts = facts.list_shifts(session, [who.person_id], epoch(at), epoch(at + AHEAD))
    # Who has just come to the end of a shift is told of the next one.
    coming = next(((begins, ends) for _, begins, ends in shifts if begins < ends > epoch(at)), None)
    shift = None if coming is None else (datetime.fromtimestamp(coming[0], UTC), datetime.fromtimestamp(coming[1], UTC))
    return Hours(who.zone, shift, rules.quiet_until, rules.quiet_from)
