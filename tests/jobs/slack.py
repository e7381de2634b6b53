"""A small server in place of Slack, for answers that no Slack gives on request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.context import Context
from bot.settings import Settings
from tests.encore import House, until

LIMITED = JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers={"Retry-After": "1"})


def refusal(error: str) -> Response:
    """Return the answer with which Slack refuses."""
    return JSONResponse({"ok": False, "error": error})


class Slack:
    """A small server that answers Slack's methods as a test says, whatever it is asked."""

    def __init__(self, **answers: Response) -> None:
        self.answers = answers
        self.asked: list[str] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        async def answer(request: Request) -> Response:
            method = request.path_params["method"]
            self.asked.append(method)
            return self.answers[method]

        async with served(Starlette(routes=[Route("/api/{method}", answer, methods=["GET", "POST"])])) as url:
            yield f"{url}api/"


@asynccontextmanager
async def served(app: Starlette, **options: Any) -> AsyncIterator[str]:
    """Let an application answer at an address of its own."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off", ws="none", **options))
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    server.should_exit = True
    await serving


def context(where: House, url: str) -> Context:
    return Context(
        where.clock.now, where.centre.db, AsyncWebClient("xoxb-sample", base_url=url, retry_handlers=[]),
        Settings(_env_file=None), where.workspace.team_id,
    )  # fmt: skip
