"""Which names of sources have facts that are still to go to the person whom they mean now."""

from collections.abc import Iterable

from sqlmodel import Session

from bot.store import bulk, tables


def add(session: Session, identity_ids: Iterable[int]) -> None:
    """Remember that the facts of these names are to follow."""
    bulk.insert_new(session, tables.Attribution, ("identity_id",), [(number,) for number in identity_ids])


def list_waiting(session: Session, most: int) -> list[int]:
    """Return the names whose facts are to follow, so many at most."""
    return [row[0] for row in bulk.select(session, tables.Attribution, ("identity_id",), "1 = 1 LIMIT ?", [most])]


def remove(session: Session, identity_id: int) -> None:
    """Forget a name: all of its facts have followed."""
    bulk.execute(session, "DELETE FROM attribution WHERE identity_id = ?", [(identity_id,)])
