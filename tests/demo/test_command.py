"""`encore demo` as people start it: a process with an address, which ends cleanly and leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

MOST_SECONDS = 60


@contextmanager
def started(folder: Path, *options: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Start the demo with its temporary folders in `folder`; give the process and the page's address."""
    with saying(folder, *options) as (process, line):
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert found is not None, line
        yield process, found.group()


@contextmanager
def saying(folder: Path, *options: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Start the demo; give the process and the line that it says when it is ready."""
    command = [sys.executable, "-W", "error", "-m", "bot", "demo", "--no-browser", "--days", "1", *options]
    environment = {**os.environ, "TMPDIR": str(folder), "ENCORE_SLACK_MODE": "http", "ENCORE_DATABASE_URL": "nonsense"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, process.stderr.read() if process.stderr else ""
            yield process, line
        finally:
            if process.poll() is None:
                process.kill()


def test_it_answers_takes_its_port_alone_and_ends_cleanly(tmp_path: Path) -> None:
    with started(tmp_path) as (process, address):
        seen = {"as": "U0SAMPLE01", "in": "C0SAMPLEMNL"}
        said = httpx.post(f"{address}say", data={**seen, "text": "/mystats"}, follow_redirects=True, trust_env=False)
        assert said.status_code == 200
        assert "Only visible to you" in said.text
        assert "Amihan Reyes" in said.text
        a_second_is_told_that_the_port_is_taken(httpx.URL(address).port)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=MOST_SECONDS)
    assert process.returncode == 0
    assert (out, err) == ("", "")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(address, trust_env=False)


def a_second_is_told_that_the_port_is_taken(port: int | None) -> None:
    command = [sys.executable, "-m", "bot", "demo", "--no-browser", "--days", "1", "--port", str(port)]
    second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=MOST_SECONDS)
    assert second.returncode == 1
    assert f"The port {port} is taken." in second.stderr
    assert "Traceback" not in second.stderr


def test_an_encore_that_nobody_has_set_up_is_set_up_with_the_code_that_it_tells(tmp_path: Path) -> None:
    with saying(tmp_path, "--empty") as (process, line):
        found = re.search(r"Type (/encore setup \w+): (http://\S+/) ", line)
        assert found is not None, line
        command, address = found.groups()
        seen = {"as": "U0SAMPLE01", "in": "C0SAMPLEMNL"}
        said = httpx.post(f"{address}say", data={**seen, "text": command}, follow_redirects=True, trust_env=False)
        assert "You are the first admin of Encore here." in said.text
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=MOST_SECONDS)
    assert process.returncode == 0


def test_a_kept_database_stays_after_ctrl_c(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with started(tmp_path, "--keep", str(kept), "--at", "2026-11-21T12:00") as (process, address):
        page = httpx.get(address, trust_env=False).text
        # A visitor begins where the welcome is, and not in some channel that they do not belong to.
        assert "<title>#general - Sample Contact Centre" in page
        assert "Welcome to the sample contact centre." in page
        assert "2026-11-21T12:0" in page
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=MOST_SECONDS)
    assert (process.returncode, out, err) == (0, "", "")
    assert list(tmp_path.iterdir()) == [kept]
    assert (kept / "encore.sqlite3").is_file()
