"""`encore verify`: the proof of the ledger, and what of it is kept outside the database."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import clock
from bot.cli.console import Exit, database, plain_errors, say, show, show_json, write_new
from bot.domain.heads import Head, Heads, load
from bot.errors import InputError
from bot.store import ledger, proof
from bot.store.proof import Violation

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Export = Annotated[
    Path | None,
    typer.Option(help="Also write the heads of all accounts to this new file; keep it away from the database."),
]
Against = Annotated[
    Path | None, typer.Option(help="Also look whether all that was there at an earlier export still is.")
]


def verify(json: Json = False, export: Export = None, against: Against = None) -> None:
    """Prove every rule of the ledger; ends with status 1 if one does not hold."""
    with plain_errors(), database() as db:
        then = None if against is None else _read(against)
        counted, (found, known) = db.read_now(ledger.counts), db.read_now(proof.verify_and_list)
        if then is not None:
            found += db.read_now(proof.compare, then)
        # What does not hold is no measure for later.
        heads = None if export is None or found else _export(known, export)
    if json:
        violations = [{"rule": violation.rule, "where": violation.where} for violation in found]
        digest = {} if heads is None else {"sha256": heads.digest}
        show_json({"ok": not found, **counted, **digest, "violations": violations})
    else:
        _tell(counted, found, then, heads)
    if found:
        raise typer.Exit(Exit.REFUSED)


def _tell(counted: Mapping[str, int], found: list[Violation], then: Heads | None, heads: Heads | None) -> None:
    for violation in found:
        say(f"Does not hold: {violation.rule}. See {violation.where}.")
    if found:
        return
    held = ", ".join(f"{name} {count:,}" for name, count in counted.items())
    show(f"Every rule of the ledger holds ({held}).")
    if then is not None:
        show(f"All that was there on {then.at:%Y-%m-%d %H:%M} UTC still is.")
    if heads is not None:
        count = "1 head is" if len(heads.heads) == 1 else f"{len(heads.heads):,} heads are"
        show(f"{count} exported, SHA-256 {heads.digest}.")


def _export(known: list[Head], file: Path) -> Heads:
    heads = Heads(clock.now(), known)
    write_new(file, heads.dump())
    return heads


def _read(file: Path) -> Heads:
    try:
        return load(file.read_text(encoding="utf-8"), origin=str(file))
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not an export of `encore verify`.") from error
