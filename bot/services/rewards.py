"""Rewards: what somebody can have, asked for once for each key, decided, handed over or given back.

What is asked for moves its price from points to held, and a piece from the stock, in one transaction of the ledger under
the request's key. The ledger locks the accounts, and so of those who race for the last points or the last piece one gets
it; a request is locked before a step, and so of two who decide one does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from bot.domain import rewards as domain
from bot.domain.ledger import ISSUER, SINK, Deed, Unit, person, sha256, transfer
from bot.domain.people import Role, Who
from bot.domain.periods import zone
from bot.domain.programme import Programme, Reward, SiteMode
from bot.domain.rewards import (
    CATALOGUE,
    LEADS_TO,
    RETURNS,
    Bid,
    Moved,
    Offer,
    Requests,
    Shelf,
    State,
    Step,
    in_order,
    next_state,
    stock_units,
)
from bot.errors import RefusedError
from bot.services import outbox, who
from bot.services import programme as programmes
from bot.store import audit, ledger, people, texts
from bot.store import rewards as store
from bot.store.ledger import Receipt
from bot.store.rewards import Kept


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody in Slack asked for: a reward's key, and the price in points that they saw."""

    key: str
    workspace_id: str
    slack_id: str
    reward: str
    price: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step that somebody in Slack wants to take with a request, and what they wrote."""

    request_id: int
    step: Step
    workspace_id: str
    slack_id: str
    words: str = ""


def shelf(session: Session, at: datetime, workspace_id: str, slack_id: str) -> Shelf:
    """Return what somebody can have, and what they asked for. RefusedError where there is nothing to redeem for them."""
    programme = programmes.current(session, at)
    me = _buyer(session, at, programme, workspace_id, slack_id)
    balances = ledger.balances(session, person(me.person_id))
    points, on = balances.get(Unit.POINTS, 0), _today(at, me)
    return Shelf(
        me.locale, points, balances.get(Unit.HELD, 0), in_order(_offers(session, programme, me, points)),
        [kept.case() for kept in store.list_open(session, me.person_id, on)], len(_to_decide(session, at, me, on)),
    )  # fmt: skip


def requests(session: Session, at: datetime, workspace_id: str, slack_id: str) -> Requests:
    """Return somebody's own open requests, and those that wait for them. RefusedError where they are not known."""
    me = _somebody(session, at, workspace_id, slack_id)
    on = _today(at, me)
    own = [kept.case() for kept in store.list_open(session, me.person_id, on)]
    others = [kept.case() for kept in _to_decide(session, at, me, on)]
    named = {person_id for case in (*own, *others) for person_id in case.person_ids()}
    return Requests(me.locale, own, others, people.list_names(session, named))


def ask(session: Session, at: datetime, asked: Asked) -> Bid:
    """Ask for a reward: hold its price, keep the request, tell who decides. Asked again under the key: the same answer.

    Too few points or an empty stock are an answer too, and remembered. RefusedError where the reward is not offered to
    them, or not for the price that they saw.
    """
    programme = programmes.current(session, at)
    me = _buyer(session, at, programme, asked.workspace_id, asked.slack_id)
    people.hold(session, [me.person_id])
    on = _today(at, me)
    request_hash = sha256(f"{asked.reward}|{asked.price}")
    kept = store.find(session, asked.key, on)
    if kept is None:
        reward = _offered(programme, me, asked)
        if reward.stock is not None:
            _follow_stock(session, at, reward.key, reward.stock, person(me.person_id))
        held = _hold(session, at, asked, me, reward)
        if held.refusal is not None:
            missing = held.refusal.short if held.refusal.account.unit == Unit.POINTS else 0
            return Bid(reward.title, reward.price, None, missing)
        kept = _keep(session, at, asked, me, reward, request_hash, on)
    # Who they are is looked at by itself: it changes with them, where two entries of one person became one.
    if (kept.request_hash, kept.person_id) != (request_hash, me.person_id):
        raise RefusedError("Something else was asked for already with that button. Type /redeem to see where you are.")
    names = people.list_names(session, kept.sent_to)
    return Bid(kept.title, kept.price, kept.case(), 0, [names[number] for number in kept.sent_to if number in names])


def look(session: Session, at: datetime, wanted: Wanted) -> Moved:
    """Say what would come of a step, and take it not."""
    me = _somebody(session, at, wanted.workspace_id, wanted.slack_id)
    kept = _found(store.look(session, wanted.request_id, _today(at, me)))
    if not _may(session, at, me, wanted.step, kept):
        return Moved(None)
    return _told(session, kept, taken=next_state(kept.state, wanted.step, kept.by) is not None)


