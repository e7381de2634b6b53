"""What somebody chose of how Encore treats them: looked at, and chosen anew."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.manners import Messages
from bot.domain.people import Who
from bot.domain.preferences import Chosen, Preferences
from bot.services import programme as programmes
from bot.services.figures import mark_person
from bot.store import bulk
from bot.store import preferences as store


def look(session: Session, at: datetime, who: Who) -> Chosen:
    """Return what somebody chose."""
    rule = programmes.current(session, at).site(who.site or "").boards
    return Chosen(store.find(session, who.person_id), who.site, rule, who.locale)


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
