"""Methods about views: views.open shows a modal, views.publish keeps each person's App Home."""

import json
import secrets

from bot.sandbox.api.method import Call, Method, SlackError, explained
from bot.sandbox.content import with_block_id
from bot.sandbox.model import Json
from bot.sandbox.triggers import TriggerError
from bot.sandbox.view_rules import ViewKind, view_problems

MOST_BYTES = 250_000


def open_view(call: Call) -> Json:
    """Show a modal to the person whose trigger is given, in place of any they had open."""
    workspace = call.workspace
    trigger = call.text("trigger_id")
    try:
        # Looked at first and spent last: a view that is refused leaves the trigger as it was.
        workspace.triggers.check(trigger)
        view = _view(call, "modal")
        known = {shown["external_id"] for stack in workspace.modals.values() for shown in stack}
        if view.get("external_id") and view["external_id"] in known:
            raise SlackError("duplicate_external_id")
        user_id = workspace.triggers.exchange(trigger)
    except TriggerError as error:
        raise SlackError(error.error) from None
    stored = _stored(call, view)
    workspace.modals[user_id] = [stored]
    workspace.changed()
    return {"view": stored}


def publish(call: Call) -> Json:
    """Store the App Home of one person."""
    workspace = call.workspace
    if call.text("user_id") not in workspace.people:
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] user_not_found"]})
    stored = _stored(call, _view(call, "home"))
    workspace.home_views[call.text("user_id")] = stored
    workspace.changed()
    return {"view": stored}


def _view(call: Call, kind: ViewKind) -> Json:
    view = call.structure("view", "invalid_arguments")
    wrong = view_problems(view, kind, new_blocks=call.workspace.new_blocks)
    if wrong:
        raise SlackError("invalid_arguments", **explained(wrong))
    if len(json.dumps(view, ensure_ascii=False).encode()) > MOST_BYTES:
        raise SlackError("view_too_large")
    checked: Json = view
    return checked


def _stored(call: Call, view: Json) -> Json:
    workspace = call.workspace
    view_id = f"V0{secrets.token_hex(4).upper()}"
    return {
        "id": view_id,
        "team_id": workspace.team_id,
        "app_id": workspace.app_id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.bot_id,
        "hash": f"{int(workspace.clock.now().timestamp())}.{secrets.token_hex(4)}",
        "root_view_id": view_id,
        "previous_view_id": None,
        "state": {"values": {}},
        "title": None,
        "submit": None,
        "close": None,
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        **view,
        "blocks": [with_block_id(block) for block in view["blocks"]],
    }


METHODS = {
    "views.open": Method(open_view, required=("trigger_id", "view"), tier=4),
    "views.publish": Method(publish, required=("user_id", "view"), tier=4),
}
