"""What somebody's work days are judged by: where they were, the programme of then, and their figures."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.earnable import EARNABLE, RATING
from bot.domain.earning import PEOPLE, Figures, Rules
from bot.domain.earning_rules import ROLLING_DAYS
from bot.domain.metrics import METRICS
from bot.domain.parts import Parts, join
from bot.domain.periods import epoch, moment_of, zone
from bot.domain.programme import Programme, SiteMode
from bot.services import programme as programmes
from bot.store import earning as store
from bot.store import merging, people
from bot.store.earning import Due
from bot.store.people import Stay

SETTLED: Final = time(6)
"""On the next morning a work day is judged, on the site's own clock; a shift that is still going on is waited for."""

LOOKED_BACK: Final = timedelta(days=92)
"""So far before the first day periods in a row are looked for at first: few people have longer runs."""

EARLIER: Final = timedelta(days=ROLLING_DAYS - 1)
"""So far before the first day the last 28 days of it begin."""


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
    rules: dict[date, Rules] = field(default_factory=dict)
    """What held on each of the days."""

    def there(self, day: date) -> list[int]:
        """Return who was there on a day."""
        return [p for p, stays in self.stays.items() if any(covers(stay, day.isoformat()) for stay in stays)]


class Then:
    """The programmes in force when local days ended; each is looked up once in a transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[str, date], Programme] = {}
        self._rules: dict[tuple[str, int, date], Rules | None] = {}
        self._sites = {site.id: site.name for site in people.list_sites(session)}

    def programme(self, day: date, zone_name: str) -> Programme:
        """Return the programme that was in force when a day ended."""
        if (zone_name, day) not in self._known:
            ended = moment_of(day + timedelta(days=1), time(), zone(zone_name))
            self._known[zone_name, day] = programmes.current(self._session, ended)
        return self._known[zone_name, day]

    def rules(self, owner: str, stay: Stay, day: date) -> Rules | None:
        """Return what held for an owner who was there on a day, None where nothing did."""
        who = "person" if owner.startswith(PEOPLE) else "team"
        place = (who, stay.site_id, day)
        if place not in self._rules:
            self._rules[place] = self._find_rules(who, stay, day)
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


def settled_at(day: date, zone_name: str) -> datetime:
    """Return when a work day may be judged, in UTC."""
    return moment_of(day + timedelta(days=1), SETTLED, zone(zone_name))


def subject(session: Session, at: datetime, owner: str, days: Sequence[date], then: Then) -> Subject | None:
    """Return what of an owner is to be judged, None where nothing is; what is still going on is marked for later."""
    stays = _stays(session, owner)
    if not stays:
        return None
    where = max((stay for several in stays.values() for stay in several), key=lambda stay: stay.starts_on).zone
    today = at.astimezone(zone(where)).date()
    last = today - timedelta(days=1)
    if at < settled_at(last, where):
        last -= timedelta(days=1)
    ends: list[int] = []
    for person_id, day, end in store.list_open_shifts(session, stays, epoch(at)):
        begun = date.fromisoformat(day)
        if begun <= last and any(covers(stay, day) for stay in stays[person_id]):
            ends.append(end)
            last = begun - timedelta(days=1)
    later = [day for day in days if day > last]
    store.mark(session, [Due(owner, day.isoformat(), _resumed(day, where, ends)) for day in later])
    opens = today - timedelta(days=then.programme(last, where).corrections_days)
    found = Subject(owner, stays, where, max(min(days), opens).replace(day=1), opens, last)
    for n in range((last - found.first).days + 1):
        on = found.first + timedelta(days=n)
        text = on.isoformat()
        here = next((stay for several in stays.values() for stay in several if covers(stay, text)), None)
        rules = None if here is None else then.rules(owner, here, on)
        if rules is not None:
            found.rules[on] = rules
    return found


def _resumed(day: date, zone_name: str, ends: Sequence[int]) -> datetime:
    """Return when a day that is still going on is looked at again: it is settled, and the open shifts have ended."""
    return max(settled_at(day, zone_name), *(datetime.fromtimestamp(end, UTC) for end in (0, *ends)))


def load(
    session: Session, subjects: Sequence[Subject], then: Then, *, back: timedelta | None = LOOKED_BACK
) -> dict[str, Figures]:  # fmt: skip
    """Return the figures that these subjects are judged by, by their owners.

    `back`: so far rules that look back do so at most; as far as there are figures (None).
    """
    held = [(s, rules, rule) for s in subjects for rules in s.rules.values() for rule, _ in rules.rules]
    if not held:
        return {s.owner: Figures() for s in subjects}
    since: dict[str, date] = {}
    for s, rules, rule in held:
        first = s.first - EARLIER
        if rule.looks_back:
            known = date.min if back is None else s.first - back
            first = max(rules.since, rule.effective_from or rules.since, known)
        since[rule.metric] = min(first, since.get(rule.metric, first))
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


def _stays(session: Session, owner: str) -> dict[int, Sequence[Stay]]:
    """Return where a person was, or who was in a team, each until they left; nothing of who was merged."""
    number = int(owner.partition(":")[2])
    if not owner.startswith(PEOPLE):
        found: Mapping[int, Sequence[Stay]] = store.list_team_stays(session, number)
    else:
        found = people.list_stays(session, [number]) if merging.find_kept(session, number) is None else {}
    left = store.find_left_on(session, found)
    return {p: [_until(stay, left.get(p)) for stay in stays] for p, stays in found.items() if stays}


def _until(stay: Stay, left_on: date | None) -> Stay:
    if left_on is None or (stay.ends_on is not None and stay.ends_on <= left_on.isoformat()):
        return stay
    return stay._replace(ends_on=left_on.isoformat())
