"""Who is asked to decide a request for a reward, or to hand it over: told, kept up to date, and asked instead of others."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Final

from sqlmodel import Session

from bot.domain.asking import Reach, Round
from bot.domain.rewards import OPEN, Approver, State
from bot.services import asking
from bot.store import outbox, pots
from bot.store import rewards as store
from bot.store.rewards import Kept

REQUEST: Final = "reward_request"
HANDOVER: Final = "reward_handover"
"""The views of the messages that ask somebody."""


def ask_each(session: Session, at: datetime, kept: Kept, numbers: Iterable[int], *, view: str = REQUEST) -> None:
    """Ask these people for their decision, or to hand over what was approved."""
    for number in numbers:
        key = _message_key(kept, number, view)
        asking.ask(session, at, number, key=key, view=view, value=kept.case())


def unask(session: Session, kept: Kept) -> None:
    """Let nobody ever have been asked, in the transaction that asked them."""
    outbox.remove(session, [_message_key(kept, number, REQUEST) for number in kept.sent_to])


def follow(session: Session, at: datetime, kept: Kept) -> None:
    """Let the messages of everybody who was asked show what has become of a request."""
    case = kept.case()
    for view, numbers in ((REQUEST, kept.sent_to), (HANDOVER, kept.handed_to)):
        for number in numbers:
            of = _message_key(kept, number, view)
            # Whoever decided it in the list is not asked afterwards, when their shift begins.
            needless = kept.state not in OPEN or number == kept.by
            asking.follow(session, at, of, state=kept.state, view=view, value=case, needless=needless)


def payers(session: Session, kept: Kept) -> list[int]:
    """Return who pays for a request, by id: none of them decides about it."""
    return [kept.person_id] if kept.pot_id is None else pots.list_people(session, kept.pot_id)


def list_to_hand_on(session: Session, at: datetime) -> list[int]:
    """Return the open requests of which somebody was asked who may not decide any more, or nobody who may."""
    reach = asking.reach(session, at)
    return [kept.id for kept in store.list_all_open(session, at.date()) if _rounds(session, kept, reach)]


def hand_on(session: Session, at: datetime, request_id: int) -> bool:
    """Ask others instead of those who may not decide a request, or hand it over, any more; whether there were any."""
    kept = store.take(session, request_id, at.date())
    if kept is None or kept.state not in OPEN:
        return False
    rounds = _rounds(session, kept, asking.reach(session, at))
    for view, found in rounds:
        asking.release(session, at, found, partial(_message_key, kept, view=view))
        (store.send_to if view == REQUEST else store.hand_to)(session, kept.id, found.asked)
        ask_each(session, at, kept, found.new, view=view)
    return bool(rounds)


def _rounds(session: Session, kept: Kept, reach: Reach) -> list[tuple[str, Round]]:
    """Return who is to be asked instead of whom, for each message by which an open request asks."""
    paid_by = payers(session, kept)
    asks = [(REQUEST, kept.sent_to, kept.approver)]
    if kept.state is State.APPROVED and kept.hands_over is not None:
        asks.append((HANDOVER, kept.handed_to, kept.hands_over))
    rounds = []
    for view, asked, whose in asks:
        leads = reach.leads_of(kept.team_id) if whose is Approver.LEAD else ()
        free, admins = ([n for n in some if n not in paid_by] for some in (leads, reach.admins))
        deciders = (free or admins) if view == asks[-1][0] else None
        found = asking.round_now(session, asked, {*free, *admins}, deciders, partial(_message_key, kept, view=view))
        rounds += [] if found is None else [(view, found)]
    return rounds


def _message_key(kept: Kept, number: int, view: str) -> str:
    """Return the key of a message that asks somebody; whoever was asked to decide may be asked to hand over as well."""
    return f"{kept.key}:{'to' if view == REQUEST else 'hand'}:{number}"
