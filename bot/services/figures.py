"""Day stats follow the facts, in the transaction that brings them.

New contacts and ratings are added to what stands; whatever changed, moved or has a roster is computed anew from all
facts of its day. Both ways use the same functions of the domain, so `encore rebuild` gives the same.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from bot.domain import figures as domain
from bot.domain.facts import Feedback, Interaction, Presence, Shift
from bot.domain.metrics import ALL_CHANNELS, METRICS
from bot.domain.parts import Parts, join
from bot.domain.periods import PeriodKind, epoch, period_of
from bot.domain.programme import Programme
from bot.domain.service_level import Day, service_level
from bot.services import earning, programme
from bot.store import boards, bulk, facts, people
from bot.store import figures as store
from bot.store.boards import Mark, Scope
from bot.store.facts import Placed
from bot.store.figures import Cell, Owner
from bot.store.people import Stay

PersonDay = tuple[int, str]
"""A person and a day as ISO text."""

SiteDay = tuple[int, str]

MARKED_DAYS = 62
"""So far back boards are built anew where somebody's place changed: this month and the one before."""


def add(session: Session, at: datetime, placed: Sequence[Placed]) -> None:
    """Add new contacts and surveys to the figures of their people and sites."""
    rostered = _rostered_days(session, placed)
    personal = _group([p for p in placed if p.person_id is not None], "person_id")
    _join_in(
        session, at, "person_id",
        {key: domain.of_person(*group) for key, group in personal.items() if key not in rostered},
    )  # fmt: skip
    _join_in(session, at, "site_id", {key: domain.of_site(*group) for key, group in _site_groups(placed).items()})
    replace(session, at, rostered & set(personal))


def replace(session: Session, at: datetime, days: Iterable[PersonDay]) -> int:
    """Compute people's days anew from all their facts, write what differs, and return how many parts differed."""
    bulk.alone(session)
    differing = 0
    of_person: dict[int, set[str]] = defaultdict(set)
    for person_id, day in days:
        of_person[person_id].add(day)
    for person_id, asked in of_person.items():
        wanted = sorted(asked)
        old = store.find(session, "person_id", [person_id], wanted)
        new = _computed(session, at, person_id, wanted)
        gone = sorted({cell.day for cell in old.keys() - new.keys()})
        if gone:
            store.remove(session, "person_id", person_id, gone)
        changed = {cell: parts for cell, parts in new.items() if cell.day in gone or old.get(cell) != parts}
        store.put(session, "person_id", changed)
        touched = {*changed, *(old.keys() - new.keys())}
        _mark(session, at, "person_id", touched)
        differing += sum(old.get(cell) != new.get(cell) for cell in touched)
    return differing


def replace_sites(session: Session, at: datetime, days: Iterable[SiteDay]) -> int:
    """Compute what belongs to sites and to nobody in them anew, for these days; return how many parts differed."""
    differing = 0
    for site_id, day in sorted(set(days)):
        old = store.find(session, "site_id", [site_id], [day])
        placed = facts.list_site_waits(session, site_id, day)
        placed += facts.list_site_ratings(session, site_id, day)
        placed += facts.list_site_requests(session, site_id, day)
        group = _site_groups(placed).get((site_id, day), ([], [], []))
        new = {Cell(site_id, day, *key): parts for key, parts in domain.of_site(*group).items()}
        if new != old:
            store.remove(session, "site_id", site_id, [day])
            store.put(session, "site_id", new)
            _mark(session, at, "site_id", {*new, *old})
            differing += sum(old.get(cell) != new.get(cell) for cell in {*new, *old})
    return differing


def _computed(session: Session, at: datetime, person_id: int, days: Sequence[str]) -> dict[Cell, Parts]:
    contacts = facts.list_days(session, "interactions", person_id, days)
    ratings = facts.list_days(session, "feedback", person_id, days)
    requests = facts.list_requests(session, person_id, days)
    # The same survey may be among both, and each day takes its own part of it.
    surveys = {(p.source, p.record.external_id): p for p in (*ratings, *requests)}
    groups = _group([*contacts, *surveys.values()], "person_id")
    roster = _by_day(facts.list_days(session, "shifts", person_id, days))
    presence = _by_day(facts.list_days(session, "presence", person_id, days))
    cells: dict[Cell, Parts] = {}
    for day in days:
        group = groups.get((person_id, day), ([], [], []))
        figures = domain.of_person(*group)
        if roster.get(day) or presence.get(day):
            after_contact = _programme_of(session, day).service_level.after_contact_is_customer_time
            known = Day(group[0], _only(Shift, roster.get(day, ())), _only(Presence, presence.get(day, ())))
            level = service_level(known, epoch(at), after_contact_is_customer_time=after_contact)
            if level is not None:
                figures["service_level", ALL_CHANNELS] = level
        cells.update({Cell(person_id, day, *key): parts for key, parts in figures.items()})
    return cells


def _programme_of(session: Session, day: str) -> Programme:
    """Return the programme in force when a day ended: a later one changes no past figure, also when it is rebuilt."""
    midnight = datetime.combine(date.fromisoformat(day), time(0), tzinfo=UTC)
    return programme.current(session, midnight + timedelta(days=1))


