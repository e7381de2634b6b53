"""The triggers that keep the ledger append-only, on both databases."""

from typing import Final

from sqlalchemy import Connection

APPEND_ONLY: Final = ("txn", "entry")
DEEDS: Final = ("UPDATE", "DELETE")
WHOLE: Final = "entry_whole_amounts"
"""On SQLite a column of whole numbers takes 1.5 as well; on PostgreSQL the type sees to it."""
WORDS: Final = "the ledger is append-only: a correction is a reversal"


def create(connection: Connection) -> None:
    """Make every trigger that is missing, anew where it exists; the tables must be there."""
    on_postgres = connection.dialect.name == "postgresql"
    for statement in _postgres() if on_postgres else _sqlite():
        connection.exec_driver_sql(statement)


def missing(connection: Connection) -> list[str]:
    """Return the names of the triggers that are not there, or switched off."""
    if connection.dialect.name == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        wanted = {f"{table}_append_only" for table in APPEND_ONLY} | {f"{table}_no_truncate" for table in APPEND_ONLY}
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        wanted = {_name(table, deed) for table in APPEND_ONLY for deed in DEEDS} | {WHOLE}
    there = {str(row[0]) for row in connection.exec_driver_sql(query)}
    return sorted(wanted - there)


def _name(table: str, deed: str) -> str:
    return f"{table}_no_{deed.lower()}"


def _sqlite() -> list[str]:
    # INSERT OR REPLACE deletes first, which these see because recursive_triggers is on.
    statements = []
    for table in APPEND_ONLY:
        for deed in DEEDS:
            name = _name(table, deed)
            statements.append(f"DROP TRIGGER IF EXISTS {name}")
            statements.append(
                f"CREATE TRIGGER {name} BEFORE {deed} ON {table} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
            )
    whole = "typeof(NEW.amount) <> 'integer' OR typeof(COALESCE(NEW.balance_after, 0)) <> 'integer'"
    return [
        *statements,
        f"DROP TRIGGER IF EXISTS {WHOLE}",
        (
            f"CREATE TRIGGER {WHOLE} BEFORE INSERT ON entry WHEN {whole} "
            "BEGIN SELECT RAISE(ABORT, 'amounts are whole numbers'); END"
        ),
    ]


def _postgres() -> list[str]:
    body = f"BEGIN RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'restrict_violation'; END"
    statements = [f"CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"]
    for table in APPEND_ONLY:
        rows, whole = f"{table}_append_only", f"{table}_no_truncate"
        statements += [
            f"DROP TRIGGER IF EXISTS {rows} ON {table}",
            f"CREATE TRIGGER {rows} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION append_only()",
            f"DROP TRIGGER IF EXISTS {whole} ON {table}",
            f"CREATE TRIGGER {whole} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION append_only()",
        ]
    return statements
