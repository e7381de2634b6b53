"""Whatever comes, in whatever order and pages, the figures are those that the facts give (requirement 52).

Facts are brought in, corrected, undone; shifts come late; identities are linked, people made one and moved. After each
sequence all figures are computed from nothing and must equal what stands, every fact must lie where it belongs, and
what the tables hold must be what a plain list of the imports says.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from bot.domain.facts import Fact, Feedback, Interaction, Kind, Presence, Shift
from bot.errors import EncoreError
from bot.store import facts as fact_store
from tests.postgres import Server
from tests.stories.facts import CEBU, DENVER, FACT_KINDS, LISBON, SOURCE, Centre, kind_of, moment

HIRED: Final = {"Ada": "Cebu", "Bea": "Denver"}
"""Whom the directory lists from the start."""
AGENTS: Final = ("a", "b", "c")
"""How the source calls people: somebody of that name comes to be where an import names a site."""
SITES: Final = {None: None, "Cebu": CEBU, "Denver": DENVER, "Lisbon": LISBON}
DAWN: Final = moment("2026-03-05 00:00", "UTC")
HOURS: Final = 72
EXAMPLES: Final = int(os.environ.get("ENCORE_EXAMPLES", "30"))
"""How many sequences are tried on SQLite; a night run may ask for more."""


@dataclass(frozen=True)
class Bring:
    """An import of one kind: where people not known yet belong, the rows in pages."""

    site: str | None
    rows: tuple[Fact, ...]
    page: int


@dataclass(frozen=True)
class Undo:
    """Take back one of the imports that still stand."""

    number: int


@dataclass(frozen=True)
class Link:
    person: str
    agent: str


@dataclass(frozen=True)
class Merge:
    kept: str
    gone: str


@dataclass(frozen=True)
class Hire:
    """Moved to another site from now on."""

    name: str
    site: str


Step = Bring | Undo | Link | Merge | Hire

moments = st.integers(0, HOURS * 2).map(lambda half_hours: DAWN + half_hours * 1800)
agents = st.sampled_from((*AGENTS, None))
people = st.sampled_from(tuple(HIRED))
seconds = st.sampled_from((None, 0, 60, 3600))

calls = st.builds(
    lambda name, agent, channel, start, talk, wrap_up, wait, reply, messages: Interaction(
        name, agent, channel, start, None if talk is None else start + talk, talk_seconds=talk,
        after_contact_seconds=wrap_up, wait_seconds=wait, reply_seconds=reply,
        messages=messages if channel == "chat" else None,
    ),
    st.sampled_from(("1", "2", "3", "4")), agents, st.sampled_from(("phone", "chat")), moments, seconds, seconds,
    seconds, seconds, st.sampled_from((None, "0,100,400")),
)  # fmt: skip
surveys = st.builds(
    lambda name, agent, about, sent, after, stars, cause, disputed: Feedback(
        name, agent, about, "phone", sent, None if after is None else sent + after,
        None if after is None else stars, None if after is None else 9, None, cause, disputed,
    ),
    st.sampled_from(("1", "2", "3")), agents, st.sampled_from(("1", "2", "3", None)), moments,
    st.sampled_from((None, 60, 50_000)), st.sampled_from((None, 1000, 4500)), st.sampled_from((None, "delivery")),
    st.sampled_from((0, 0, 1)),
)  # fmt: skip
shifts = st.builds(
    lambda name, agent, start, hours, activity: Shift(name, agent, start, start + hours * 3600, activity),
    st.sampled_from(("1", "2", "3")), agents, moments, st.sampled_from((1, 8, 12)),
    st.sampled_from(("work", "work", "work", "break")),
)  # fmt: skip
presences = st.builds(
    lambda name, agent, start, hours, state: Presence(name, agent, start, start + hours * 3600, state),
    st.sampled_from(("1", "2")), agents, moments, st.sampled_from((1, 3)), st.sampled_from(("queue", "ready", "break")),
)  # fmt: skip


def rows_of(rows: st.SearchStrategy[Fact]) -> st.SearchStrategy[Step]:
    together = st.lists(rows, min_size=1, max_size=5).map(tuple)
    return st.builds(Bring, st.sampled_from((None, None, "Cebu", "Denver")), together, st.integers(1, 5))


steps: st.SearchStrategy[Step] = st.one_of(
    rows_of(calls), rows_of(surveys), rows_of(shifts), rows_of(presences), rows_of(calls), rows_of(shifts),
    st.builds(Undo, st.integers(0, 8)), st.builds(Undo, st.integers(0, 3)),
    st.builds(Link, people, st.sampled_from(AGENTS)), st.builds(Link, people, st.sampled_from(AGENTS)),
    st.builds(Merge, st.sampled_from((*HIRED, *AGENTS)), st.sampled_from((*HIRED, *AGENTS))),
    st.builds(Hire, people, st.sampled_from(("Denver", "Lisbon"))),
)  # fmt: skip
sequences = st.lists(steps, min_size=3, max_size=12).map(tuple)

Rows = dict[str, Fact]


@dataclass
class Books:
    """What the tables must hold, kept by hand: the rows by kind and id, and what each import overwrote."""

    rows: dict[Kind, Rows] = field(default_factory=lambda: {kind: {} for kind in FACT_KINDS})
    before: dict[int, tuple[Kind, dict[str, Fact | None]]] = field(default_factory=dict)

    def bring(self, number: int, brought: tuple[Fact, ...]) -> None:
        kind = kind_of(brought[0])
        standing = self.rows[kind]
        kept: dict[str, Fact | None] = {}
        for row in brought:
            if standing.get(row.external_id) != row:
                kept.setdefault(row.external_id, standing.get(row.external_id))
            standing[row.external_id] = row
        self.before[number] = (kind, kept)

    def undo(self, number: int) -> None:
        kind, kept = self.before.pop(number)
        for name, row in kept.items():
            if row is None:
                del self.rows[kind][name]
            else:
                self.rows[kind][name] = row


def play(centre: Centre, sequence: tuple[Step, ...]) -> None:
    """Do every step that Encore does not refuse, then check everything."""
    for site in (CEBU, DENVER, LISBON):
        centre.begin("shifts", site=site)
    for name, where in HIRED.items():
        centre.hire(name, site=where)
    books = Books()
    for step in sequence:
        try:
            do(centre, books, step)
        except EncoreError as refusal:
            note(f"{step} was refused: {refusal}")
    for kind in FACT_KINDS:
        assert {p.record.external_id: p.record[2:] for p in centre.facts(kind)} == {
            name: named(row)[2:] for name, row in books.rows[kind].items()
        }
    centre.check()


def do(centre: Centre, books: Books, step: Step) -> None:
    match step:
        case Bring():
            number = centre.bring(*step.rows, site=SITES[step.site], page=step.page)
            books.bring(number, step.rows)
            assert centre.counts.new + centre.counts.changed + centre.counts.unchanged == len(step.rows)
        case Undo():
            for number in list(books.before)[step.number : step.number + 1]:
                centre.undo(number)
                books.undo(number)
        case Link():
            centre.link(step.person, step.agent)
        case Merge():
            centre.merge(step.kept, step.gone)
        case Hire():
            centre.hire(step.name, site=step.site)


def named(row: Fact) -> Fact:
    if isinstance(row, Feedback) and row.contact is not None:
        return row._replace(contact=fact_store.contact_key(SOURCE, row.contact))
    return row


Fresh = Callable[[], contextlib.AbstractContextManager[str]]


@pytest.fixture(scope="session")
def fresh_sqlite(sqlite_template: Path) -> Fresh:
    @contextlib.contextmanager
    def fresh() -> Iterator[str]:
        with tempfile.TemporaryDirectory(dir=sqlite_template.parent) as folder:
            yield f"sqlite:///{shutil.copyfile(sqlite_template, Path(folder, 'encore.sqlite3'))}"

    return fresh


@pytest.fixture(scope="session")
def fresh_postgres(postgres_server: Server) -> Fresh:
    return lambda: postgres_server.database("prepared")


def tell(fresh: Fresh, sequence: tuple[Step, ...]) -> None:
    with fresh() as url, contextlib.closing(Centre(url)) as centre:
        play(centre, sequence)


plainly = settings(deadline=None, derandomize=False, suppress_health_check=[HealthCheck.too_slow])


@settings(plainly, max_examples=EXAMPLES)
@given(sequences)
def test_the_figures_follow_from_the_facts_on_sqlite(fresh_sqlite: Fresh, sequence: tuple[Step, ...]) -> None:
    tell(fresh_sqlite, sequence)


@settings(plainly, max_examples=max(4, EXAMPLES // 10))
@given(sequences)
def test_the_figures_follow_from_the_facts_on_postgresql(fresh_postgres: Fresh, sequence: tuple[Step, ...]) -> None:
    tell(fresh_postgres, sequence)
