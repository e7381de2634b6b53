"""Methods about the connection itself: api.test, auth.test, apps.connections.open, team.info, bots.info."""

from bot.sandbox import shapes
from bot.sandbox.api.method import Call, Method, SlackError
from bot.sandbox.model import Json


def api_test(call: Call) -> Json:
    """Answer with what was sent; refuse with the error that was asked for."""
    if call.text("error"):
        raise SlackError(call.text("error"), args=dict(call.arguments))
    return {"args": {name: value for name, value in call.arguments.items() if name != "token"}}


def auth_test(call: Call) -> Json:
    """Say whom the token belongs to."""
    workspace = call.workspace
    return {
        "url": call.site_url,
        "team": workspace.name,
        "user": workspace.bot_user.name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user.slack_id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(call: Call) -> Json:
    """Give a fresh address for a Socket Mode connection."""
    return {"url": call.open_link()}


def team_info(call: Call) -> Json:
    """Describe the workspace."""
    workspace = call.workspace
    if call.text("team", workspace.team_id) != workspace.team_id:
        raise SlackError("team_not_found")
    team = {
        "id": workspace.team_id,
        "name": workspace.name,
        "url": call.site_url,
        "domain": workspace.domain,
        "email_domain": "",
        "icon": {**shapes.images("team", (34, 44, 68, 88, 102, 132, 230)), "image_default": True},
        "avatar_base_url": "https://avatars.invalid/",
        "is_verified": False,
    }
    return {"team": team}


def bots_info(call: Call) -> Json:
    """Describe the app's bot."""
    workspace = call.workspace
    if call.text("bot", workspace.bot_id) != workspace.bot_id:
        raise SlackError("bot_not_found")
    bot = {
        "id": workspace.bot_id,
        "deleted": False,
        "name": workspace.app_name,
        "updated": 0,
        "app_id": workspace.app_id,
        "user_id": workspace.bot_user.slack_id,
        "icons": shapes.images("app", (36, 48, 72)),
    }
    return {"bot": bot}


METHODS = {
    "api.test": Method(api_test, caller="anyone", tier=4),
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(connections_open, caller="app", tier=3),
    "team.info": Method(team_info, scope=("team:read",), tier=3),
    "bots.info": Method(bots_info, scope=("users:read",), tier=3),
}
