"""docs/programme.md says of every setting what it is and what it is left out; it cannot say less, or something else."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic.fields import FieldInfo

from bot.domain.programme import Programme, parse_programme
from bot.domain.section import Section

GUIDE = (Path(__file__).parents[2] / "docs" / "programme.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)


def sections(model: type[Section] = Programme, heading: str = "At the top") -> Iterator[tuple[str, type[Section]]]:
    """Yield every section with the heading that it has in the guide."""
    yield heading, model
    for name, field in model.model_fields.items():
        inner = section_of(field.annotation)
        if inner is not None:
            yield from sections(inner, written(name, field, inner))


def section_of(annotation: Any) -> type[Section] | None:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next(filter(None, map(section_of, get_args(annotation))), None)


def written(name: str, field: FieldInfo, inner: type[Section]) -> str:
    """Return how a section begins in a file."""
    if field.annotation is inner:
        return f"[{name}]"
    return f"[{name}.NAME]" if field.annotation == dict[str, inner] else f"[[{name}]]"  # type: ignore[valid-type]


def default_of(field: FieldInfo) -> str:
    """Return what a setting is where it is left out, as the guide writes it."""
    if field.is_required():
        return "needed"
    default = field.get_default(call_default_factory=True)
    match default:
        case None:
            return "none"
        case bool():
            return f"`{str(default).lower()}`"
        case StrEnum() | str():
            return f'`"{default}"`' if default else '`""`'
        case time():
            return f'`"{default:%H:%M}"`'
        case date():
            return f"`{default}`"
        case tuple() | dict() if not default:
            return "none"
        case _:
            return f"`{default}`"


def told(heading: str) -> dict[str, tuple[str, str]]:
    """Return the rows of a section of the guide: what a setting is left out, and what is said of it."""
    found = re.search(rf"^## `?{re.escape(heading)}`?$(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/programme.md has no section “## `{heading}`”"
    return {name: (default, words) for name, default, words in ROW.findall(found[1])}


@pytest.mark.parametrize(("heading", "model"), list(sections()))
def test_every_setting_is_told_with_its_default_and_a_sentence(heading: str, model: type[Section]) -> None:
    rows = told(heading)
    plain = {name: field for name, field in model.model_fields.items() if section_of(field.annotation) is None}
    assert {name: default for name, (default, _) in rows.items()} == {
        name: default_of(field) for name, field in plain.items()
    }
    for _, words in rows.values():
        assert words[0].isupper()
        assert words.endswith(".")


def test_every_choice_is_named() -> None:
    for heading, model in sections():
        rows = told(heading)
        for name, field in model.model_fields.items():
            choices = [choice for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type)
                       and issubclass(kind, StrEnum) for choice in kind]  # fmt: skip
            missing = [choice.value for choice in choices if name in rows and f"`{choice.value}`" not in rows[name][1]]
            assert missing == [], f"{heading} {name}"


def test_the_guide_speaks_of_no_section_that_there_is_not() -> None:
    known = {heading for heading, _ in sections()}
    assert set(re.findall(r"^## `(\[.*\])`$", GUIDE, re.MULTILINE)) | {"At the top"} == known


@pytest.mark.parametrize("example", re.findall(r"^```toml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL))
def test_the_examples_are_programmes(example: str) -> None:
    assert parse_programme(tomllib.loads(example), origin="docs/programme.md")
