"""A person's own figures, for their own eyes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import median

from sqlmodel import Session

from bot.domain.metrics import METRICS, Metric, Value
from bot.domain.mystats import Answer, Line, MyStats, NoFigures, OwnPlace, Trend, TrendPoint, Unknown
from bot.domain.parts import NOTHING, Parts
from bot.domain.people import Reader
from bot.domain.periods import Period, PeriodKind, epoch, period_of, zone
from bot.domain.programme import Programme, SiteMode
from bot.domain.workday import shift_of, work_day
from bot.services import programme as programmes
from bot.services.stats import by_metric
from bot.store import boards, facts, figures, imports, people
from bot.store.boards import Place, Scope
from bot.store.figures import Cell
from bot.store.people import Here

MEDIAN_WEEKS = 12
SMALLEST_GROUP = 5
"""The mean of fewer people would tell on each of them."""

TREND_STEPS = {PeriodKind.DAY: (PeriodKind.DAY, 14), PeriodKind.WEEK: (PeriodKind.WEEK, 8),
               PeriodKind.MONTH: (PeriodKind.WEEK, MEDIAN_WEEKS)}  # fmt: skip
"""What a trend is told in, and how many of them: days for a day, weeks for longer."""

Cells = Sequence[tuple[Cell, Parts]]


def answer(session: Session, at: datetime, workspace_id: str, slack_id: str, kind: PeriodKind) -> Answer:
    """Return what somebody in Slack may see of themselves for the current day, week or month of their site."""
    programme = programmes.current(session, at)
    stays = people.list_here(session, workspace_id, slack_id)
    if not stays:
        return Unknown(programme.ask)
    today = at.astimezone(zone(stays[0].zone or "UTC")).date()
    here = next((s for s in stays if _covers(s, today)), stays[0])
    reader = Reader(here.zone or "UTC", here.locale or "en")
    on = _work_day_now(session, at, here, today) if kind is PeriodKind.DAY else today
    period = period_of(kind, on)
    mode = programme.site(here.site or "").mode
    if mode in {SiteMode.OFF, SiteMode.SHADOW}:
        return NoFigures(here.name, reader, period, ever=False, mode=mode, ask=programme.ask)
    week = period_of(PeriodKind.WEEK, on)
    first = min(period.first, week.first - timedelta(weeks=MEDIAN_WEEKS))
    cells = figures.list_of(session, "person_id", here.person_id, first.isoformat(), period.last.isoformat())
    own = by_metric(_within(cells, period))
    if not own:
        return NoFigures(here.name, reader, period, ever=bool(cells), mode=mode, ask=programme.ask)
    places = _places(session, here, period) if mode is SiteMode.LIVE else []
    means = _means(places, here)
    return MyStats(
        person_id=here.person_id, name=here.name, reader=reader, site=here.site or "", team=here.team, period=period,
        lines=[_line(row, own.get(key, NOTHING), cells, programme, week, means) for key, row in METRICS.items()],
        trend=_trend(cells, programme, period), places=_own_places(places, programme, own, here),
        as_of=imports.newest_at(session), ask=programme.ask,
    )  # fmt: skip


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
    if row.ratio or not row.listed or row.value(place.total) is None:
        return row.value(place.total)
    return place.total.numerator / place.people if row.key == "volume" else None


def _line(
    row: Metric, own: Parts, cells: Cells, programme: Programme, week: Period, means: Mapping[str, Value]
) -> Line:
    target = programme.target(row.key)
    from_own = target is None and row.own_median_weeks > 0
    if from_own:
        target = _own_median(row, cells, week)
    # A person's own zero contacts are no figure either, where nothing else is known of the period.
    value = row.value(own) if own.count else None
    return Line(row.key, value, own.count, target, from_own and target is not None, means.get(row.key))


def _own_median(row: Metric, cells: Cells, week: Period) -> float | None:
    values = [_number(row, point) for _, point in _steps(cells, row.key, week.previous(), row.own_median_weeks)]
    known = [v for v in values if v is not None]
    return median(known) if known else None


def _trend(cells: Cells, programme: Programme, period: Period) -> Trend | None:
    """Return how the first board's metric went, or the first metric with at least two values to compare."""
    step, most = TREND_STEPS[period.kind]
    last = period_of(step, period.last) if step is period.kind else period_of(step, min(period.last, _latest(cells)))
    keys = dict.fromkeys([*(b.metric for b in programme.boards), *METRICS])
    for key in keys:
        row = METRICS[key]
        points = [TrendPoint(p.first, _number(row, parts), parts.count) for p, parts in _steps(cells, key, last, most)]
        if sum(point.value is not None for point in points) >= 2:
            return Trend(key, step, points)
    return None


def _own_places(places: Sequence[Place], programme: Programme, own: Mapping[str, Parts], here: Here) -> list[OwnPlace]:
    """Return one's places on the boards of the site; who left the boards has none."""
    site = str(Scope(site_id=here.site_id)) if here.site_id is not None else str(Scope())
    minimum = {b.metric: b.minimum_count for b in programme.boards}
    return [
        OwnPlace(
            p.metric, p.place, p.ranked or 0, own.get(p.metric, NOTHING).count, minimum[p.metric], p.to_next,
            newcomers=p.cohort == "new",
        )
        for p in places
        if p.scope == site and p.metric in minimum and p.cohort is not None
    ]  # fmt: skip


def _steps(cells: Cells, key: str, last: Period, most: int) -> list[tuple[Period, Parts]]:
    """Return one metric's parts of the last so many periods, oldest first."""
    periods = [last]
    while len(periods) < most:
        periods.append(periods[-1].previous())
    mine = [(cell, parts) for cell, parts in cells if cell.metric == key]
    return [(p, by_metric(_within(mine, p)).get(key, NOTHING)) for p in reversed(periods)]


def _within(cells: Cells, period: Period) -> Cells:
    first, last = period.first.isoformat(), period.last.isoformat()
    return [(cell, parts) for cell, parts in cells if first <= cell.day <= last]


def _latest(cells: Cells) -> date:
    return date.fromisoformat(max(cell.day for cell, _ in cells))


def _number(row: Metric, parts: Parts) -> float | None:
    value = row.value(parts) if parts.count else None
    return value if value is None or isinstance(value, int | float) else value["median"]


def _covers(stay: Here, day: date) -> bool:
    on = day.isoformat()
    return stay.starts_on is not None and stay.starts_on <= on and (stay.ends_on is None or on < stay.ends_on)
