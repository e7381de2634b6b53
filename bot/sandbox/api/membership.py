"""Methods about who is in a channel: conversations.members, join, leave, invite, kick."""

from bot.sandbox import shapes
from bot.sandbox.api.method import Call, Method, SlackError, page_of
from bot.sandbox.model import Channel, Json

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
WRITE = ("channels:manage", "groups:write", "im:write", "mpim:write")
INVITE = ("channels:manage", "channels:write.invites", "groups:write", "groups:write.invites", "im:write", "mpim:write")


def members(call: Call) -> Json:
    """List who is in a channel."""
    page, metadata = page_of(call.channel().members, call, default=100, most=1_000)
    return {"members": page, "response_metadata": metadata}


def join(call: Call) -> Json:
    """Let the bot join a public channel."""
    channel = call.channel()
    if channel.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    joined = call.workspace.join(channel.slack_id, call.bot_id)
    answer: Json = {"channel": shapes.channel(channel, call.workspace)}
    if not joined:
        answer |= {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    return answer


def leave(call: Call) -> Json:
    """Let the bot leave a channel."""
    channel = _open_channel(call)
    if channel.members == [call.bot_id]:
        raise SlackError("last_member")
    left = call.workspace.leave(channel.slack_id, call.bot_id)
    return {} if left else {"not_in_channel": True}


def invite(call: Call) -> Json:
    """Let people join a channel of the bot's; either all of them or nobody."""
    channel = _open_channel(call)
    if call.bot_id not in channel.members:
        raise SlackError("not_in_channel")
    invited = call.ids("users")
    if not invited:
        raise SlackError("no_user")
    wrong = {slack_id: error for slack_id in invited if (error := _hindrance(call, channel, slack_id))}
    if wrong:
        errors = [{"user": slack_id, "ok": False, "error": error} for slack_id, error in wrong.items()]
        raise SlackError(next(iter(wrong.values())), errors=errors)
    for slack_id in invited:
        call.workspace.join(channel.slack_id, slack_id)
    return {"channel": shapes.channel(channel, call.workspace)}


def kick(call: Call) -> Json:
    """Remove a person from a channel."""
    channel = call.channel()
    user_id = call.text("user")
    if channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    if not user_id:
        raise SlackError("no_user")
    if user_id == call.bot_id:
        raise SlackError("cant_kick_self")
    if user_id not in call.workspace.people:
        raise SlackError("user_not_found")
    if call.bot_id not in channel.members or not call.workspace.leave(channel.slack_id, user_id):
        raise SlackError("not_in_channel")
    return {"errors": {}}


def _open_channel(call: Call) -> Channel:
    channel = call.channel()
    if channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel


def _hindrance(call: Call, channel: Channel, user_id: str) -> str | None:
    if user_id == call.bot_id:
        return "cant_invite_self"
    if user_id not in call.workspace.people:
        return "user_not_found"
    return "already_in_channel" if user_id in channel.members else None


METHODS = {
    "conversations.members": Method(members, scope=READ, required=("channel",), tier=4),
    "conversations.join": Method(join, scope=("channels:join",), required=("channel",), tier=3),
    "conversations.leave": Method(leave, scope=WRITE, required=("channel",), tier=3),
    "conversations.invite": Method(invite, scope=INVITE, required=("channel", "users"), tier=3),
    "conversations.kick": Method(kick, scope=("channels:manage", "groups:write"), required=("channel",), tier=3),
}
