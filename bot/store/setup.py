"""What there is by now of what is set up once."""

from sqlmodel import Session

from bot.domain.people import Role
from bot.domain.setup import Imported
from bot.store import bulk, tables


def count_teams(session: Session) -> tuple[int, int]:
    """Return how many teams there are, and how many of them have a lead."""
    sql = (
        "SELECT COUNT(*), COUNT(g.team_id) FROM team t "
        "LEFT JOIN (SELECT DISTINCT team_id FROM role_grant WHERE role = ?) g ON g.team_id = t.id"
    )
    teams, led = bulk.query(session, sql, [Role.LEAD.value])[0]
    return int(teams), int(led)


def list_imported(session: Session) -> list[Imported]:
    """Return what was imported and not undone, by kind."""
    sql = (
        'SELECT kind, SUM(new), MAX(touched_at) FROM "import" WHERE undone_at IS NULL GROUP BY kind '
        "HAVING SUM(new) > 0 ORDER BY kind"
    )
    return [Imported(kind, int(rows), bulk.read_moment(at)) for kind, rows, at in bulk.query(session, sql)]


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
