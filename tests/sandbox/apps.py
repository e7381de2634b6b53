"""Real Bolt apps, as anybody would write them, connected to the sandbox."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from bot.sandbox.server import Sandbox


def bolt_app(sandbox: Sandbox, received: list[dict[str, Any]]) -> AsyncApp:
    """Return an app with the three commands; what it is sent is appended to `received`."""
    app = AsyncApp(
        name="story",
        client=AsyncWebClient(sandbox.workspace.bot_token, base_url=sandbox.api_url),
        signing_secret=sandbox.workspace.signing_secret,
        process_before_response=True,
    )

    @app.command("/mystats")
    async def mystats(ack: AsyncAck, command: dict[str, Any]) -> None:
        received.append(command)
        await ack(f"Your {command['text'] or 'day'}: 12 contacts")

    @app.command("/kudos")
    async def kudos(ack: AsyncAck, command: dict[str, Any], respond: AsyncRespond) -> None:
        received.append(command)
        await ack()
        await respond(text=f"Thanks: {command['text']}", response_type="in_channel")

    @app.command("/slow")
    async def slow(ack: AsyncAck, respond: AsyncRespond, command: dict[str, Any]) -> None:
        received.append(command)
        await asyncio.sleep(1.2)
        await ack("too late")
        await respond("At last")

    return app


@contextlib.asynccontextmanager
async def connected(sandbox: Sandbox, app: AsyncApp) -> AsyncIterator[Any]:
    """Hold a Socket Mode connection for `app` as long as the block lasts."""
    handler: Any = AsyncSocketModeHandler(app, sandbox.workspace.app_token)
    before = sandbox.socket_mode.connected
    await handler.connect_async()
    try:
        async with asyncio.timeout(3):
            await sandbox.socket_mode.until_connected(before + 1)
        yield handler
    finally:
        await handler.close_async()


@contextlib.asynccontextmanager
async def served(app: AsyncApp, listener: socket.socket) -> AsyncIterator[None]:
    """Serve `app` over plain HTTP on `listener` as long as the block lasts."""
    handler = AsyncSlackRequestHandler(app)
    web = Starlette(routes=[Route("/slack/events", handler.handle, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(web, lifespan="off", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
