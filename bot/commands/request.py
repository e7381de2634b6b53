"""What somebody typed, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """One slash command."""

    workspace_id: str
    slack_id: str
    channel_id: str
    command: str
    text: str
    at: datetime
    """When it reached us, in UTC."""
    key: str
    """What this deed is known by, however often it is delivered."""


def request_of(body: Mapping[str, Any], at: datetime) -> Request:
    """Return the command that Slack's payload holds."""
    return Request(
        workspace_id=str(body["team_id"]), slack_id=str(body["user_id"]), channel_id=str(body["channel_id"]),
        command=str(body["command"]), text=str(body.get("text") or "").strip(), at=at,
        key=f"{body['team_id']}:{body['trigger_id']}",
    )  # fmt: skip
