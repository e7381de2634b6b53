"""Methods about channels: conversations.list, info, history, members, open, join."""

from decimal import Decimal, InvalidOperation

from bot.sandbox.api import shapes
from bot.sandbox.api.method import Call, Method, SlackError, page_of
from bot.sandbox.model import Json, Message

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
KINDS = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}


def conversations_list(call: Call) -> Json:
    """List the channels the bot may know of, a page at a time."""
    asked = [kind.strip() for kind in call.text("types", "public_channel").split(",")]
    if any(kind not in KINDS for kind in asked):
        raise SlackError("invalid_types")
    kinds = {KINDS[kind] for kind in asked}
    channels = [
        channel
        for channel in call.workspace.channels.values()
        if channel.kind in kinds
        and (channel.kind == "public" or call.bot_id in channel.members)
        and not (channel.is_archived and call.flag("exclude_archived"))
    ]
    page, metadata = page_of(channels, call, default=100, most=1_000)
    return {
        "channels": [shapes.channel(channel, call.workspace) for channel in page],
        "response_metadata": metadata,
    }


def conversations_info(call: Call) -> Json:
    """Describe one channel."""
    channel = call.channel()
    shape = shapes.channel(channel, call.workspace)
    if not call.flag("include_num_members"):
        shape.pop("num_members", None)
    return {"channel": shape}


def conversations_history(call: Call) -> Json:
    """List a channel's messages, newest first, without replies in threads and without ephemeral ones."""
    channel = call.joined_channel()
    said = [message for message in reversed(channel.messages) if _in_history(message) and _in_span(call, message)]
    page, metadata = page_of(said, call, default=100, most=999)
    with_metadata = call.flag("include_all_metadata")
    answer: Json = {
        "messages": [shapes.message(message, call.workspace, with_metadata=with_metadata) for message in page],
        "has_more": bool(metadata["next_cursor"]),
        "pin_count": 0,
    }
    if metadata["next_cursor"]:
        answer["response_metadata"] = metadata
    return answer


def conversations_members(call: Call) -> Json:
    """List who is in a channel."""
    page, metadata = page_of(call.channel().members, call, default=100, most=1_000)
    return {"members": page, "response_metadata": metadata}


def conversations_open(call: Call) -> Json:
    """Open the conversation between the bot and one person."""
    workspace = call.workspace
    if call.text("channel"):
        channel = call.channel()
    else:
        users = [slack_id for slack_id in call.text("users").split(",") if slack_id]
        if not users:
            raise SlackError("users_list_not_supplied")
        if len(users) > 1:
            raise SlackError("too_many_users")
        if users[0] not in workspace.people:
            raise SlackError("user_not_found")
        channel = workspace.conversation_of([call.bot_id, users[0]])
    full = call.flag("return_im")
    return {"channel": shapes.channel(channel, workspace) if full else {"id": channel.slack_id}}


def conversations_join(call: Call) -> Json:
    """Let the bot join a public channel."""
    channel = call.channel()
    if channel.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    answer: Json = {}
    if call.bot_id in channel.members:
        answer = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    else:
        channel.members.append(call.bot_id)
        call.workspace.changed()
    return {"channel": shapes.channel(channel, call.workspace)} | answer


def _in_history(message: Message) -> bool:
    is_reply = message.thread_ts is not None and message.thread_ts != message.ts
    return message.ephemeral_to is None and not is_reply


def _in_span(call: Call, message: Message) -> bool:
    at = Decimal(message.ts)
    oldest, latest = _bound(call, "oldest"), _bound(call, "latest")
    if call.flag("inclusive"):
        return (oldest is None or at >= oldest) and (latest is None or at <= latest)
    return (oldest is None or at > oldest) and (latest is None or at < latest)


def _bound(call: Call, name: str) -> Decimal | None:
    written = call.text(name)
    if written in {"", "now"}:
        return None
    try:
        moment = Decimal(written)
    except InvalidOperation:
        raise SlackError(f"invalid_ts_{name}") from None
    if not moment.is_finite():
        raise SlackError(f"invalid_ts_{name}")
    return moment or None


METHODS = {
    "conversations.list": Method(conversations_list, scope=READ, tier=2),
    "conversations.info": Method(conversations_info, scope=READ, required=("channel",), tier=3),
    "conversations.history": Method(conversations_history, scope=HISTORY, required=("channel",), tier=3),
    "conversations.members": Method(conversations_members, scope=READ, required=("channel",), tier=4),
    "conversations.open": Method(conversations_open, scope=("im:write", "mpim:write", "channels:manage"), tier=3),
    "conversations.join": Method(conversations_join, scope=("channels:join",), required=("channel",), tier=3),
}
