"""The notation of the rows, and the comparison of a payload with one.

A row is written in words. `user(id name)` is a key with keys inside. Marks after a name: `?` is only sometimes there,
`~` may be null, `[]` holds a list, `{}` holds a dict with free keys, `*` holds anything, and `<table>` holds one of the
rows of a table, chosen by its `type`. The word `...` allows further keys.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

TOKEN = re.compile(r"\.\.\.|[A-Za-z_]\w*|\[\]|\{\}|<\w+>|[?~*()]")
MARK = re.compile(r"\[\]|\{\}|<\w+>|[?~*]")
MEANING = {"?": "sometimes", "~": "nullable", "*": "opaque"}


@dataclass(frozen=True)
class Key:
    """One key of a payload, and what is inside it. `wraps` are the lists and free dicts around that, outermost first."""

    name: str
    sometimes: bool = False
    nullable: bool = False
    opaque: bool = False
    wraps: tuple[str, ...] = ()
    table: str | None = None
    inside: "tuple[Key, ...]" = ()
    open_ended: bool = False


@dataclass(frozen=True)
class Documented:
    """One payload that Slack documents. `source` is the address of the page where its keys were read."""

    name: str
    source: str
    root: Key
    tables: "Mapping[str, Mapping[str, Documented]]"

    @property
    def required(self) -> frozenset[str]:
        """The dotted paths that are always there when what is around them is."""
        return frozenset(path for path, key in _paths(self.root.inside) if not key.sometimes)

    @property
    def optional(self) -> frozenset[str]:
        """The dotted paths that are only sometimes there."""
        return frozenset(path for path, key in _paths(self.root.inside) if key.sometimes)


def documented(name: str, source: str, *words: str, **tables: "Mapping[str, Documented]") -> Documented:
    """Return a row from its words. Raises ValueError for words that are not in the notation."""
    return Documented(name, source, _parsed(" ".join(words), tables), tables)


def differences(row: Documented, payload: Any, at: str = "") -> list[str]:
    """Return what `payload` lacks of `row` and what it has that Slack does not have, by dotted path; [] when alike."""
    return list(_compare(row.root, payload, at, row.tables))


def _compare(key: Key, value: Any, at: str, tables: Mapping[str, Mapping[str, Documented]]) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"not an object: {at or 'the payload'}"
        return
    known = {inside.name: inside for inside in key.inside}
    for name, inside in known.items():
        if name in value:
            yield from _look_into(inside, value[name], _joined(at, name), tables)
        elif not inside.sometimes:
            yield f"missing: {_joined(at, name)}"
    if not key.open_ended:
        yield from (f"not Slack's: {_joined(at, name)}" for name in value if name not in known)


def _look_into(key: Key, value: Any, at: str, tables: Mapping[str, Mapping[str, Documented]]) -> Iterator[str]:
    if value is None and (key.wraps or key.inside or key.table or key.opaque):
        if not key.nullable:
            yield f"null: {at}"
        return
    for place, each in _unwrapped(key.wraps, value, at):
        if each is _WRONG:
            yield f"not a {'list' if place.endswith('[]') else 'dict'}: {place[:-2]}"
        elif key.table is not None:
            yield from _by_type(tables[key.table], each, place)
        elif key.inside or key.open_ended:
            yield from _compare(key, each, place, tables)


def _by_type(table: Mapping[str, Documented], value: Any, at: str) -> Iterator[str]:
    kind = value.get("type") if isinstance(value, dict) else None
    row = table.get(str(kind))
    if row is None:
        yield f"unknown type: {at} {kind!r}"
    else:
        yield from differences(row, value, at)


_WRONG = object()


def _unwrapped(wraps: tuple[str, ...], value: Any, at: str) -> Iterator[tuple[str, Any]]:
    if not wraps:
        yield at, value
    elif wraps[0] == "[]" and isinstance(value, list):
        for index, each in enumerate(value):
            yield from _unwrapped(wraps[1:], each, f"{at}[{index}]")
    elif wraps[0] == "{}" and isinstance(value, dict):
        for name, each in value.items():
            yield from _unwrapped(wraps[1:], each, f"{at}.{name}")
    else:
        yield f"{at}{wraps[0]}", _WRONG


def _paths(keys: tuple[Key, ...], around: str = "") -> Iterator[tuple[str, Key]]:
    for key in keys:
        path = _joined(around, key.name)
        yield path, key
        yield from _paths(key.inside, path + "".join(key.wraps))


def _joined(around: str, name: str) -> str:
    return f"{around}.{name}" if around else name


def _parsed(text: str, tables: Mapping[str, object]) -> Key:
    if TOKEN.sub("", text).strip():
        raise ValueError(f"these words are not in the notation: {TOKEN.sub('', text).strip()}")
    tokens = TOKEN.findall(text)
    root = _keys("", tokens, tables)
    if tokens:
        raise ValueError(f"a bracket too many before: {' '.join(tokens)}")
    return root


def _keys(name: str, tokens: list[str], tables: Mapping[str, object], **marks: Any) -> Key:
    inside: list[Key] = []
    open_ended = False
    while tokens and tokens[0] != ")":
        if tokens[0] == "...":
            tokens.pop(0)
            open_ended = True
        else:
            inside.append(_key(tokens, tables))
    return Key(name, inside=tuple(inside), open_ended=open_ended, **marks)


def _key(tokens: list[str], tables: Mapping[str, object]) -> Key:
    name = tokens.pop(0)
    if not name.isidentifier():
        raise ValueError(f"a name is expected where {name} stands")
    marks: dict[str, Any] = {"wraps": ()}
    while tokens and MARK.fullmatch(tokens[0]):
        mark = tokens.pop(0)
        if mark in MEANING:
            marks[MEANING[mark]] = True
        elif mark in {"[]", "{}"}:
            marks["wraps"] += (mark,)
        elif mark.strip("<>") in tables:
            marks["table"] = mark.strip("<>")
        else:
            raise ValueError(f"no table is given for {mark}")
    if not tokens or tokens[0] != "(":
        return Key(name, **marks)
    tokens.pop(0)
    key = _keys(name, tokens, tables, **marks)
    if not tokens:
        raise ValueError(f"the bracket of {name} is not closed")
    tokens.pop(0)
    return key
