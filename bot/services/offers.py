"""What somebody can have: the catalogue as it is offered to them today, with their prices and what is left."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from bot.domain import offers as domain
from bot.domain.catalogue import OWN_DAY, Reward
from bot.domain.ledger import ISSUER, Deed, person, transfer
from bot.domain.offers import CATALOGUE, PACE, Offer, days_to_earn, in_order, price_of, stock_units
from bot.domain.people import Who
from bot.domain.periods import zone
from bot.domain.pots import Pot
from bot.domain.programme import Programme, SiteMode
from bot.domain.rewards import RewardKind
from bot.errors import ForbiddenError, RefusedError
from bot.services import points, who
from bot.store import ledger, people, pots, stock
from bot.store import points as points_store


def somebody(session: Session, at: datetime, workspace_id: str, slack_id: str) -> Who:
    """Return who it is in Slack. RefusedError where they are not known, or have left."""
    found = who.find(session, at, workspace_id, slack_id)
    if found is None:
        raise ForbiddenError(who.unknown(session, at))
    if found.has_left:
        raise ForbiddenError("You have left, as far as I know. If that is wrong, ask your admin.")
    return found


def buyer(session: Session, at: datetime, programme: Programme, workspace_id: str, slack_id: str) -> Who:
    """Return who may have something. RefusedError where they may not, or their site is not live."""
    found = somebody(session, at, workspace_id, slack_id)
    if programme.site(found.site or "").mode is not SiteMode.LIVE:
        raise RefusedError(f"There is nothing for you to redeem yet. {who.not_live(session, at, found)}")
    return found


def today(at: datetime, me: Who) -> date:
    """Return the day on somebody's clock."""
    return at.astimezone(zone(me.zone)).date()


def offered(session: Session, at: datetime, programme: Programme, me: Who) -> list[Offer]:
    """Return what somebody can have today, what they can have now first; what is for teams, where they are in one."""
    rewards = [reward for reward in programme.rewards if reward.is_offered(me.site, today(at, me))]
    if me.team_id is None:
        rewards = [reward for reward in rewards if reward.kind is not RewardKind.TEAM]
    shared = {pot.reward: pot for pot in _pots_of(session, rewards, me)}
    limited = any(reward.stock is not None for reward in rewards)
    there = ledger.balances(session, CATALOGUE) if limited else {}
    has = ledger.balances(session, person(me.person_id))
    contracted = contracted_of(session, rewards, me)
    priced = {reward.unit for reward in rewards}
    owners = points.owners_of(session, me.person_id)
    earned = {unit: points_store.earned(session, owners, unit, at - PACE[unit]) for unit in priced}
    paces = {unit: (amount, timedelta() if first is None else at - first) for unit, (amount, first) in earned.items()}
    offers = [_offer(programme, reward, has, there, contracted, paces[reward.unit]) for reward in rewards]
    return in_order(_shared(offer, shared.get(offer.key)) if offer.for_team else offer for offer in offers)


def contracted_of(session: Session, rewards: list[Reward], me: Who) -> int | None:
    """Return somebody's contracted minutes a week, None where nobody needs them or they are not known."""
    priced = any(reward.price == OWN_DAY for reward in rewards)
    return people.contracted_minutes(session, me.person_id) if priced else None


def follow_stock(session: Session, at: datetime, reward: Reward, owner: str) -> None:
    """Let the accounts of a reward with a limit follow the programme, by the difference.

    They are locked where they differ, since how much can be taken away depends on how many are left; together with those
    of whoever asks, since two who lock them one after the other in another order would wait for each other.
    """
    if reward.stock is None or not domain.change_of(reward.stock, *stock.find(session, reward.key)[:2]):
        return
    left, stocked, version = stock.take(session, reward.key, owner, reward.unit)
    change = domain.change_of(reward.stock, left, stocked)
    if change:
        source, target = (ISSUER, CATALOGUE) if change > 0 else (CATALOGUE, ISSUER)
        sides = [transfer(unit, abs(change), source=source, target=target) for unit in stock_units(reward.key)]
        # Two who open the accounts at once know the same version, and the second replays the first.
        key = f"stock:{reward.key}:{version}"
        ledger.append(session, at, Deed(key, "stock", "programme", (*sides[0], *sides[1]), {"stock": reward.key}))


def _pots_of(session: Session, rewards: Iterable[Reward], me: Who) -> list[Pot]:
    wanted = me.team_id is not None and any(reward.kind is RewardKind.TEAM for reward in rewards)
    return pots.list_of_team(session, me.team_id, me.person_id) if wanted and me.team_id is not None else []


def _shared(offer: Offer, pot: Pot | None) -> Offer:
    """Return what a team has together: nobody has to have, or to earn, the whole price."""
    return replace(offer, missing=0, days=None, pot=pot, price=offer.price if pot is None else pot.price)


def _offer(
    programme: Programme, reward: Reward, has: Mapping[str, int], there: Mapping[str, int], contracted: int | None,
    pace: tuple[int, timedelta],
) -> Offer:  # fmt: skip
    price = price_of(reward, contracted, programme.redeem.week_days)
    missing = 0 if price is None else max(0, price - has.get(reward.unit, 0))
    left, stocked = (there.get(unit, 0) for unit in stock_units(reward.key))
    days = days_to_earn(missing, *pace, reward.unit)
    return Offer(
        reward.key, reward.title, reward.words, reward.kind, price, missing,
        domain.left_of(reward.stock, left, stocked), reward.needs_approval, reward.unit, days, reward.picture,
        reward.picture_words,
    )  # fmt: skip
