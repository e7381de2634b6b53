"""The databases of the tests: each test has its own, and no server outlives its run."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from tests.postgres import Server, running_server

ROOT = Path(__file__).resolve().parent.parent

# Says where its server is, and then is busy for as long as there is one.
PROBE = """
import time
from pathlib import Path

def test_probe(postgres_server, sqlite_template):
    pid = (postgres_server.folder / "data" / "postmaster.pid").read_text().split()[0]
    Path(__file__).with_name("unfinished").write_text(f"{pid} {postgres_server.folder}")
    Path(__file__).with_name("unfinished").rename(Path(__file__).with_name("running"))
    while sqlite_template.exists():
        time.sleep(0.1)
"""


@contextlib.contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def wait_until(is_so: Callable[[], bool]) -> None:
    for _ in range(60 * 20):
        if is_so():
            return
        time.sleep(1 / 20)
    pytest.fail("Not within a minute.")


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_its_own_prepared_database(database_url: str, turn: int) -> None:
    with connected(database_url) as connection:
        tables = inspect(connection).get_table_names()
        assert "alembic_version" in tables
        assert "mine" not in tables
        connection.execute(text("CREATE TABLE mine (id INTEGER)"))


def test_a_database_goes_while_somebody_is_still_connected(postgres_server: Server) -> None:
    with postgres_server.database() as url:
        engine = create_engine(url)
        forgotten = engine.connect()
    forgotten.invalidate()
    engine.dispose()
    with pytest.raises(OperationalError, match="does not exist"), connected(url):
        pass


def test_a_preparation_that_failed_is_not_copied(postgres_server: Server) -> None:
    def fail(url: str) -> None:
        with connected(url) as connection:
            connection.execute(text("CREATE TABLE half (id INTEGER)"))
        raise OSError("interrupted")

    with pytest.raises(OSError, match="interrupted"):
        postgres_server.prepare("another", fail)
    postgres_server.prepare("another", lambda _: None)
    with postgres_server.database("another") as url, connected(url) as connection:
        assert inspect(connection).get_table_names() == []


def test_a_durable_server_waits_for_the_disk_and_is_removed() -> None:
    with running_server(durable=True) as server, server.database() as url, connected(url) as connection:
        assert connection.execute(text("SHOW fsync")).scalar() == "on"
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
    assert not server.folder.parent.exists()


@pytest.mark.parametrize("kill", [os.kill, os.killpg], ids=["controller", "with its workers"])
def test_a_killed_run_leaves_nothing_behind(
    tmp_path: Path, postgres_server: Server, kill: Callable[[int, int], None]
) -> None:
    (tmp_path / "test_probe.py").write_text(PROBE)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-n", "1"]
    command += ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), str(tmp_path / "test_probe.py")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    with (tmp_path / "output").open("wb") as output:
        run = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True)
    wait_until(lambda: (tmp_path / "running").exists() or run.poll() is not None)
    assert run.poll() is None, (tmp_path / "output").read_text()
    pid, folder = (tmp_path / "running").read_text().split(maxsplit=1)

    kill(run.pid, signal.SIGKILL)
    run.wait()

    wait_until(lambda: not Path(folder).parent.exists())
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)
    assert postgres_server.folder.exists()
