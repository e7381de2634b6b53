"""The web server: health, meters, and Slack over signed HTTP."""

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.context import Context
from bot.services import outbox, programme
from bot.web.slack import door


def build(ctx: Context, bolt: AsyncApp) -> Starlette:
    """Return the web application: `/health` and `/metrics` for whoever watches it, `/slack/events` for Slack."""

    async def health(_request: Request) -> Response:
        await ctx.db.read(programme.current, ctx.now())
        return JSONResponse({"ok": True, "mode": ctx.settings.slack_mode})

    async def metrics(_request: Request) -> Response:
        ctx.meters.outbox(await ctx.db.read(outbox.counts))
        return Response(generate_latest(ctx.meters.registry), media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/health", health), Route("/metrics", metrics)]
    if ctx.settings.slack_mode == "http":
        secret = ctx.settings.slack_signing_secret.get_secret_value()
        routes.append(Route("/slack/events", door(bolt, secret), methods=["POST"]))
    return Starlette(routes=routes)
