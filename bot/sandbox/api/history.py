"""Methods that read what was said: conversations.history, replies."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from bot.sandbox import shapes
from bot.sandbox.api.method import Call, Method, SlackError, page_of
from bot.sandbox.model import Channel, Json, Message

HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")


def history(call: Call) -> Json:
    """List a channel's messages, newest first; of replies in threads only those that were sent to the channel too."""
    channel = call.joined_channel()
    said = [
        message
        for message in reversed(channel.messages)
        if message.ephemeral_to is None and (message.broadcast or not message.is_reply)
    ]
    extras = {"pin_count": 0, "channel_actions_ts": None, "channel_actions_count": 0}
    return _page(call, channel, [*filter(_in_span(call), said)], default=100, most=999) | extras


def replies(call: Call) -> Json:
    """List a message and the replies in its thread, oldest first. Of a reply Slack returns just itself."""
    channel = call.joined_channel()
    parent = call.message(channel, missing="thread_not_found")
    said = [parent, *filter(_in_span(call), shapes.replies_to(parent, channel))]
    return _page(call, channel, said, default=1_000, most=1_000)


def _page(call: Call, channel: Channel, said: list[Message], default: int, most: int) -> Json:
    page, metadata = page_of(said, call, default=default, most=most)
    with_metadata = call.flag("include_all_metadata")
    answer: Json = {
        "messages": [
            shapes.message(message, call.workspace, with_metadata=with_metadata, channel=channel) for message in page
        ],
        "has_more": bool(metadata["next_cursor"]),
    }
    return answer | ({"response_metadata": metadata} if metadata["next_cursor"] else {})


def _in_span(call: Call) -> Callable[[Message], bool]:
    """Return whether a message lies between the arguments `oldest` and `latest`."""
    oldest, latest = _bound(call, "oldest"), _bound(call, "latest")
    inclusive = call.flag("inclusive")

    def lies(message: Message) -> bool:
        at = Decimal(message.ts)
        if inclusive:
            return (oldest is None or at >= oldest) and (latest is None or at <= latest)
        return (oldest is None or at > oldest) and (latest is None or at < latest)

    return lies


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
    "conversations.history": Method(history, scope=HISTORY, required=("channel",), tier=3),
    "conversations.replies": Method(replies, scope=HISTORY, required=("channel", "ts"), tier=3),
}
