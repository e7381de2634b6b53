"""The web server: health, and Slack over signed HTTP."""

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.context import Context
from bot.services import programme

MOST_BYTES = 64 * 1024


def build(ctx: Context, bolt: AsyncApp) -> Starlette:
    """Return the web application: `/health` for whoever watches it, `/slack/events` for Slack."""
    slack = AsyncSlackRequestHandler(bolt)

    async def health(_request: Request) -> Response:
        await ctx.db.read(programme.current, ctx.now())
        return JSONResponse({"ok": True, "mode": ctx.settings.slack_mode})

    async def events(request: Request) -> Response:
        if not _well_formed(request):
            return JSONResponse({"error": "invalid request"}, status_code=401)
        if int(request.headers.get("content-length") or 0) > MOST_BYTES:
            return JSONResponse({"error": "too large"}, status_code=413)
        return await slack.handle(request)

    routes = [Route("/health", health)]
    if ctx.settings.slack_mode == "http":
        routes.append(Route("/slack/events", events, methods=["POST"]))
    return Starlette(routes=routes)


def _well_formed(request: Request) -> bool:
    """Whether the signature's headers can be read at all; Bolt checks what they say, and fails on what it cannot read."""
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    length = request.headers.get("content-length", "0")
    readable = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12
    return readable and signature.isascii() and length.isascii() and length.isdecimal()
