"""A person's own figures, for their own eyes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import median

from sqlmodel import Session

from bot.domain.metrics import METRICS, Metric, Value
from bot.domain.mystats import Answer, Cohort, Line, MyStats, NoFigures, OwnPlace, Trend, TrendPoint, Unknown, Wish
from bot.domain.parts import NOTHING, Merge, Parts, join
from bot.domain.people import Reader, here_of
from bot.domain.periods import Period, PeriodKind, epoch, period_of, zone
from bot.domain.programme import Programme, SiteMode
from bot.domain.workday import shift_of, work_day
from bot.services import points, who
from bot.services import programme as programmes
from bot.services.boards import SMALLEST_GROUP
from bot.store import boards, facts, figures, imports, people
from bot.store.boards import Place, Scope
from bot.store.people import Here

MEDIAN_WEEKS = 12
ONE_DAY = timedelta(days=1)
TREND_STEPS = {PeriodKind.DAY: (PeriodKind.DAY, 14), PeriodKind.WEEK: (PeriodKind.WEEK, 8),
               PeriodKind.MONTH: (PeriodKind.WEEK, MEDIAN_WEEKS)}  # fmt: skip
"""What a trend is told in, and how many of them: days for a day, weeks for longer."""

Days = Mapping[str, Sequence[tuple[str, Parts]]]
"""One person's parts by metric, each with its day (ISO text)."""

Steps = Sequence[tuple[Period, Parts]]
"""One metric's parts of periods that follow each other, oldest first."""


def answer(session: Session, at: datetime, workspace_id: str, slack_id: str, wish: Wish) -> Answer:
    """Return what somebody in Slack may see of themselves for a day, week or month of their site: this or the last one."""
    programme = programmes.current(session, at)
    stays = people.list_here(session, workspace_id, slack_id)
    if not stays:
        return Unknown(who.unknown(session, at))
    here = here_of(stays, at)
    today = at.astimezone(zone(here.zone or "UTC")).date()
    reader = Reader(here.zone or "UTC", here.locale or "en")
    on = _work_day_now(session, at, here, today) if wish.kind is PeriodKind.DAY else today
    running = period_of(wish.kind, on)
    is_young = (
        not wish.is_past
        and wish.kind is not PeriodKind.DAY
        and not _has_figures(session, here, running.first, on - ONE_DAY)
    )
    before = running.previous()
    is_past = wish.is_past or (wish.or_before and is_young and _has_figures(session, here, before.first, before.last))
    period = before if is_past else running
    mode = programme.site(here.site or "").mode
    if mode in {SiteMode.OFF, SiteMode.SHADOW}:
        somebody = who.find(session, at, workspace_id, slack_id)
        why = "" if somebody is None else who.not_live(session, at, somebody)
        return NoFigures(
            here.name, reader, period, ever=False, mode=mode, ask=programme.ask, lacking=why, is_past=is_past
        )  # fmt: skip
    own_points = points.own(
        session, at, here.person_id, zone(reader.zone), period, programme, gives=mode is SiteMode.LIVE
    )  # fmt: skip
    week = period_of(PeriodKind.WEEK, min(on, period.last))
    days = _days(session, here.person_id, period, week, _told_over_time(programme))
    own = {key: parts for key in days if (parts := _joined(days, key, period)).count}
    if not own:
        ever = bool(days) or bool(_days(session, here.person_id, period, week, tuple(METRICS)))
        ever = ever or (is_past and _has_figures(session, here, running.first, running.last))
        return NoFigures(
            here.name, reader, period, ever=ever, mode=mode, ask=programme.ask, points=own_points, is_past=is_past
        )  # fmt: skip
    places = _places(session, here, period) if mode is SiteMode.LIVE else []
    means = _means(places, here)
    weeks = {key: _steps(days, key, week, MEDIAN_WEEKS + 1) for key in _told_over_time(programme)}
    trend = _trend(days, weeks, period)
    if trend is None:
        # No ratings to tell of: another figure's way is better than none.
        days = _days(session, here.person_id, period, week, tuple(METRICS))
        trend = _trend(days, {key: _steps(days, key, week, MEDIAN_WEEKS + 1) for key in METRICS}, period)
    return MyStats(
        person_id=here.person_id, name=here.name, reader=reader, site=here.site or "", team=here.team, period=period,
        lines=[
            _line(row, own.get(key, NOTHING), programme, weeks.get(key, ()), means.get(key))
            for key, row in METRICS.items()
        ],
        trend=trend, places=_own_places(places, programme, own, here),
        as_of=imports.newest_at(session), ask=programme.ask, points=own_points, is_past=is_past, is_young=is_young,
    )  # fmt: skip


def _has_figures(session: Session, here: Here, first: date, last: date) -> bool:
    """Whether anything was counted for somebody on these days; on none where the last comes before the first."""
    since, until = first.isoformat(), last.isoformat()
    rows = figures.list_own(session, here.person_id, first=since, last=until, since=since, metrics=())
    return any(parts.count for _, _, parts in rows)


def _told_over_time(programme: Programme) -> tuple[str, ...]:
    """Return the metrics of which the weeks before are read: those on boards, and those with an own median."""
    boarded = (b.metric for b in programme.boards)
    return tuple(dict.fromkeys([*boarded, *(m.key for m in METRICS.values() if m.own_median_weeks)]))


