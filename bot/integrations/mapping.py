"""Mappings: TOML documents that say how the rows of a file become our records. docs/import.md is their reference."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.facts import Kind
from bot.errors import InputError
from bot.integrations.cells import guess
from bot.integrations.document import Document, SiteName, parse_document
from bot.integrations.plan import make_plan

_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping, parsed and checked."""

    kind: Kind
    source: str
    """The unique name of the source: a row is known by its source and external_id."""
    contact_source: str | None
    """Whose contacts feedback names, where that is another source than its own."""
    people_source: str | None
    """Whose names for agents the file uses, where that is another source than its own."""
    site: SiteName | None
    text: str
    """The TOML as it was written, to be kept with an import."""
    name: str
    """What to call it in messages: the name of its file."""
    columns: tuple[str, ...]
    """The columns of the file that it reads, in the order in which it names them."""
    document: Document = field(repr=False)


def load_mapping(path: Path) -> Mapping:
    """The mapping in a TOML file, or an `InputError`: the key that is wrong, what was found, what is possible."""
    if not path.exists():
        raise InputError(f"There is no mapping {path}")
    if not path.is_file():
        raise InputError(f"{path} is not a file; a mapping is a TOML file (see docs/import.md)")
    if path.stat().st_size > _LARGEST:
        raise InputError(f"{path} is too large for a mapping: more than 1 MB")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not a mapping: byte {error.start} is not utf-8 text") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    return parse_mapping(text, path.name)


def parse_mapping(text: str, name: str = "the mapping") -> Mapping:
    """The mapping in a TOML text, for one that was kept; `name` is for messages."""
    try:
        document = parse_document(tomllib.loads(text))
        if document.people_source and document.kind == "people":
            raise InputError("people_source is for every kind but people")
        columns: dict[str, int] = {}
        make_plan(document, lambda column: columns.setdefault(column, len(columns)))
        _check_columns(document, list(columns))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{name} is not TOML: {error}") from error
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    return Mapping(
        kind=document.kind,
        source=document.source,
        contact_source=document.contact_source,
        people_source=document.people_source,
        site=document.site,
        text=text,
        name=name,
        columns=tuple(columns),
        document=document,
    )


def _check_columns(document: Document, named: list[str]) -> None:
    columns = document.file.columns
    if columns is None:
        return
    for column in named:
        if column not in columns:
            raise InputError(
                f'file.columns does not list the column "{column}"{guess(column, columns)}; '
                f"it lists: {', '.join(columns)}"
            )
    if len(set(columns)) < len(columns):
        raise InputError("file.columns lists a column twice")
