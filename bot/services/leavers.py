"""Leavers: marked by an admin, and settled by the programme's rule some days after their last one, once."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlmodel import Session

from bot.domain import leavers as domain
from bot.domain.leavers import FORFEITED, Leaving, PaidOut, Rule
from bot.domain.ledger import SINK, Deed, Unit, person, transfer
from bot.domain.periods import zone
from bot.domain.points import TOLD
from bot.domain.programme import Points
from bot.errors import RefusedError
from bot.services import handing_on, outbox, owing, people, roles
from bot.services import programme as programmes
from bot.services.figures import mark_person
from bot.store import adjustments, audit, bulk, dead_letters, ledger, merging, points, runs
from bot.store import leavers as store

EVERY: Final = timedelta(hours=1)
_LOOKED: Final = "leavers"


def mark(session: Session, at: datetime, person_id: int, on: date | None, *, actor: str) -> Leaving:
    """Say from which local day on somebody is away (None: they stay), and return what becomes of their points.

    RefusedError for the last admin, and for an entry that was merged into another.
    """
    bulk.alone(session)
    if merged := people.merged_words(session, person_id):
        raise RefusedError(merged)
    if on is not None:
        roles.check_not_the_last(session, at, person_id)
    before = store.find_left_on(session, person_id)
    if before != on:
        store.mark(session, person_id, on)
        mark_person(session, at, person_id)
        if before is not None:
            # What was given up since they had left.
            dead_letters.bring_again(session, at, person_id)
        audit.append(
            session, at, actor=actor, deed="people.leave", subject=person(person_id),
            before=None if before is None else before.isoformat(), after=None if on is None else on.isoformat(),
        )  # fmt: skip
        handing_on.hand_on(session, at)
    rule = programmes.current(session, at).points
    return Leaving(rule.leavers, rule.leaver_days, on)


def may_look(session: Session, at: datetime) -> bool:
    """Whether it is an hour since anybody looked."""
    last = runs.find_cursor(session, _LOOKED)
    return last is None or at - last >= EVERY


def looked(session: Session, at: datetime) -> None:
    """Remember that everybody who was due has been settled."""
    runs.move_cursor(session, _LOOKED, at)


def due(session: Session, at: datetime) -> list[int]:
    """Return who has left so long ago that what they have is to be settled; nobody while the rule is to keep it."""
    rule = programmes.current(session, at).points
    if rule.leavers is Rule.KEEP:
        return []
    left = store.list_left(session, at.date() + timedelta(days=1) - timedelta(days=rule.leaver_days))
    return [one.person_id for one in left if _is_due(rule, one.left_on, one.zone, at)]


def settle(session: Session, at: datetime, person_id: int) -> PaidOut | None:
    """Settle what somebody has who left, and tell the admins; None where nothing is due, for whatever has changed.

    What comes in later is settled later: each time has a key of its own, by how often the account had moved.
    """
    rule = programmes.current(session, at).points
    merging.hold(session, [person_id])
    accounts = points.lock(session, person(person_id))
    left = next(
        (one for one in store.list_left(session, at.date() + timedelta(days=1)) if one.person_id == person_id), None
    )
    if left is None or not _is_due(rule, left.left_on, left.zone, at):
        return None
    version = ":".join(str(accounts[unit].version if unit in accounts else 0) for unit in TOLD)
    # Nobody is paid what they owe.
    owing.pay(session, at, person_id, key=f"leaver:{person_id}:{version}")
    has = ledger.balances(session, person(person_id))
    taken = domain.settlement(rule.leavers, has.get(Unit.POINTS, 0), has.get(Unit.MINUTES, 0))
    if not taken:
        return None
    for unit, (kind, amount) in taken.items():
        key = f"leaver:{person_id}:{unit}:{accounts[unit].version}"
        sides = transfer(unit, amount, source=person(person_id), target=SINK)
        assert ledger.append(session, at, Deed(key, kind, "programme", sides, {"left": left.left_on.isoformat()})).done
    paid = _paid(person_id, rule, taken)
    audit.append(
        session, at, actor="programme", deed="leaver.settle", subject=person(person_id),
        after=", ".join(f"{kind}: {amount} {unit}" for unit, (kind, amount) in taken.items()),
    )  # fmt: skip
    for number in adjustments.list_admins(session, at.date()):
        key = f"leaver:{person_id}:{version}:{number}"
        outbox.tell(session, at, number, key=key, view="leaver_settled", value=paid)
    return paid


def _is_due(rule: Points, left_on: date, zone_name: str, at: datetime) -> bool:
    return domain.is_due(Leaving(rule.leavers, rule.leaver_days, left_on), at.astimezone(zone(zone_name)).date())


def _paid(person_id: int, rule: Points, taken: dict[str, tuple[str, int]]) -> PaidOut:
    kind, points_taken = taken.get(Unit.POINTS, ("", 0))
    forfeited = points_taken if kind == FORFEITED else 0
    paid = points_taken - forfeited
    cost = ""
    if rule.cost is not None and paid:
        cost = f"{(rule.cost * paid).quantize(Decimal('0.01'))} {rule.currency}"
    return PaidOut(person_id, paid, taken.get(Unit.MINUTES, ("", 0))[1], forfeited, cost)
