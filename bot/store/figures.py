"""Day stats: the parts of figures by person (or site), work day, metric and channel. Days are ISO text here."""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, Literal, NamedTuple

from sqlmodel import Session, SQLModel

from bot.domain.metrics import METRICS
from bot.domain.parts import Parts
from bot.store import bulk, tables


class Cell(NamedTuple):
    """Where parts belong; the owner is a person or a site. A key of dictionaries, made often: hence no dataclass."""

    owner_id: int
    day: str
    metric: str
    channel: str


Owner = Literal["person_id", "site_id"]
"""Whose figures: a person's (`day_stat`), or those of a site and nobody in it (`site_stat`)."""

_PARTS: Final = ("numerator", "denominator", "count", "buckets")


def list_of(session: Session, owner: Owner, owner_id: int, first: str, last: str) -> list[tuple[Cell, Parts]]:
    """Return all parts of one person or site from the first to the last day."""
    where = f"{owner} = ? AND work_day >= ? AND work_day <= ?"
    return _select(session, owner, where, [owner_id, first, last])


def list_own(
    session: Session, person_id: int, *, first: str, last: str, since: str, metrics: Sequence[str]
) -> list[tuple[str, str, Parts]]:
    """Return (metric, day, parts) of one person: of these metrics from `since`, of all from `first`, to `last`."""
    others = [key for key in METRICS if key not in metrics]
    where = "person_id = ? AND work_day >= ? AND work_day <= ? AND metric IN ({})"
    columns = ("metric", "work_day", *_PARTS)
    rows: list[bulk.Row] = []
    for keys, start in filter(itemgetter(0), ((metrics, since), (others, first))):
        named = where.format(", ".join("?" * len(keys)))
        rows += bulk.select(session, tables.DayStat, columns, named, [person_id, start, last, *keys])
    return [
        (r[0], r[1], Parts(r[2], r[3], r[4], bulk.load_buckets(r[5])) if r[5] else Parts(r[2], r[3], r[4]))
        for r in rows
    ]


def find(session: Session, owner: Owner, owner_ids: Iterable[int], days: Iterable[str]) -> dict[Cell, Parts]:
    """Return the parts of these owners on these days, by cell."""
    # The metrics are named so that the key is used to its end: a person's years would be read otherwise.
    where = " AND ".join(
        bulk.among(session, column, kind)
        for column, kind in ((owner, "bigint"), ("metric", "text"), ("work_day", "date"))
    )
    given = [bulk.listed(session, values) for values in (owner_ids, METRICS, days)]
    return dict(_select(session, owner, where, given))


def put(session: Session, owner: Owner, figures: Mapping[Cell, Parts]) -> None:
    """Write parts, over what stood in the same cells."""
    rows = [(*cell, p.numerator, p.denominator, p.count, bulk.dump_buckets(p.buckets)) for cell, p in figures.items()]
    keys = (owner, "work_day", "metric", "channel")
    bulk.upsert(session, _model(owner), keys, (*keys, *_PARTS), rows)


def remove(session: Session, owner: Owner, owner_id: int, days: Sequence[str]) -> None:
    """Delete all parts of one person or site on these days."""
    table = bulk.table_of(_model(owner)).name
    within = " AND ".join(bulk.among(session, c, kind) for c, kind in (("metric", "text"), ("work_day", "date")))
    sql = f"DELETE FROM {table} WHERE {owner} = ? AND {within}"
    bulk.execute(session, sql, [(owner_id, bulk.listed(session, METRICS), bulk.listed(session, days))])


def list_days(session: Session, owner: Owner, owner_id: int) -> set[str]:
    """Return the days on which a person or site has parts."""
    table = bulk.table_of(_model(owner)).name
    sql = f"SELECT DISTINCT CAST(work_day AS TEXT) FROM {table} WHERE {owner} = ?"
    return {r[0] for r in bulk.query(session, sql, [owner_id])}


def list_owners(session: Session, owner: Owner) -> list[int]:
    """Return everybody (or every site) with facts or parts, ascending."""
    sources = ("interaction", "feedback", "shift", "presence", bulk.table_of(_model(owner)).name)
    parts = " UNION ".join(f"SELECT {owner} FROM {t} WHERE {owner} IS NOT NULL" for t in sources)
    return sorted(r[0] for r in bulk.query(session, parts))


def _model(owner: Owner) -> type[SQLModel]:
    return tables.DayStat if owner == "person_id" else tables.SiteStat


def _select(session: Session, owner: Owner, where: str, parameters: Sequence[Any]) -> list[tuple[Cell, Parts]]:
    columns = (owner, "work_day", "metric", "channel", *_PARTS)
    rows = bulk.select(session, _model(owner), columns, where, parameters)
    return [(Cell(*r[:4]), Parts(r[4], r[5], r[6], bulk.load_buckets(r[7]))) for r in rows]
