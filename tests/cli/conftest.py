"""The command line over a database of its own, in an empty folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app

CALLS = """
kind = "interactions"
source = "calls"
[site]
name = "Cebu"
zone = "Asia/Manila"
[fields]
external_id = "id"
agent = "agent"
channel = { constant = "phone" }
start = "start"
talk_seconds = "talk"
"""

SURVEYS = """
kind = "feedback"
source = "tool"
contact_source = "calls"
[site]
name = "Cebu"
zone = "Asia/Manila"
[fields]
external_id = "id"
contact = "call"
channel = { constant = "phone" }
responded = "at"
stars = "stars"
"""

PEOPLE = """
kind = "people"
source = "directory"
[fields]
external_id = "id"
agent = "name"
email = "mail"
site = "site"
"""

ROWS = """id,agent,start,talk
1,Ada,2026-03-05T10:00,60
2,Ada,2026-03-05T11:00,30
3,O'Brien [red]Pat[/],2026-03-05T11:00,20
"""


@dataclass
class Said:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Line:
    """The command line, as somebody types it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("calls.toml", CALLS)
        self.write("surveys.toml", SURVEYS)
        self.write("people.toml", PEOPLE)
        self.write("calls.csv", ROWS)

    def __call__(self, *words: object) -> Said:
        result = CliRunner().invoke(app, [str(word) for word in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    def write(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return path

    def load(self, kind: str = "interactions", name: str = "calls", *options: str) -> Said:
        return self("import", kind, self.folder / f"{name}.csv", "--mapping", self.folder / f"{name}.toml", *options)


@pytest.fixture
def line(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.setenv("ENCORE_DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    return Line(tmp_path)
