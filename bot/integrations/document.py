"""The mapping as its author writes it: the tables and keys of the TOML document, and how its mistakes read."""

from collections.abc import Mapping as Table
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from bot.domain.facts import Kind
from bot.errors import InputError
from bot.integrations.cells import guess


def _text(value: object) -> object:
    """TOML numbers and yes/no stand for the text that a cell would hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _texts(value: object) -> object:
    return [_text(item) for item in value] if isinstance(value, list) else [_text(value)]


def _list(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e15 < value < 1e15:
        raise PydanticCustomError("number", "must be a number")
    return value


def _field(value: object) -> object:
    return {"field": value} if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_texts)]
Number = Annotated[float, BeforeValidator(_number)]
Name = Annotated[str, Field(min_length=1, max_length=100)]


class _Table(BaseModel):
    """A table of the document. Its keys are its fields; an unknown key is refused with the nearest one."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=(), populate_by_name=True)
    short: ClassVar[str | None] = None
    """The key that is meant where a plain text stands in place of the table."""

    @model_validator(mode="before")
    @classmethod
    def _keys(cls, value: object) -> object:
        if isinstance(value, str) and cls.short:
            return {cls.short: value}
        if not isinstance(value, Table):
            raise PydanticCustomError("table", "must be a table of keys")
        possible = cls.written()
        for key in value:
            if key not in possible:
                text = f'has the unknown key "{key}"{guess(str(key), possible)}; possible: {", ".join(possible)}'
                # The text is passed as a value, since braces in it would be read as places to fill.
                raise PydanticCustomError("key", "{text}", {"text": text})
        return value

    @classmethod
    def written(cls) -> list[str]:
        """The keys as they are written."""
        return [field.alias or key for key, field in cls.model_fields.items()]


class Test(_Table):
    """A question about one cell: a column and exactly one of the other keys."""

    column: Name | None = None
    equals: Texts | None = None
    not_equals: Texts | None = None
    empty: StrictBool | None = None
    matches: str | None = None
    below: Number | None = None
    above: Number | None = None


Tests = Annotated[tuple[Test, ...], BeforeValidator(_list)]


class Otherwise(_Table):
    """What becomes of a text that is not in the table of values."""

    short = "word"

    word: Literal["keep", "reject", "empty"] | None = None
    constant: Text | None = None


class Way(_Table):
    """How a field gets its value; a plain text is the name of a column. docs/import.md explains each key."""

    short = "column"

    column: Name | None = None
    columns: tuple[Name, ...] | None = None
    join: str = "-"
    constant: Text | None = None
    first_of: tuple["Way", ...] | None = None
    date: Name | None = None
    time: Name | None = None
    field: Name | None = None
    plus: "Other | None" = None
    minus: "Other | None" = None
    from_: "Other | None" = Field(default=None, alias="from")
    to: "Other | None" = None

    when: Tests = ()
    unless: Tests = ()
    lower: StrictBool = False
    null_if: Texts = ()
    values: dict[str, Text] | None = None
    otherwise: Otherwise = Otherwise(word="reject")
    default: Text | None = None

    format: Texts | None = None
    date_format: Texts | None = None
    time_format: Texts | None = None
    zone: Name | None = None
    zone_column: Name | None = None
    not_before: Name | None = None
    tolerance_seconds: Annotated[int, BeforeValidator(_number), Field(ge=0)] | None = None

    unit: Name | None = None
    decimal: Literal[".", ","] | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    scale: tuple[Number, Number] | None = None
    separator: Name | None = None


Other = Annotated[Way, BeforeValidator(_field)]
"""Another field by its name, or a way of its own."""


class FileShape(_Table):
    """What the file looks like. What is left out is recognised or has its ordinary value."""

    format: Literal["csv", "tsv", "jsonl"] | None = None
    encoding: Name | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    quote: Annotated[str, Field(max_length=1)] = '"'
    """Empty where the file does not quote."""
    columns: tuple[Name, ...] | None = None
    """The names of the columns of a file without a header line."""
    skip_lines: Annotated[int, BeforeValidator(_number), Field(ge=0, le=1000)] = 0
    """Lines before the header."""
    excel_cells: StrictBool = False
    null_if: Texts = ()
    decimal: Literal[".", ","] = "."


class SiteName(_Table):
    """The site of the source: its times without an offset are local there, and people not known yet join it."""

    name: Name
    zone: Name
    """A name of the IANA time zone database."""


class Skip(Test):
    """Rows that are left out and counted under their reason."""

    reason: Name
    when: Tests = ()

    def tests(self) -> tuple[Test, ...]:
        """Its own question, if it asks one, and those of `when`."""
        own = self.model_fields_set.isdisjoint(Test.model_fields)
        return self.when if own else (self, *self.when)


class Document(_Table):
    """The whole mapping."""

    kind: Kind
    source: Name
    contact_source: Name | None = None
    """For feedback: the source whose contacts it names, where that is another than its own."""
    people_source: Name | None = None
    """The source whose names for agents this file uses, where another file already brought the people."""
    site: SiteName | None = None
    file: FileShape = FileShape()
    skip: Annotated[tuple[Skip, ...], BeforeValidator(_list)] = ()
    fields: dict[str, Way]


def parse_document(tables: dict[str, Any]) -> Document:
    """The document, or an `InputError` with the path of the first key that is wrong, what was found and what may be."""
    try:
        return Document.model_validate(tables)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InputError(_plain(first["loc"], first["type"], first["msg"], first["input"])) from error


def _plain(place: tuple[int | str, ...], mistake: str, message: str, found: object) -> str:
    path = ""
    for part in place:
        if part == "word":
            continue
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    if mistake == "missing":
        return f"{path} is missing"
    told = message.replace("Input should be", "must be").replace("String should", "must").replace("Value", "it")
    shown = "" if mistake == "key" else f"; found: {_short(found)}"
    return f"{path or 'the mapping'} {told}{shown}"


def _short(found: object) -> str:
    text = repr(found)
    return text if len(text) <= 80 else f"{text[:79]}…"
