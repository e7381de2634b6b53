"""The sandbox assembled: one small web server on this machine that is Slack to the app and a page to people."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute

from bot.sandbox.api.answer import WebApi
from bot.sandbox.clock import Clock
from bot.sandbox.commands import Commands
from bot.sandbox.delivery import DeliveryError, Parcel, SignedHttp
from bot.sandbox.events import REPEATS, Events
from bot.sandbox.faults import Faults, Protocol
from bot.sandbox.forms import Forms
from bot.sandbox.gateway import Gateway
from bot.sandbox.interactions import Interactions
from bot.sandbox.manifest import read_manifest
from bot.sandbox.page.doors import Doors
from bot.sandbox.page.routes import Page
from bot.sandbox.page.tool_routes import ToolRoutes
from bot.sandbox.page.tour import Step
from bot.sandbox.page.workbench import Workbench
from bot.sandbox.record import Record
from bot.sandbox.responses import Answer, Conversation, Responses
from bot.sandbox.socket_mode import SocketMode
from bot.sandbox.strict_json import read_json
from bot.sandbox.uploading import Uploading
from bot.sandbox.workspace import Workspace

ACK_SECONDS = 3.0
STOP_SECONDS = 3
LOOPBACK = "127.0.0.1"
WAYS = ("commands", "actions", "app")


class Sandbox:
    """A small Slack around a workspace and the manifest of the one app in it.

    Without `request_url` the app connects over Socket Mode; with it, everything is sent there as signed HTTP requests.
    `clock` becomes the workspace's clock. `ack_seconds` is how long the app has to acknowledge, in real seconds,
    `repeats` are the waits before an event is sent again; `hosts` are further names under which a proxy may ask for the page;
    `tour` is shown to whoever opens the page for the first time.
    """

    def __init__(
        self,
        workspace: Workspace,
        manifest: Mapping[str, Any],
        clock: Clock | None = None,
        request_url: str | None = None,
        *,
        ack_seconds: float = ACK_SECONDS,
        repeats: Sequence[float] = REPEATS,
        hosts: Sequence[str] = (),
        tour: Sequence[Step] = (),
    ) -> None:
        workspace.clock = clock or workspace.clock
        self.workspace = workspace
        self.clock = workspace.clock
        self.manifest = read_manifest(manifest)
        self.request_url = request_url
        self.socket_mode = SocketMode(workspace.app_id)
        self.responses = Responses(workspace)
        self.faults = Faults()
        self.record = Record()
        self.gateway = Gateway(workspace, self.socket_mode, self.faults, self.record, ack_seconds)
        self.commands = Commands(workspace, self.manifest.commands, self.gateway, self.responses, self._response_url)
        self.interactions = Interactions(workspace, self.manifest, self.gateway, self.responses, self._response_url)
        self.forms = Forms(workspace, self.manifest, self.gateway, self.responses, self.interactions)
        self.events = Events(workspace, self.manifest, self.gateway, repeats)
        workspace.on_happening(self.events.hear)
        self._api = WebApi(workspace, self.manifest, self._open_link, lambda: f"{self.url}/", self.faults, self.record)
        self._port = 0
        self._page = Page(Doors(workspace, self.manifest, self.command, self.interactions, self.forms, self._connected))
        self._tools = ToolRoutes(
            Workbench(
                workspace, self.manifest, self.faults, self.record, self.socket_mode,
                request_url, ack_seconds, repeats, tour,
            )
        )  # fmt: skip
        self.app = self._assemble([LOOPBACK, "localhost", *hosts])

    @property
    def url(self) -> str:
        """The sandbox's own address, without a slash at the end."""
        return f"http://{LOOPBACK}:{self._port}"

    @property
    def api_url(self) -> str:
        """What a Slack client takes as its `base_url`."""
        return f"{self.url}/api/"

    @contextlib.asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator["Sandbox"]:
        """Serve on 127.0.0.1 at `port` (0: any free one) as long as the block lasts.

        Raises OSError if the port is taken. Signals are the caller's business.
        """
        listener = socket.create_server((LOOPBACK, port))
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            self.app,
            http=Protocol,
            ws="websockets-sansio",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        server = _Server(config)
        async with self._way_to_app():
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            self.events.begin()
            try:
                serving.add_done_callback(lambda _: server.ready.set())
                await server.ready.wait()
                if not serving.done():
                    yield self
            finally:
                await self.events.end()
                self.socket_mode.stop_waiting()
                self._page.stop_waiting()
                server.should_exit = True
                await serving
                listener.close()

    async def command(
        self,
        user_id: str,
        channel_id: str,
        command: str,
        text: str = "",
        *,
        wait_for_reply: bool = False,
        timeout: float = 5.0,  # noqa: ASYNC109
    ) -> Answer:
        """Send a slash command as a person and return what they saw.

        With `wait_for_reply` the first answer through response_url is waited for, `timeout` real seconds after the
        acknowledgement, and returned instead. Raises TimeoutError when none comes, NotFoundError for an unknown person
        or channel.
        """
        answer, conversation = await self.commands.run(user_id, channel_id, command, text)
        if wait_for_reply and answer.error is None:
            async with asyncio.timeout(timeout):
                return await conversation.replies.get()
        if answer == Answer() and not conversation.replies.empty():
            # It was answered by the address before it was acknowledged.
            return conversation.replies.get_nowait()
        return answer

    async def verify_address(self) -> bool:
        """Ask the app for a challenge back, as Slack does before it takes an address for events; whether it gave it."""
        challenge = secrets.token_hex(24)
        asked = {"token": self.workspace.verification_token, "challenge": challenge, "type": "url_verification"}
        try:
            answer = await self.gateway.send(Parcel("events_api", asked), "url_verification")
        except DeliveryError:
            return False
        return challenge in {answer.get("challenge"), str(answer.get("text", "")).strip()}

    @contextlib.asynccontextmanager
    async def _way_to_app(self) -> AsyncIterator[None]:
        if self.request_url is None:
            yield
            return
        async with httpx.AsyncClient(trust_env=False) as client:
            self.gateway.way = SignedHttp(self.request_url, self.workspace.signing_secret, client)
            yield

    def _assemble(self, hosts: Sequence[str]) -> Starlette:
        routes = [
            Route("/api/{method}", self._api.answer, methods=["GET", "POST"]),
            *[Route(f"/{way}/{{team}}/{{secret}}", self._respond, methods=["POST"]) for way in WAYS],
            Route("/upload/v1/{secret}", Uploading(self.workspace, self.record).take, methods=["POST"]),
            WebSocketRoute("/link/", self.socket_mode.serve),
            *self._page.routes(),
            *self._tools.routes(),
        ]
        # Without this a foreign site could point its own name at this machine and read the page as its own.
        only_here = Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
        return Starlette(routes=routes, middleware=[only_here])

    async def _respond(self, request: Request) -> Response:
        body = _read_response(await request.body())
        if body is None:
            return JSONResponse({"ok": False, "error": "invalid_payload"}, 400)
        status, answer = self.responses.use(request.path_params["secret"], body)
        return PlainTextResponse(answer, status) if isinstance(answer, str) else JSONResponse(answer, status)

    def _connected(self) -> bool:
        there = self.request_url is not None or self.socket_mode.connected > 0
        return there and self.workspace.installed

    def _open_link(self) -> str:
        ticket = self.socket_mode.new_ticket()
        return f"ws://{LOOPBACK}:{self._port}/link/?ticket={ticket}&app_id={self.workspace.app_id}"

    def _response_url(self, conversation: Conversation) -> str:
        return f"{self.url}/{conversation.way}/{self.workspace.team_id}/{conversation.secret}"


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the program around the sandbox decides what a signal means."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _read_response(body: bytes) -> dict[str, Any] | None:
    try:
        text = body.decode()
        if text.startswith("payload="):
            text = parse_qs(text)["payload"][0]
        read = read_json(text)
    except (ValueError, KeyError):
        return None
    return read if isinstance(read, dict) else None
