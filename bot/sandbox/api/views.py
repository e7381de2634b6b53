"""Methods about views: views.open, push and update for modals, views.publish for each person's App Home."""

from typing import Any

from bot.sandbox.api.method import Call, Method, SlackError, explained
from bot.sandbox.model import Json
from bot.sandbox.triggers import TriggerError
from bot.sandbox.view_content import ViewError, read_view
from bot.sandbox.view_rules import ViewKind


def open_view(call: Call) -> Json:
    """Show a modal to the person whose trigger is given, in place of any they had open."""
    user_id, view = _triggered(call)
    call.workspace.modals.open(user_id, view)
    call.workspace.changed()
    return {"view": view}


def push(call: Call) -> Json:
    """Show a modal above the one in which the trigger arose."""
    workspace = call.workspace
    came_from = workspace.triggers.view_of(call.text("trigger_id"))
    known = workspace.triggers.is_known(call.text("trigger_id"))
    if known and (came_from is None or workspace.modals.find(came_from) is None):
        # Only what somebody did in a modal that is still open may put another above it.
        raise SlackError("not_found")
    user_id, view = _triggered(call)
    if not workspace.modals.push(user_id, view):
        raise SlackError("push_limit_reached" if workspace.modals.top(user_id) else "not_found")
    workspace.changed()
    return {"view": workspace.modals.top(user_id)}


def update(call: Call) -> Json:
    """Change a modal that is open, found by its id or by the app's external id."""
    workspace = call.workspace
    found = workspace.modals.find(call.text("view_id")) or workspace.modals.find_external(call.text("external_id"))
    if not (call.text("view_id") or call.text("external_id")):
        raise SlackError("invalid_arguments", **explained(["[ERROR] must provide one of: view_id, external_id"]))
    if found is None:
        raise SlackError("not_found")
    user_id, shown = found
    _check_hash(call, shown)
    view = _view(call, "modal", user_id, shown)
    workspace.modals.replace(view)
    workspace.changed()
    return {"view": view}


def publish(call: Call) -> Json:
    """Store the App Home of one person."""
    workspace = call.workspace
    user_id = call.text("user_id")
    if user_id not in workspace.people:
        raise SlackError("invalid_arguments", **explained(["[ERROR] user_not_found"]))
    if not call.manifest.home_tab:
        raise SlackError("not_enabled")
    shown = workspace.home_views.get(user_id)
    _check_hash(call, shown)
    view = _view(call, "home", user_id, shown)
    workspace.home_views[user_id] = view
    workspace.changed()
    return {"view": view}


def _triggered(call: Call) -> tuple[str, Json]:
    triggers = call.workspace.triggers
    trigger = call.text("trigger_id")
    try:
        # Looked at first and spent last: a view that is refused leaves the trigger as it was.
        view = _view(call, "modal", triggers.check(trigger), None)
        return triggers.exchange(trigger), view
    except TriggerError as error:
        raise SlackError(error.error) from None


def _check_hash(call: Call, shown: Json | None) -> None:
    if call.text("hash") and shown is not None and call.text("hash") != shown["hash"]:
        raise SlackError("hash_conflict")


def _view(call: Call, kind: ViewKind, user_id: str, replacing: Json | None) -> Json:
    view: Any = call.structure("view", "invalid_arguments")
    try:
        return read_view(view, kind, user_id, call.workspace, replacing)
    except ViewError as error:
        raise SlackError(error.error, **explained(error.messages)) from None


METHODS = {
    "views.open": Method(open_view, required=("trigger_id", "view"), tier=4),
    "views.push": Method(push, required=("trigger_id", "view"), tier=4),
    "views.update": Method(update, required=("view",), tier=4),
    "views.publish": Method(publish, required=("user_id", "view"), tier=4),
}
