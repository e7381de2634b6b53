"""Facts come in: a page of a source is written, placed, and counted in the figures, in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.domain.facts import Fact, Feedback, Kind, Record, Shift
from bot.domain.intervals import union
from bot.services import figures, placing
from bot.store import bulk, people
from bot.store import facts as store
from bot.store.facts import Placed
from bot.store.people import Known, SiteRecord


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a page of facts comes from."""

    kind: Kind
    source: str
    import_id: int
    site: SiteRecord | None = None
    """Where people not known yet belong; without one their rows are kept and wait for somebody to link them."""
    contact_source: str | None = None
    """Whose ids the feedback names contacts by, where it is not its own source."""
    people_source: str | None = None
    """Whose names for agents the facts use, where it is not their own source."""

    @property
    def naming(self) -> str:
        """The source whose names for agents the facts use."""
        return self.people_source or self.source


HOUSED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that reads well and cannot be: the number of its record in the page, and which field is why."""

    index: int
    field: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What a page brought; all together are the rows of the page."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: tuple[Refused, ...] = ()


def take(session: Session, at: datetime, origin: Origin, records: Sequence[Record]) -> Counts:
    """Write a page of facts; what is there already and says the same is left alone.

    Vendors correct themselves and repeat rows at page edges: of several rows with one id the last one stands.
    """
    bulk.alone(session)
    facts, refused = _datable(session, origin, records)
    standing = store.find(session, origin.kind, origin.source, {f.external_id for f in facts})
    known = _known_people(session, at, origin, facts)
    latest: dict[str, Fact] = {}
    again = 0
    for fact in facts:
        again += fact.external_id in latest and _says_the_same(latest[fact.external_id], fact)
        latest[fact.external_id] = fact
    repeated = len(facts) - len(latest) - again
    fresh = [f for key, f in latest.items() if key not in standing]
    differing = [f for key, f in latest.items() if key in standing and not _stands(standing[key], f, known)]
    _write(session, at, origin, known, fresh, [(standing[f.external_id], f) for f in differing])
    same = len(latest) - len(fresh) - len(differing) + again
    return Counts(len(fresh), len(differing) + repeated, same, refused)


def compare(session: Session, origin: Origin, records: Sequence[Record]) -> Counts:
    """Return what `take` would do, and do nothing. Rows that repeat an id within the file count as they stand."""
    facts, refused = _datable(session, origin, records)
    standing = store.find(session, origin.kind, origin.source, {f.external_id for f in facts})
    known = people.find_identities(session, origin.naming, {f.agent for f in facts if f.agent is not None})
    same = sum(f.external_id in standing and _stands(standing[f.external_id], f, known) for f in facts)
    new = sum(f.external_id not in standing for f in facts)
    return Counts(new, len(facts) - new - same, same, refused)


def put_back(session: Session, at: datetime, kind: Kind, source: str, import_id: int, most: int) -> int:
    """Undo at most so many facts of an import: what it overwrote comes back, then what it brought goes.

    Returns how many facts were undone; 0 means that nothing is left to undo.
    """
    bulk.alone(session)
    kept = store.list_before(session, kind, import_id, most)
    if kept:
        # Meanwhile somebody may have been linked, or made one with somebody else.
        owners = people.list_owners(session, {p.identity_id for p in kept if p.identity_id is not None})
        before = [p if p.identity_id is None else p._replace(person_id=owners[p.identity_id]) for p in kept]
        standing = store.find(session, kind, source, [p.record.external_id for p in before])
        moved = {p.record.external_id: p for p in placing.again(session, kind, before)}
        restored = [moved.get(p.record.external_id, p) for p in before]
        store.overwrite(session, kind, restored)
        store.forget_before(session, import_id, before)
        _follow(session, at, kind, fresh=[], changed=[*standing.values(), *restored])
        return len(before)
    brought = store.list_of_import(session, kind, import_id, most)
    store.remove(session, kind, brought)
    _follow(session, at, kind, fresh=[], changed=brought)
    return len(brought)


def attribute(session: Session, at: datetime, kind: Kind, known: Known, most: int) -> int:
    """Give at most so many facts of an identity to its person, and return how many; 0 means that all are."""
    if known.person_id is None:
        return 0
    bulk.alone(session)
    waiting = store.list_of_identity(session, kind, known.identity_id, known.person_id, most)
    moved = placing.again(session, kind, waiting, known.person_id)
    store.overwrite(session, kind, moved)
    _follow(session, at, kind, fresh=[], changed=[*waiting, *moved])
    return len(waiting)


def house(session: Session, at: datetime, person_id: int) -> None:
    """Give the facts of somebody who had no site until now their site and days."""
    kinds: tuple[Kind, ...] = ("shifts", "presence", "interactions", "feedback")
    for kind in kinds:
        while homeless := store.list_homeless(session, kind, person_id, HOUSED_AT_ONCE):
            moved = placing.again(session, kind, homeless)
            store.overwrite(session, kind, moved)
            _follow(session, at, kind, fresh=[], changed=[*homeless, *moved])
            if len(moved) < len(homeless):
                break


def _write(
    session: Session, at: datetime, origin: Origin, known: dict[str, Known],
    fresh: Sequence[Fact], differing: Sequence[tuple[Placed, Fact]],
) -> None:  # fmt: skip
    everything = [*fresh, *(f for _, f in differing)]
    contacts = placing.load_contacts(session, everything)
    owners = {k.person_id for k in known.values()} | {c.person_id for c in contacts.values()}
    places = placing.load(
        session, origin.kind, everything, [o for o in owners if o is not None], site=origin.site, contacts=contacts
    )

    def placed(fact: Fact) -> Placed:
        who = None if fact.agent is None else known[fact.agent]
        return placing.place(fact, origin.source, who, places, origin.import_id)

    inserted, overwritten = [placed(f) for f in fresh], [placed(f) for _, f in differing]
    store.insert(session, origin.kind, inserted)
    store.keep_before(session, origin.kind, origin.import_id, [old for old, _ in differing])
    store.overwrite(session, origin.kind, overwritten)
    _follow(session, at, origin.kind, fresh=inserted, changed=[*(old for old, _ in differing), *overwritten])


def _follow(session: Session, at: datetime, kind: Kind, *, fresh: Sequence[Placed], changed: Sequence[Placed]) -> None:
    """Let figures follow: new facts are added, changed ones (as they were and as they are) have their days redone."""
    days = {(p.person_id, day) for p in changed if p.person_id is not None for day in _days(p)}
    sites = {(p.site_id, day) for p in changed if p.site_id is not None and figures.is_the_sites(p) for day in _days(p)}
    if kind in {"shifts", "presence"}:
        moved = _move_to_shifts(session, [*fresh, *changed])
        # Waits and ratings that belong to a site moved with their contacts.
        sites = {
            (p.site_id, day) for p in moved if p.site_id is not None and figures.is_the_sites(p) for day in _days(p)
        }
        days |= {(p.person_id, day) for p in (*fresh, *moved) if p.person_id is not None for day in _days(p)}
        figures.replace(session, at, days)
        figures.replace_sites(session, at, sites)
        return
    # First add, then redo: a day that is redone reads the new facts as well.
    figures.add(session, at, fresh)
    if kind == "interactions":
        moved = _move_feedback(session, [*fresh, *changed])
        days |= {(p.person_id, day) for p in moved if p.person_id is not None for day in _days(p)}
        sites |= {
            (p.site_id, day) for p in moved if p.site_id is not None and figures.is_the_sites(p) for day in _days(p)
        }
    figures.replace(session, at, days)
    figures.replace_sites(session, at, sites)


def _move_feedback(session: Session, contacts: Iterable[Placed]) -> list[Placed]:
    """Let surveys follow their contacts; return those that moved, as they were and as they are."""
    if not store.has_any(session, "feedback"):
        return []
    about = store.list_about(session, {store.contact_key(c.source, c.record.external_id) for c in contacts})
    moved = placing.again(session, "feedback", about)
    keys = {(m.source, m.record.external_id) for m in moved}
    store.overwrite(session, "feedback", moved)
    return [*(p for p in about if (p.source, p.record.external_id) in keys), *moved]


def _move_to_shifts(session: Session, shifts: Iterable[Placed]) -> list[Placed]:
    """Assign anew what lies around these shifts; return what moved, as it was and as it is."""
    stretches: dict[int, list[tuple[int, int]]] = {}
    for p in shifts:
        if p.person_id is not None and isinstance(p.record, Shift):
            stretches.setdefault(p.person_id, []).append(placing.around(p.record))
    all_moved: list[Placed] = []
    for person_id, touched in stretches.items():
        for first, last in union(touched):
            for kind in ("interactions", "presence", "shifts"):
                near = store.list_between(session, kind, person_id, first, last)
                moved = placing.again(session, kind, near)
                store.overwrite(session, kind, moved)
                keys = {(m.source, m.record.external_id) for m in moved}
                all_moved += [p for p in near if (p.source, p.record.external_id) in keys]
                all_moved += moved
                if kind == "interactions":
                    all_moved += _move_feedback(session, moved)
    return all_moved


def _known_people(session: Session, at: datetime, origin: Origin, facts: Iterable[Fact]) -> dict[str, Known]:
    """Return whom the source means; somebody new becomes a person of the origin's site, without Slack."""
    agents = {f.agent for f in facts if f.agent is not None}
    known = people.find_identities(session, origin.naming, agents)
    for agent in sorted(agents - known.keys()):
        person_id = None
        if origin.site is not None:
            person_id = people.add(session, at, agent)
            people.add_stay(session, person_id, origin.site.id, None, people.SINCE_EVER)
        known[agent] = Known(people.add_identity(session, origin.naming, agent, person_id), person_id)
    return known


