"""What the sandbox reads out of an app's manifest: what the app may do, and what it wants to hear."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ShortcutKind = Literal["global", "message"]


@dataclass(frozen=True)
class Command:
    """A slash command. `should_escape` turns names typed with @ and # into mentions."""

    name: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Shortcut:
    """An entry of the menu of shortcuts, or of every message's menu."""

    name: str
    kind: ShortcutKind
    callback_id: str
    description: str = ""


@dataclass(frozen=True)
class Manifest:
    """One app as its manifest describes it. `scopes` None means that none are named: everything is let through."""

    commands: Mapping[str, Command] = field(default_factory=dict)
    shortcuts: tuple[Shortcut, ...] = ()
    scopes: frozenset[str] | None = None
    events: frozenset[str] = frozenset()
    interactive: bool = False
    home_tab: bool = False
    messages_tab: bool = True
    may_write_to_app: bool = True


def read_manifest(manifest: Mapping[str, Any]) -> Manifest:
    """Read the parsed YAML or JSON of a manifest; what it does not say is as Slack takes it."""
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    home = features.get("app_home", {})
    scopes = manifest.get("oauth_config", {}).get("scopes", {}).get("bot")
    return Manifest(
        {row["command"]: _command(row) for row in features.get("slash_commands", [])},
        tuple(_shortcut(row) for row in features.get("shortcuts", [])),
        None if scopes is None else frozenset(scopes),
        frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
        bool(settings.get("interactivity", {}).get("is_enabled")),
        bool(home.get("home_tab_enabled")),
        bool(home.get("messages_tab_enabled", True)),
        not home.get("messages_tab_read_only_enabled"),
    )


def _command(row: Mapping[str, Any]) -> Command:
    hint, escape = row.get("usage_hint", ""), bool(row.get("should_escape"))
    return Command(row["command"], row.get("description", ""), hint, escape)


def _shortcut(row: Mapping[str, Any]) -> Shortcut:
    return Shortcut(row["name"], row["type"], row["callback_id"], row.get("description", ""))
