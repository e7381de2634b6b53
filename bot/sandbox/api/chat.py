"""Methods that say something: chat.postMessage, postEphemeral, update, delete, getPermalink, reactions.add."""

from dataclasses import replace

from bot.errors import NotFoundError
from bot.sandbox.api import shapes
from bot.sandbox.api.method import Call, Method, SlackError, explained
from bot.sandbox.content import Content, ContentError, read_content
from bot.sandbox.model import Channel, Json, Message, micros_of, ts_of

WRITE = ("chat:write",)


def post_message(call: Call) -> Json:
    """Say something in a channel, or to one person when `channel` is a person's id."""
    channel = _target(call)
    content = _content(call)
    said = call.workspace.post_as_bot(
        channel.slack_id, content.text, thread_ts=call.text("thread_ts") or None, **content.fields()
    )
    return {"channel": channel.slack_id, "ts": said.ts, "message": shapes.message(said, call.workspace)}


def post_ephemeral(call: Call) -> Json:
    """Say something in a channel to one of its members alone."""
    channel = _target(call)
    reader = call.text("user")
    if reader not in call.workspace.people:
        raise SlackError("user_not_found")
    if reader not in channel.members:
        raise SlackError("user_not_in_channel")
    content = _content(call)
    thread_ts = call.text("thread_ts") or None
    said = call.workspace.post_as_bot(
        channel.slack_id, content.text, ephemeral_to=reader, thread_ts=thread_ts, **content.fields()
    )
    return {"message_ts": said.ts}


def update(call: Call) -> Json:
    """Change one of the app's own messages; blocks, attachments and metadata that are not given stay."""
    channel, message = _own_message(call, "cant_update_message")
    kept = {
        name: getattr(message, name)
        for name in ("text", "blocks", "attachments", "metadata")
        if call.arguments.get(name) is None
    }
    content = _content(replace(call, arguments={**call.arguments, **kept}))
    message.text, message.blocks, message.attachments = content.text, content.blocks, content.attachments
    message.metadata = content.metadata
    message.edited_ts = ts_of(micros_of(call.workspace.clock.now()))
    call.workspace.changed()
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
    path = f"archives/{channel.slack_id}/p{message.ts.replace('.', '')}"
    return {"channel": channel.slack_id, "permalink": call.site_url + path}


def reactions_add(call: Call) -> Json:
    """Let the bot react to a message with an emoji."""
    channel = call.joined_channel()
    message = call.message(channel, "timestamp")
    people = message.reactions.setdefault(call.text("name").strip(":"), [])
    if call.bot_id in people:
        raise SlackError("already_reacted")
    people.append(call.bot_id)
    call.workspace.changed()
    return {}


def _target(call: Call) -> Channel:
    wanted = call.text("channel")
    if wanted in call.workspace.people:
        try:
            return call.workspace.conversation_of([call.bot_id, wanted])
        except NotFoundError:
            raise SlackError("channel_not_found") from None
    channel = call.joined_channel()
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel


def _content(call: Call) -> Content:
    body = {
        "text": call.arguments.get("text"),
        "blocks": call.structure("blocks", "invalid_blocks_format"),
        "attachments": call.structure("attachments", "invalid_attachments"),
        "metadata": call.structure("metadata", "invalid_metadata_format"),
    }
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
    "reactions.add": Method(
        reactions_add, scope=("reactions:write",), required=("channel", "name", "timestamp"), tier=3
    ),
}
