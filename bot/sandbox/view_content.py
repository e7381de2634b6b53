"""A view read from a request and stored as Slack stores it: one reader for the views methods and the answers to forms."""

import json
import secrets
from typing import Any, Final

from bot.sandbox.content import with_ids
from bot.sandbox.model import Json
from bot.sandbox.state import state_of
from bot.sandbox.view_rules import ViewKind, view_problems
from bot.sandbox.workspace import Workspace

MOST_BYTES: Final = 250_000


class ViewError(Exception):
    """The view cannot be shown; `error` is Slack's name for why, `messages` its explanations."""

    def __init__(self, error: str, messages: list[str] | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages or []


def read_view(view: Any, kind: ViewKind, user_id: str, workspace: Workspace, replacing: Json | None = None) -> Json:
    """Return the view as Slack stores it for this person; `replacing` is the one whose place and ids it takes.

    Raises ViewError `invalid_arguments`, `view_too_large` or `duplicate_external_id`.
    """
    wrong = view_problems(view, kind, new_blocks=workspace.new_blocks)
    if wrong:
        raise ViewError("invalid_arguments", wrong)
    if len(json.dumps(view, ensure_ascii=False).encode()) > MOST_BYTES:
        raise ViewError("view_too_large")
    external_id = view.get("external_id")
    known = workspace.modals.find_external(external_id) if external_id and kind == "modal" else None
    if known is not None and (replacing is None or known[1]["id"] != replacing["id"]):
        raise ViewError("duplicate_external_id")
    view_id = replacing["id"] if replacing else f"V0{secrets.token_hex(4).upper()}"
    blocks = with_ids(view["blocks"])
    return {
        "id": view_id,
        "team_id": workspace.team_id,
        "app_id": workspace.app_id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.bot_id,
        "hash": f"{int(workspace.clock.now().timestamp())}.{secrets.token_hex(4)}",
        "root_view_id": replacing["root_view_id"] if replacing else view_id,
        "previous_view_id": replacing["previous_view_id"] if replacing else None,
        "title": {"type": "plain_text", "text": "View Title", "emoji": True} if kind == "home" else None,
        "submit": None,
        "close": None,
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        **view,
        "blocks": blocks,
        "state": state_of(blocks, {}, workspace.person(user_id).zone),
    }