def move(session: Session, at: datetime, wanted: Wanted) -> Moved:
    """Take a step with a request: whoever is first does, and the others learn what it came to.

    RefusedError where there is no such request, or it is to be approved for somebody who has left.
    """
    me = _somebody(session, at, wanted.workspace_id, wanted.slack_id)
    on = _today(at, me)
    kept = _found(store.take(session, wanted.request_id, on))
    if not _may(session, at, me, wanted.step, kept):
        return Moved(None)
    state = next_state(kept.state, wanted.step, kept.by)
    if state is None:
        # Pressed twice, it is the same step.
        return _told(session, kept, taken=kept.state is LEADS_TO[wanted.step] and kept.by == me.person_id)
    if wanted.step is Step.APPROVE and kept.left_on is not None and kept.left_on <= on.isoformat():
        raise RefusedError("Whoever asked for this has left. Decline it: then the points are given back.")
    _settle(session, at, kept, state, person(me.person_id))
    text_id = texts.add(session, at, kind="reward", body=wanted.words) if wanted.words else None
    write = store.decide if kept.state is State.ASKED else store.end
    write(session, at, kept.id, state, me.person_id, text_id)
    audit.append(
        session, at, actor=person(me.person_id), deed=f"reward.{wanted.step}", subject=kept.key, before=kept.state.value,
        after=state.value,
    )  # fmt: skip
    moved = _found(store.look(session, kept.id, on))
    _tell(session, at, moved)
    return _told(session, moved, taken=True)


def _somebody(session: Session, at: datetime, workspace_id: str, slack_id: str) -> Who:
    found = who.find(session, at, workspace_id, slack_id)
    if found is None:
        raise RefusedError(who.unknown(session, at))
    if found.has_left:
        raise RefusedError("You have left, as far as I know. If that is wrong, ask your admin.")
    return found


def _buyer(session: Session, at: datetime, programme: Programme, workspace_id: str, slack_id: str) -> Who:
    """Return who may have something."""
    found = _somebody(session, at, workspace_id, slack_id)
    if programme.site(found.site or "").mode is not SiteMode.LIVE:
        raise RefusedError(f"There is nothing for you to redeem yet. {who.not_live(session, at, found)}")
    return found


def _today(at: datetime, me: Who) -> date:
    return at.astimezone(zone(me.zone)).date()


def _found(kept: Kept | None) -> Kept:
    if kept is None:
        raise RefusedError("There is no such request. Type /redeem requests to see those there are.")
    return kept


def _is_offered(reward: Reward, me: Who) -> bool:
    return reward.sites is None or me.site in reward.sites


def _offers(session: Session, programme: Programme, me: Who, points: int) -> list[Offer]:
    rewards = [reward for reward in programme.rewards if _is_offered(reward, me)]
    limited = any(reward.stock is not None for reward in rewards)
    there = ledger.balances(session, CATALOGUE) if limited else {}
    offers = []
    for reward in rewards:
        left, stocked = (there.get(unit, 0) for unit in stock_units(reward.key))
        offers.append(
            Offer(
                reward.key, reward.title, reward.words, reward.kind, reward.price, max(0, reward.price - points),
                domain.left_of(reward.stock, left, stocked), reward.needs_approval,
            )
        )  # fmt: skip
    return offers


def _offered(programme: Programme, me: Who, asked: Asked) -> Reward:
    reward = next((r for r in programme.rewards if r.key == asked.reward and _is_offered(r, me)), None)
    if reward is None:
        raise RefusedError("That is not offered any more. Type /redeem to see what is.")
    if reward.price != asked.price:
        raise RefusedError(
            f"The price of “{reward.title}” has changed to {reward.price:,} points, and nothing was taken. "
            "Type /redeem to see everything anew."
        )
    return reward


def _follow_stock(session: Session, at: datetime, reward: str, stock: int, owner: str) -> None:
    """Let the accounts of a reward follow the programme, by the difference.

    They are locked where they differ, since how much can be taken away depends on how many are left; together with those
    of whoever asks, since two who lock them one after the other in another order would wait for each other.
    """
    if not domain.change_of(stock, *store.find_stock(session, reward)[:2]):
        return
    left, stocked, version = store.take_stock(session, reward, owner)
    change = domain.change_of(stock, left, stocked)
    if change:
        source, target = (ISSUER, CATALOGUE) if change > 0 else (CATALOGUE, ISSUER)
        sides = [transfer(unit, abs(change), source=source, target=target) for unit in stock_units(reward)]
        # Two who open the accounts at once know the same version, and the second replays the first.
        key = f"stock:{reward}:{version}"
        ledger.append(session, at, Deed(key, "stock", "programme", (*sides[0], *sides[1]), {"stock": reward}))


