"""Who may do what: roles given and taken, and the admins."""

from datetime import date
from typing import NamedTuple

from sqlmodel import Session, select

from bot.domain.asking import Reach
from bot.domain.people import Role
from bot.store import bulk, tables


class Admin(NamedTuple):
    """Somebody with the role admin who works here; `linked` is whether Slack knows them."""

    person_id: int
    name: str
    linked: bool


class TeamRecord(NamedTuple):
    """A team with its site's name."""

    id: int
    name: str
    site: str


def list_admins(session: Session, on: date) -> list[Admin]:
    """Return the admins who have not left by a day, by name."""
    sql = (
        "SELECT DISTINCT p.id, p.name, EXISTS (SELECT 1 FROM slack_identity i WHERE i.person_id = p.id) "
        "FROM role_grant g JOIN person p ON p.id = g.person_id "
        "WHERE g.role = ? AND p.merged_into IS NULL AND (p.left_on IS NULL OR p.left_on > ?) ORDER BY p.name, p.id"
    )
    rows = bulk.query(session, sql, [Role.ADMIN.value, on.isoformat()])
    return [Admin(row[0], row[1], bool(row[2])) for row in rows]


def list_reach(session: Session, on: date) -> Reach:
    """Return the leads of each team and the admins who work here on a day and are in Slack."""
    sql = (
        "SELECT DISTINCT g.role, g.team_id, p.id FROM role_grant g JOIN person p ON p.id = g.person_id "
        "WHERE g.role IN ('lead', 'admin') AND p.merged_into IS NULL AND (p.left_on IS NULL OR p.left_on > ?) "
        "AND EXISTS (SELECT 1 FROM slack_identity i WHERE i.person_id = p.id) ORDER BY p.id"
    )
    leads: dict[int, list[int]] = {}
    admins = []
    for role, team_id, person_id in bulk.query(session, sql, [on.isoformat()]):
        if role == Role.ADMIN:
            admins.append(person_id)
        elif team_id is not None:
            leads.setdefault(team_id, []).append(person_id)
    return Reach(leads, admins)


def list_slack_ids(session: Session, workspace_id: str, person_ids: list[int]) -> list[str]:
    """Return how a workspace calls these people, in order."""
    where = f"workspace_id IN (?, '*') AND {bulk.among(session, 'person_id', 'bigint')} ORDER BY slack_id"
    rows = bulk.select(
        session, tables.SlackIdentity, ("slack_id",), where, [workspace_id, bulk.listed(session, person_ids)]
    )
    return [row[0] for row in rows]


def list_teams(session: Session) -> list[TeamRecord]:
    """Return every team with its site, by name."""
    sql = "SELECT t.id, t.name, s.name FROM team t JOIN site s ON s.id = t.site_id ORDER BY t.name, s.name"
    return [TeamRecord(*row) for row in bulk.query(session, sql)]


def list_led(session: Session, person_id: int) -> list[TeamRecord]:
    """Return the teams that somebody leads, by name."""
    sql = (
        "SELECT t.id, t.name, s.name FROM role_grant g JOIN team t ON t.id = g.team_id JOIN site s ON s.id = t.site_id "
        "WHERE g.person_id = ? AND g.role = 'lead' ORDER BY t.name, s.name"
    )
    return [TeamRecord(*row) for row in bulk.query(session, sql, [person_id])]


def revoke(session: Session, person_id: int, role: Role, team_id: int | None) -> bool:
    """Take a role away (a lead's: of that team); whether they had it."""
    row = tables.RoleGrant
    query = select(row).where(row.person_id == person_id, row.role == role, row.team_id == team_id)
    found = session.exec(query).first()
    if found is None:
        return False
    session.delete(found)
    session.flush()
    return True
