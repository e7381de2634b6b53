"""Versions of the database, from the first table on."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from bot.store.migrations import triggers

HEAD: Final = "0004"
"""The newest version; a test holds it against the files."""


def current_version(connection: Connection) -> str | None:
    """Return the version that the database is at, None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if version is None else str(version)


def upgrade(connection: Connection) -> None:
    """Bring the database to HEAD within the transaction that `connection` is in.

    Foreign keys must be off before it begins on SQLite, where a table is changed by making it anew. Two processes that
    start together wait for each other, and the second finds the work done.
    """
    # Imported here: only a database that is not current needs it, and every command would wait for it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('encore.migrations'))"))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    # A table that is made anew on SQLite loses its triggers without a word.
    triggers.create(connection)
    if connection.dialect.name == "sqlite":
        wrong = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if wrong:
            raise RuntimeError(f"a migration left rows that point nowhere: {wrong[:5]}")
