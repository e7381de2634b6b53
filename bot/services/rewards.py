"""Requests for rewards: asked once for each key, decided, handed over or given back. What can be had is in `offers`.

What is asked for moves its price from points (or paid minutes) to held, and a piece from the stock, in one transaction
of the ledger under the request's key. The ledger locks the accounts, and so of those who race for the last points or the
last piece one gets it; a request is locked before a step, and so of two who decide one does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from sqlmodel import Session

from bot.domain import rewards as domain
from bot.domain.catalogue import Reward
from bot.domain.ledger import SINK, AccountName, Deed, person, sha256, transfer
from bot.domain.offers import CATALOGUE, Shelf, price_of, stock_units
from bot.domain.people import Role, Who
from bot.domain.programme import Manners, Programme
from bot.domain.rewards import (
    LEADS_TO,
    Bid,
    Moved,
    PaidIn,
    Requests,
    RewardKind,
    State,
    Step,
    next_state,
)
from bot.errors import FormError, RefusedError
from bot.services import deciding, holds, manners, offers, outbox, sharing
from bot.services import programme as programmes
from bot.store import audit, ledger, merging, people, pots, texts
from bot.store import rewards as store
from bot.store.ledger import Receipt
from bot.store.rewards import Kept, New

_AT_ONCE: Final = 100
"""So many requests one look finds at most that have waited too long; the next look finds the others."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody in Slack asked for: a reward's key, and the price that they saw, in its own unit."""

    key: str
    workspace_id: str
    slack_id: str
    reward: str
    price: int
    on: date | None = None
    """The day that they want it for, on their own clock."""
    note: str = ""
    """What they write to those who decide."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step that somebody in Slack wants to take with a request, and what they wrote."""

    request_id: int
    step: Step
    workspace_id: str
    slack_id: str
    words: str = ""


class _Asks(NamedTuple):
    """The names of those who are asked to decide, and when the first of them reads it, where that is later."""

    names: list[str]
    seen_at: datetime | None


def shelf(session: Session, at: datetime, workspace_id: str, slack_id: str) -> Shelf:
    """Return what somebody can have, and what they asked for. RefusedError where there is nothing to redeem for them."""
    programme = programmes.current(session, at)
    me = offers.buyer(session, at, programme, workspace_id, slack_id)
    has, on = ledger.balances(session, person(me.person_id)), offers.today(at, me)
    points, held, minutes, held_minutes = (
        has.get(unit, 0) for paid in PaidIn for unit in (paid.value, paid.held)
    )  # fmt: skip
    return Shelf(
        me.locale, points, held, offers.offered(session, at, programme, me),
        [kept.case() for kept in store.list_open(session, me.person_id, on)], len(_to_decide(session, at, me, on)),
        minutes, held_minutes, pots.list_of_person(session, me.person_id),
    )  # fmt: skip


def requests(session: Session, at: datetime, workspace_id: str, slack_id: str) -> Requests:
    """Return somebody's own open requests, and those that wait for them. RefusedError where they are not known."""
    me = offers.somebody(session, at, workspace_id, slack_id)
    on = offers.today(at, me)
    own = [kept.case() for kept in store.list_open(session, me.person_id, on)]
    others = [kept.case() for kept in _to_decide(session, at, me, on)]
    named = {person_id for case in (*own, *others) for person_id in case.person_ids()}
    written = {text_id for case in (*own, *others) for text_id in case.text_ids()}
    return Requests(
        me.locale, own, others, people.list_names(session, named), texts.list_bodies(session, written),
        pots.list_of_person(session, me.person_id),
    )  # fmt: skip


def count_to_decide(session: Session, at: datetime, me: Who) -> int:
    """Return how many requests of others wait for somebody."""
    return len(_to_decide(session, at, me, offers.today(at, me)))


def ask(session: Session, at: datetime, asked: Asked) -> Bid:
    """Ask for a reward: hold its price, keep the request, tell who decides. Asked again under the key: the same answer.

    Too few points or an empty stock are an answer too, and remembered. RefusedError where the reward is not offered to
    them, or not for the price that they saw; FormError where the day cannot be.
    """
    programme = programmes.current(session, at)
    me = offers.buyer(session, at, programme, asked.workspace_id, asked.slack_id)
    merging.hold(session, [me.person_id])
    on = offers.today(at, me)
    request_hash = _hash(asked)
    kept, asks, has = store.find(session, asked.key, on), None, None
    if kept is None:
        reward = _offered(session, programme, me, asked, on)
        sent_to = store.list_deciders(session, {me.person_id}, me.team_id, reward.first, on)
        asks = _asks(session, at, sent_to, asked.workspace_id, programme.manners)
        kept = _keep(session, at, asked, me, reward, request_hash, on, sent_to)
        # Last, since all who want a piece of one stock wait for each other from here on.
        offers.follow_stock(session, at, reward, person(me.person_id))
        held = _hold(session, at, asked, me, reward)
        if held.refusal is not None:
            _forget(session, kept)
            missing = held.refusal.short if held.refusal.account.unit == reward.unit else 0
            return Bid(reward.title, asked.price, None, missing, unit=reward.unit, zone=me.zone)
        has = held.balances.get(AccountName(person(me.person_id), reward.unit))
    # Who they are is looked at by itself: it changes with them, where two entries of one person became one.
    if (kept.request_hash, kept.person_id) != (request_hash, me.person_id):
        raise RefusedError("Something else was asked for already with that button. Type /redeem to see where you are.")
    if asks is None:
        asks = _asks(session, at, kept.sent_to, asked.workspace_id, programme.manners)
    if has is None:
        has = ledger.balance(session, person(me.person_id), kept.unit)
    return Bid(kept.title, kept.price, kept.case(), 0, asks.names, kept.unit, has, me.zone, asks.seen_at)


