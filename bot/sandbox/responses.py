"""What the app answers to a person's deed: in the acknowledgement, or later through its response_url."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.errors import NotFoundError
from bot.sandbox.content import ContentError, read_content, read_thread
from bot.sandbox.model import Json, Message
from bot.sandbox.workspace import Workspace

MOST_USES = 5
LIFE_SECONDS = 30 * 60


@dataclass(frozen=True)
class Answer:
    """What the person saw after a command. `error` is Slack's name for a failure; an empty `text` is silence."""

    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    ephemeral: bool = True
    ts: str | None = None
    error: str | None = None


@dataclass
class Conversation:
    """One command or action on its way: who did what where, and everything answered so far.

    `way` is the word in its address, `about` the message that an action belongs to.
    """

    secret: str
    channel_id: str
    user_id: str
    typed: str
    way: str
    opened: float
    uses: int = 0
    about: Message | None = None
    said: list[Message] = field(default_factory=list)
    replies: asyncio.Queue[Answer] = field(default_factory=asyncio.Queue)


class Responses:
    """The conversations that commands and actions have opened, by the secret in their response_url."""

    def __init__(self, workspace: Workspace, real_seconds: Callable[[], float] = time.monotonic) -> None:
        self._workspace = workspace
        self._real_seconds = real_seconds
        self._open: dict[str, Conversation] = {}

    def open(
        self, channel_id: str, user_id: str, typed: str = "", *, way: str = "commands", about: Message | None = None
    ) -> Conversation:
        """Begin a conversation about the command `typed`, or about a message that somebody acted on."""
        now = self._real_seconds()
        # Those that nobody can use any more for a long while are forgotten; younger ones still answer `expired_url`.
        while self._open and now - next(iter(self._open.values())).opened >= 4 * LIFE_SECONDS:
            del self._open[next(iter(self._open))]
        conversation = Conversation(secrets.token_urlsafe(18), channel_id, user_id, typed, way, now, about=about)
        self._open[conversation.secret] = conversation
        return conversation

    def use(self, secret: str, body: Mapping[str, Any]) -> tuple[int, str | Json]:
        """Answer one request to a response_url: the HTTP status and the body, "ok" when all is well."""
        conversation = self._open.get(secret)
        if conversation is None or not self._workspace.installed:
            return 404, {"ok": False, "error": "no_such_url"}
        if self._real_seconds() - conversation.opened > LIFE_SECONDS:
            return 404, {"ok": False, "error": "expired_url"}
        if conversation.uses >= MOST_USES:
            return 404, {"ok": False, "error": "used_url"}
        if self._workspace.channel(conversation.channel_id).is_archived:
            # Documented for incoming webhooks, which a response_url works like.
            return 410, {"ok": False, "error": "channel_is_archived"}
        try:
            answer = self.say(conversation, body)
        except ContentError as error:
            return 400, {"ok": False, "error": error.error}
        conversation.uses += 1
        conversation.replies.put_nowait(answer)
        return 200, "ok"

    def say(self, conversation: Conversation, body: Mapping[str, Any]) -> Answer:
        """Show what the app answered and return it. Raises ContentError for what cannot be shown."""
        original = self._original(conversation)
        if body.get("delete_original"):
            if original is not None:
                self._workspace.delete(conversation.channel_id, original.ts)
                conversation.said = [message for message in conversation.said if message is not original]
            return Answer()
        content = read_content(body, new_blocks=self._workspace.new_blocks)
        thread_ts = self._thread(conversation.channel_id, read_thread(body.get("thread_ts")))
        in_channel = body.get("response_type") == "in_channel"
        if body.get("replace_original") and original is not None:
            # Nobody but the reader sees an ephemeral message, and Slack does not mark it as edited.
            changes = {"text": content.text, "blocks": content.blocks, "attachments": content.attachments}
            silently = original.ephemeral_to is not None
            message = self._workspace.amend(conversation.channel_id, original.ts, silently=silently, **changes)
        else:
            message = self._workspace.post_as_bot(
                conversation.channel_id,
                content.text,
                ephemeral_to=None if in_channel else conversation.user_id,
                thread_ts=thread_ts,
                command=conversation.typed or None,
                **content.fields(),
            )
            conversation.said.append(message)
        return Answer(message.text, message.blocks, message.ephemeral_to is not None, message.ts)

    def _thread(self, channel_id: str, thread_ts: str | None) -> str | None:
        """Return the thread of a message; an answer to one that is not there stands in the channel itself."""
        if thread_ts is None:
            return None
        try:
            answered = self._workspace.message(channel_id, thread_ts)
        except NotFoundError:
            return None
        return answered.thread_ts or answered.ts

    def _original(self, conversation: Conversation) -> Message | None:
        known = conversation.about or (conversation.said[-1] if conversation.said else None)
        if known is None:
            return None
        try:
            return self._workspace.message(conversation.channel_id, known.ts)
        except NotFoundError:
            return None
