"""Pots of teams: chipped in once for each form, taken back until they are full, given back where they never are.

Whatever is done to a pot takes it first: so a pot never holds more than its price, and of two who chip in at once the
second puts in what is still missing. A full pot becomes a request (`rewards`).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain import pots as domain
from bot.domain.catalogue import Reward
from bot.domain.ledger import Deed, Unit, person, sha256
from bot.domain.people import Who
from bot.domain.periods import zone
from bot.domain.pots import Chipped, News, Pot, Status, Turn
from bot.domain.programme import Programme
from bot.domain.rewards import PaidIn, RewardKind
from bot.errors import FormError, RefusedError
from bot.services import holds, offers, rewards, sharing
from bot.services import programme as programmes
from bot.store import audit, ledger, merging, seen
from bot.store import pots as store
from bot.store import rewards as requests
from bot.store.ledger import Receipt
from bot.store.pots import Part
from bot.store.rewards import New

_CHANGED: Final = "Type /redeem to see everything anew."


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody in Slack puts into the pot of their team: a reward's key, its price as they saw it, points."""

    key: str
    workspace_id: str
    slack_id: str
    reward: str
    price: int
    amount: int


def chip_in(session: Session, at: datetime, asked: Asked) -> Chipped:
    """Put points into the pot of somebody's team, at most what is missing; the first part opens it, the last fills it.

    Sent again under the key it is the same answer: too few points and a pot that was full are remembered as well.
    RefusedError where it is not offered to their team, or not for the price that they saw; FormError for no amount.
    """
    programme = programmes.current(session, at)
    me = offers.buyer(session, at, programme, asked.workspace_id, asked.slack_id)
    merging.hold(session, [me.person_id])
    request_hash = sha256(f"{asked.reward}|{asked.price}|{asked.amount}")
    # In this order: what the ledger knows stands here too, also where both are written at this very moment.
    refused, part = ledger.find(session, asked.key), store.find_part(session, asked.key)
    if part is None and refused is None:
        pot = _live(session, at, programme, me, asked)
        # Whoever sends the same form at the same moment waits for the pot, and finds what came of it.
        refused, part = ledger.find(session, asked.key), store.find_part(session, asked.key)
        if part is None and refused is None:
            part, refused = _put_in(session, at, programme, me, asked, pot, request_hash)
    if part is None:
        # The ledger knows the key, and says again what it said; how many they are does not matter any more.
        refused = _hold(session, at, me, asked, 1)
        assert refused.refusal is not None
        return Chipped(_title(programme, asked), asked.amount, 0, refused.refusal.short)
    # Who they are is looked at by itself: it changes with them, where two entries of one person became one.
    if (part.request_hash, part.person_id) != (request_hash, me.person_id):
        raise RefusedError("Something else was put in already with that form. Type /redeem to see where you are.")
    pot = _found(store.find(session, part.pot_id, me.person_id))
    left = ledger.balance(session, person(me.person_id), Unit.POINTS)
    return Chipped(pot.title, asked.amount, part.amount, pot=pot, left=left)


def take_back(
    session: Session, at: datetime, pot_id: int, workspace_id: str, slack_id: str, *, key: str
) -> tuple[Pot, int]:  # fmt: skip
    """Give somebody back all that they put into an open pot; return the pot, and how many points those are.

    None where it is full or over, or nothing of it was theirs. Under the same key they are as many again. RefusedError
    where there is no such pot.
    """
    me = offers.somebody(session, at, workspace_id, slack_id)
    merging.hold(session, [me.person_id])
    pot = _found(store.take(session, pot_id, me.person_id))
    before = seen.find_note(session, key)
    if before is not None:
        return pot, int(before)
    if pot.status is not Status.OPEN or not pot.own:
        return pot, 0
    parts = [part for part in store.take_parts(session, pot_id) if part.person_id == me.person_id]
    holds.give_back(session, at, parts, person(me.person_id))
    store.taken_back(session, at, parts)
    if pot.own == pot.held:
        store.move(session, at, pot_id, Status.GIVEN_BACK)
    seen.add(session, at, key, str(pot.own))
    return pot, pot.own


def list_over(session: Session, at: datetime) -> list[int]:
    """Return the open pots that are to be given back, the oldest first."""
    programme = programmes.current(session, at)
    return [pot.id for pot in store.list_open(session) if _over(programme, pot, at)]


