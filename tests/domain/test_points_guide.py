"""The examples of docs/points.md are programmes."""

import re
import tomllib
from pathlib import Path

import pytest

from bot.domain.earnable import EARNABLE
from bot.domain.programme import parse_programme

GUIDE = (Path(__file__).parents[2] / "docs" / "points.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_are_programmes(example: str) -> None:
    assert parse_programme(tomllib.loads(example), origin="docs/points.md")


def test_there_is_an_example_of_every_figure_that_may_earn() -> None:
    rules = [rule for example in EXAMPLES for rule in parse_programme(tomllib.loads(example), origin="x").earning]
    assert {rule.metric for rule in rules} == set(EARNABLE)
    assert {rule.who for rule in rules} == {"person", "team"}
