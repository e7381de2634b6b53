"""Who somebody is: found by any of their names, linked to Slack, two entries made one."""

import difflib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.domain.ledger import ISSUER, SINK, Deed, Unit, person, transfer
from bot.domain.periods import zone
from bot.domain.preferences import quieter
from bot.errors import NotFoundError, RefusedError
from bot.services import roles
from bot.services.facts import attribute
from bot.services.figures import mark_person
from bot.store import attribution, audit, bulk, dead_letters, homes, ledger, merging, preferences, staff
from bot.store import people as store
from bot.store.people import Known, SiteRecord
from bot.store.staff import PersonRecord

ANY_WORKSPACE = "*"

OPERATOR: Final = "command line"
"""Who does what is done on the command line, in the audit."""


@dataclass(frozen=True, slots=True)
class Found:
    """A person that was asked for."""

    id: int
    name: str


def find(session: Session, text: str) -> Found:
    """Return the one person of that name, e-mail address or id; NotFoundError with the nearest where it is not one."""
    asked = text.strip()
    ids = _candidates(session, asked)
    if len(ids) == 1:
        return Found(ids[0], store.list_names(session, ids)[ids[0]])
    if ids:
        people = [p for person_id in ids for p in staff.list_people(session, only=person_id)]
        listed = [_described(p) for p in people]
        raise NotFoundError(f"“{asked}” fits {len(ids)} people: {'; '.join(listed)}. Name one by the id.", listed)
    names = store.list_all_names(session)
    nearest = _nearest(asked, sorted(set(names.values())))
    hint = f" Did you mean {' or '.join(nearest)}?" if nearest else " `encore people list` shows everybody."
    raise NotFoundError(f"Nobody is called “{asked}”.{hint}", nearest)


def find_site(session: Session, name: str) -> SiteRecord:
    """Return the site of that name; NotFoundError with the nearest where there is none."""
    site = store.find_site(session, name.strip())
    if site is not None:
        return site
    names = [s.name for s in store.list_sites(session)]
    nearest = _nearest(name.strip(), names)
    hint = f" Did you mean {' or '.join(nearest)}?" if nearest else f" Known are: {', '.join(names) or 'none yet'}."
    raise NotFoundError(f"There is no site “{name}”.{hint}", nearest)


def find_or_add_site(session: Session, name: str, zone_name: str) -> SiteRecord:
    """Return the site, adding it where it is new; RefusedError where it has another zone already."""
    zone(zone_name)
    site = store.find_site(session, name)
    if site is None:
        return store.add_site(session, name, zone_name)
    if site.zone != zone_name:
        raise RefusedError(
            f"The site “{name}” is in {site.zone}, and the mapping says {zone_name}. Correct the mapping."
        )
    return site


def list_sites(session: Session) -> list[SiteRecord]:
    """Return every site, by name."""
    return store.list_sites(session)


def list_people(session: Session) -> list[PersonRecord]:
    """Return everybody with every name they have, by name."""
    return staff.list_people(session)


def link(
    session: Session, at: datetime, person_id: int, *, slack_id: str | None = None, workspace_id: str = ANY_WORKSPACE,
    email: str | None = None, identity: tuple[str, str] | None = None,
) -> list[Known]:  # fmt: skip
    """Say that a Slack user, an e-mail address or a source's name is this person.

    Returns the identities whose facts are to be attributed now (`attribute_page`); what is not goes on with the job.
    RefusedError where the name is somebody else's: then the two are to be merged.
    """
    bulk.alone(session)
    _not_gone(session, person_id)
    if slack_id is not None:
        anywhere = store.list_by_slack(session, slack_id) if workspace_id == ANY_WORKSPACE else []
        for owner in (*anywhere, store.find_by_slack(session, workspace_id, slack_id)):
            _not_anothers(session, person_id, owner, slack_id)
        store.link_slack(session, person_id, workspace_id, slack_id)
        dead_letters.bring_again(session, at, person_id)
    if email is not None:
        owner = store.find_by_email(session, email)
        _not_anothers(session, person_id, owner, email)
        if owner is None:
            store.add_email(session, person_id, email)
    audit.append(
        session, at, actor="command line", deed="people.link", subject=f"person {person_id}",
        after=str({"slack": slack_id, "email": email is not None, "identity": identity}),
    )  # fmt: skip
    if identity is None:
        return []
    known = store.find_identities(session, identity[0], [identity[1]]).get(identity[1])
    if known is None:
        store.add_identity(session, *identity, person_id)
        return []
    _not_anothers(session, person_id, known.person_id, identity[1])
    store.point_identity(session, known.identity_id, person_id)
    attribution.add(session, [known.identity_id])
    return [Known(known.identity_id, person_id)]


