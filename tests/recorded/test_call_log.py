"""A real month of calls through the command line, counted again by the standard library alone."""

import csv
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from bot.cli import app
from bot.domain.metrics import METRICS

pytestmark = pytest.mark.recorded

ROOT: Final = Path(__file__).resolve().parents[2]
EXAMPLES: Final = ROOT / "docs" / "examples"
MONTH: Final = ("--from", "1999-02-01", "--to", "1999-02-28")
DayKey = tuple[str, str]


@pytest.fixture(scope="module")
def log(recorded_folder: Path) -> Path:
    return recorded_folder / "datasets" / "anonymous_bank_1999" / "data_anonymous_bank_february.txt"


@dataclass(frozen=True)
class Counted:
    """Every row with an agent, on the row's own date, by agent and day."""

    contacts: Counter[DayKey]
    talk: Counter[DayKey]
    longest: dict[DayKey, int]

    def of_month(self, figure: Counter[DayKey]) -> Counter[str]:
        month: Counter[str] = Counter()
        for (agent, _), number in figure.items():
            month[agent] += number
        return month


@pytest.fixture(scope="module")
def counted(log: Path) -> Counted:
    contacts: Counter[DayKey] = Counter()
    talk: Counter[DayKey] = Counter()
    longest: dict[DayKey, int] = defaultdict(int)
    with log.open(newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["server"] != "NO_SERVER":
                key = row["server"], datetime.strptime(f"{row['date']}+0000", "%y%m%d%z").date().isoformat()
                contacts[key] += 1
                talk[key] += int(row["ser_time"])
                longest[key] = max(longest[key], int(row["ser_time"]))
    return Counted(contacts, talk, longest)


class Line:
    """The command line, and the database looked at from outside."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.environment = {"ENCORE_DATABASE_URL": url}

    def __call__(self, *words: object, status: int = 0) -> str:
        result = CliRunner().invoke(app, [str(word) for word in words], env=self.environment)
        assert result.exit_code == status, result.stderr
        return result.stderr if status else result.stdout

    def json(self, *words: object) -> Any:
        return json.loads(self(*words, "--json"))

    def read(self, log: Path) -> Any:
        return self.json("import", "interactions", log, "--mapping", EXAMPLES / "bank_calls.toml")

    def start_reading(self, log: Path) -> subprocess.Popen[bytes]:
        """Read the file in a process of its own."""
        words = ["import", "interactions", log, "--mapping", EXAMPLES / "bank_calls.toml"]
        command = [sys.executable, "-m", "bot", *map(str, words)]
        return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **self.environment}, stdout=subprocess.DEVNULL)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        url = make_url(self.url)
        if url.get_backend_name() == "sqlite":
            connection = sqlite3.connect(f"file:{url.database}?mode=ro", uri=True, timeout=30)
            try:
                return connection.execute(sql).fetchall()
            finally:
                connection.close()
        with psycopg.connect(url.set(drivername="postgresql").render_as_string()) as outside:
            return outside.execute(sql.encode()).fetchall()

    def figures(self) -> list[tuple[Any, ...]]:
        """Return all figures, by names: numbers of people may differ from one database to the next."""
        parts = "CAST(d.work_day AS TEXT), d.metric, d.channel, d.numerator, d.denominator, d.count, d.buckets"
        people = self.rows(f"SELECT p.name, {parts} FROM day_stat d JOIN person p ON p.id = d.person_id")
        sites = self.rows(f"SELECT s.name, {parts} FROM site_stat d JOIN site s ON s.id = d.site_id")
        return sorted(people + sites, key=repr)

    def of_days(self, metric: str) -> dict[DayKey, tuple[int, int]]:
        """Return (numerator, count) of one metric by agent and day."""
        sql = (
            "SELECT p.name, CAST(d.work_day AS TEXT), d.numerator, d.count FROM day_stat d "
            f"JOIN person p ON p.id = d.person_id WHERE d.metric = '{metric}'"
        )
        return {(name, day): (numerator, count) for name, day, numerator, count in self.rows(sql)}


@pytest.fixture
def line(postgres_url: str) -> Line:
    return Line(postgres_url)


@pytest.fixture(scope="module")
def undisturbed(log: Path) -> list[tuple[Any, ...]]:
    """All figures of an import that nothing disturbs, into SQLite: the month itself is read into PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        line = Line(f"sqlite:///{folder}/new/encore.sqlite3")
        first = line.read(log)
        assert (first["read"], first["new"], first["changed"], first["unchanged"]) == (33_344, 26_671, 0, 0)
        assert (len(first["unmatched_agents"]), first["rejected"]) == (24, [])
        assert first["skipped"] == {"phantom call": 278, "no agent": 6_395}
        return line.figures()


def test_the_month_is_read_whatever_happens_counted_and_taken_back(
    line: Line, log: Path, counted: Counted, undisturbed: list[tuple[Any, ...]]
) -> None:
    taken = read_and_kill(line, log)
    second = line.read(log)
    assert (second["read"], second["new"], second["changed"]) == (33_344, 26_671 - taken, 0)
    assert second["unchanged"] == taken
    figures = line.figures()
    assert figures == undisturbed

    every_day_is_as_counted_by_hand(line, counted)
    the_month_is_as_counted_by_hand(line, counted)
    every_metric_has_a_board(line, counted)

    third = line.read(log)
    assert (third["new"], third["changed"], third["unchanged"]) == (0, 0, 26_671)
    assert line("rebuild") == "25 people and sites computed anew; 0 figures differed.\n"
    the_coverage_pattern_is_refused(line, log)
    assert line.figures() == figures

    line("import", "--undo", 2)
    line("import", "--undo", 1)
    assert line.figures() == []
    assert line.rows("SELECT count(*) FROM interaction") == [(0,)]


def read_and_kill(line: Line, log: Path) -> int:
    """Kill an import after at least three committed batches; return how many contacts are there."""
    process = line.start_reading(log)
    batches: set[int] = set()
    while len(batches) < 3:
        assert process.poll() is None, "The import was over before it could be killed."
        batches |= {read for (read,) in line.rows('SELECT read FROM "import"') if read}
        time.sleep(0.005)
    process.kill()
    process.wait()
    ((read, new, finished),) = line.rows('SELECT read, new, finished_at FROM "import"')
    assert 0 < read < 33_344
    assert finished is None
    # What was committed is whole: the facts of every finished batch, and their figures.
    assert line.rows("SELECT count(*) FROM interaction") == [(new,)]
    assert line.rows("SELECT sum(numerator) FROM day_stat WHERE metric = 'volume'") == [(new,)]
    return int(new)


def every_day_is_as_counted_by_hand(line: Line, counted: Counted) -> None:
    contacts = counted.contacts
    assert line.of_days("volume") == {key: (n, n) for key, n in contacts.items()}
    assert line.of_days("handle_time") == {key: (counted.talk[key], n) for key, n in contacts.items()}
    assert line.of_days("longest_contact") == {key: (counted.longest[key], n) for key, n in contacts.items()}
    assert {row[0] for row in line.figures() if row[2] == "first_response"} == {"Anonymous Bank"}


def the_month_is_as_counted_by_hand(line: Line, counted: Counted) -> None:
    contacts, talk = counted.of_month(counted.contacts), counted.of_month(counted.talk)
    agent = max(counted.longest, key=lambda key: counted.longest[key])[0]
    found = line.json("stats", agent, *MONTH)["metrics"]
    assert (found["longest_contact"]["value"], found["longest_contact"]["numerator"]) == (4_264, 4_264)
    assert (found["volume"]["value"], found["volume"]["denominator"]) == (contacts[agent], None)
    assert (found["handle_time"]["numerator"], found["handle_time"]["denominator"]) == (talk[agent], contacts[agent])
    assert found["handle_time"]["value"] == pytest.approx(talk[agent] / contacts[agent])
    assert found["service_level"]["value"] is found["csat"]["value"] is found["first_response"]["value"] is None
    bank = line.json("stats", "--site", "Anonymous Bank", *MONTH)["metrics"]
    assert (bank["volume"]["value"], bank["handle_time"]["numerator"]) == (26_671, sum(talk.values()))
    assert bank["first_response"]["count"] == 14_091
    assert bank["first_response"]["value"]["median"] < bank["first_response"]["value"]["p90"]


def every_metric_has_a_board(line: Line, counted: Counted) -> None:
    for metric in METRICS:
        board = line.json("board", metric, "--period", "month", "--on", "1999-02-14")
        assert bool(board["rows"]) == (metric in {"volume", "handle_time", "longest_contact"})
    board = line.json("board", "volume", "--period", "month", "--on", "1999-02-14", "--site", "anonymous bank")
    contacts = counted.of_month(counted.contacts)
    ranked = sorted((-n, agent) for agent, n in contacts.items() if n >= 5)
    assert [(-r["value"], r["agent"]) for r in board["rows"]] == ranked
    assert board["unranked"] == len(contacts) - len(ranked)


def the_coverage_pattern_is_refused(line: Line, log: Path) -> None:
    """It has hours and counts, no people and no dates."""
    imports = line.rows('SELECT count(*) FROM "import"')
    pattern = log.with_name("data_anonymous_bank_shifts.csv")
    told = line("import", "shifts", pattern, "--mapping", EXAMPLES / "shifts.toml", "--json", status=1)
    assert "expected the columns: Kind, Agent, Date, From, To" in told
    assert "found: Hour, StartTime, Shift1, Shift2," in told
    assert line.rows("SELECT count(*) FROM shift") == [(0,)]
    assert line.rows('SELECT count(*) FROM "import"') == imports
