"""What the clock started: one row for each schedule and local period."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from bot.store import bulk, tables


@dataclass(frozen=True, slots=True)
class DueRun:
    """A run that waits to be done."""

    id: int
    schedule: str
    period: date


def add(session: Session, *, schedule: str, period: date, due_at: datetime) -> None:
    """Add a run, once for each schedule and period; what an earlier period still waits for is given up."""
    columns = ("schedule", "period", "due_at", "status")
    row = (schedule, period.isoformat(), bulk.moment(session, due_at), "due")
    if not bulk.insert_new(session, tables.JobRun, columns, [row]):
        return
    run = tables.JobRun
    for earlier in session.exec(select(run).where(run.schedule == schedule, run.status == "due", run.period < period)):
        earlier.status, earlier.finished_at, earlier.note = "skipped", due_at, "the next period came"
    session.flush()


def claim(session: Session, schedule: str, at: datetime) -> DueRun | None:
    """Take the run of a schedule that is due, for this transaction; None where none is."""
    row = tables.JobRun
    query = select(row).where(row.schedule == schedule, row.status == "due", row.due_at <= at)
    found = session.exec(query.order_by(col(row.period)).limit(1).with_for_update(skip_locked=True)).first()
    return None if found is None else DueRun(found.id or 0, found.schedule, found.period)


def note(session: Session, run_id: int, words: str) -> bool:
    """Write down what a run waits for; whether that is news."""
    row = session.get_one(tables.JobRun, run_id)
    news = row.note != words
    row.note = words
    session.flush()
    return news


def finish(session: Session, run_id: int, at: datetime, *, note: str = "") -> None:
    """Mark a run as done."""
    row = session.get_one(tables.JobRun, run_id)
    row.status, row.finished_at, row.note = "done", at, note
    session.flush()


def find_cursor(session: Session, name: str) -> datetime | None:
    """Return up to when something has worked that works through moments instead of periods."""
    row = session.get(tables.Cursor, name)
    return None if row is None else row.reached_at


def move_cursor(session: Session, name: str, to: datetime) -> None:
    """Remember up to when something has worked."""
    row = (name, bulk.moment(session, to))
    bulk.upsert(session, tables.Cursor, ("name",), ("name", "reached_at"), [row])