def unlink(
    session: Session, at: datetime, person_id: int, *, slack_id: str, workspace_id: str | None = None,
    actor: str = OPERATOR,
) -> None:  # fmt: skip
    """Take a wrong link to Slack away, in one workspace or (None) in all.

    NotFoundError where there is none; RefusedError where it is how Slack knows the last admin.
    """
    bulk.alone(session)
    links = store.list_slack_links(session, person_id)
    gone = [link for link in links if link[1] == slack_id and workspace_id in {None, link[0]}]
    if gone and gone == links:
        roles.check_not_the_last(session, at, person_id)
    if not store.unlink_slack(session, person_id, slack_id, workspace_id):
        whose = store.list_names(session, [person_id])[person_id]
        where = "" if workspace_id is None else f" in {workspace_id}"
        raise NotFoundError(
            f"{whose} (id {person_id}) is not linked to {slack_id}{where}. `encore people list` shows every link."
        )
    homes.mark(session, at, gone)
    audit.append(
        session, at, actor=actor, deed="people.unlink", subject=f"person {person_id}",
        before=str({"slack": slack_id, "workspace": workspace_id}),
    )  # fmt: skip


def merge(session: Session, at: datetime, kept: int, gone: int, *, actor: str = "command line") -> list[Known]:
    """Make two entries of one person one, and return the identities whose facts are to be attributed now.

    A second time it returns them and moves what the ledger still has of the other, so that a merging that was cut short
    can go on.
    """
    if kept == gone:
        raise RefusedError("These are the same person already.")
    bulk.alone(session)
    merging.take(session, [kept, gone])
    _not_gone(session, kept)
    new = merging.find_kept(session, gone) != kept
    if new:
        _not_gone(session, gone)
        _carry_choices(session, at, kept, gone)
        merging.merge(session, kept, gone)
        # What could not be said to the one, since only the other is linked to Slack, can be said now.
        dead_letters.bring_again(session, at, kept)
    _move_balances(session, at, kept, gone, actor)
    if new:
        audit.append(session, at, actor=actor, deed="people.merge", subject=f"person {gone}", after=f"person {kept}")
    identities = [identity_id for identity_id, _ in store.list_identities(session, kept)]
    attribution.add(session, identities)
    return [Known(identity_id, kept) for identity_id in identities]


def _carry_choices(session: Session, at: datetime, kept: int, gone: int) -> None:
    """Let nobody be named or written to more than either entry chose."""
    before = preferences.find(session, kept)
    after = quieter(before, preferences.find(session, gone))
    if after != before:
        preferences.save(session, kept, after)
    if after.on_boards != before.on_boards:
        mark_person(session, at, kept)


def _move_balances(session: Session, at: datetime, kept: int, gone: int, actor: str) -> None:
    """Let what the one has in the ledger be the other's, in one transaction; but of a month's allowance there is one."""
    had = ledger.balances(session, person(gone))
    giving = [unit for unit in had if unit.startswith(f"{Unit.GIVING}:")]
    to_sink = {unit for unit in giving if ledger.find(session, f"{unit}:{person(kept)}") is not None}
    for unit in giving:
        if unit not in to_sink:
            _open_spent(session, at, kept, unit)
    postings = [
        side
        for unit, amount in had.items()
        if amount
        for side in transfer(unit, amount, source=person(gone), target=SINK if unit in to_sink else person(kept))
    ]
    if postings:
        key = _new_key(session, f"merge:{gone}:{kept}")
        moved = Deed(key, "merge", actor, tuple(postings), {"gone": gone, "kept": kept})
        if not ledger.append(session, at, moved).done:
            raise RefusedError(f"What entry {gone} has in the ledger could not be moved to {kept}. Try again.")


