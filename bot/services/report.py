"""The month-end report of points, and how kudos points flow; for admins."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from sqlmodel import Session

from bot.domain import patterns as flows
from bot.domain import report as domain
from bot.domain.ledger import Unit, person
from bot.domain.patterns import Gift, Patterns
from bot.domain.periods import Period, PeriodKind, period_of, zone
from bot.domain.points import TOLD
from bot.domain.report import HELD_OF, Moved, Place, Report, Seen
from bot.services import programme as programmes
from bot.services import roles
from bot.services.owing import OWED_OF
from bot.services.points import bounds
from bot.store import audit, people
from bot.store import report as store
from bot.store.people import Stay
from bot.store.report import Line

NOWHERE = Place("", "")

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Flow:
    """How kudos points flow in a month, with the names of those who are in it."""

    month: Period
    patterns: Patterns
    names: Mapping[int, str]


def newest(session: Session, today: date) -> Period:
    """Return the last month that is over, or the running one where the ledger begins with that."""
    running = period_of(PeriodKind.MONTH, today)
    last = running.previous()
    first = store.find_first(session)
    was_used = first is not None and first < min(bounds(last, zone(name))[1] for name in _zones(session))
    return last if was_used else running


def seen(session: Session, at: datetime, month: Period, today: date) -> Seen:
    """Return a month as an admin looks at it; `today` is their own. InputError where it has not begun."""
    domain.check_begun(month, today)
    told = _reports(session, at, month, TOLD)
    first, after = store.find_first(session), domain.after(month)
    # On the clock of a site it may have been the day before.
    has_earlier = first is not None and month.first > (first - _A_DAY).date()
    return Seen(
        told[Unit.POINTS], told[Unit.MINUTES], month.previous() if has_earlier else None,
        after if after.first <= today else None,
    )  # fmt: skip


def month_end(session: Session, at: datetime, month: Period, unit: str = Unit.POINTS) -> Report:
    """Return the report of a month, of each site's own clock, in points or minutes."""
    return _reports(session, at, month, [unit])[unit]


def _reports(session: Session, at: datetime, month: Period, units: Sequence[str]) -> dict[str, Report]:
    """Return the report of a month for each of these units; what moved is read once."""
    window = _window(month)
    stood = {of: dict(store.list_sums(session, of, window[1])) for unit in units for of in (_has(unit), _owes(unit))}
    lines = [line for part in _parts(session, month) for line in store.list_moved(session, *part)]
    places = _Places(session, {line.person_id for line in lines}.union(*stood.values()))
    # Whoever came to another place meanwhile is looked at entry by entry.
    moving = places.moving(*window)
    lines = [line for line in lines if line.person_id not in moving]
    lines += store.list_entries(session, moving, *window)
    moved = [
        Moved(place, on, line.unit, line.amount, line.kind, line.of_kind)
        for line in lines
        for place, on in [places.at(line.person_id, line.at)]
    ]
    stands = {of: _at_the_end(month, of, had, lines, places) for of, had in stood.items()}
    points = programmes.current(session, at).points
    heads: dict[Place, int] = {}
    for site, team, count in store.list_heads(session, month.last):
        heads[Place(site, team or "")] = count
    is_over = at >= max(bounds(month, zone(name))[1] for name in _zones(session))
    return {
        unit: Report(
            month, unit, domain.folded(domain.totals(month, unit, stands[_has(unit)], moved, stands[_owes(unit)]), heads),
            points.cost if unit == Unit.POINTS else None, points.currency, is_over,
        )
        for unit in units
    }  # fmt: skip


def _has(unit: str) -> tuple[str, ...]:
    return unit, HELD_OF[unit]


def _owes(unit: str) -> tuple[str, ...]:
    return (OWED_OF[unit],)


def _at_the_end(
    month: Period, units: Sequence[str], had: Mapping[int, int], lines: Iterable[Line], places: "_Places"
) -> dict[Place, int]:
    """Return what people had of these units together at the month's end, by where they were then.

    `had` is what each had at the end of the window, which reaches beyond the month, since the clocks of the sites do.
    """
    has = dict(had)
    for line in lines:
        if line.unit in units and places.at(line.person_id, line.at)[1] > month.last:
            has[line.person_id] = has.get(line.person_id, 0) - line.amount
    found: dict[Place, int] = {}
    for person_id, amount in has.items():
        place = places.on(person_id, month.last)
        found[place] = found.get(place, 0) + amount
    return found