def look(session: Session, at: datetime, wanted: Wanted) -> Moved:
    """Say what would come of a step, and take it not."""
    me = offers.somebody(session, at, wanted.workspace_id, wanted.slack_id)
    kept = _found(store.look(session, wanted.request_id, offers.today(at, me)))
    if not _may(session, at, me, wanted.step, kept):
        return Moved(None)
    return _told(session, kept, taken=next_state(kept.state, wanted.step, kept.by) is not None)


def move(session: Session, at: datetime, wanted: Wanted) -> Moved:
    """Take a step with a request: whoever is first does, and the others learn what it came to.

    RefusedError where there is no such request, or it is to be approved for somebody who has left.
    """
    me = offers.somebody(session, at, wanted.workspace_id, wanted.slack_id)
    on = offers.today(at, me)
    kept = _found(store.take(session, wanted.request_id, on))
    if not _may(session, at, me, wanted.step, kept):
        return Moved(None)
    state = next_state(kept.state, wanted.step, kept.by)
    if state is None:
        # Pressed twice, it is the same step.
        return _told(session, kept, taken=kept.state is LEADS_TO[wanted.step] and kept.by == me.person_id)
    if wanted.step is Step.APPROVE and kept.left_on is not None and kept.left_on <= on.isoformat():
        raise RefusedError("Whoever asked for this has left. Decline it: then the points are given back.")
    moved = _step(session, at, kept, wanted.step, state, on, by=me.person_id, words=wanted.words)
    return _told(session, moved, taken=True)


def keep(session: Session, at: datetime, new: New, on: date) -> Kept:
    """Keep a request whose price is held, and ask who decides; one that stands under its key already is that."""
    kept = store.add(session, at, new)
    if kept is not None:
        deciding.ask_each(session, at, kept, new.sent_to)
        return kept
    if new.note_id is not None:
        texts.remove(session, new.note_id)
    return _found(store.find(session, new.key, on))


def list_overdue(session: Session, at: datetime) -> list[int]:
    """Return the ids of requests that nobody decided in the days that the programme gives them."""
    return store.list_overdue(session, at - _patience(session, at), limit=_AT_ONCE)


def expire(session: Session, at: datetime, request_id: int) -> bool:
    """Give back what nobody decided in time, and tell everybody concerned; False where somebody has decided meanwhile."""
    kept = store.take(session, request_id, at.date())
    if kept is None or store.asked_at(session, request_id) >= at - _patience(session, at):
        return False
    state = next_state(kept.state, Step.EXPIRE, kept.by)
    if state is None:
        return False
    _step(session, at, kept, Step.EXPIRE, state, at.date(), by=None)
    return True


def _patience(session: Session, at: datetime) -> timedelta:
    return timedelta(days=programmes.current(session, at).redeem.expires_days)


def _found(kept: Kept | None) -> Kept:
    if kept is None:
        raise RefusedError("There is no such request. Type /redeem requests to see those there are.")
    return kept


def _hash(asked: Asked) -> str:
    further = [asked.on.isoformat() if asked.on else "", sha256(asked.note) if asked.note else ""]
    return sha256("|".join([asked.reward, str(asked.price), *(further if any(further) else [])]))


def _offered(session: Session, programme: Programme, me: Who, asked: Asked, on: date) -> Reward:
    reward = next((r for r in programme.rewards if r.key == asked.reward and r.is_offered(me.site, on)), None)
    if reward is None:
        raise RefusedError("That is not offered any more. Type /redeem to see what is.")
    if reward.kind is RewardKind.TEAM:
        raise RefusedError(f"“{reward.title}” is for your team: chip in to its pot. Type /redeem to see it.")
    price = price_of(reward, offers.contracted_of(session, [reward], me), programme.redeem.week_days)
    if price is None:
        raise RefusedError(
            "I do not know the hours of your contract, and so not what a day of yours costs. Nothing was taken. Ask your "
            "admin: they come with the file of people."
        )
    if price != asked.price:
        raise RefusedError(
            f"The price of “{reward.title}” has changed to {price:,} {reward.unit}, and nothing was taken. "
            "Type /redeem to see everything anew."
        )
    if reward.kind is RewardKind.TIME_OFF and asked.on is None:
        raise FormError({"on": "Time off is asked for with its day. Choose one."})
    if asked.on is not None and asked.on < on:
        raise FormError({"on": "That day is over. Choose today or a later one."})
    return reward


