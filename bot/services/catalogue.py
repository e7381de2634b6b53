"""The catalogue as admins change it in Slack: each change is a new version of the programme, and nobody's is lost."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.domain.catalogue import Catalogue, Edited, Reward, Shelved, mark, new_key, parse_reward
from bot.domain.offers import CATALOGUE, left_of, stock_units
from bot.domain.people import Who
from bot.domain.periods import zone
from bot.errors import FormError, RefusedError
from bot.services import programme, roles
from bot.store import audit, ledger, people


def find(session: Session, at: datetime, admin: Who) -> Catalogue:
    """Return all rewards with what is left of them, those too that are not offered now."""
    there = ledger.balances(session, CATALOGUE)
    shelved = []
    for reward in programme.current(session, at).rewards:
        left, stocked = (there.get(unit, 0) for unit in stock_units(reward.key))
        shelved.append(Shelved(reward, left_of(reward.stock, left, stocked)))
    sites = {site.id: site.name for site in people.list_sites(session)}
    return Catalogue(shelved, sites, at.astimezone(zone(admin.zone)).date(), admin.locale)


def save(session: Session, at: datetime, admin_id: int, edited: Edited) -> Reward:
    """Add a reward or change it, and return it. The same form saved again changes nothing.

    FormError says what cannot be, and that somebody else has changed it meanwhile.
    """
    roles.check_admin(session, at, admin_id)
    sites = {site.id: site.name for site in people.list_sites(session)}
    saved: list[Reward] = []

    def alter(rewards: Sequence[Reward]) -> Sequence[Reward]:
        before = next((reward for reward in rewards if reward.key == edited.key), None)
        # A file may name sites that are still to come: those stay as they are.
        to_come = [name for name in (before.sites or () if before else ()) if name not in sites.values()]
        chosen = [sites[number] for number in edited.sites if number in sites]
        wanted = _wanted(edited, before, [*chosen, *to_come], rewards)
        saved.append(wanted)
        _log(session, at, admin_id, before, wanted)
        if before is None and wanted not in rewards:
            return [*rewards, wanted]
        return [wanted if reward.key == wanted.key else reward for reward in rewards]

    programme.change_rewards(session, at, alter, actor=f"person:{admin_id}")
    return saved[0]


def shelve(session: Session, at: datetime, admin_id: int, key: str, *, on_shelf: bool) -> Reward:
    """Take a reward off the shelf or put it back, and return it; RefusedError where there is none of that key."""
    roles.check_admin(session, at, admin_id)
    changed: list[Reward] = []

    def alter(rewards: Sequence[Reward]) -> Sequence[Reward]:
        before = next((reward for reward in rewards if reward.key == key), None)
        if before is None:
            raise RefusedError("This reward is not in the catalogue any more.")
        changed.append(before.model_copy(update={"on_shelf": on_shelf}))
        _log(session, at, admin_id, before, changed[0])
        return [changed[0] if reward.key == key else reward for reward in rewards]

    programme.change_rewards(session, at, alter, actor=f"person:{admin_id}")
    return changed[0]


def _wanted(edited: Edited, before: Reward | None, sites: Sequence[str], rewards: Sequence[Reward]) -> Reward:
    if edited.key and before is None:
        raise FormError({"title": "Somebody has just removed this reward. Nothing was saved."})
    taken = {reward.key for reward in rewards}
    key = edited.key or _key_of_the_same(edited, rewards) or new_key(str(edited.fields.get("title", "")), taken)
    offered_in = {"sites": sites} if sites else {}
    wanted = parse_reward({**edited.fields, **offered_in, "key": key}, new=not edited.key)
    if before is not None and not before.on_shelf:
        wanted = wanted.model_copy(update={"on_shelf": False})
    if before is not None and before != wanted and mark(before) != edited.before:
        raise FormError({"title": f"Somebody else has just changed “{before.title}”. Close this, and open it anew."})
    if any(reward.key != key and reward.title.casefold() == wanted.title.casefold() for reward in rewards):
        raise FormError({"title": "There is another reward with this title."})
    return wanted


def _key_of_the_same(edited: Edited, rewards: Sequence[Reward]) -> str | None:
    """Return the key of a reward that is just what a new one is to be: the form was sent twice."""
    for reward in rewards:
        if reward.title == edited.fields.get("title"):
            wanted = parse_reward({**edited.fields, "key": reward.key, "sites": reward.sites})
            return reward.key if wanted == reward else None
    return None


def _log(session: Session, at: datetime, admin_id: int, before: Reward | None, after: Reward) -> None:
    if before != after:
        audit.append(
            session, at, actor=f"person:{admin_id}", deed="reward.save", subject=f"reward {after.key}",
            before=None if before is None else before.model_dump_json(exclude_unset=True),
            after=after.model_dump_json(exclude_unset=True),
        )  # fmt: skip
