"""Homes in which may stand what is not for their account any more."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot.store import bulk, tables

_COLUMNS = ("workspace_id", "slack_id", "at")


def mark(session: Session, at: datetime, links: Iterable[tuple[str, str]]) -> None:
    """Let the Homes of these (workspace, Slack id) be made anew."""
    rows = [(workspace_id, slack_id, bulk.moment(session, at)) for workspace_id, slack_id in links]
    bulk.upsert(session, tables.StaleHome, _COLUMNS[:2], _COLUMNS, rows)


def list_stale(session: Session, workspace_id: str) -> list[tuple[str, datetime]]:
    """Return whose Homes of a workspace are to be made anew, by Slack id, and since when."""
    sql = "SELECT slack_id, MAX(at) FROM stale_home WHERE workspace_id IN (?, '*') GROUP BY slack_id ORDER BY slack_id"
    return [(row[0], bulk.read_moment(row[1])) for row in bulk.query(session, sql, [workspace_id])]


def made(session: Session, workspace_id: str, slack_id: str, since: datetime) -> None:
    """Forget a Home that was made anew; but not what was marked later than `since`."""
    sql = "DELETE FROM stale_home WHERE workspace_id IN (?, '*') AND slack_id = ? AND at <= ?"
    bulk.execute(session, sql, [(workspace_id, slack_id, bulk.moment(session, since))])
