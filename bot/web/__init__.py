"""The web server: health, and Slack over signed HTTP."""

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.context import Context
from bot.services import programme

MOST_BYTES = 64 * 1024
LONGEST_TIMESTAMP = 12


def build(ctx: Context, bolt: AsyncApp) -> Starlette:
    """Return the web application: `/health` for whoever watches it, `/slack/events` for Slack."""

    async def health(_request: Request) -> Response:
        await ctx.db.read(programme.current, ctx.now())
        return JSONResponse({"ok": True, "mode": ctx.settings.slack_mode})

    async def events(request: Request) -> Response:
        if not _well_formed(request):
            return JSONResponse({"error": "invalid request"}, status_code=401)
        body = await _body(request)
        if body is None:
            return JSONResponse({"error": "too large"}, status_code=413)
        if not _is_text(body):
            return JSONResponse({"error": "invalid request"}, status_code=400)
        return to_starlette_response(await bolt.async_dispatch(to_async_bolt_request(request, body)))

    routes = [Route("/health", health)]
    if ctx.settings.slack_mode == "http":
        routes.append(Route("/slack/events", events, methods=["POST"]))
    return Starlette(routes=routes)


def _well_formed(request: Request) -> bool:
    """Whether the signature's headers can be read at all; Bolt checks what they say, and fails on what it cannot read."""
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    readable = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= LONGEST_TIMESTAMP
    return readable and signature.isascii()


async def _body(request: Request) -> bytes | None:
    """Return the body; None where it is longer than Slack ever sends, without reading on."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
