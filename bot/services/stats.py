"""Figures of one agent, or of a site, over any days."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from bot.domain.metrics import METRICS, Metric, Value
from bot.domain.parts import NOTHING, Parts, join
from bot.domain.periods import Period, PeriodKind
from bot.store import boards, figures, imports
from bot.store.boards import Scope
from bot.store.figures import Cell


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric: the value in its own unit and what it is made of; seconds, stars, contacts in natural units."""

    value: Value
    numerator: int | float | None
    denominator: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Stats:
    """Every metric from the first to the last day, both in; `as_of` is when the newest facts came in."""

    metrics: Mapping[str, Figure]
    as_of: datetime | None


def of_person(session: Session, person_id: int, first: date, last: date) -> Stats:
    """Return one person's figures; what was never measured has a null value."""
    cells = figures.list_of(session, "person_id", person_id, first.isoformat(), last.isoformat())
    joined = by_metric(cells)
    return Stats({key: figure(METRICS[key], joined.get(key, NOTHING)) for key in METRICS}, imports.newest_at(session))


def of_site(session: Session, site_id: int | None, first: date, last: date) -> Stats:
    """Return a site's figures (or everybody's): its people's and what belongs to nobody, such as waiting times."""
    period = Period(first, last, PeriodKind.DAY)
    found = {key: total(session, metric, period, Scope(site_id=site_id)) for key, metric in METRICS.items()}
    return Stats({key: figure(METRICS[key], parts) for key, parts in found.items()}, imports.newest_at(session))


def total(session: Session, metric: Metric, period: Period, scope: Scope) -> Parts:
    """Return all parts of a scope over a period joined."""
    parts = [m.parts for m in boards.list_members(session, metric, period, scope)]
    if scope.team_id is None:
        parts.append(boards.site_parts(session, metric, period, scope.site_id))
    return join(metric.merge, parts)


def by_metric(cells: Iterable[tuple[Cell, Parts]]) -> dict[str, Parts]:
    """Join parts of all days and channels, by metric."""
    found: dict[str, list[Parts]] = defaultdict(list)
    for cell, parts in cells:
        found[cell.metric].append(parts)
    return {key: join(METRICS[key].merge, parts) for key, parts in found.items() if key in METRICS}


def figure(metric: Metric, parts: Parts) -> Figure:
    """Return parts as they are shown."""
    return Figure(metric.value(parts), metric.plain_numerator(parts), parts.denominator, parts.count)
