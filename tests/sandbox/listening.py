"""An app that hears everything Slack can send it, over Socket Mode or over signed HTTP, and answers as the story says."""

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .apps import connected, served

Json = dict[str, Any]
ANYTHING = re.compile(".*", re.DOTALL)

EVENTS = [
    "message.channels", "message.groups", "message.im", "app_mention", "reaction_added", "reaction_removed",
    "app_home_opened", "member_joined_channel", "member_left_channel", "team_join", "user_change", "channel_archive",
    "channel_unarchive", "channel_rename", "app_uninstalled", "tokens_revoked",
]  # fmt: skip
SCOPES = [
    "commands", "chat:write", "channels:history", "groups:history", "im:history", "app_mentions:read",
    "reactions:read", "reactions:write", "channels:read", "groups:read", "users:read", "im:write",
]  # fmt: skip

MANIFEST: Json = {
    "features": {
        "app_home": {"home_tab_enabled": True},
        "slash_commands": [{"command": "/ask", "description": "Opens a form", "should_escape": True}],
        "shortcuts": [
            {"name": "Thank somebody", "type": "global", "callback_id": "thank", "description": "A form"},
            {"name": "Thank for this", "type": "message", "callback_id": "thank_for", "description": "A form"},
        ],
    },
    "oauth_config": {"scopes": {"bot": SCOPES}},
    "settings": {"interactivity": {"is_enabled": True}, "event_subscriptions": {"bot_events": EVENTS}},
}


@dataclass
class Heard:
    """What the app was sent. `answers` are given to forms and menus, in order; `down` lets it fail."""

    bodies: list[Json] = field(default_factory=list)
    headers: list[Json] = field(default_factory=list)
    answers: list[Json] = field(default_factory=list)
    down: bool = False
    before_answer: Awaitable[Any] | None = None
    """What the app does before it answers the next form."""

    def of(self, kind: str) -> list[Json]:
        """Return the bodies of one kind: a type, or an event's type."""
        return [body for body in self.bodies if kind in {body.get("type"), body.get("event", {}).get("type")}]

    async def wait_for(self, kind: str, count: int = 1) -> list[Json]:
        """Wait until so many bodies of this kind have come, and return them."""
        async with asyncio.timeout(5):
            while len(self.of(kind)) < count:
                await asyncio.sleep(0.005)
        return self.of(kind)


def listening_app(sandbox: Sandbox, heard: Heard) -> AsyncApp:
    """Return the app; everything goes into `heard`."""
    app = AsyncApp(
        name="story",
        client=AsyncWebClient(sandbox.workspace.bot_token, base_url=sandbox.api_url),
        signing_secret=sandbox.workspace.signing_secret,
        process_before_response=True,
        ignoring_self_events_enabled=False,
    )

    @app.middleware
    async def note(
        req: AsyncBoltRequest,
        body: Json,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse | None:
        heard.bodies.append(body)
        heard.headers.append(dict(req.headers))
        return BoltResponse(status=500) if heard.down else await next()

    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def answer(ack: AsyncAck) -> None:
        doing, heard.before_answer = heard.before_answer, None
        if doing is not None:
            await doing
        await ack(**(heard.answers.pop(0) if heard.answers else {}))

    app.command(ANYTHING)(acknowledge)
    app.action(ANYTHING)(acknowledge)
    app.shortcut(ANYTHING)(acknowledge)
    app.view_submission(ANYTHING)(answer)
    app.view_closed(ANYTHING)(acknowledge)
    app.options(ANYTHING)(answer)
    app.event(ANYTHING)(acknowledge)
    return app


@contextlib.asynccontextmanager
async def listening(workspace: Workspace, way: str, heard: Heard, **options: Any) -> AsyncIterator[Sandbox]:
    """Run the sandbox with the app connected over `way`: socket or http."""
    chosen: dict[str, Any] = {"manifest": MANIFEST, "ack_seconds": 1.0} | options
    if way == "socket":
        async with (
            Sandbox(workspace, **chosen).running() as sandbox,
            connected(sandbox, listening_app(sandbox, heard)),
        ):
            yield sandbox
        return
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events"
    async with (
        Sandbox(workspace, request_url=address, **chosen).running() as sandbox,
        served(listening_app(sandbox, heard), listener),
    ):
        yield sandbox