def _open_spent(session: Session, at: datetime, person_id: int, unit: str) -> None:
    """Open a month's allowance with nothing in it: what is left of it comes from the other entry."""
    owner = person(person_id)
    # The ledger knows no amount of 0, so that one comes and goes.
    opening = transfer(unit, 1, source=ISSUER, target=owner)
    ledger.append(session, at, Deed(f"{unit}:{owner}", "allowance", "programme", opening, {"month": unit}))
    closing = transfer(unit, 1, source=owner, target=SINK)
    ledger.append(session, at, Deed(f"{unit}:{owner}:merged", "allowance", "programme", closing, {"month": unit}))


def _new_key(session: Session, key: str) -> str:
    """Return the key, numbered where it has been used; the figures' lock keeps it new."""
    numbered = (key if n == 1 else f"{key}:{n}" for n in itertools.count(1))
    return next(found for found in numbered if ledger.find(session, found) is None)


def attribute_page(session: Session, at: datetime, known: Known, most: int = 100) -> int:
    """Attribute a page of facts to the person whom the identity means by now; 0 means that all are.

    Shifts first: they decide the days.
    """
    bulk.alone(session)
    # Whoever it was when it was asked for may have been merged into somebody else meanwhile.
    now = Known(known.identity_id, store.list_owners(session, [known.identity_id])[known.identity_id])
    for kind in ("shifts", "presence", "interactions", "feedback"):
        done = attribute(session, at, kind, now, most)
        if done:
            return done
    attribution.remove(session, known.identity_id)
    return 0


def list_to_attribute(session: Session, most: int) -> list[Known]:
    """Return identities with facts that are still to be attributed, so many at most: what was cut short goes on."""
    owners = store.list_owners(session, attribution.list_waiting(session, most))
    return [Known(identity_id, person_id) for identity_id, person_id in owners.items()]


def unmatched(session: Session, source: str, agents: Sequence[str]) -> list[str]:
    """Return those of a source's agents who are nobody in Slack yet, by name."""
    known = store.find_identities(session, source, agents)
    people = {agent: k.person_id for agent, k in known.items() if k.person_id is not None}
    without = store.unlinked(session, people.values())
    return sorted(agent for agent in agents if agent not in people or people[agent] in without)


def _candidates(session: Session, asked: str) -> list[int]:
    if "@" in asked:
        owner = store.find_by_email(session, asked)
        if owner is not None:
            return [owner]
    by_name = store.list_by_name(session, asked)
    if by_name:
        return by_name
    is_id = asked.isdecimal() and int(asked) < 1 << 63
    return [int(asked)] if is_id and store.list_names(session, [int(asked)]) else []


def merged_words(session: Session, person_id: int) -> str:
    """Return what is said of an entry that was merged into another one; empty where it was not."""
    kept = merging.find_kept(session, person_id)
    if kept is None:
        return ""
    return f"Entry {person_id} was merged into {store.list_names(session, [kept])[kept]} (id {kept}): name that one."


def _not_gone(session: Session, person_id: int) -> None:
    words = merged_words(session, person_id)
    if words:
        raise RefusedError(words)


def _not_anothers(session: Session, person_id: int, owner: int | None, name: str) -> None:
    if owner is not None and owner != person_id:
        whose = store.list_names(session, [owner])[owner]
        raise RefusedError(
            f"“{name}” is {whose} (id {owner}) already. If both are one person: encore people merge {person_id} {owner}"
        )


def _nearest(asked: str, names: Sequence[str]) -> list[str]:
    """Return up to three names that come closest, whatever their case."""
    folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(asked.casefold(), folded, n=3, cutoff=0.6)
    starting = [n for n in folded if n.startswith(asked.casefold())][:3]
    return list(dict.fromkeys(folded[n] for n in (*close, *starting)))[:3]


def _described(person: PersonRecord) -> str:
    details = ", ".join(filter(None, (person.site, person.team, *person.emails)))
    return f"{person.name} (id {person.id}{', ' + details if details else ''})"
