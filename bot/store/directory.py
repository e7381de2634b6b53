"""Who in Slack is whom: many at once."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlmodel import Session

from bot.domain.directory import Unmatched
from bot.store import bulk, tables


def list_owners(session: Session, emails: Iterable[str], on: date) -> dict[str, int]:
    """Return whose addresses these are (in lower case), of people who have not left by a day."""
    sql = (
        "SELECT a.email, a.person_id FROM alias a JOIN person p ON p.id = a.person_id WHERE p.merged_into IS NULL "
        f"AND (p.left_on IS NULL OR p.left_on > ?) AND {bulk.among(session, 'email', 'text')}"
    )
    return {row[0]: row[1] for row in bulk.query(session, sql, [on.isoformat(), bulk.listed(session, emails)])}


def list_linked(session: Session, workspace_id: str, slack_ids: Iterable[str]) -> dict[str, int]:
    """Return who these are in a workspace, of those who are linked there."""
    where = f"workspace_id IN (?, '*') AND {bulk.among(session, 'slack_id', 'text')} ORDER BY workspace_id"
    rows = bulk.select(
        session, tables.SlackIdentity, ("slack_id", "person_id"), where,
        [workspace_id, bulk.listed(session, slack_ids)],
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


def list_reached(session: Session, workspace_id: str, person_ids: Iterable[int]) -> set[int]:
    """Return those of these people whom a workspace knows."""
    where = f"workspace_id IN (?, '*') AND {bulk.among(session, 'person_id', 'bigint')}"
    rows = bulk.select(
        session, tables.SlackIdentity, ("person_id",), where, [workspace_id, bulk.listed(session, person_ids)]
    )
    return {row[0] for row in rows}


def add_links(session: Session, workspace_id: str, links: Sequence[tuple[str, int]]) -> None:
    """Say who people in a workspace are: (Slack id, person)."""
    rows = [(workspace_id, slack_id, person_id) for slack_id, person_id in links]
    bulk.insert_new(session, tables.SlackIdentity, ("workspace_id", "slack_id", "person_id"), rows)


def fill_locale(session: Session, person_id: int, locale: str) -> None:
    """Say how somebody reads of whom nobody had told."""
    if locale:
        bulk.execute(session, "UPDATE person SET locale = ? WHERE id = ? AND locale IS NULL", [(locale, person_id)])


def list_unmatched(session: Session, workspace_id: str, on: date, most: int) -> list[Unmatched]:
    """Return people who work here on a day and whom a workspace does not know, by name, so many at most."""
    sql = (
        "SELECT p.id, p.name, s.name, t.name FROM person p "
        "LEFT JOIN membership m ON m.person_id = p.id AND m.ends_on IS NULL "
        "LEFT JOIN site s ON s.id = m.site_id LEFT JOIN team t ON t.id = m.team_id "
        f"WHERE {_UNMATCHED} ORDER BY p.name, p.id LIMIT ?"
    )
    return [Unmatched(*row) for row in bulk.query(session, sql, [on.isoformat(), workspace_id, most])]


def count_people(session: Session, workspace_id: str, on: date) -> tuple[int, int]:
    """Return how many people work here on a day, and how many of them a workspace does not know."""
    here = "p.merged_into IS NULL AND (p.left_on IS NULL OR p.left_on > ?)"
    everybody = bulk.query(session, f"SELECT COUNT(*) FROM person p WHERE {here}", [on.isoformat()])[0][0]
    without = f"SELECT COUNT(*) FROM person p WHERE {_UNMATCHED}"
    return int(everybody), int(bulk.query(session, without, [on.isoformat(), workspace_id])[0][0])


def list_namesakes(session: Session, workspace_id: str, names: Iterable[str], on: date) -> list[str]:
    """Return those of these names that somebody has whom a workspace does not know, in order."""
    sql = f"SELECT DISTINCT p.name FROM person p WHERE {_UNMATCHED} AND {bulk.among(session, 'name', 'text')}"
    rows = bulk.query(session, sql, [on.isoformat(), workspace_id, bulk.listed(session, names)])
    return sorted(row[0] for row in rows)


_UNMATCHED = (
    "p.merged_into IS NULL AND (p.left_on IS NULL OR p.left_on > ?) AND NOT EXISTS "
    "(SELECT 1 FROM slack_identity i WHERE i.person_id = p.id AND i.workspace_id IN (?, '*'))"
)
"""Who works here on a day (first) and is unknown in a workspace (second)."""