def _days(session: Session, person_id: int, period: Period, week: Period, metrics: Sequence[str]) -> Days:
    """Load all figures of the period, and these metrics' of the weeks before."""
    since = min(period.first, week.first - timedelta(weeks=MEDIAN_WEEKS))
    rows = figures.list_own(
        session, person_id, first=period.first.isoformat(), last=period.last.isoformat(),
        since=since.isoformat(), metrics=metrics,
    )  # fmt: skip
    days: dict[str, list[tuple[str, Parts]]] = defaultdict(list)
    for key, day, parts in rows:
        if key in METRICS:
            days[key].append((day, parts))
    return days


def _work_day_now(session: Session, at: datetime, here: Here, today: date) -> date:
    """Return the day of the shift that is going on, which may have begun yesterday; without one, today."""
    now = epoch(at)
    shifts = [(s[1], s[2]) for s in facts.list_shifts(session, [here.person_id], now, now)]
    running = shift_of(now, shifts)
    return today if running is None else work_day(now, None, [running], zone(here.zone or "UTC"))


def _places(session: Session, here: Here, period: Period) -> list[Place]:
    scopes = [Scope(site_id=here.site_id)] if here.site_id is not None else [Scope()]
    if here.team_id is not None:
        scopes.append(Scope(team_id=here.team_id))
    return boards.list_places(session, here.person_id, scopes, period)


def _means(places: Sequence[Place], here: Here) -> Mapping[str, Value]:
    """Return the mean of the team by metric; of the site where the team is small or there is none."""
    means: dict[str, Value] = {}
    team = str(Scope(team_id=here.team_id)) if here.team_id is not None else ""
    for place in sorted(places, key=lambda p: p.scope == team):
        if place.people >= SMALLEST_GROUP and (place.scope == team or place.metric not in means):
            row = METRICS[place.metric]
            means[place.metric] = _mean(row, place)
    return means


def _mean(row: Metric, place: Place) -> Value:
    # The mean of a count is that of the people; of a record there is none.
    if row.ratio or row.merge is Merge.HISTOGRAM or row.value(place.total) is None:
        return row.value(place.total)
    return place.total.numerator / place.people if row.key == "volume" else None


def _line(row: Metric, own: Parts, programme: Programme, weeks: Steps, mean: Value) -> Line:
    """Return one figure of the period; `weeks` end with the running one, which is not part of the own median."""
    target = programme.target(row.key)
    from_own = target is None and row.own_median_weeks > 0
    if from_own:
        known = [v for _, parts in weeks[:-1][-row.own_median_weeks :] if (v := _number(row, parts)) is not None]
        target = median(known) if known else None
    # Nothing counted is no figure, also where it could be printed as a zero.
    value = row.value(own) if own.count else None
    return Line(row.key, value, own.count, target, from_own and target is not None, mean)


def _trend(days: Days, weeks: Mapping[str, Steps], period: Period) -> Trend | None:
    """Return how the first of these metrics went that has at least two values to compare, up to now."""
    step, most = TREND_STEPS[period.kind]
    for key, by_week in weeks.items():
        row = METRICS[key]
        steps = by_week[-most:] if step is PeriodKind.WEEK else _steps(days, key, period, most)
        points = [TrendPoint(p.first, _number(row, parts), parts.count) for p, parts in steps]
        if sum(point.value is not None for point in points) >= 2:
            return Trend(key, step, points)
    return None


def _own_places(places: Sequence[Place], programme: Programme, own: Mapping[str, Parts], here: Here) -> list[OwnPlace]:
    """Return one's places on the boards of the site; who left the boards has none."""
    site = str(Scope(site_id=here.site_id)) if here.site_id is not None else str(Scope())
    shown = {b.metric for b in programme.boards if b.sites is None or here.site in b.sites}
    return [
        OwnPlace(
            p.metric, p.place, p.ranked or 0, own.get(p.metric, NOTHING).count, programme.minimum_count(p.metric), p.to_next,
            Cohort(p.cohort),
        )
        for p in places
        if p.scope == site and p.metric in shown and p.cohort is not None
    ]  # fmt: skip


def _steps(days: Days, key: str, last: Period, most: int) -> Steps:
    """Return one metric's parts of the last so many periods, oldest first."""
    periods = [last]
    while len(periods) < most:
        periods.append(periods[-1].previous())
    found: dict[date, list[Parts]] = defaultdict(list)
    for day, parts in days.get(key, ()):
        found[period_of(last.kind, date.fromisoformat(day)).first].append(parts)
    merge = METRICS[key].merge
    return [(p, join(merge, found[p.first]) if p.first in found else NOTHING) for p in reversed(periods)]


def _joined(days: Days, key: str, period: Period) -> Parts:
    first, last = period.first.isoformat(), period.last.isoformat()
    return join(METRICS[key].merge, (parts for day, parts in days[key] if first <= day <= last))


def _number(row: Metric, parts: Parts) -> float | None:
    value = row.value(parts) if parts.count else None
    return value if value is None or isinstance(value, int | float) else value["median"]
