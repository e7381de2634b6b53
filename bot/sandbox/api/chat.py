"""Methods that say something: chat.postMessage, postEphemeral, update, delete, getPermalink."""

from dataclasses import replace
from typing import Any

from bot.errors import NotFoundError
from bot.sandbox import shapes
from bot.sandbox.api.method import Call, Method, SlackError, explained
from bot.sandbox.content import MOST_CHARACTERS, Content, ContentError, read_content, read_thread
from bot.sandbox.model import Channel, Json, Message

WRITE = ("chat:write",)
MOST_CHARACTERS_CHANGED = 4_000
MOST_ATTACHMENTS = 100


def post_message(call: Call) -> Json:
    """Say something in a channel, or to one person when `channel` is a person's id.

    How it is parsed, what is unfurled and under whose name it stands (`mrkdwn`, `parse`, `link_names`, `unfurl_links`,
    `unfurl_media`, `username`, `icon_emoji`, `icon_url`) is taken and changes nothing here.
    """
    channel = _open(call, _direct(call) or call.joined_channel(by_name=True))
    content = _content(call)
    said = call.workspace.post_as_bot(channel.slack_id, content.text, **content.fields(), **_thread(call, channel))
    shape = shapes.message(said, call.workspace, channel=channel)
    return {"channel": channel.slack_id, "ts": said.ts, "message": shape}


def post_ephemeral(call: Call) -> Json:
    """Say something in a channel to one of its members alone. Slack keeps no metadata of it."""
    channel = _open(call, call.joined_channel(by_name=True))
    reader = call.text("user")
    if reader not in channel.members:
        raise SlackError("user_not_in_channel")
    content = replace(_content(call, most=MOST_CHARACTERS), metadata=None)
    thread_ts = _thread(call, channel).get("thread_ts")
    said = call.workspace.post_as_bot(
        channel.slack_id, content.text, ephemeral_to=reader, thread_ts=thread_ts, **content.fields()
    )
    return {"message_ts": said.ts}


def update(call: Call) -> Json:
    """Change one of the app's own messages. What is not given stays, except blocks where a new text is given."""
    channel, message = _own_message(call, "cant_update_message")
    if channel.is_archived:
        raise SlackError("is_inactive")
    given = {name: value for name, value in call.arguments.items() if value is not None}
    if given.keys().isdisjoint({"text", "blocks", "attachments"}):
        raise SlackError("no_text")
    kept = {"text": message.text, "attachments": message.attachments, "metadata": message.metadata}
    if "text" not in given:
        kept["blocks"] = message.blocks
    content = _content(replace(call, arguments=kept | given), most=MOST_CHARACTERS_CHANGED)
    # Slack marks a message as edited only where its words were changed as text.
    silently = "blocks" in given
    call.workspace.amend(channel.slack_id, message.ts, silently=silently, text=content.text, **content.fields())
    shape = shapes.message(message, call.workspace)
    return {"channel": channel.slack_id, "ts": message.ts, "text": message.text, "message": shape}


def delete(call: Call) -> Json:
    """Remove one of the app's own messages."""
    channel, message = _own_message(call, "cant_delete_message")
    call.workspace.delete(channel.slack_id, message.ts)
    return {"channel": channel.slack_id, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    """Give the address of a message."""
    channel = call.channel()
    message = call.message(channel, "message_ts")
    return {"channel": channel.slack_id, "permalink": call.permalink(channel, message)}


def _direct(call: Call) -> Channel | None:
    """Return the conversation with the person whose id stands as `channel`, None if it is nobody's."""
    if call.text("channel") == call.bot_id:
        raise SlackError("channel_not_found")
    try:
        return call.workspace.conversation_of([call.bot_id, call.text("channel")])
    except NotFoundError:
        return None


def _open(call: Call, channel: Channel) -> Channel:
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.is_im and not call.manifest.messages_tab:
        raise SlackError("messages_tab_disabled")
    return channel


def _thread(call: Call, channel: Channel) -> dict[str, Any]:
    """Return what makes a message a reply. To a message that is not there Slack lets one reply in the channel itself."""
    try:
        wanted = read_thread(call.text("thread_ts"))
    except ContentError as error:
        raise SlackError(error.error, response_metadata={"messages": error.messages}) from None
    if wanted is None:
        return {}
    try:
        parent = call.message(channel, "thread_ts")
    except SlackError:
        return {}
    return {"thread_ts": parent.thread_ts or parent.ts, "broadcast": call.flag("reply_broadcast")}


def _content(call: Call, most: int | None = None) -> Content:
    """Read the words of a message. With `most`, a longer text is refused instead of cut. Raises SlackError."""
    body = {
        "text": call.arguments.get("text"),
        "blocks": call.structure("blocks", "invalid_blocks_format"),
        "attachments": call.structure("attachments", "invalid_attachments"),
        "metadata": call.structure("metadata", "invalid_metadata_format"),
    }
    if most is not None and len(call.text("text")) > most:
        raise SlackError("msg_too_long")
    if isinstance(body["attachments"], list) and len(body["attachments"]) > MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    try:
        return read_content(body, new_blocks=call.workspace.new_blocks)
    except ContentError as error:
        raise SlackError(error.error, **explained(error.messages)) from None


def _own_message(call: Call, refusal: str) -> tuple[Channel, Message]:
    channel = call.channel()
    message = call.message(channel)
    if message.user != call.bot_id:
        raise SlackError(refusal)
    return channel, message


METHODS = {
    "chat.postMessage": Method(post_message, scope=WRITE, required=("channel",), says=True),
    "chat.postEphemeral": Method(post_ephemeral, scope=WRITE, required=("channel", "user"), tier=4),
    "chat.update": Method(update, scope=WRITE, required=("channel", "ts"), tier=3),
    "chat.delete": Method(delete, scope=WRITE, required=("channel", "ts"), tier=3),
    "chat.getPermalink": Method(get_permalink, required=("channel", "message_ts")),
}