def _hold(session: Session, at: datetime, asked: Asked, me: Who, reward: Reward) -> Receipt:
    owner = person(me.person_id)
    postings = [
        *transfer(Unit.POINTS, reward.price, source=owner, target=SINK),
        *transfer(Unit.HELD, reward.price, source=ISSUER, target=owner),
    ]
    if reward.stock is not None:
        postings += transfer(stock_units(reward.key)[0], 1, source=CATALOGUE, target=SINK)
    wanted = {"reward": reward.key, "price": reward.price}
    return ledger.append(session, at, Deed(asked.key, "redeem", owner, tuple(postings), wanted))


def _keep(
    session: Session, at: datetime, asked: Asked, me: Who, reward: Reward, request_hash: str, on: date
) -> Kept:  # fmt: skip
    deciders = store.list_deciders(session, me.person_id, me.team_id, reward.approver, on)
    new = store.add(
        session, at, key=asked.key, request_hash=request_hash, person_id=me.person_id, reward=reward.key,
        title=reward.title, price=reward.price, approver=reward.approver, sent_to=deciders,
        state=State.ASKED if reward.needs_approval else State.APPROVED,
    )  # fmt: skip
    kept = _found(store.find(session, asked.key, on))
    for number in deciders if new else ():
        outbox.tell(
            session, at, number, key=_request_key(kept, number), view="reward_request", value=kept.case(), asks=True
        )  # fmt: skip
    return kept


def _may(session: Session, at: datetime, me: Who, step: Step, kept: Kept) -> bool:
    """Whether they may take this step; where they may not, it is written down."""
    if domain.may_take(me, step, asker=kept.person_id, team_id=kept.team_id, approver=kept.approver):
        return True
    audit.append(session, at, actor=person(me.person_id), deed="refused", subject=f"reward_{step}", after=kept.key)
    return False


def _to_decide(session: Session, at: datetime, me: Who, on: date) -> Sequence[Kept]:
    admin = me.may(Role.ADMIN)
    if not admin and not me.leads:
        return []
    return store.list_to_decide(session, me.person_id, on, leads=me.leads, admin=admin, old=at - domain.OLD)


def _settle(session: Session, at: datetime, kept: Kept, state: State, actor: str) -> None:
    """Let the ledger follow: what was handed over is spent, what ended otherwise is given back."""
    if state is State.DONE:
        spent = transfer(Unit.HELD, kept.price, source=person(kept.person_id), target=SINK)
        receipt = ledger.append(session, at, Deed(f"{kept.key}:done", "redeem.done", actor, spent, {"of": kept.key}))
        assert receipt.done
    elif state in RETURNS:
        assert _give_back(session, at, kept, actor).done


def _give_back(session: Session, at: datetime, kept: Kept, actor: str) -> Receipt:
    key = f"{kept.key}:back"
    if kept.person_id == kept.held_by:
        return ledger.reverse(session, at, key=key, of=kept.key, actor=actor, kind="redeem.back")
    # Whoever was merged into somebody else has empty accounts: what was held is on the other's.
    owner = person(kept.person_id)
    postings = [
        *transfer(Unit.HELD, kept.price, source=owner, target=ISSUER),
        *transfer(Unit.POINTS, kept.price, source=SINK, target=owner),
    ]
    if store.took_stock(session, kept.key):
        postings += transfer(stock_units(kept.reward)[0], 1, source=SINK, target=CATALOGUE)
    return ledger.append(session, at, Deed(key, "redeem.back", actor, tuple(postings), {"of": kept.key}))


def _tell(session: Session, at: datetime, kept: Kept) -> None:
    """Let everybody concerned see it: the messages to those who decide change, and who asked is told."""
    case = kept.case()
    for number in kept.sent_to:
        of = _request_key(kept, number)
        outbox.edit(session, at, of, key=f"{of}:{kept.state}", view="reward_request", value=case)
    if kept.by != kept.person_id:
        key = f"{kept.key}:{kept.state}"
        outbox.tell(session, at, kept.person_id, key=key, view="reward_news", value=case)


def _told(session: Session, kept: Kept, *, taken: bool) -> Moved:
    case = kept.case()
    return Moved(
        case, taken, people.list_names(session, case.person_ids()), texts.list_bodies(session, case.text_ids())
    )  # fmt: skip


def _request_key(kept: Kept, number: int) -> str:
    return f"{kept.key}:to:{number}"
