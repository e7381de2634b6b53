"""Facts as rows: found, written, moved to another day."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlmodel import Session, SQLModel

from bot.domain import facts as domain
from bot.domain.facts import Fact, Kind
from bot.store import bulk, tables


class Placed(NamedTuple):
    """A fact with the person, site and days it belongs to; days are ISO text. Made once a row: hence no dataclass.

    A fact that was read back names its agent by the number of the identity: what counts is whether it has one.
    """

    record: Fact
    source: str
    identity_id: int | None
    person_id: int | None
    site_id: int | None
    work_day: str
    request_day: str | None = None
    """The day of a survey's request; None for other facts."""
    import_id: int = 0


TABLES: Final[Mapping[Kind, type[SQLModel]]] = MappingProxyType(
    {
        "interactions": tables.Interaction,
        "feedback": tables.Feedback,
        "shifts": tables.Shift,
        "presence": tables.Presence,
    }
)
_FAR_SECONDS: Final = 4 * 24 * 60 * 60
_PLACE: Final = ("identity_id", "person_id", "site_id", "work_day")


def find(session: Session, kind: Kind, source: str, external_ids: Iterable[str]) -> dict[str, Placed]:
    """Return the facts of that source with these ids, by id."""
    where = f"source = ? AND {bulk.among(session, 'external_id', 'text')}"
    placed = _select(session, kind, where, [source, bulk.listed(session, external_ids)])
    return {p.record.external_id: p for p in placed}


def list_days(session: Session, kind: Kind, person_id: int, days: Iterable[str]) -> list[Placed]:
    """Return a person's facts of these work days (ISO text)."""
    where = f"person_id = ? AND {bulk.among(session, 'work_day', 'date')}"
    return _select(session, kind, where, [person_id, bulk.listed(session, days)])


def list_requests(session: Session, person_id: int, days: Iterable[str]) -> list[Placed]:
    """Return a person's surveys that were sent on these days."""
    where = f"person_id = ? AND {bulk.among(session, 'request_day', 'date')}"
    return _select(session, "feedback", where, [person_id, bulk.listed(session, days)])


def list_site_waits(session: Session, site_id: int, day: str) -> list[Placed]:
    """Return a site's contacts of one work day of which only the wait in the queue is known, and no reply."""
    where = "site_id = ? AND work_day = ? AND wait_seconds IS NOT NULL AND reply_seconds IS NULL"
    return _select(session, "interactions", where, [site_id, day])


def list_site_ratings(session: Session, site_id: int, day: str) -> list[Placed]:
    """Return a site's surveys whose scores belong to one day."""
    return _select(session, "feedback", "site_id = ? AND work_day = ?", [site_id, day])


def list_site_requests(session: Session, site_id: int, day: str) -> list[Placed]:
    """Return a site's surveys that were sent on one day."""
    return _select(session, "feedback", "site_id = ? AND request_day = ?", [site_id, day])


def list_rostered(session: Session, person_ids: Iterable[int], days: Iterable[str]) -> set[tuple[int, str]]:
    """Return the (person, day) among these for which a roster or log-ins are known; days are ISO text."""
    where = f"{bulk.among(session, 'person_id', 'bigint')} AND {bulk.among(session, 'work_day', 'date')}"
    given = [bulk.listed(session, person_ids), bulk.listed(session, days)]
    columns = ("person_id", "work_day")
    both = (bulk.select(session, model, columns, where, given) for model in (tables.Shift, tables.Presence))
    return {(r[0], r[1]) for rows in both for r in rows}


def list_between(session: Session, kind: Kind, person_id: int, first: int, last: int) -> list[Placed]:
    """Return a person's facts that start from `first` to `last`, in epoch seconds."""
    # The days only narrow the search down to what the index holds; no zone and no shift is further from its day.
    near = [datetime.fromtimestamp(moment, UTC).date() for moment in (first - _FAR_SECONDS, last + _FAR_SECONDS)]
    where = 'person_id = ? AND work_day >= ? AND work_day <= ? AND "start" >= ? AND "start" <= ?'
    return _select(session, kind, where, [person_id, *(day.isoformat() for day in near), first, last])


