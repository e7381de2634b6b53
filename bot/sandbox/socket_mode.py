"""Socket Mode: the app's WebSocket connections, the envelopes that go out over them and the acknowledgements."""

import asyncio
import contextlib
import itertools
import secrets
import time
import uuid

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from bot.sandbox.delivery import DeliveryError, Parcel
from bot.sandbox.model import Json
from bot.sandbox.strict_json import read_json

MOST_CONNECTIONS = 10
TICKET_SECONDS = 30.0


class SocketMode:
    """The connections of one app. Each envelope goes to one of them, in turn."""

    def __init__(self, app_id: str) -> None:
        self._app_id = app_id
        self._tickets: dict[str, float] = {}
        self._connections: list[WebSocket] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._turn = itertools.count()
        self._arrival = asyncio.Event()

    @property
    def connected(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    async def until_connected(self, count: int = 1) -> None:
        """Wait until at least `count` connections are open."""
        while self.connected < count:
            self._arrival.clear()
            await self._arrival.wait()

    def new_ticket(self) -> str:
        """Return a ticket that opens one connection within 30 real seconds."""
        now = time.monotonic()
        self._tickets = {ticket: until for ticket, until in self._tickets.items() if until > now}
        ticket = secrets.token_urlsafe(16)
        self._tickets[ticket] = now + TICKET_SECONDS
        return ticket

    async def serve(self, websocket: WebSocket) -> None:
        """Take one connection: check its ticket, greet it, and read acknowledgements until it ends."""
        if self._tickets.pop(websocket.query_params.get("ticket", ""), 0.0) < time.monotonic():
            await websocket.close(code=1008)
            return
        await websocket.accept()
        if self.connected >= MOST_CONNECTIONS:
            await self._say_goodbye(websocket, "too_many_websockets")
            return
        self._connections.append(websocket)
        self._arrival.set()
        try:
            await websocket.send_json(self._hello())
            while True:
                self._take(await _frame(websocket))
        except WebSocketDisconnect:
            pass
        finally:
            if websocket in self._connections:
                self._connections.remove(websocket)

    async def send(self, parcel: Parcel, seconds: float) -> Json:
        """Deliver over one connection and return its acknowledgement, {} if empty. Raises DeliveryError."""
        envelope_id = str(uuid.uuid4())
        envelope: Json = {"envelope_id": envelope_id, "type": parcel.kind, "payload": parcel.payload}
        envelope["accepts_response_payload"] = parcel.kind != "events_api"
        if parcel.kind == "events_api":
            envelope |= {"retry_attempt": parcel.attempt, "retry_reason": parcel.reason}
        acknowledged: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = acknowledged
        try:
            async with asyncio.timeout(seconds):
                await self._hand_over(envelope)
                return await acknowledged
        except TimeoutError:
            raise DeliveryError("operation_timeout", "timeout") from None
        finally:
            self._waiting.pop(envelope_id, None)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to make a new one, as Slack does when it refreshes, and close them."""
        for websocket in tuple(self._connections):
            self._connections.remove(websocket)
            await self._say_goodbye(websocket, reason)

    def stop_waiting(self) -> None:
        """Give up on the acknowledgements that are still out; whoever waits gets `dispatch_failed`."""
        for acknowledged in self._waiting.values():
            if not acknowledged.done():
                acknowledged.set_exception(DeliveryError("dispatch_failed"))

    async def _hand_over(self, envelope: Json) -> None:
        # A connection may have gone without a word: the next one is tried, until none is left.
        while self._connections:
            websocket = self._connections[next(self._turn) % len(self._connections)]
            try:
                await websocket.send_json(envelope)
            except (WebSocketDisconnect, RuntimeError):
                if websocket in self._connections:
                    self._connections.remove(websocket)
            else:
                return
        raise DeliveryError("dispatch_failed", "connection_failed")

    def _take(self, frame: str | bytes) -> None:
        try:
            message = read_json(frame)
        except ValueError:
            return
        if not isinstance(message, dict):
            return
        acknowledged = self._waiting.get(str(message.get("envelope_id")))
        # What comes after the three seconds, or a second time, is dropped as Slack drops it.
        if acknowledged is not None and not acknowledged.done():
            payload = message.get("payload")
            acknowledged.set_result(payload if isinstance(payload, dict) else {})

    async def _say_goodbye(self, websocket: WebSocket, reason: str) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await websocket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
            if websocket.client_state is WebSocketState.CONNECTED:
                await websocket.close()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.connected,
            "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18_060},
        }


async def _frame(websocket: WebSocket) -> str | bytes:
    """Return what came next, as text or as bytes. Raises WebSocketDisconnect at the end."""
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message["code"])
    frame: str | bytes = message.get("text") or message.get("bytes") or ""
    return frame