def lapse(session: Session, at: datetime, pot_id: int) -> bool:
    """Give back a pot that was not full in time, or whose reward is gone, and tell everybody; False where neither is."""
    pot = store.take(session, pot_id)
    still_open = store.list_open(session, only=pot_id)
    turn = _over(programmes.current(session, at), still_open[0], at) if still_open else None
    if pot is None or turn is None:
        return False
    parts = store.take_parts(session, pot_id)
    holds.give_back(session, at, parts, "programme")
    store.move(session, at, pot_id, Status.GIVEN_BACK)
    news = News(turn, pot.title, pot.team, pot.price, pot.held, 0)
    audit.append(session, at, actor="programme", deed="pot.lapse", subject=f"pot:{pot_id}", after=turn.value)
    sharing.tell(session, at, f"pot:{pot_id}:{turn}", news, parts)
    return True


def _live(session: Session, at: datetime, programme: Programme, me: Who, asked: Asked) -> Pot:
    """Return the pot of somebody's team, locked; opened, where there is none."""
    reward = _offered(programme, me, asked, offers.today(at, me))
    assert me.team_id is not None
    assert isinstance(reward.price, int)
    pot = store.take_live(session, me.team_id, reward.key, me.person_id)
    if pot is None:
        ends_on = offers.today(at, me) + timedelta(days=programme.redeem.pot_days)
        store.add(session, at, store.New(me.team_id, reward.key, reward.title, reward.price, ends_on))
        # Where somebody else has just opened one, it is that.
        pot = store.take_live(session, me.team_id, reward.key, me.person_id)
    if pot is None or pot.price != asked.price:
        raise RefusedError(f"The pot for “{reward.title}” has changed meanwhile, and nothing was taken. {_CHANGED}")
    return pot


def _offered(programme: Programme, me: Who, asked: Asked, on: date) -> Reward:
    reward = next((r for r in programme.rewards if r.key == asked.reward and r.is_offered(me.site, on)), None)
    if reward is None or reward.kind is not RewardKind.TEAM:
        raise RefusedError(f"There is no pot for that any more, and nothing was taken. {_CHANGED}")
    if me.team_id is None:
        raise RefusedError("You are in no team, and a team chips in together. Ask your admin to put you in yours.")
    if asked.amount < 1:
        raise FormError({"amount": "Choose a whole number of points, 1 or more."})
    return reward


def _put_in(
    session: Session, at: datetime, programme: Programme, me: Who, asked: Asked, pot: Pot, request_hash: str
) -> tuple[Part | None, Receipt | None]:
    """Put points into a pot that is locked: the part, or what the ledger said instead."""
    amount = min(asked.amount, pot.missing) if pot.status is Status.OPEN else 0
    if amount:
        receipt = _hold(session, at, me, asked, amount)
        if not receipt.done:
            if not pot.held:
                store.move(session, at, pot.id, Status.GIVEN_BACK)
            return None, receipt
    part = store.add_part(session, at, pot.id, me.person_id, amount, key=asked.key, request_hash=request_hash)
    if amount and amount == pot.missing:
        _fill(session, at, programme, me, pot)
    return part, None


def _hold(session: Session, at: datetime, me: Who, asked: Asked, amount: int) -> Receipt:
    """Hold points under the form's key; what stands for it is what was asked, not what was still missing."""
    owner = person(me.person_id)
    wanted = {"reward": asked.reward, "price": asked.price, "amount": asked.amount}
    postings = tuple(holds.holding(owner, PaidIn.POINTS, amount))
    return ledger.append(session, at, Deed(asked.key, "redeem.part", owner, postings, wanted))


def _fill(session: Session, at: datetime, programme: Programme, me: Who, pot: Pot) -> None:
    """Make a request of a pot that is full, and tell everybody but who filled it, who reads it now."""
    store.move(session, at, pot.id, Status.FULL)
    reward = next(r for r in programme.rewards if r.key == pot.reward)
    key, on = f"pot:{pot.id}", offers.today(at, me)
    deciders = requests.list_deciders(session, store.list_people(session, pot.id), me.team_id, reward.first, on)
    new = New(
        key, sha256(key), me.person_id, pot.reward, pot.title, pot.price, PaidIn.POINTS, reward.first, reward.then,
        tuple(deciders), reward.begins, None, None, me.team_id, pot.id, me.team,
    )  # fmt: skip
    sharing.tell_of(session, at, rewards.keep(session, at, new, on), but=me.person_id)


def _over(programme: Programme, pot: store.Open, at: datetime) -> Turn | None:
    reward = next((r for r in programme.rewards if r.key == pot.reward), None)
    on = at.astimezone(zone(pot.zone)).date()
    offered = reward is not None and reward.kind is RewardKind.TEAM and reward.is_offered(pot.site, on)
    return domain.over(on, pot.ends_on, offered=offered)


def _title(programme: Programme, asked: Asked) -> str:
    return next((reward.title for reward in programme.rewards if reward.key == asked.reward), asked.reward)


def _found(pot: Pot | None) -> Pot:
    if pot is None:
        raise RefusedError(f"There is no such pot. {_CHANGED}")
    return pot
