"""What somebody's work days are judged by: where they were, the programme of then, and their figures."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Final

from sqlmodel import Session

from bot.domain.earnable import EARNABLE, RATING, Span
from bot.domain.earning import PEOPLE, Plan, Rules
from bot.domain.earning_rules import ROLLING_DAYS
from bot.domain.metrics import METRICS
from bot.domain.parts import Parts, join
from bot.domain.periods import epoch, moment_of, zone
from bot.domain.programme import Programme, SiteMode
from bot.domain.streaks import Figures
from bot.services import programme as programmes
from bot.store import earning as store
from bot.store import merging, people
from bot.store.earning import Due
from bot.store.people import Stay

SETTLED: Final = time(6)
"""On the next morning a work day is judged, on the site's own clock; a shift that is still going on is waited for."""

LOOKED_BACK: Final = timedelta(days=92)
"""So far before the first day periods in a row are looked for at first: few people have longer runs."""

EARLIER: Final[Mapping[Span, timedelta]] = MappingProxyType(
    {Span.WEEK: timedelta(days=6), Span.ROLLING: timedelta(days=ROLLING_DAYS - 1)}
)
"""So far before the first day of a month periods begin that end in it; days and months begin with it."""


@dataclass(slots=True)
class Subject:
    """Somebody, or a team, of whom days are judged, from the first of a month on."""

    owner: str
    stays: Mapping[int, Sequence[Stay]]
    """Where the person was, or who was in the team when, until they left."""
    zone: str
    first: date
    opens: date
    """What ended before is closed: no correction changes it any more."""
    last: date
    days: frozenset[date]
    """The days that changed."""
    plan: Plan
    """What is judged; one and the same for all who were in one place all the time."""

    @property
    def begins(self) -> date:
        """From when on its awards decide, and its figures of single days."""
        return self.first if self.plan.whole else min(self.days, default=self.last)

    def there(self, day: date) -> list[int]:
        """Return who was there on a day."""
        return [p for p, stays in self.stays.items() if any(covers(stay, day.isoformat()) for stay in stays)]