def flow(session: Session, month: Period) -> Flow:
    """Return how kudos points flow in a month. It names people: whoever looks writes it down first (`look`)."""
    first, end = _window(month)
    rows = store.list_gifts(session, first, end)
    places = _Places(session, {row[0] for row in rows})
    gifts: list[Gift] = []
    of: dict[int, Place] = {}
    for giver, receiver, points, given_at in rows:
        place, on = places.at(giver, given_at)
        if month.first <= on <= month.last:
            of[giver] = place
            gifts.append(Gift(giver, receiver, points))
    teams = {giver: f"{place.site} / {place.team}" for giver, place in of.items() if place.team}
    sites = {giver: place.site for giver, place in of.items() if place.site}
    found = flows.find(gifts, teams, sites)
    return Flow(month, found, people.list_names(session, _named(found)))


def look(session: Session, at: datetime, month: Period, person_id: int | None) -> None:
    """Write down that an admin (None: the command line) looks at how points flow. RefusedError where they are none."""
    if person_id is not None:
        roles.check_admin(session, at, person_id)
    actor = "command line" if person_id is None else person(person_id)
    audit.append(session, at, actor=actor, deed="report.look", subject=f"{month.first:%Y-%m}")


class _Places:
    """Where people were, day by day, on the clock of the site they were at."""

    def __init__(self, session: Session, person_ids: Iterable[int]) -> None:
        self._stays = people.list_stays(session, person_ids)
        self._teams = store.list_places(session)
        self._sites = store.list_site_names(session)

    def at(self, person_id: int, moment: datetime) -> tuple[Place, date]:
        """Return where somebody was at a moment, and the local day of it."""
        for stay in reversed(self._stays.get(person_id, [])):
            on = moment.astimezone(zone(stay.zone)).date()
            if _covers(stay, on):
                return self._place(stay), on
        return self._last(person_id), moment.astimezone(UTC).date()

    def on(self, person_id: int, day: date) -> Place:
        """Return where somebody was on a local day."""
        stays = self._stays.get(person_id, [])
        return next((self._place(stay) for stay in reversed(stays) if _covers(stay, day)), self._last(person_id))

    def moving(self, first: datetime, end: datetime) -> set[int]:
        """Return who came or went between two moments."""
        days = first.date().isoformat(), end.date().isoformat()
        return {
            person_id
            for person_id, stays in self._stays.items()
            if any(days[0] <= day <= days[1] for stay in stays for day in (stay.starts_on, stay.ends_on) if day)
        }

    def _last(self, person_id: int) -> Place:
        stays: Sequence[Stay] = self._stays.get(person_id, [])
        return self._place(stays[-1]) if stays else NOWHERE

    def _place(self, stay: Stay) -> Place:
        if stay.team_id is not None and stay.team_id in self._teams:
            return Place(*self._teams[stay.team_id])
        return Place(self._sites.get(stay.site_id, ""), "")


def _covers(stay: Stay, day: date) -> bool:
    on = day.isoformat()
    return stay.starts_on <= on and (stay.ends_on is None or on < stay.ends_on)


def _parts(session: Session, month: Period) -> list[tuple[datetime, datetime]]:
    """Return the window cut wherever the month begins or ends on a clock, so that each part is of one month for everybody."""
    cuts = sorted({*_window(month), *(moment for name in _zones(session) for moment in bounds(month, zone(name)))})
    return list(pairwise(cuts))


def _zones(session: Session) -> set[str]:
    return {"UTC", *store.list_zones(session)}


def _window(month: Period) -> tuple[datetime, datetime]:
    """Return a stretch of UTC that holds the month of every zone."""
    return (
        datetime.combine(month.first - _A_DAY, time(), tzinfo=UTC),
        datetime.combine(month.last + 2 * _A_DAY, time(), tzinfo=UTC),
    )


def _named(found: Patterns) -> set[int]:
    leaning = [*found.givers.items(), *found.receivers.items()]
    return {n for ring in found.rings for n in ring.members} | {n for one, (other, _) in leaning for n in (one, other)}
