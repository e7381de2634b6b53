"""The addresses of the page's tools and of its tour. What is sent here does something, so it must come from the page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.errors import RefusedError
from bot.sandbox.page.deeds import ask_for_fault, do, turn
from bot.sandbox.page.gate import HEADERS, form_of, guarded, refused, same_origin
from bot.sandbox.page.inspector import draw_entries, draw_exchange
from bot.sandbox.page.reader import Reader
from bot.sandbox.page.tools import draw_drawer, living_parts, mark_of
from bot.sandbox.page.tour import draw_tour
from bot.sandbox.page.workbench import Workbench


class ToolRoutes:
    """The tools over a sandbox's inner parts."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench

    def routes(self) -> list[BaseRoute]:
        """Return the routes; they stand beside those of the page."""
        return [
            Route("/tools", guarded(self._show)),
            Route("/tools", guarded(self._do), methods=["POST"]),
            Route("/tools/news", guarded(self._news)),
            Route("/tools/exchange", guarded(self._exchange)),
            Route("/tour", guarded(self._tour)),
        ]

    async def _show(self, request: Request) -> Response:
        return HTMLResponse(draw_drawer(self._workbench, self._reader(request.query_params)), headers=HEADERS)

    async def _news(self, request: Request) -> Response:
        asked = request.query_params
        news = self._news_since(asked)
        if news["seen"] == asked.get("seen") and not news["entries"]:
            return Response(status_code=204, headers=HEADERS)
        return JSONResponse(news, headers=HEADERS)

    async def _exchange(self, request: Request) -> Response:
        entry = self._workbench.record.entry(_number(request.query_params, "number"))
        return HTMLResponse(draw_exchange(entry), headers=HEADERS)

    async def _tour(self, request: Request) -> Response:
        if not self._workbench.tour:
            return Response(status_code=204, headers=HEADERS)
        return HTMLResponse(draw_tour(self._workbench.tour, self._reader(request.query_params)), headers=HEADERS)

    async def _do(self, request: Request) -> Response:
        if not same_origin(request):
            return refused()
        form = await form_of(request)
        try:
            said, status = await self._done(form), 200
        except RefusedError as error:
            said, status = str(error), 400
        if request.headers.get("accept", "").startswith("application/json"):
            return JSONResponse({"said": said, **self._news_since(form)}, status, headers=HEADERS)
        return RedirectResponse("./?" + urlencode({"as": form.get("as", "")}), status_code=303)

    async def _done(self, form: Mapping[str, str]) -> str:
        if "turn" in form:
            return turn(self._workbench, form["turn"])
        if form.get("do") == "fault":
            return ask_for_fault(self._workbench, form)
        return await do(self._workbench, form.get("do", ""))

    def _news_since(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """Return the exchanges after the number `after`, and the living parts of the drawer."""
        reader = self._reader(asked)
        parts = living_parts(self._workbench, reader)
        return {
            "latest": self._workbench.record.latest,
            "entries": draw_entries(self._workbench.record.since(_number(asked, "after")), reader),
            "seen": mark_of(parts),
            "parts": parts,
        }

    def _reader(self, asked: Mapping[str, str]) -> Reader:
        people = self._workbench.workspace.people
        return Reader(self._workbench.workspace, people.get(asked.get("as", ""), self._workbench.workspace.slackbot))


def _number(asked: Mapping[str, str], name: str) -> int:
    written = asked.get(name, "0")
    return int(written) if written.isdecimal() and len(written) < 10 else 0
