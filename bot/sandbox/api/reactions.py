"""Methods about reactions: reactions.add, remove, get. The sandbox knows the emoji that its page can draw."""

import re
from typing import Final

from bot.sandbox import shapes
from bot.sandbox.api.method import Call, Method, SlackError
from bot.sandbox.content import TS
from bot.sandbox.model import Channel, Json, Message
from bot.sandbox.page.emoji import EMOJI

READ = ("reactions:read",)
WRITE = ("reactions:write",)
TONED: Final = re.compile(r"(?P<name>[^:]+)(?:::skin-tone-[2-6])?")
SAME_AS: Final = {"thumbsup": "+1", "thumbsdown": "-1"}
"""Emoji with two names, and the one under which Slack keeps the reaction."""


def add(call: Call) -> Json:
    """Let the bot react to a message with an emoji."""
    channel, message = _item(call)
    if channel.is_archived:
        raise SlackError("is_archived")
    if not call.workspace.react(channel.slack_id, message.ts, call.bot_id, _emoji(call)):
        raise SlackError("already_reacted")
    return {}


def remove(call: Call) -> Json:
    """Take a reaction of the bot back."""
    channel, message = _item(call)
    if not call.workspace.unreact(channel.slack_id, message.ts, call.bot_id, _emoji(call)):
        raise SlackError("no_reaction")
    return {}


def get(call: Call) -> Json:
    """Return a message with its reactions."""
    channel, message = _item(call)
    shape = shapes.message(message, call.workspace)
    return {
        "type": "message",
        "channel": channel.slack_id,
        "message": shape | {"permalink": call.permalink(channel, message)},
    }


def _item(call: Call) -> tuple[Channel, Message]:
    if not (call.text("channel") and call.text("timestamp")):
        raise SlackError("no_item_specified")
    channel = call.joined_channel()
    if not TS.fullmatch(call.text("timestamp")):
        raise SlackError("bad_timestamp")
    return channel, call.message(channel, "timestamp")


def _emoji(call: Call) -> str:
    written = TONED.fullmatch(call.text("name"))
    if written is None or written["name"] not in EMOJI:
        raise SlackError("invalid_name")
    name, tone = written["name"], written[0].removeprefix(written["name"])
    return SAME_AS.get(name, name) + tone


METHODS = {
    "reactions.add": Method(add, scope=WRITE, required=("channel", "name", "timestamp"), tier=3),
    "reactions.remove": Method(remove, scope=WRITE, required=("name",), tier=2),
    "reactions.get": Method(get, scope=READ, tier=3),
}