def _datable(session: Session, origin: Origin, records: Sequence[Record]) -> tuple[list[Fact], tuple[Refused, ...]]:
    """Return the facts that can be given a day, and the surveys that cannot: no time, and no contact that is known."""
    facts = [_qualified(r, origin) for r in records if isinstance(r, Fact)]
    timeless = [f for f in facts if isinstance(f, Feedback) and f.requested is None and f.responded is None]
    if not timeless:
        return facts, ()
    contacts = placing.load_contacts(session, timeless)
    undatable = {f.external_id: f for f in timeless if f.contact not in contacts}
    refused = tuple(
        Refused(index, "responded", "", f"there is no time, and {_missing(undatable[f.external_id])}")
        for index, f in enumerate(facts)
        if f.external_id in undatable
    )
    return [f for f in facts if f.external_id not in undatable], refused


def _missing(survey: Feedback) -> str:
    if survey.contact is None:
        return "no contact whose day it could have"
    return f"the contact “{survey.contact.partition('/')[2]}” is not known yet: import the contacts first"


def _qualified(record: Fact, origin: Origin) -> Fact:
    if isinstance(record, Feedback) and record.contact is not None:
        return record._replace(contact=store.contact_key(origin.contact_source or origin.source, record.contact))
    return record


def _stands(placed: Placed, fact: Fact, known: dict[str, Known]) -> bool:
    who = None if fact.agent is None else known.get(fact.agent)
    identity_id = None if who is None else who.identity_id
    return placed.record[2:] == fact[2:] and placed.identity_id == identity_id


def _says_the_same(left: Fact, right: Fact) -> bool:
    return left[1:] == right[1:]


def _days(p: Placed) -> set[str]:
    return {p.work_day} if p.request_day is None else {p.work_day, p.request_day}
