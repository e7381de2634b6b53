"""Encore's Slack app, as manifest.yml describes it: the one place that says what Slack must allow, and what for."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_FILE: Final = "manifest.yml"
_HERE: Final = Path(__file__).parent
_PLACES: Final = (_HERE / _FILE, _HERE.parent / _FILE)
"""Where the file lies: in the installed package (pyproject.toml puts it there), and in the project's own folder."""

_SCOPES: Final = re.compile(r"^oauth_config:\n(?:[ #].*\n)*?    bot:\n(?P<rows>(?:(?:      .*)?\n)+)", re.MULTILINE)
_SCOPE: Final = re.compile(r"^\s+- ([\w:.]+) +# (.+?)\s*$", re.MULTILINE)


def text() -> str:
    """Return the manifest as Slack takes it: YAML."""
    return next(place for place in _PLACES if place.is_file()).read_text(encoding="utf-8")


def scopes() -> Mapping[str, str]:
    """Return every scope of the bot token that Encore needs, with what needs it: the comment behind it."""
    found = _SCOPES.search(text())
    assert found is not None
    return dict(_SCOPE.findall(found["rows"]))
