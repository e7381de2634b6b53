"""Reading a file is one deed a page, so that nothing waits for it and a killed reading loses nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.domain.facts import Kind, Record
from bot.errors import NotFoundError, RefusedError
from bot.services import facts, people, profiles
from bot.services.facts import Counts, Origin
from bot.store import audit, bulk
from bot.store import facts as fact_store
from bot.store import imports as store
from bot.store.imports import ImportRecord

UNDO_PAGE = 100
"""How many facts one transaction of an undoing takes back: well under 200 ms, so that no command waits."""


@dataclass(frozen=True, slots=True)
class NewImport:
    """What is known before the first page."""

    kind: Kind
    source: str
    file_name: str
    mapping: str
    """The mapping's own text."""
    site: tuple[str, str] | None
    """(name, IANA zone) of the site that people not known yet join."""
    contact_source: str | None = None
    people_source: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one page of the file held besides its records."""

    read: int
    skipped: Mapping[str, int]
    rejected: int


def begin(session: Session, at: datetime, new: NewImport) -> Origin:
    """Start an import; its site is added where it is new. RefusedError where the site has another zone already."""
    bulk.alone(session)
    site = None if new.site is None else people.find_or_add_site(session, *new.site)
    import_id = store.add(
        session, at, kind=new.kind, source=new.source, file_name=new.file_name, mapping=new.mapping
    )  # fmt: skip
    return Origin(new.kind, new.source, import_id, site, new.contact_source, new.people_source)


def take_page(session: Session, at: datetime, origin: Origin, records: Sequence[Record], reading: Reading) -> Counts:
    """Write one page and its counts."""
    take = profiles.take if origin.kind == "people" else facts.take
    counts = take(session, at, origin, records)
    store.count(
        session, origin.import_id, at, read=reading.read, new=counts.new, changed=counts.changed,
        unchanged=counts.unchanged, rejected=reading.rejected + len(counts.refused), skipped=reading.skipped,
    )  # fmt: skip
    return counts


def rehearse_page(session: Session, at: datetime, origin: Origin, records: Sequence[Record]) -> Counts:
    """Return what `take_page` would do, and leave everything as it is."""
    if origin.kind != "people":
        return facts.compare(session, origin, records)
    with session.begin_nested() as rehearsal:
        counts = profiles.take(session, at, origin, records)
        rehearsal.rollback()
    return counts


def finish(session: Session, at: datetime, import_id: int) -> None:
    """Mark that the file was read to its end."""
    store.finish(session, import_id, at)


def check_undo(session: Session, import_id: int) -> ImportRecord:
    """Return the import, where it can be undone; else an error that says why not, and what to do."""
    record = store.find(session, import_id) if 0 < import_id < 1 << 31 else None
    if record is None:
        known = ", ".join(str(r.id) for r in store.list_newest(session, 5)) or "none"
        raise NotFoundError(f"There is no import {import_id}. The newest are: {known}.")
    if record.undone_at is not None:
        raise RefusedError(f"Import {import_id} is undone already, since {record.undone_at:%Y-%m-%d %H:%M} UTC.")
    if record.kind == "people":
        raise RefusedError(f"Import {import_id} brought people; people are merged, not undone.")
    _check_untouched(session, import_id)
    return record


def undo_page(session: Session, at: datetime, record: ImportRecord) -> int:
    """Undo one page of an import and return how many facts it held; 0 means that all is undone."""
    bulk.alone(session)
    # Another import may have come since the last page.
    _check_untouched(session, record.id)
    undone = facts.put_back(session, at, record.kind, record.source, record.id, UNDO_PAGE)
    if not undone:
        store.mark_undone(session, record.id, at)
        audit.append(session, at, actor="command line", deed="import.undo", subject=f"import {record.id}")
    return undone


def _check_untouched(session: Session, import_id: int) -> None:
    later = fact_store.overwritten_by(session, import_id)
    if later:
        numbers = ", ".join(map(str, later))
        raise RefusedError(f"Import {numbers} later changed rows of import {import_id}. Undo {numbers} first.")


def list_newest(session: Session, most: int = 20) -> list[ImportRecord]:
    """Return the newest imports, the newest first."""
    return store.list_newest(session, most)
