"""What every command needs: the database, plain errors with their exit status, JSON on standard output only."""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

import typer
from rich.console import Console
from typer.core import TyperCommand

from bot.errors import EncoreError, InputError, NotFoundError
from bot.settings import load_settings
from bot.store.database import Database

OUT = Console(soft_wrap=True, highlight=False)
ERR = Console(stderr=True, soft_wrap=True, highlight=False)

_CONTROLS: Final = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if code != ord("\n")}


_WHOLE: Final = re.compile(r"-?[0-9]{1,18}")


class Exit(IntEnum):
    """How a command ends: done, refused, used wrongly (typer's own), or asked for what is unknown or ambiguous."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    UNKNOWN = 3


@contextmanager
def database() -> Iterator[Database]:
    """Open the database that the settings name, and close it afterwards."""
    db = Database(load_settings().database_url)
    try:
        yield db
    finally:
        db.close()


@contextmanager
def plain_errors() -> Iterator[None]:
    """Tell an error in its own words on standard error, and end with its status."""
    try:
        yield
    except NotFoundError as error:
        say(str(error))
        raise typer.Exit(Exit.UNKNOWN) from error
    except EncoreError as error:
        say(str(error))
        raise typer.Exit(Exit.REFUSED) from error


def plain(words: str) -> str:
    """Return the words with control characters written out: those of a file's cell could steer the terminal."""
    return words.translate(_CONTROLS)


def say(words: str) -> None:
    """Print to standard error, as it is: names and file contents are never read as markup."""
    ERR.print(plain(words), markup=False, emoji=False)


def show(words: str) -> None:
    """Print to standard output, as it is."""
    OUT.print(plain(words), markup=False, emoji=False)


def show_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their titles, each column as wide as it must be; the last is as long as it is."""
    widths = [max(len(row[n]) for row in (titles, *rows)) for n in range(len(titles) - 1)]
    for row in (titles, *rows):
        cells = [f"{cell:<{width}}" for cell, width in zip(row[:-1], widths, strict=True)]
        show("  ".join([*cells, row[-1]]).rstrip())


def show_json(value: Any) -> None:
    """Print one JSON document to standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, default=str)
    sys.stdout.write("\n")


def whole(text: str) -> int:
    """Return a whole number that was typed. Raises typer.BadParameter, which says which word it is that is none."""
    if not _WHOLE.fullmatch(text):
        raise typer.BadParameter(f"“{plain(text)}” is no whole number of at most 18 digits, such as 50.")
    return int(text)


class WithNumbers(TyperCommand):
    """A command to which -5 is a number: there are no options of digits."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what was typed."""
        ctx.ignore_unknown_options = any(_WHOLE.fullmatch(arg) for arg in args if arg.startswith("-"))
        return super().parse_args(ctx, args)


def write_new(file: Path, content: str | bytes) -> None:
    """Write a file that must not be there yet, words as UTF-8. InputError where it cannot be."""
    try:
        with file.open("xb") as out:
            out.write(content.encode() if isinstance(content, str) else content)
    except FileExistsError as error:
        raise InputError(f"{file} is there already; name another file.") from error
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}.") from error
