"""The database comes to be on first use, once, and is what the table classes say."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from bot.store import migrations
from bot.store.database import Database, migrate
from bot.store.tables import METADATA
from tests.postgres import Server

VERSIONS = Path(migrations.__file__).parent / "versions"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database in which there is nothing yet; on SQLite not even its folder."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'encore.sqlite3'}"
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.database() as url:
        yield url


def version_of(url: str) -> list[str]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return [row[0] for row in connection.execute(text("SELECT version_num FROM alembic_version"))]
    finally:
        engine.dispose()


def test_head_is_the_newest_file() -> None:
    revisions = {}
    for path in VERSIONS.glob("*.py"):
        words = dict(re.findall(r'^(revision|down_revision)(?:: .*)? = "?(\w+)"?$', path.read_text(), re.MULTILINE))
        assert path.name.startswith(f"{words['revision']}_")
        revisions[words["revision"]] = words["down_revision"]
    newest = set(revisions) - set(revisions.values())
    assert newest == {migrations.HEAD} == {max(revisions)}


def test_the_tables_and_the_migrations_agree(database_url: str) -> None:
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, METADATA) == []
            made = {
                table: inspect(connection).get_pk_constraint(table)["constrained_columns"] for table in METADATA.tables
            }
            for name, table in METADATA.tables.items():
                assert made[name] == [column.name for column in table.primary_key.columns]
    finally:
        engine.dispose()


def test_migrating_twice_is_harmless(empty_url: str) -> None:
    migrate(empty_url)
    with_it = Database(empty_url)
    with_it.write_now(lambda session: session.connection().execute(text("INSERT INTO site VALUES (1, 'Cebu', 'UTC')")))
    with_it.close()
    migrate(empty_url)
    assert version_of(empty_url) == [migrations.HEAD]
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        migrations.upgrade(connection)
        assert connection.execute(text("SELECT name FROM site")).scalar() == "Cebu"
    engine.dispose()


def test_people_of_an_older_version_can_be_called_by_their_names(empty_url: str) -> None:
    Database(empty_url).close()
    engine = create_engine(empty_url)
    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        for name in inspect(connection).get_table_names():
            cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
            connection.execute(text(f'DROP TABLE "{name}"{cascade}'))
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.execute(
            text("INSERT INTO person (id, name, created_at) VALUES (1, 'Zoë O''Hara', '2026-01-01 00:00:00+00:00')")
        )
        command.upgrade(config, migrations.HEAD)
        assert connection.execute(text("SELECT called FROM person")).scalar() == "zoe"
    engine.dispose()


def test_processes_that_start_together_migrate_once(empty_url: str) -> None:
    """They wait for each other, and all of them can work."""
    program = "import sys\nfrom bot.store.database import Database\nsys.stdin.read(1)\nDatabase(sys.argv[1]).close()\n"
    processes = [
        subprocess.Popen([sys.executable, "-c", program, empty_url], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"!")
        process.stdin.flush()
    errors = [process.communicate(timeout=60)[1].decode() for process in processes]
    assert errors == ["", ""]
    assert [process.returncode for process in processes] == [0, 0]
    assert version_of(empty_url) == [migrations.HEAD]
