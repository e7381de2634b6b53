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


def list_gone(session: Session, person_ids: Iterable[int]) -> set[int]:
    """Return those of these people who were merged into somebody else."""
    where = f"merged_into IS NOT NULL AND {bulk.among(session, 'id', 'bigint')}"
    return {row[0] for row in bulk.select(session, tables.Person, ("id",), where, [bulk.listed(session, person_ids)])}


def map_now(session: Session, person_ids: Iterable[int]) -> dict[int, int]:
    """Return who these people are now, by id: of an entry that was merged into another, that one."""
    where = bulk.among(session, "id", "bigint")
    sql = f"SELECT id, COALESCE(merged_into, id) FROM person WHERE {where}"
    return {row[0]: row[1] for row in bulk.query(session, sql, [bulk.listed(session, person_ids)])}


def list_merged(session: Session, person_id: int) -> list[int]:
    """Return the entries that were merged into somebody, by id."""
    return [
        row[0] for row in bulk.query(session, "SELECT id FROM person WHERE merged_into = ? ORDER BY id", [person_id])
    ]


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
    _carry_praise(session, kept, gone)
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


def _carry_praise(session: Session, kept: int, gone: int) -> None:
    """Give what one gave and got to the other. Where both stand in one praise, one row stays with the pointer.

    Where both thanked, or were thanked, for one message, it stands in one praise alone that this was its one time.
    """
    bulk.execute(
        session,
        "UPDATE praise_receiver SET once_for = NULL WHERE person_id = ? AND once_for IN "
        "(SELECT o.once_for FROM praise_receiver o WHERE o.person_id = ? AND o.once_for IS NOT NULL)",
        [(gone, kept)],
    )
    bulk.execute(
        session,
        "UPDATE praise_receiver SET person_id = ? WHERE person_id = ? AND praise_id NOT IN "
        "(SELECT o.praise_id FROM praise_receiver o WHERE o.person_id = ?)",
        [(kept, gone, kept)],
    )
    # What one is thanked for once ends with who thanks.
    own = f"SUBSTR(once_for, 1, LENGTH(once_for) - {len(str(gone))}) || '{kept}'"
    given = "once_for IS NOT NULL AND praise_id IN (SELECT id FROM praise WHERE giver_id = ?)"
    there = (
        f"EXISTS (SELECT 1 FROM praise_receiver o WHERE o.person_id = praise_receiver.person_id AND o.once_for = "
        f"{own.replace('once_for', 'praise_receiver.once_for')})"
    )
    bulk.execute(session, f"UPDATE praise_receiver SET once_for = NULL WHERE {given} AND {there}", [(gone,)])
    bulk.execute(session, f"UPDATE praise_receiver SET once_for = {own} WHERE {given}", [(gone,)])
    bulk.execute(session, "UPDATE praise SET giver_id = ? WHERE giver_id = ?", [(kept, gone)])
