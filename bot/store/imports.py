"""Imports: which file was read, how, and what came of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot.domain.facts import KINDS, Kind
from bot.store import bulk, tables


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import; moments are aware UTC."""

    id: int
    kind: Kind
    source: str
    file_name: str
    started_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None
    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int


def add(session: Session, at: datetime, *, kind: Kind, source: str, file_name: str, mapping: str) -> int:
    """Start an import and return its id."""
    row = tables.Import(kind=kind, source=source, file_name=file_name, mapping=mapping, started_at=at, touched_at=at)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def count(
    session: Session, import_id: int, at: datetime, *, read: int, new: int, changed: int, unchanged: int, rejected: int,
    skipped: Mapping[str, int],
) -> None:  # fmt: skip
    """Add one page's counts."""
    row = session.get_one(tables.Import, import_id)
    row.touched_at = at
    row.read += read
    row.new += new
    row.changed += changed
    row.unchanged += unchanged
    row.rejected += rejected
    reasons = json.loads(row.skipped)
    for reason, times in skipped.items():
        reasons[reason] = reasons.get(reason, 0) + times
    row.skipped = json.dumps(reasons)
    session.flush()


def finish(session: Session, import_id: int, at: datetime) -> None:
    """Mark that the file was read to its end."""
    session.get_one(tables.Import, import_id).finished_at = at
    session.flush()


def mark_undone(session: Session, import_id: int, at: datetime) -> None:
    """Mark that everything the import brought is gone again."""
    session.get_one(tables.Import, import_id).undone_at = at
    session.flush()


def find(session: Session, import_id: int) -> ImportRecord | None:
    """Return an import, None where there is none of that id."""
    row = session.get(tables.Import, import_id)
    return None if row is None else _record(row)


def list_newest(session: Session, most: int) -> list[ImportRecord]:
    """Return the newest imports, the newest first."""
    rows = session.exec(select(tables.Import).order_by(col(tables.Import.id).desc()).limit(most))
    return [_record(row) for row in rows]


def newest_at(session: Session) -> datetime | None:
    """Return when the newest facts came in, in UTC; None where none ever did."""
    sql = (
        'SELECT touched_at, finished_at FROM "import" WHERE undone_at IS NULL '
        "AND kind <> 'people' AND new + changed > 0 ORDER BY id DESC LIMIT 1"
    )
    rows = bulk.query(session, sql)
    return bulk.read_moment(rows[0][1] or rows[0][0]) if rows else None


def find_unfinished(session: Session) -> ImportRecord | None:
    """Return an import whose file was not read to its end, and not again since; None where there is none.

    Half of its facts may be missing, whether it is being read now or was killed.
    """
    row, later = tables.Import, aliased(tables.Import)
    replaced = select(later.id).where(
        later.kind == row.kind, later.source == row.source, col(later.id) > col(row.id),
        col(later.finished_at).is_not(None), col(later.undone_at).is_(None),
    )  # fmt: skip
    query = select(row).where(
        col(row.finished_at).is_(None), col(row.undone_at).is_(None), row.kind != "people", ~exists(replaced)
    )
    found = session.exec(query.order_by(col(row.id)).limit(1)).first()
    return None if found is None else _record(found)


def is_running(session: Session, since: datetime) -> bool:
    """Whether a file is being read: begun, not finished, and a page written since then."""
    row = tables.Import
    query = select(row.id).where(
        col(row.finished_at).is_(None), col(row.undone_at).is_(None), col(row.touched_at) >= since
    )  # fmt: skip
    return session.exec(query.limit(1)).first() is not None


def _record(row: tables.Import) -> ImportRecord:
    assert row.id is not None
    kind = next(k for k in KINDS if k == row.kind)
    return ImportRecord(
        row.id, kind, row.source, row.file_name, row.started_at, row.finished_at, row.undone_at,
        row.read, row.new, row.changed, row.unchanged, row.rejected,
    )  # fmt: skip
