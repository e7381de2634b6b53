"""What decides when somebody may be written to: who they are in Slack, what they chose, what they had today."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlmodel import Session

from bot.store import bulk

NOWHERE: Final = "UTC"
"""The zone of somebody where there is no site at all."""


class Recipient(NamedTuple):
    """Somebody to write to; merged entries lead to the one that is kept."""

    person_id: int
    slack_id: str | None
    """Their id in this workspace, None where nobody is linked."""
    zone: str
    """The IANA zone of their site, of the first site where they have none."""
    left_on: date | None
    messages: str
    site: str | None
    """Where they work."""
    for_all: bool
    """Whether they have to do with every site, and not with their own alone."""


def find_recipient(session: Session, person_id: int, workspace_id: str, today: date) -> Recipient:
    """Return whom a message to a person goes to; of several stays the one of today counts, else the latest."""
    sql = (
        "SELECT k.id, i.slack_id, COALESCE(s.zone, (SELECT zone FROM site ORDER BY id LIMIT 1), ?), "
        "CAST(k.left_on AS TEXT), COALESCE(f.messages, 'at_once'), s.name, EXISTS (SELECT 1 FROM role_grant r "
        "WHERE r.person_id = k.id AND r.role IN ('admin', 'executive', 'recovery')) "
        "FROM person p JOIN person k ON k.id = COALESCE(p.merged_into, p.id) "
        "LEFT JOIN slack_identity i ON i.person_id = k.id AND i.workspace_id IN (?, '*') "
        "LEFT JOIN membership m ON m.person_id = k.id AND m.starts_on <= ? LEFT JOIN site s ON s.id = m.site_id "
        "LEFT JOIN preference f ON f.person_id = k.id "
        "WHERE p.id = ? ORDER BY i.workspace_id DESC, i.slack_id, m.starts_on DESC LIMIT 1"
    )
    row = bulk.query(session, sql, [NOWHERE, workspace_id, today.isoformat(), person_id])[0]
    left_on = None if row[3] is None else date.fromisoformat(row[3])
    return Recipient(row[0], row[1], row[2], left_on, row[4], row[5], bool(row[6]))


def take(session: Session, person_id: int) -> None:
    """Let nobody link this person to Slack, merge them or say when they leave, until this transaction ends.

    Whoever does so now is waited for.
    """
    sql = "SELECT id FROM person WHERE id IN (?, (SELECT merged_into FROM person WHERE id = ?)) ORDER BY id"
    bulk.query(session, sql + bulk.for_update(session), [person_id, person_id])


def count_got(session: Session, channel: str, since: datetime) -> int:
    """Return how many messages somebody had since a moment that did not ask for anything; cards do not count."""
    sql = "SELECT COUNT(*) FROM outbox WHERE channel = ? AND sent_at >= ? AND status = 'sent' AND queue = channel"
    return int(bulk.query(session, sql, [channel, bulk.moment(session, since)])[0][0])


def list_gone(session: Session, keys: Iterable[str]) -> set[str]:
    """Return those of these cards that have left, or were given up: nothing more goes into them."""
    where = f"{bulk.among(session, 'key', 'text')} AND status <> 'queued'"
    return {
        row[0] for row in bulk.query(session, f"SELECT key FROM outbox WHERE {where}", [bulk.listed(session, keys)])
    }


def find_open_card(session: Session, key: str) -> int | None:
    """Return the id of a card into which something may still go, and keep it from leaving until this transaction ends."""
    sql = "SELECT id, status FROM outbox WHERE key = ?" + bulk.for_update(session)
    found = bulk.query(session, sql, [key])
    return int(found[0][0]) if found and found[0][1] == "queued" else None
