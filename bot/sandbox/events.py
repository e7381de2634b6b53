"""The Events API: what happens in the workspace is told to the app, if its manifest asks for it and it may know.

An event that is not acknowledged is repeated at once, after one minute and after five, by real time.
"""

import asyncio
import base64
import json
import secrets
from collections.abc import Sequence
from typing import Final

from bot.sandbox import shapes
from bot.sandbox.delivery import DeliveryError, Parcel
from bot.sandbox.event_shapes import SHAPES, Event
from bot.sandbox.gateway import Gateway
from bot.sandbox.manifest import Manifest
from bot.sandbox.model import Channel, Happening, Json
from bot.sandbox.workspace import Workspace

REPEATS: Final = (0.0, 60.0, 300.0)
"""How many real seconds after the failure before it an event is sent again."""


class Events:
    """Tells the app what happens. `repeats` are the waits before each repeat, in real seconds."""

    def __init__(
        self, workspace: Workspace, manifest: Manifest, gateway: Gateway, repeats: Sequence[float] = REPEATS
    ) -> None:
        self._workspace = workspace
        self._manifest = manifest
        self._gateway = gateway
        self._repeats = tuple(repeats)
        self._under_way: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> None:
        """Tell of everything from now on; has to be called where the event loop runs."""
        self._loop = asyncio.get_running_loop()

    async def end(self) -> None:
        """Give up on what is still under way."""
        self._loop = None
        for task in tuple(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def hear(self, happening: Happening) -> None:
        """Tell the app of this, soon and without waiting for it."""
        if self._loop is None or not self._workspace.installed:
            return
        for event in self._events(happening):
            if self._wanted(event, happening.channel):
                self._tell(event)

    def _tell(self, event: Event) -> None:
        for _ in range(self._gateway.take_copies()):
            # Each copy has an event_id of its own: Slack has been seen to send the same message eleven times so.
            task = asyncio.ensure_future(self._deliver(event, self._envelope(event.event)), loop=self._loop)
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _deliver(self, event: Event, envelope: Json) -> None:
        reason = ""
        for attempt, wait in enumerate((0.0, *self._repeats)):
            await asyncio.sleep(wait)
            try:
                await self._gateway.send(
                    Parcel("events_api", envelope, attempt, reason), f"event {event.event['type']}"
                )
            except DeliveryError as error:
                if error.final:
                    return
                reason = error.reason
            else:
                return

    def _wanted(self, event: Event, channel: Channel | None) -> bool:
        if event.name not in self._manifest.events:
            return False
        scopes = self._manifest.scopes
        if event.scope and scopes is not None and event.scope not in scopes:
            return False
        return not event.heard or channel is None or self._workspace.bot_user.slack_id in channel.members

    def _envelope(self, event: Json) -> Json:
        workspace = self._workspace
        return {
            "token": workspace.verification_token,
            "team_id": workspace.team_id,
            "api_app_id": workspace.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(5).upper()}",
            "event_time": shapes.seconds(workspace.clock),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": workspace.team_id,
                    "user_id": workspace.bot_user.slack_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            **self._context(event),
        }

    def _context(self, event: Json) -> Json:
        # Slack's recorded events differ in what they say about where they come from.
        about = {"et": event["type"], "tid": self._workspace.team_id, "aid": self._workspace.app_id}
        context = {"event_context": "4-" + base64.b64encode(json.dumps(about).encode()).decode()}
        if event["type"] == "message":
            return context | {"context_team_id": self._workspace.team_id, "context_enterprise_id": None}
        return context if event["type"] == "app_mention" else {}

    def _events(self, happening: Happening) -> list[Event]:
        shape = SHAPES.get(happening.kind)
        return shape(happening, self._workspace) if shape else []
