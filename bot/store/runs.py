"""What the clock started: one row for each schedule and local period."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from bot.store import bulk, tables


@dataclass(frozen=True, slots=True)
class DueRun:
    """A run that waits to be done."""

    id: int
    schedule: str
    period: date
    due_at: datetime
    attempts: int
    """How often it failed before."""


@dataclass(frozen=True, slots=True)
class DoneRun:
    """A run that was done, and when."""

    schedule: str
    finished_at: datetime


def find_newest(session: Session, schedule: str) -> date | None:
    """Return the newest period of a schedule that there is a run for."""
    sql = "SELECT CAST(MAX(period) AS TEXT) FROM job_run WHERE schedule = ?"
    newest = bulk.query(session, sql, [schedule])[0][0]
    return None if newest is None else date.fromisoformat(newest)


def add(session: Session, *, schedule: str, period: date, due_at: datetime) -> None:
    """Add a run, once for each schedule and period."""
    columns = ("schedule", "period", "due_at", "status", "attempts")
    row = (schedule, period.isoformat(), bulk.moment(session, due_at), "due", 0)
    bulk.insert_new(session, tables.JobRun, columns, [row])


def skip_before(session: Session, schedule: str, period: date, at: datetime) -> None:
    """Give up what earlier periods still wait for."""
    sql = (
        "UPDATE job_run SET status = 'skipped', finished_at = ?, note = 'a later period came' "
        "WHERE schedule = ? AND status = 'due' AND period < ?"
    )
    bulk.execute(session, sql, [(bulk.moment(session, at), schedule, period.isoformat())])


def find_due(session: Session, schedule: str, at: datetime) -> DueRun | None:
    """Return the earliest run of a schedule that is due, None where none is."""
    row = tables.JobRun
    query = select(row).where(row.schedule == schedule, *_is_due(at)).order_by(col(row.period)).limit(1)
    found = session.exec(query).first()
    if found is None:
        return None
    return DueRun(found.id or 0, found.schedule, found.period, found.due_at, found.attempts)


def claim(session: Session, run: DueRun, at: datetime) -> bool:
    """Take a run for this transaction; False where somebody did it, or failed at it, since it was found."""
    row = tables.JobRun
    query = select(row).where(row.id == run.id, row.attempts == run.attempts, *_is_due(at))
    return session.exec(query.with_for_update()).first() is not None


def list_done(session: Session, period: date, *, like: str) -> list[DoneRun]:
    """Return the runs of a period that were done, of the schedules whose names are `like` that."""
    row = tables.JobRun
    query = select(row).where(row.period == period, row.status == "done", col(row.schedule).like(like))
    return [DoneRun(run.schedule, run.finished_at) for run in session.exec(query) if run.finished_at is not None]


def wait(session: Session, run_id: int, until: datetime) -> None:
    """Let a run wait that has nothing to say yet."""
    session.get_one(tables.JobRun, run_id).try_after = until
    session.flush()


def fail(session: Session, run_id: int, *, try_after: datetime, note: str) -> int:
    """Let a run that failed wait, and return how often it has failed."""
    row = session.get_one(tables.JobRun, run_id)
    row.attempts, row.try_after, row.note = row.attempts + 1, try_after, note
    session.flush()
    return row.attempts


def note(session: Session, run_id: int, words: str) -> bool:
    """Write down what a run waits for; whether that is news."""
    row = session.get_one(tables.JobRun, run_id)
    news = row.note != words
    row.note = words
    session.flush()
    return news


def finish(session: Session, run_id: int, at: datetime, *, status: str = "done", note: str = "") -> None:
    """Close a run: it was done, or skipped, or is given up (`dead`)."""
    row = session.get_one(tables.JobRun, run_id)
    row.status, row.finished_at, row.note = status, at, note
    session.flush()


def find_cursor(session: Session, name: str) -> datetime | None:
    """Return up to when something has worked that works through moments instead of periods."""
    row = session.get(tables.Cursor, name)
    return None if row is None else row.reached_at


def move_cursor(session: Session, name: str, to: datetime) -> None:
    """Remember up to when something has worked."""
    row = (name, bulk.moment(session, to))
    bulk.upsert(session, tables.Cursor, ("name",), ("name", "reached_at"), [row])


def _is_due(at: datetime) -> tuple[ColumnElement[bool], ...]:
    row = tables.JobRun
    waited = or_(col(row.try_after).is_(None), col(row.try_after) <= at)
    return col(row.status) == "due", col(row.due_at) <= at, waited