def _hold(session: Session, at: datetime, asked: Asked, me: Who, reward: Reward) -> Receipt:
    owner = person(me.person_id)
    postings = holds.holding(owner, reward.unit, asked.price)
    if reward.stock is not None:
        postings += transfer(stock_units(reward.key)[0], 1, source=CATALOGUE, target=SINK)
    wanted = {"reward": reward.key, "price": asked.price}
    return ledger.append(session, at, Deed(asked.key, "redeem", owner, tuple(postings), wanted))


def _keep(
    session: Session, at: datetime, asked: Asked, me: Who, reward: Reward, request_hash: str, on: date,
    sent_to: Sequence[int],
) -> Kept:  # fmt: skip
    new = New(
        asked.key, request_hash, me.person_id, reward.key, reward.title, asked.price, reward.unit, reward.first,
        reward.then, tuple(sent_to),
        reward.begins, asked.on, texts.add(session, at, kind="reward", body=asked.note) if asked.note else None,
        me.team_id,
    )  # fmt: skip
    return keep(session, at, new, on)


def _forget(session: Session, kept: Kept) -> None:
    """Let a request never have been whose price could not be held, in the transaction that made it."""
    deciding.unask(session, kept)
    store.remove(session, kept.id)
    if kept.note_id is not None:
        texts.remove(session, kept.note_id)


def _asks(session: Session, at: datetime, sent_to: Sequence[int], workspace_id: str, rules: Manners) -> _Asks:
    names = people.list_names(session, sent_to) if sent_to else {}
    seen_at = manners.seen_at(session, at, rules, sent_to, workspace_id)
    later = seen_at if seen_at is not None and seen_at > at else None
    return _Asks([names[number] for number in sent_to if number in names], later)


def _may(session: Session, at: datetime, me: Who, step: Step, kept: Kept) -> bool:
    """Whether they may take this step; where they may not, it is written down."""
    decides = step in {Step.APPROVE, Step.DECLINE}
    whose = kept.approver if decides else kept.hands_over or kept.approver
    pot = None if kept.pot_id is None else deciding.payers(session, kept)
    if domain.may_take(me, step, asker=kept.person_id, team_id=kept.team_id, approver=whose, pot=pot):
        return True
    audit.append(session, at, actor=person(me.person_id), deed="refused", subject=f"reward_{step}", after=kept.key)
    return False


def _to_decide(session: Session, at: datetime, me: Who, on: date) -> Sequence[Kept]:
    admin = me.may(Role.ADMIN)
    if not admin and not me.leads:
        return []
    return store.list_to_decide(session, me.person_id, on, leads=me.leads, admin=admin, old=at - domain.OLD)


def _step(
    session: Session, at: datetime, kept: Kept, step: Step, state: State, on: date, *, by: int | None, words: str = ""
) -> Kept:
    """Take a step with a request that is locked; `by` nobody where the clock takes it. Return it as it is then."""
    actor = "programme" if by is None else person(by)
    holds.settle(session, at, kept, state, actor)
    text_id = texts.add(session, at, kind="reward", body=words) if words else None
    if kept.state is State.ASKED:
        store.decide(session, at, kept.id, state, by, text_id)
    else:
        assert by is not None
        store.end(session, at, kept.id, state, by, text_id)
    if state is State.APPROVED and kept.hands_over is not None:
        deciders = store.list_deciders(session, deciding.payers(session, kept), kept.team_id, kept.hands_over, on)
        store.hand_to(session, kept.id, deciders)
    audit.append(
        session, at, actor=actor, deed=f"reward.{step}", subject=kept.key, before=kept.state.value, after=state.value
    )
    moved = _found(store.look(session, kept.id, on))
    _tell(session, at, moved)
    return moved


def _tell(session: Session, at: datetime, kept: Kept) -> None:
    """Let everybody concerned see it: the messages that ask change, and who asked is told."""
    case = kept.case()
    deciding.follow(session, at, kept)
    if kept.state is State.APPROVED:
        deciding.ask_each(session, at, kept, kept.handed_to, view=deciding.HANDOVER)
    if kept.pot_id is not None:
        sharing.tell_of(session, at, kept)
    elif kept.by != kept.person_id:
        key = f"{kept.key}:{kept.state}"
        outbox.tell(session, at, kept.person_id, key=key, view="reward_news", value=case)


def _told(session: Session, kept: Kept, *, taken: bool) -> Moved:
    case = kept.case()
    return Moved(
        case, taken, people.list_names(session, case.person_ids()), texts.list_bodies(session, case.text_ids())
    )  # fmt: skip
