"""Methods about views: views.publish keeps each person's App Home."""

import secrets

from bot.sandbox.api.method import Call, Method, SlackError, explained
from bot.sandbox.blocks import problems
from bot.sandbox.content import with_block_id
from bot.sandbox.model import Json


def publish(call: Call) -> Json:
    """Store the App Home of one person."""
    workspace = call.workspace
    if call.text("user_id") not in workspace.people:
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] user_not_found"]})
    view = call.structure("view", "invalid_arguments")
    if not isinstance(view, dict) or view.get("type") != "home":
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] view must be of type home"]})
    wrong = problems(view.get("blocks", []), new_blocks=workspace.new_blocks, surface="home")
    if wrong:
        raise SlackError("invalid_blocks", **explained(wrong))
    stored = {
        "id": f"V0{secrets.token_hex(4).upper()}",
        "team_id": workspace.team_id,
        "app_id": workspace.app_id,
        "bot_id": workspace.bot_id,
        "hash": f"{int(workspace.clock.now().timestamp())}.{secrets.token_hex(4)}",
        "state": {"values": {}},
        "private_metadata": "",
        "callback_id": "",
        **view,
        "blocks": [with_block_id(block) for block in view.get("blocks", [])],
    }
    workspace.home_views[call.text("user_id")] = stored
    workspace.changed()
    return {"view": stored}


METHODS = {"views.publish": Method(publish, required=("user_id", "view"), tier=4)}
