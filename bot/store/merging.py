"""Two entries of one person become one, and nobody writes something for the one that goes meanwhile."""

from collections.abc import Iterable

from sqlmodel import Session, select

from bot.domain.people import Role
from bot.errors import RefusedError
from bot.store import bulk, tables
from bot.store.people import grant, list_stays


def find_kept(session: Session, person_id: int) -> int | None:
    """Return into whom somebody was merged, None where they were not."""
    return session.get_one(tables.Person, person_id).merged_into


def hold(session: Session, person_ids: Iterable[int]) -> None:
    """Let none of these people be merged before this transaction ends: something is written for them.

    On SQLite there is one writer anyway. RefusedError where one of them has just been merged into somebody else.
    """
    if bulk.for_update(session) and any(_locked(session, person_ids, "SHARE")):
        raise RefusedError("Two entries of one person have just been made one. Try again.")


def take(session: Session, person_ids: Iterable[int]) -> None:
    """Take people to merge them: whoever writes something for them comes before, or finds them merged."""
    if bulk.for_update(session):
        # Rows that only point to a person need not wait, as they would for a plain FOR UPDATE.
        _locked(session, person_ids, "NO KEY UPDATE")


def _locked(session: Session, person_ids: Iterable[int], strength: str) -> list[int | None]:
    sql = f"SELECT merged_into FROM person WHERE {bulk.among(session, 'id', 'bigint')} ORDER BY id FOR {strength}"
    return [row[0] for row in bulk.query(session, sql, [bulk.listed(session, person_ids)])]


def merge(session: Session, kept: int, gone: int) -> None:
    """Give everything that names `gone` to `kept`, but the facts, and leave a pointer, as of those merged before."""
    bulk.execute(session, "UPDATE person SET merged_into = ? WHERE merged_into = ?", [(kept, gone)])
    for table in ("alias", "identity", "slack_identity", "redemption", "pot_part", "dispute", "award"):
        bulk.execute(session, f"UPDATE {table} SET person_id = ? WHERE person_id = ?", [(kept, gone)])
    bulk.execute(session, "UPDATE award SET owner = ? WHERE owner = ?", [(f"person:{kept}", f"person:{gone}")])
    for column in ("lead_id", "agent_id"):
        bulk.execute(session, f"UPDATE coaching SET {column} = ? WHERE {column} = ?", [(kept, gone)])
    if not list_stays(session, [kept]):
        bulk.execute(session, "UPDATE membership SET person_id = ? WHERE person_id = ?", [(kept, gone)])
    for role, team_id in session.exec(
        select(tables.RoleGrant.role, tables.RoleGrant.team_id).where(tables.RoleGrant.person_id == gone)
    ).all():
        grant(session, kept, Role(role), team_id)
    session.get_one(tables.Person, gone).merged_into = kept
    session.flush()