def list_shifts(session: Session, person_ids: Iterable[int], first: int, last: int) -> Sequence[tuple[int, int, int]]:
    """Return (person, start, end) of the shifts that touch the time from `first` to `last`, ascending by start."""
    where = (
        f'{bulk.among(session, "person_id", "bigint")} AND activity = \'work\' AND "end" >= ? AND "start" <= ?'
        ' ORDER BY "start", "end"'
    )
    rows = bulk.select(
        session, tables.Shift, ("person_id", "start", "end"), where, [bulk.listed(session, person_ids), first, last]
    )
    return [(r[0], r[1], r[2]) for r in rows]


def count_open_shifts(session: Session, site_id: int, first: str, last: str, now: int) -> int:
    """Return how many of a site's shifts of these work days had not ended at `now`, in epoch seconds."""
    where = "site_id = ? AND work_day >= ? AND work_day <= ? AND activity = 'work' AND \"end\" > ?"
    return len(bulk.select(session, tables.Shift, ("id",), where, [site_id, first, last, now]))


def list_ended(session: Session, after: int, until: int) -> list[tuple[int, str]]:
    """Return the (person, work day) of shifts that ended after `after` and by `until`, in epoch seconds."""
    where = '"end" > ? AND "end" <= ? AND activity = \'work\' AND person_id IS NOT NULL'
    return [(r[0], r[1]) for r in bulk.select(session, tables.Shift, ("person_id", "work_day"), where, [after, until])]


def list_about(session: Session, contacts: Iterable[str]) -> list[Placed]:
    """Return the feedback about these contacts, each written as `contact_key` does."""
    return _select(session, "feedback", bulk.among(session, "contact", "text"), [bulk.listed(session, contacts)])


def contact_key(source: str, external_id: str) -> str:
    """Return how feedback names a contact: surveys often come from another system than the contacts."""
    return f"{source}/{external_id}"


def list_of_identity(session: Session, kind: Kind, identity_id: int, person_id: int, limit: int) -> list[Placed]:
    """Return facts of one identity that belong to somebody else than this person, at most `limit`."""
    where = "identity_id = ? AND (person_id IS NULL OR person_id <> ?) LIMIT ?"
    return _select(session, kind, where, [identity_id, person_id, limit])


def list_homeless(session: Session, kind: Kind, person_id: int, limit: int) -> list[Placed]:
    """Return a person's facts that belong to no site, at most `limit`."""
    return _select(session, kind, "person_id = ? AND site_id IS NULL LIMIT ?", [person_id, limit])


def list_of_import(session: Session, kind: Kind, import_id: int, limit: int) -> list[Placed]:
    """Return facts that this import brought last, at most `limit`, and of one site and day where figures are kept so.

    A file may jump from day to day; its facts are taken back by days, so that few figures are computed anew.
    """
    if kind in {"shifts", "presence"}:
        return _select(session, kind, "import_id = ? LIMIT ?", [import_id, limit])
    one = bulk.select(session, TABLES[kind], ("site_id", "work_day"), "import_id = ? LIMIT 1", [import_id])
    if not one:
        return []
    site_id, day = one[0]
    where, given = ("site_id IS NULL", []) if site_id is None else ("site_id = ?", [site_id])
    return _select(
        session, kind, f"{where} AND work_day = ? AND import_id = ? LIMIT ?", [*given, day, import_id, limit]
    )


def has_any(session: Session, kind: Kind) -> bool:
    """Whether there is any fact of the kind."""
    return bool(bulk.select(session, TABLES[kind], ("id",), "1 = 1 LIMIT 1"))


def insert(session: Session, kind: Kind, placed: Sequence[Placed]) -> None:
    """Insert new facts."""
    bulk.insert(session, TABLES[kind], _columns(kind), [_row(kind, p) for p in placed])


def overwrite(session: Session, kind: Kind, placed: Sequence[Placed]) -> None:
    """Write facts over those with the same ids."""
    rows = [_row(kind, p) for p in placed]
    bulk.upsert(session, TABLES[kind], ("source", "external_id"), _columns(kind), rows)


