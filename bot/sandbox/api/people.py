"""Methods about people: users.list, users.info, users.lookupByEmail, users.profile.get."""

from bot.errors import NotFoundError
from bot.sandbox import shapes
from bot.sandbox.api.method import Call, Method, SlackError, page_of
from bot.sandbox.model import Json, Person

READ = ("users:read",)
READ_EMAIL = ("users:read.email",)


def users_list(call: Call) -> Json:
    """List everybody, a page at a time."""
    people, metadata = page_of(list(call.workspace.people.values()), call, default=1_000, most=1_000)
    return {
        "members": [_user(call, person) for person in people],
        "cache_ts": shapes.seconds(call.workspace.clock),
        "response_metadata": metadata,
    }


def users_info(call: Call) -> Json:
    """Describe one person."""
    return {"user": _user(call, _person(call, call.text("user")))}


def users_lookup_by_email(call: Call) -> Json:
    """Find the person with this address; bots and those who left are not found."""
    wanted = call.text("email").casefold()
    for person in call.workspace.people.values():
        if person.email is not None and person.email.casefold() == wanted and not (person.deleted or person.is_bot):
            return {"user": _user(call, person)}
    raise SlackError("users_not_found")


def users_profile_get(call: Call) -> Json:
    """Return somebody's profile, the bot's own without `user`."""
    person = _person(call, call.text("user", call.bot_id))
    with_email = call.may(*READ_EMAIL)
    return {"profile": shapes.profile(person, call.workspace, with_email=with_email) | {"fields": {}}}


def _user(call: Call, person: Person) -> Json:
    return shapes.user(person, call.workspace, with_email=call.may(*READ_EMAIL))


def _person(call: Call, slack_id: str) -> Person:
    try:
        return call.workspace.person(slack_id)
    except NotFoundError:
        raise SlackError("user_not_found") from None


METHODS = {
    "users.list": Method(users_list, scope=READ, tier=2),
    "users.info": Method(users_info, scope=READ, tier=4),
    "users.lookupByEmail": Method(users_lookup_by_email, scope=READ_EMAIL, required=("email",), tier=3),
    "users.profile.get": Method(users_profile_get, scope=("users.profile:read",), tier=4),
}
