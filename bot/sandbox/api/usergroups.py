"""Methods about groups of people: usergroups.list, usergroups.users.list."""

from bot.sandbox import shapes
from bot.sandbox.api.method import Call, Method, SlackError
from bot.sandbox.model import Json

READ = ("usergroups:read",)


def usergroups_list(call: Call) -> Json:
    """List the user groups; with those that are disabled, with their people and their number as asked for."""
    with_users, with_count = call.flag("include_users"), call.flag("include_count")
    return {
        "usergroups": [
            shapes.usergroup(group, call.workspace, with_users=with_users, with_count=with_count)
            for group in call.workspace.usergroups.values()
            if call.flag("include_disabled") or not group.disabled
        ]
    }


def usergroups_users_list(call: Call) -> Json:
    """List who is in a user group."""
    group = call.workspace.usergroups.get(call.text("usergroup"))
    if group is None or (group.disabled and not call.flag("include_disabled")):
        raise SlackError("no_such_subteam")
    return {"users": list(group.members)}


METHODS = {
    "usergroups.list": Method(usergroups_list, scope=READ, tier=2),
    "usergroups.users.list": Method(usergroups_users_list, scope=READ, required=("usergroup",), tier=2),
}
