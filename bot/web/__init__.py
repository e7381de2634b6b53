"""The web server: health, meters, and Slack over signed HTTP."""

from collections.abc import Callable
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.context import Context
from bot.services import outbox
from bot.web.health import health
from bot.web.slack import door


def build(ctx: Context, bolt: AsyncApp, *, machine: Callable[[], datetime] | None = None) -> Starlette:
    """Return the web application: `/health` and `/metrics` for whoever watches it, `/slack/events` for Slack.

    Signatures are judged by the clock of the `machine`.
    """

    async def metrics(_request: Request) -> Response:
        ctx.meters.outbox(await ctx.db.read(outbox.counts))
        return Response(generate_latest(ctx.meters.registry), media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/health", health(ctx)), Route("/metrics", metrics)]
    if ctx.settings.slack_mode == "http":
        secrets = (ctx.settings.slack_signing_secret, ctx.settings.slack_signing_secret_old)
        known = [secret.get_secret_value() for secret in secrets if secret.get_secret_value().strip()]
        routes.append(Route("/slack/events", door(bolt, known, machine=machine), methods=["POST"]))
    return Starlette(routes=routes)