class Then:
    """The programmes in force when local days ended; each is looked up once in a transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[str, date], Programme] = {}
        self._rules: dict[tuple[str, int, date], Rules | None] = {}
        self._plans: dict[tuple[str, int, date, date], Plan] = {}
        self._sites = {site.id: site.name for site in people.list_sites(session)}

    def programme(self, day: date, zone_name: str) -> Programme:
        """Return the programme that was in force when a day ended."""
        if (zone_name, day) not in self._known:
            ended = moment_of(day + timedelta(days=1), time(), zone(zone_name))
            self._known[zone_name, day] = programmes.current(self._session, ended)
        return self._known[zone_name, day]

    def plan(self, owner: str, stays: Sequence[Stay], first: date, last: date) -> Plan:
        """Return what is judged of an owner with these stays from a day to another."""
        who, begins, ends = "person" if owner.startswith(PEOPLE) else "team", first.isoformat(), last.isoformat()
        if not (covers(stays[0], begins) and covers(stays[0], ends)):
            return Plan(first, last, lambda day: self._rules_on(who, stays, day))
        place = (who, stays[0].site_id, first, last)
        if place not in self._plans:
            self._plans[place] = Plan(first, last, lambda day: self._rules_on(who, stays, day))
        return self._plans[place]

    def _rules_on(self, who: str, stays: Sequence[Stay], day: date) -> Rules | None:
        """Return what held for an owner on a day, None where nothing did."""
        here = next((stay for stay in stays if covers(stay, day.isoformat())), None)
        if here is None:
            return None
        place = (who, here.site_id, day)
        if place not in self._rules:
            self._rules[place] = self._find_rules(who, here, day)
        return self._rules[place]

    def _find_rules(self, who: str, stay: Stay, day: date) -> Rules | None:
        programme, site = self.programme(day, stay.zone), self._sites[stay.site_id]
        policy = programme.site(site)
        if policy.mode is not SiteMode.LIVE or policy.live_from is None or day < policy.live_from:
            return None
        held = [
            (rule, rule.threshold(programme.target(rule.metric) if rule.metric in METRICS else None))
            for rule in programme.earning
            if rule.who == who and rule.is_for(site)
        ]
        return Rules(stay.site_id, policy.live_from, held) if held else None


def covers(stay: Stay, day: str) -> bool:
    """Whether a stay holds a local day (ISO text)."""
    return stay.starts_on <= day and (stay.ends_on is None or day < stay.ends_on)


@lru_cache(maxsize=4096)
def settled_at(day: date, zone_name: str) -> datetime:
    """Return when a work day may be judged, in UTC."""
    return moment_of(day + timedelta(days=1), SETTLED, zone(zone_name))


def subjects(session: Session, at: datetime, claimed: Mapping[str, Sequence[date]], then: Then) -> list[Subject]:
    """Return what of these owners is to be judged, by their days; what is still going on is marked for later."""
    stays = _stays(session, claimed)
    shifts: dict[int, list[tuple[str, int]]] = defaultdict(list)
    everybody = {person_id for several in stays.values() for person_id in several}
    for person_id, day, end in store.list_open_shifts(session, everybody, epoch(at)):
        shifts[person_id].append((day, end))
    found, later = [], list[Due]()
    for owner, days in sorted(claimed.items()):
        if stays.get(owner):
            found.append(_subject(at, owner, days, stays[owner], shifts, then, later))
    store.mark(session, later)
    return found


def _subject(
    at: datetime, owner: str, days: Sequence[date], stays: Mapping[int, Sequence[Stay]],
    shifts: Mapping[int, Sequence[tuple[str, int]]], then: Then, later: list[Due],
) -> Subject:  # fmt: skip
    each = [stay for several in stays.values() for stay in several]
    where = max(each, key=lambda stay: stay.starts_on).zone
    today = at.astimezone(zone(where)).date()
    last = today - timedelta(days=1)
    if at < settled_at(last, where):
        last -= timedelta(days=1)
    ends: list[int] = []
    for person_id, day, end in ((number, *shift) for number in stays for shift in shifts.get(number, ())):
        begun = date.fromisoformat(day)
        if begun <= last and any(covers(stay, day) for stay in stays[person_id]):
            ends.append(end)
            last = begun - timedelta(days=1)
    later += [Due(owner, day.isoformat(), _resumed(day, where, ends)) for day in days if day > last]
    opens = today - timedelta(days=then.programme(last, where).corrections_days)
    first = max(min(days), opens).replace(day=1)
    due = frozenset(day for day in days if first <= day <= last)
    return Subject(owner, stays, where, first, opens, last, due, then.plan(owner, each, first, last))


def _resumed(day: date, zone_name: str, ends: Sequence[int]) -> datetime:
    """Return when a day that is still going on is looked at again: it is settled, and the open shifts have ended."""
    return max(settled_at(day, zone_name), *(datetime.fromtimestamp(end, UTC) for end in (0, *ends)))


def load(
    session: Session, subjects: Sequence[Subject], then: Then, *, back: timedelta | None = LOOKED_BACK
) -> dict[str, Figures]:  # fmt: skip
    """Return the figures that these subjects are judged by, by their owners.

    `back`: so far rules that look back do so at most; as far as there are figures (None).
    """
    alike: dict[tuple[date, date], list[Subject]] = defaultdict(list)
    for s in subjects:
        alike[s.first, s.begins].append(s)
    found: dict[str, Figures] = {}
    # An old day that is judged again lets nobody else's be read.
    for several in alike.values():
        found |= _load(session, several, then, back)
    return found


def _load(
    session: Session, subjects: Sequence[Subject], then: Then, back: timedelta | None
) -> dict[str, Figures]:  # fmt: skip
    # They are all judged from one day on, and many by the same plan.
    month, begins, since = subjects[0].first, subjects[0].begins, dict[str, date]()
    for asked in chain(*(plan.asked for plan in {id(s.plan): s.plan for s in subjects}.values())):
        first = begins if asked.alone else month - EARLIER.get(asked.rule.period, timedelta())
        if asked.rule.looks_back:
            first = max(asked.since, date.min if back is None else month - back)
        since[asked.rule.metric] = min(first, since.get(asked.rule.metric, first))
    if not since:
        return {s.owner: Figures() for s in subjects}
    last, ids = max(s.last for s in subjects), {person_id for s in subjects for person_id in s.stays}
    parts: dict[int, list[tuple[str, str, str, Parts]]] = defaultdict(list)
    for first in sorted(set(since.values())):
        # A rule that looks back needs all that there is of its figure, and of no other one.
        metrics = {metric for metric, begins in since.items() if begins == first} - {RATING}
        for person_id, metric, day, found in store.list_parts(session, ids, metrics, first, last):
            parts[person_id].append((metric, day, "", found))
    if RATING in since:
        for person_id, day, source, stars, times in store.list_ratings(session, ids, since[RATING], last):
            parts[person_id].append((RATING, day, source, Parts(count=times, buckets={stars: times})))
    return {s.owner: _figures(s, parts, then, date.min if back is None else s.first - back) for s in subjects}


def _figures(
    of: Subject, parts: Mapping[int, Sequence[tuple[str, str, str, Parts]]], then: Then, known: date
) -> Figures:
    """Join the parts of everybody who belongs to a subject, of the days on which they did."""
    several: dict[tuple[str, date], list[Parts]] = defaultdict(list)
    for person_id, stays in of.stays.items():
        for metric, day, source, found in parts.get(person_id, ()):
            on = date.fromisoformat(day)
            counts = metric != RATING or then.programme(on, of.zone).surveys.counts(source)
            if counts and any(covers(stay, day) for stay in stays):
                several[metric, on].append(found)
    figures = Figures(known=known)
    for (metric, on), found_parts in several.items():
        figures.days.setdefault(metric, {})[on] = join(EARNABLE[metric].metric.merge, found_parts)
    return figures


def _stays(session: Session, owners: Iterable[str]) -> dict[str, dict[int, Sequence[Stay]]]:
    """Return where people were, or who was in a team, each until they left; nothing of who was merged."""
    numbers = {owner: int(owner.partition(":")[2]) for owner in owners}
    people_ids = {number for owner, number in numbers.items() if owner.startswith(PEOPLE)}
    each = people.list_stays(session, people_ids - merging.list_gone(session, people_ids))
    team_ids = [number for owner, number in numbers.items() if not owner.startswith(PEOPLE)]
    teams = store.list_team_stays(session, team_ids) if team_ids else {}
    found: dict[str, Mapping[int, Sequence[Stay]]] = {
        owner: {number: each.get(number, [])} if owner.startswith(PEOPLE) else teams.get(number, {})
        for owner, number in numbers.items()
    }
    left = store.find_left_on(session, {person_id for several in found.values() for person_id in several})
    return {
        owner: {p: [_until(stay, left.get(p)) for stay in stays] for p, stays in several.items() if stays}
        for owner, several in found.items()
    }


def _until(stay: Stay, left_on: date | None) -> Stay:
    if left_on is None or (stay.ends_on is not None and stay.ends_on <= left_on.isoformat()):
        return stay
    return stay._replace(ends_on=left_on.isoformat())
