"""The table of promises in docs/ledger.md names tests that there are."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`((?:tests|bench)/[\w/]+\.py)(?:::(\w+))?`", PAGE)


def test_every_promise_has_a_test() -> None:
    rows = re.findall(r"^\| (\d+) \| .+ \| (.+) \|$", PAGE, re.MULTILINE)
    assert [int(number) for number, _ in rows] == [*range(1, 19), 46]
    assert all("`" in tests for _, tests in rows)


def test_every_test_that_is_named_is_there() -> None:
    assert NAMED
    missing = [
        f"{path}::{name}"
        for path, name in NAMED
        if not (ROOT / path).exists() or (name and f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8"))
    ]
    assert missing == []
