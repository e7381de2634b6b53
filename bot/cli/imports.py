"""`encore import`: files in, and back out again."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli import clock
from bot.cli.console import ERR, database, plain, plain_errors, say, show, show_json, whole
from bot.domain.facts import Kind
from bot.errors import InputError
from bot.integrations import files
from bot.integrations.files import Mapping, Page, Rejected
from bot.services import imports, people
from bot.services.facts import Counts, Origin
from bot.services.imports import NewImport, Reading
from bot.store.database import Database

BATCH_SECONDS: Final = 0.1
"""How long one transaction should take: half of what a command may have to wait at most."""

FIRST_ROWS, FEWEST_ROWS, MOST_ROWS = 100, 10, 10_000
LISTED: Final = 1_000
"""So many rejected rows are told one by one; the rest are counted, so that memory stays flat."""

app = typer.Typer(no_args_is_help=True, help="Read figures from files, or take an import back.")


@dataclass(slots=True)
class _Tally:
    """What came of a file so far."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)
    rejected_more: int = 0
    agents: set[str] = field(default_factory=set)

    def add(self, page: Page, counts: Counts) -> None:
        self.read += page.read
        self.new += counts.new
        self.changed += counts.changed
        self.unchanged += counts.unchanged
        self.skipped.update(page.skipped)
        self.agents |= {r.agent for r in page.records if r.agent is not None}
        refused = [Rejected(page.lines[r.index], r.field, r.value, r.why) for r in counts.refused]
        found = [*page.rejected, *refused]
        room = LISTED - len(self.rejected)
        self.rejected += found[:room]
        self.rejected_more += max(0, len(found) - room)


class _Batches:
    """How many rows the next batch holds, learnt from how long the last one took."""

    def __init__(self) -> None:
        self.rows = FIRST_ROWS

    def took(self, rows: int, seconds: float) -> None:
        fitting = int(rows * BATCH_SECONDS / max(seconds, 1e-6))
        self.rows = max(FEWEST_ROWS, min(MOST_ROWS, fitting, 2 * self.rows))


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    undo: Annotated[
        int | None, typer.Option(help="Take back all that this import brought.", metavar="ID", parser=whole)
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show the newest imports.")] = False,
) -> None:
    """Read figures from files, or take an import back."""
    if context.invoked_subcommand is None and undo is not None:
        with plain_errors(), database() as db:
            _undo(db, undo)
    elif context.invoked_subcommand is None and list_:
        with plain_errors(), database() as db:
            _list(db)


def _command(kind: Kind, words: str) -> None:
    def read(
        file: Annotated[Path, typer.Argument(help="CSV, TSV or JSON lines.")],
        mapping: Annotated[Path, typer.Option(help="What each column is: see docs/import.md.")],
        json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and compare; save nothing.")] = False,
        strict: Annotated[bool, typer.Option("--strict", help="Save nothing where any row is rejected.")] = False,
    ) -> None:
        with plain_errors():
            _import(kind, file, files.load_mapping(mapping), as_json=json, dry_run=dry_run, strict=strict)

    app.command(kind, help=words)(read)


_command("interactions", "Contacts: calls, chats, messages, e-mails.")
_command("feedback", "Surveys and customers' answers.")
_command("shifts", "The roster.")
_command("presence", "What people were really doing: log-ins, breaks, ready, away.")
_command("people", "Who works here: names, addresses, sites, teams, Slack ids.")


def _import(kind: Kind, path: Path, mapping: Mapping, *, as_json: bool, dry_run: bool, strict: bool) -> None:
    if mapping.kind != kind:
        raise InputError(f"{mapping.name} is a mapping for {mapping.kind}: use `encore import {mapping.kind}`.")
    batches = _Batches()
    pages = files.read(path, mapping, page_size=lambda: batches.rows)
    tally = _Tally()
    with database() as db, _progress(path) as moved:
        site = None if mapping.site is None else (mapping.site.name, mapping.site.zone)
        new = NewImport(
            kind, mapping.source, path.name, mapping.text, site, mapping.contact_source,
            people_source=mapping.people_source,
        )  # fmt: skip
        rehearsal = Origin(
            kind, mapping.source, 0, contact_source=mapping.contact_source, people_source=mapping.people_source
        )
        if strict:
            _refuse_bad_rows(db, path, mapping, rehearsal)
        # The file may still be refused as a whole: an import that never began needs no finishing.
        first = next(pages, None)
        origin = rehearsal if dry_run else db.write_now(imports.begin, clock.now(), new)
        for page in chain([] if first is None else [first], pages):
            started = clock.stopwatch()
            if dry_run:
                counts = db.write_now(imports.rehearse_page, clock.now(), origin, page.records)
            else:
                reading = Reading(page.read, page.skipped, len({r.line for r in page.rejected}))
                counts = db.write_now(imports.take_page, clock.now(), origin, page.records, reading)
            batches.took(page.read, clock.stopwatch() - started)
            tally.add(page, counts)
            moved(page.position)
        if not dry_run:
            db.write_now(imports.finish, clock.now(), origin.import_id)
        unmatched = _unmatched(db, kind, mapping.people_source or mapping.source, tally)
    import_id = None if dry_run else origin.import_id
    if as_json:
        show_json(_document(import_id, tally, unmatched))
    else:
        _report(import_id, tally, unmatched)


