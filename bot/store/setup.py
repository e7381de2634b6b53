"""What there is by now of what is set up once."""

from collections import defaultdict
from datetime import date, datetime

from sqlmodel import Session

from bot.domain.people import Role
from bot.domain.setup import Imported
from bot.store import bulk, tables


def count_teams(session: Session, on: date) -> tuple[int, int]:
    """Return how many teams there are, and how many of them have a lead who works here on a day."""
    sql = (
        "SELECT COUNT(*), COUNT(g.team_id) FROM team t LEFT JOIN (SELECT DISTINCT r.team_id FROM role_grant r "
        "JOIN person p ON p.id = r.person_id WHERE r.role = ? AND p.merged_into IS NULL "
        "AND (p.left_on IS NULL OR p.left_on > ?)) g ON g.team_id = t.id"
    )
    teams, led = bulk.query(session, sql, [Role.LEAD.value, on.isoformat()])[0]
    return int(teams), int(led)


def list_imported(session: Session) -> list[Imported]:
    """Return what was imported and not undone, by source."""
    sql = (
        'SELECT source, kind, SUM(new), MAX(touched_at) FROM "import" WHERE undone_at IS NULL GROUP BY source, kind '
        "HAVING SUM(new) > 0 ORDER BY source, kind"
    )
    found: dict[str, list[tuple[str, int, datetime]]] = defaultdict(list)
    for source, kind, rows, at in bulk.query(session, sql):
        found[source].append((kind, int(rows), bulk.read_moment(at)))
    return [
        Imported(source, tuple(kind for kind, _, _ in rows), sum(n for _, n, _ in rows), max(at for _, _, at in rows))
        for source, rows in found.items()
    ]


def has_facts(session: Session, site_id: int) -> bool:
    """Whether anything happened at a site, so that its days are counted in its zone."""
    return any(
        bulk.select(session, table, ("id",), "site_id = ? LIMIT 1", [site_id])
        for table in (tables.Interaction, tables.Feedback, tables.Shift, tables.Presence)
    )


def set_zone(session: Session, site_id: int, zone: str) -> None:
    """Give a site another IANA zone."""
    session.get_one(tables.Site, site_id).zone = zone
    session.flush()
