"""manifest.yml is what Slack takes, and what the code does."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from bot import manifest as source
from tests.views.oracle import schema

ROOT = Path(__file__).resolve().parents[1]
SCOPES = {
    "commands": "/mystats",
    "chat:write": "posts boards",
    "channels:history": "delivery",
    "groups:history": "delivery",
    "channels:read": "delivery",
    "groups:read": "delivery",
    "im:write": "delivery",
    "files:write": "“As CSV”",
    "im:history": "delivery",
    "users:read": "/kudos",
    "users:read.email": "/encore setup",
}
"""Every scope Encore may ask for, and the words of the manifest's comment that say for what."""


@pytest.fixture(scope="module")
def manifest() -> Any:
    """The manifest as Slack reads it."""
    return yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))


def test_slack_takes_it(manifest: Any) -> None:
    validator = Draft7Validator(schema("slack-manifest.2.0.0.schema.json"))
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(manifest)] == []


def test_its_commands_are_the_codes(manifest: Any) -> None:
    from bot.commands import COMMANDS

    assert {row["command"] for row in manifest["features"]["slash_commands"]} == set(COMMANDS)


def test_its_shortcuts_are_the_codes(manifest: Any) -> None:
    from bot.commands import SHORTCUTS

    shortcuts = manifest["features"]["shortcuts"]
    assert {row["callback_id"] for row in shortcuts} == set(SHORTCUTS)
    # What stands in a menu is short, and Slack takes no more.
    assert all(row["description"] and len(row["name"]) <= 24 for row in shortcuts)


def test_its_events_are_the_codes(manifest: Any) -> None:
    from bot.commands import EVENTS

    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == set(EVENTS)
    # app_home_opened comes with the tab.
    assert manifest["features"]["app_home"]["home_tab_enabled"] is True


def test_every_command_escapes_and_hints(manifest: Any) -> None:
    """Without should_escape a typed name would arrive as words, and one person could pass for another."""
    for row in manifest["features"]["slash_commands"]:
        assert row["should_escape"] is True
        assert row["description"]
        assert row["usage_hint"]


def test_scopes_are_the_documented_ones_and_say_why(manifest: Any) -> None:
    asked = manifest["oauth_config"]["scopes"]["bot"]
    assert sorted(asked) == sorted(SCOPES)
    assert manifest["oauth_config"]["scopes"].keys() == {"bot"}
    reasons = source.scopes()
    assert list(reasons) == asked
    for scope, why in SCOPES.items():
        assert why in reasons[scope]


def test_it_is_at_hand_where_encore_is_installed(manifest: Any) -> None:
    """`encore manifest`, `encore doctor` and `encore demo` read it; the image is built without the rest of the folder."""
    assert yaml.safe_load(source.text()) == manifest
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"] == {
        "manifest.yml": "bot/manifest.yml"
    }
    assert "COPY README.md manifest.yml ./" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_it_starts_without_an_address_on_the_internet(manifest: Any) -> None:
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert all("url" not in row for row in manifest["features"]["slash_commands"])