def _refuse_bad_rows(db: Database, path: Path, mapping: Mapping, origin: Origin) -> None:
    """Read the whole file first: with --strict nothing is saved where any row is bad."""
    tally = _Tally()
    for page in files.read(path, mapping, page_size=lambda: FIRST_ROWS):
        tally.add(page, db.write_now(imports.rehearse_page, clock.now(), origin, page.records))
    if tally.rejected:
        _tell_rejected(tally.rejected, tally.rejected_more)
        raise InputError(f"{path.name} has rows that cannot be read, and --strict was asked for: nothing was saved.")


def _unmatched(db: Database, kind: Kind, source: str, tally: _Tally) -> list[str]:
    if kind == "people":
        return []
    return db.read_now(people.unmatched, source, sorted(tally.agents))


def _document(import_id: int | None, tally: _Tally, unmatched: list[str]) -> dict[str, Any]:
    document = {
        "import": import_id, "read": tally.read, "new": tally.new, "changed": tally.changed,
        "unchanged": tally.unchanged, "skipped": dict(tally.skipped),
        "rejected": [asdict(r) for r in tally.rejected], "unmatched_agents": unmatched,
    }  # fmt: skip
    return document | ({"rejected_more": tally.rejected_more} if tally.rejected_more else {})


def _report(import_id: int | None, tally: _Tally, unmatched: list[str]) -> None:
    what = "Dry run, nothing saved" if import_id is None else f"Import {import_id}"
    show(
        f"{what}: {tally.read:,} rows read, {tally.new:,} new, {tally.changed:,} changed, {tally.unchanged:,} unchanged"
    )
    for reason, times in tally.skipped.items():
        show(f"  {times:,} left out: {reason}")
    _tell_rejected(tally.rejected, tally.rejected_more)
    if unmatched:
        show(f"  {len(unmatched)} agents are not linked to Slack yet: {', '.join(unmatched)}")
        show("  Link one with: encore people link NAME --slack U0123456789")
    if import_id is not None:
        show(f"  Take it back with: encore import --undo {import_id}")


def _tell_rejected(rejected: list[Rejected], more: int) -> None:
    for row in rejected[:20]:
        say(f"  line {row.line}{', ' + row.field if row.field else ''}: “{row.value}” {row.why}")
    rest = len(rejected) - 20 + more
    if rest > 0:
        say(f"  and {rest:,} more; --json lists them")


def _undo(db: Database, import_id: int) -> None:
    record = db.read_now(imports.check_undo, import_id)
    undone = 0
    while page := db.write_now(imports.undo_page, clock.now(), record):
        undone += page
    show(f"Import {import_id} is undone: {undone:,} rows of {record.file_name} taken back.")


def _list(db: Database) -> None:
    found = db.read_now(imports.list_newest)
    if not found:
        show("Nothing was imported yet.")
    for r in found:
        state = "undone" if r.undone_at else "done" if r.finished_at else "not finished: import the file again"
        show(
            f"{r.id:>5}  {r.started_at:%Y-%m-%d %H:%M} UTC  {r.kind:<12} {r.file_name}  {r.read:,} read, {r.new:,} new, "
            f"{r.changed:,} changed, {r.rejected:,} rejected  {state}"
        )


@contextmanager
def _progress(path: Path) -> Iterator[Callable[[int], None]]:
    """Show how much of the file is read, on standard error, where somebody is watching."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as progress:
        task = progress.add_task(plain(path.name), total=path.stat().st_size)
        yield lambda position: progress.update(task, completed=position)
