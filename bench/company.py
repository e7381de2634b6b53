"""A company of any size for the benches, on both databases."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlmodel import Session

from bot.domain.ledger import ISSUER, Deed, Unit, person, transfer
from bot.domain.people import Role
from bot.store import bulk, driver, ledger, tables
from bot.store.database import Database
from tests.postgres import running_server

SITE: Final = "Bench"
NOW: Final = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
WORKSPACE: Final = "TBENCH"
TEAM_OF: Final = 20
"""So many people are in a team."""


@contextmanager
def opened() -> Iterator[list[tuple[str, str]]]:
    """Give each database's name and address; both wait for the disk at every commit."""
    with tempfile.TemporaryDirectory() as folder, running_server(durable=True) as server, server.database() as url:
        yield [("SQLite", f"sqlite:///{Path(folder) / 'encore.sqlite3'}"), ("PostgreSQL", url)]


def hire(session: Session, how_many: int, *, spenders: int = 0) -> None:
    """Let so many people work at one site, in teams; the first leads the first one, the next have points to spend."""
    teams = range(1, (how_many - 1) // TEAM_OF + 2)
    session.add(tables.Site(id=1, name=SITE, zone="UTC"))
    session.add_all(tables.Team(id=number, site_id=1, name=f"Team {number}") for number in teams)
    session.flush()
    numbers = range(1, how_many + 1)
    at = bulk.moment(session, NOW - timedelta(days=300))
    bulk.insert(session, tables.Person, ("id", "name", "created_at"), [(n, f"Agent {n}", at) for n in numbers])
    stays = [(n, 1, (n - 1) // TEAM_OF + 1, "2025-01-01") for n in numbers]
    bulk.insert(session, tables.Membership, ("person_id", "site_id", "team_id", "starts_on"), stays)
    session.add(tables.RoleGrant(person_id=1, role=Role.LEAD, team_id=1))
    session.add(tables.SlackIdentity(workspace_id=WORKSPACE, slack_id="ULEAD", person_id=1))
    for lane in range(spenders):
        session.add(tables.SlackIdentity(workspace_id=WORKSPACE, slack_id=f"U{lane}", person_id=lane + 2))
        postings = transfer(Unit.POINTS, 10**9, source=ISSUER, target=person(lane + 2))
        ledger.append(session, NOW, Deed(f"a{lane}", "award", "bench", postings, {}))


def analyze(db: Database) -> None:
    """Let PostgreSQL look at how its tables have grown, as its autovacuum does within a minute; never at empty ones."""
    if not db.is_sqlite:
        db.write_now(_analyze)


def _analyze(session: Session) -> None:
    sql = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = CURRENT_SCHEMA::regnamespace AND pg_relation_size(oid) > 0"
    for (table,) in bulk.query(session, sql):
        driver.run(session, f'ANALYZE "{table}"')
