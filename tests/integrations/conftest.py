"""What the tests of files share: a file and a mapping are written, and what reading them gives is returned."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.facts import Record
from bot.integrations.files import Mapping, Page, Rejected, parse_mapping, read

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"

CALLS = """
kind = "interactions"
source = "calls"
[site]
name = "Lisbon"
zone = "Europe/Lisbon"
[fields]
external_id = "id"
agent = "agent"
channel = { constant = "phone" }
start = "start"
talk_seconds = "talk"
"""
"""The mapping of a small call log with the columns id, agent, start and talk."""


@dataclass
class Outcome:
    records: list[Record]
    lines: list[int]
    read: int
    skipped: dict[str, int]
    rejected: list[Rejected]
    pages: list[Page]

    def column(self, name: str) -> list[object]:
        """One field of every record."""
        return [getattr(record, name) for record in self.records]


def read_all(path: Path, mapping: Mapping, page_size: int = 100) -> Outcome:
    pages = list(read(path, mapping, page_size=lambda: page_size))
    skipped: dict[str, int] = {}
    for page in pages:
        for reason, count in page.skipped.items():
            skipped[reason] = skipped.get(reason, 0) + count
    return Outcome(
        records=[record for page in pages for record in page.records],
        lines=[line for page in pages for line in page.lines],
        read=sum(page.read for page in pages),
        skipped=skipped,
        rejected=[rejected for page in pages for rejected in page.rejected],
        pages=pages,
    )


Reading = Callable[..., Outcome]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """Reads a text (or bytes) as a file through the text of a mapping."""

    def run(content: str | bytes, mapping: str = CALLS, name: str = "calls.csv", page_size: int = 100) -> Outcome:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_all(path, parse_mapping(mapping, "calls.toml"), page_size)

    return run
