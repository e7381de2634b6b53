"""Methods about channels: conversations.list, info, open, and users.conversations."""

from collections.abc import Iterable

from bot.errors import NotFoundError
from bot.sandbox import shapes
from bot.sandbox.api.method import KINDS, Call, Method, SlackError, page_of
from bot.sandbox.model import Channel, Json

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
OPEN = ("im:write", "mpim:write", "groups:write", "channels:manage")
MOST_PEOPLE = 8


def conversations_list(call: Call) -> Json:
    """List the channels the bot may know of, a page at a time."""
    known = [
        channel
        for channel in call.workspace.channels.values()
        if channel.kind == "public" or call.bot_id in channel.members
    ]
    return _listed(call, known)


def users_conversations(call: Call) -> Json:
    """List the channels a person is a member of, the bot itself without `user`; private ones only if both are."""
    member = call.text("user") or call.bot_id
    if member not in call.workspace.people:
        raise SlackError("user_not_found")
    shared = [
        channel
        for channel in call.workspace.channels.values()
        if member in channel.members and (channel.kind == "public" or call.bot_id in channel.members)
    ]
    return _listed(call, shared, without=("is_member", "num_members"))


def conversations_info(call: Call) -> Json:
    """Describe one channel."""
    channel = call.channel()
    shape = shapes.channel(channel, call.workspace)
    if not call.flag("include_num_members"):
        shape.pop("num_members", None)
    if call.bot_id in channel.members:
        shape["last_read"] = channel.read_until.get(call.bot_id, shapes.NEVER)
    return {"channel": shape}


def conversations_open(call: Call) -> Json:
    """Open the conversation between the bot and one person."""
    before = len(call.workspace.channels)
    channel = _opened(call)
    known = {"no_op": True, "already_open": True} if len(call.workspace.channels) == before else {}
    full = call.flag("return_im")
    return known | {"channel": shapes.channel(channel, call.workspace) if full else {"id": channel.slack_id}}


def _opened(call: Call) -> Channel:
    if call.text("channel"):
        channel = call.channel()
        if not channel.is_im:
            raise SlackError("method_not_supported_for_channel_type")
        return channel
    users = call.ids("users")
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        # The sandbox has no conversations of several people.
        raise SlackError("too_many_users" if len(users) > MOST_PEOPLE else "method_not_supported_for_channel_type")
    try:
        person = call.workspace.person(users[0])
    except NotFoundError:
        raise SlackError("user_not_found") from None
    if person.deleted:
        raise SlackError("user_disabled")
    return call.workspace.conversation_of([call.bot_id, person.slack_id])


def _listed(call: Call, channels: Iterable[Channel], without: Iterable[str] = ()) -> Json:
    asked = [kind.strip() for kind in call.text("types", "public_channel").split(",")]
    if any(kind not in KINDS for kind in asked):
        raise SlackError("invalid_types")
    kinds = {KINDS[kind] for kind in asked}
    hidden = call.flag("exclude_archived")
    chosen = [channel for channel in channels if channel.kind in kinds and not (channel.is_archived and hidden)]
    page, metadata = page_of(chosen, call, default=100, most=1_000)
    rows = [shapes.channel(channel, call.workspace) for channel in page]
    return {
        "channels": [{key: value for key, value in row.items() if key not in without} for row in rows],
        "response_metadata": metadata,
    }


METHODS = {
    "conversations.list": Method(conversations_list, scope=READ, tier=2),
    "conversations.info": Method(conversations_info, scope=READ, required=("channel",), tier=3),
    "conversations.open": Method(conversations_open, scope=OPEN, tier=3),
    "users.conversations": Method(users_conversations, scope=READ, tier=3),
}