def _join_in(session: Session, at: datetime, owner: Owner, fresh: Mapping[tuple[int, str], domain.Figures]) -> None:
    if not fresh:
        return
    standing = store.find(session, owner, {i for i, _ in fresh}, {d for _, d in fresh})
    joined: dict[Cell, Parts] = {}
    for (owner_id, day), figures in fresh.items():
        for (metric, channel), parts in figures.items():
            cell = Cell(owner_id, day, metric, channel)
            before = standing.get(cell)
            joined[cell] = parts if before is None else join(METRICS[metric].merge, (before, parts))
    store.put(session, owner, joined)
    _mark(session, at, owner, joined)


Group = tuple[list[Interaction], list[Feedback], list[Feedback]]
"""The contacts, the ratings and the survey requests of one day."""


def _group(placed: Iterable[Placed], owner: Owner) -> dict[tuple[int, str], Group]:
    groups: dict[tuple[int, str], Group] = defaultdict(lambda: ([], [], []))
    for p in placed:
        owner_id = p.person_id if owner == "person_id" else p.site_id
        if owner_id is None:
            continue
        if isinstance(p.record, Interaction):
            groups[owner_id, p.work_day][0].append(p.record)
        elif isinstance(p.record, Feedback):
            groups[owner_id, p.work_day][1].append(p.record)
            if p.request_day is not None:
                groups[owner_id, p.request_day][2].append(p.record)
    return groups


def _site_groups(placed: Iterable[Placed]) -> dict[tuple[int, str], Group]:
    """Return what counts for sites alone: waits, and feedback that is nobody's or not about the agent."""
    theirs = _once(p for p in placed if is_the_sites(p))
    # The request of a rating that is not about the agent is the agent's all the same: only the score is not.
    return _group([p if p.person_id is None else p._replace(request_day=None) for p in theirs], "site_id")


def is_the_sites(placed: Placed) -> bool:
    """Whether a fact has a part in what belongs to a site and to nobody in it."""
    if isinstance(placed.record, Interaction):
        return placed.record.wait_seconds is not None and placed.record.reply_seconds is None
    if isinstance(placed.record, Feedback):
        return placed.person_id is None or not domain.is_the_agents(placed.record)
    return False


def mark_person(session: Session, at: datetime, person_id: int) -> None:
    """Say that a person's place changed for another reason than a figure: a team, a role, the first day of work."""
    since = (at - timedelta(days=MARKED_DAYS)).date().isoformat()
    cells = store.list_of(session, "person_id", person_id, since, "9999-12-31")
    _mark(session, at, "person_id", [cell for cell, _ in cells])


def _once(placed: Iterable[Placed]) -> list[Placed]:
    # A contact and a survey of one source may share an id.
    return list({(type(p.record), p.source, p.record.external_id): p for p in placed}.values())


def _rostered_days(session: Session, placed: Sequence[Placed]) -> set[PersonDay]:
    """Return the days whose service level depends on a roster or log-ins: they cannot be added to."""
    if not (facts.has_any(session, "shifts") or facts.has_any(session, "presence")):
        return set()
    ids = {p.person_id for p in placed if p.person_id is not None}
    days = {p.work_day for p in placed} | {p.request_day for p in placed if p.request_day is not None}
    return facts.list_rostered(session, ids, days)


def _mark(session: Session, at: datetime, owner: Owner, cells: Collection[Cell]) -> None:
    """Say which boards these cells stand on, and whose days are to be judged by them."""
    days: dict[tuple[int, str], set[str]] = defaultdict(set)
    for cell in cells:
        days[cell.owner_id, cell.day].add(cell.metric)
    stays: Mapping[int, Sequence[Stay]] = (
        people.list_stays(session, {i for i, _ in days}) if owner == "person_id" else {}
    )
    # Thousands of people share a few places: what is marked is worked out once for each place and day.
    places: dict[tuple[tuple[str, ...], str], set[str]] = defaultdict(set)
    for (owner_id, day), metrics in days.items():
        scopes = _scopes(stays.get(owner_id, ()), day) if owner == "person_id" else (str(Scope(site_id=owner_id)),)
        places[scopes, day] |= metrics
    marks = {
        Mark(scope, kind.value, period_of(kind, date.fromisoformat(day)).first.isoformat(), metric)
        for (scopes, day), metrics in places.items()
        for kind in PeriodKind
        for scope in (str(Scope()), *scopes)
        for metric in metrics
    }
    boards.mark_dirty(session, marks, at)
    if owner == "person_id":
        earning.mark(session, at, cells, stays)


def _scopes(stays: Iterable[Stay], day: str) -> tuple[str, ...]:
    """Return the site and the team that a person belonged to on a day."""
    here = [s for s in stays if s.starts_on <= day and (s.ends_on is None or day < s.ends_on)]
    sites = [str(Scope(site_id=s.site_id)) for s in here]
    return (*sites, *(str(Scope(team_id=s.team_id)) for s in here if s.team_id is not None))


def _by_day(placed: Iterable[Placed]) -> dict[str, list[Any]]:
    days: dict[str, list[Any]] = defaultdict(list)
    for p in placed:
        days[p.work_day].append(p.record)
    return days


def _only(kind: type[Any], records: Iterable[Any]) -> list[Any]:
    return [r for r in records if isinstance(r, kind)]
