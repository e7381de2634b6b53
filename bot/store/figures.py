"""Day stats: the parts of figures by person (or site), work day, metric and channel. Days are ISO text here."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from sqlmodel import Session, SQLModel

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


def find(session: Session, owner: Owner, owner_ids: Iterable[int], days: Iterable[str]) -> dict[Cell, Parts]:
    """Return the parts of these owners on these days, by cell."""
    where = f"{bulk.among(session, owner, 'bigint')} AND {bulk.among(session, 'work_day', 'date')}"
    return dict(_select(session, owner, where, [bulk.listed(session, owner_ids), bulk.listed(session, days)]))


def put(session: Session, owner: Owner, figures: Mapping[Cell, Parts]) -> None:
    """Write parts, over what stood in the same cells."""
    rows = [(*cell, p.numerator, p.denominator, p.count, bulk.dump_buckets(p.buckets)) for cell, p in figures.items()]
    keys = (owner, "work_day", "metric", "channel")
    bulk.upsert(session, _model(owner), keys, (*keys, *_PARTS), rows)


def remove(session: Session, owner: Owner, owner_id: int, days: Sequence[str]) -> None:
    """Delete all parts of one person or site on these days."""
    table = bulk.table_of(_model(owner)).name
    sql = f"DELETE FROM {table} WHERE {owner} = ? AND {bulk.among(session, 'work_day', 'date')}"
    bulk.execute(session, sql, [(owner_id, bulk.listed(session, days))])


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
