"""Methods about people: users.list, users.info, users.lookupByEmail."""

from bot.sandbox.api import shapes
from bot.sandbox.api.method import Call, Method, SlackError, page_of
from bot.sandbox.model import Json


def users_list(call: Call) -> Json:
    """List everybody, a page at a time."""
    people, metadata = page_of(list(call.workspace.people.values()), call, default=1_000, most=1_000)
    return {
        "members": [shapes.user(person, call.workspace) for person in people],
        "cache_ts": shapes.seconds(call.workspace.clock),
        "response_metadata": metadata,
    }


def users_info(call: Call) -> Json:
    """Describe one person."""
    person = call.workspace.people.get(call.text("user"))
    if person is None:
        raise SlackError("user_not_found")
    return {"user": shapes.user(person, call.workspace)}


def users_lookup_by_email(call: Call) -> Json:
    """Find the person with this address; bots and those who left are not found."""
    wanted = call.text("email").casefold()
    for person in call.workspace.people.values():
        if person.email is not None and person.email.casefold() == wanted and not (person.deleted or person.is_bot):
            return {"user": shapes.user(person, call.workspace)}
    raise SlackError("users_not_found")


METHODS = {
    "users.list": Method(users_list, scope=("users:read",), tier=2),
    "users.info": Method(users_info, scope=("users:read",), required=("user",), tier=4),
    "users.lookupByEmail": Method(users_lookup_by_email, scope=("users:read.email",), required=("email",), tier=3),
}