def remove(session: Session, kind: Kind, placed: Iterable[Placed]) -> None:
    """Delete facts: their import is undone."""
    table = bulk.table_of(TABLES[kind]).name
    bulk.execute(
        session,
        f"DELETE FROM {table} WHERE source = ? AND external_id = ?",
        [(p.source, p.record.external_id) for p in placed],
    )


def keep_before(session: Session, kind: Kind, import_id: int, before: Iterable[Placed]) -> None:
    """Keep what an import overwrites the first time: undoing it goes back to what was there before it."""
    rows = [
        (import_id, kind, p.source, p.record.external_id, p.import_id, json.dumps(p, default=str))
        for p in before
        if p.import_id != import_id
    ]
    columns = ("import_id", "kind", "source", "external_id", "previous_import_id", "row")
    bulk.insert_new(session, tables.FactBefore, columns, rows)


def list_before(session: Session, kind: Kind, import_id: int, limit: int) -> list[Placed]:
    """Return what an import overwrote, at most `limit`."""
    rows = bulk.select(session, tables.FactBefore, ("row",), "import_id = ? LIMIT ?", [import_id, limit])
    kept = [json.loads(r[0]) for r in rows]
    return [Placed(_record(kind, k[0]), *k[1:]) for k in kept]


def forget_before(session: Session, import_id: int, placed: Iterable[Placed]) -> None:
    """Delete what was kept of an import for these facts: it is back where it was."""
    rows = [(import_id, p.source, p.record.external_id) for p in placed]
    bulk.execute(session, "DELETE FROM fact_before WHERE import_id = ? AND source = ? AND external_id = ?", rows)


def overwritten_by(session: Session, import_id: int) -> list[int]:
    """Return the imports that later overwrote facts of this one."""
    rows = bulk.select(session, tables.FactBefore, ("import_id",), "previous_import_id = ?", [import_id])
    return sorted({r[0] for r in rows})


def list_all_days(session: Session, column: str, owner_id: int) -> list[str]:
    """Return all days (ISO text) on which a person (`person_id`) or a site (`site_id`) has facts, ascending."""
    days: set[str] = set()
    for model in TABLES.values():
        table = bulk.table_of(model).name
        days |= {
            r[0]
            for r in bulk.query(
                session, f"SELECT DISTINCT CAST(work_day AS TEXT) FROM {table} WHERE {column} = ?", [owner_id]
            )
        }
    requests = f"SELECT DISTINCT CAST(request_day AS TEXT) FROM feedback WHERE request_day IS NOT NULL AND {column} = ?"
    return sorted(days | {r[0] for r in bulk.query(session, requests, [owner_id])})


def _columns(kind: Kind) -> tuple[str, ...]:
    request = ("request_day",) if kind == "feedback" else ()
    return ("source", "external_id", "import_id", *_PLACE, *request, *domain.RECORDS[kind]._fields[2:])


def _row(kind: Kind, p: Placed) -> tuple[Any, ...]:
    request = (p.request_day,) if kind == "feedback" else ()
    return (
        p.source, p.record.external_id, p.import_id, p.identity_id, p.person_id, p.site_id, p.work_day, *request,
        *p.record[2:],
    )  # fmt: skip


def _select(session: Session, kind: Kind, where: str, parameters: Sequence[Any]) -> list[Placed]:
    request = ("request_day",) if kind == "feedback" else ("id",)
    fields = domain.RECORDS[kind]._fields[2:]
    rows = bulk.select(
        session, TABLES[kind], ("import_id", "source", *_PLACE, *request, "external_id", *fields), where, parameters
    )
    feedback = kind == "feedback"
    return [
        Placed(
            _record(kind, (r[7], None if r[2] is None else str(r[2]), *r[8:])),
            r[1], r[2], r[3], r[4], r[5], r[6] if feedback else None, r[0],
        )
        for r in rows
    ]  # fmt: skip


def _record(kind: Kind, fields: Sequence[Any]) -> Fact:
    record = domain.RECORDS[kind]._make(fields)
    assert not isinstance(record, domain.Profile)
    return record
