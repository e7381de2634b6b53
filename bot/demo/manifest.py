"""What the sandbox needs of manifest.yml, which is not at hand where Encore is installed; a test holds them together."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

MANIFEST: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "features": {
            "app_home": {
                "home_tab_enabled": False, "messages_tab_enabled": True, "messages_tab_read_only_enabled": True,
            },
            "slash_commands": [
                {
                    "command": "/kudos",
                    "description": "Thank a colleague in public, with points from your monthly allowance",
                    "usage_hint": "@name what they did #value",
                    "should_escape": True,
                },
                {
                    "command": "/mystats",
                    "description": "Your own figures beside your target and your team, for you alone",
                    "usage_hint": "[today|week|month]",
                    "should_escape": True,
                },
            ]
        },
        "settings": {"interactivity": {"is_enabled": True}},
        "oauth_config": {
            "scopes": {
                "bot": [
                    "commands", "chat:write", "channels:history", "groups:history", "channels:read", "groups:read",
                    "im:write", "im:history", "users:read", "users:read.email",
                ]
            }
        },
    }
)  # fmt: skip
