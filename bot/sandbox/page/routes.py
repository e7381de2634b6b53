"""The page's addresses: the page itself, its living parts, and everything that people do on it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.errors import NotFoundError
from bot.sandbox.interactions import Outcome
from bot.sandbox.page.acts import ACTS, GONE, Act
from bot.sandbox.page.asked import Asked, AskedError
from bot.sandbox.page.changes import Changes
from bot.sandbox.page.doors import Doors
from bot.sandbox.page.files import hand_out
from bot.sandbox.page.gate import HEADERS, SafeFiles, fields_of, guarded, may_look, refused, same_origin
from bot.sandbox.page.layout import draw_page, living_parts
from bot.sandbox.page.scene import Scene, scene_of, scene_of_deed

STATIC: Final = Path(__file__).parent / "static"
MOST_WAIT_SECONDS: Final = 20.0
MOST_DIGITS: Final = 9
GATHER_SECONDS: Final = 0.05
"""How long changes are gathered before those who wait for one are answered: they seldom come alone."""


class Page:
    """The page over a sandbox. Every address on it is relative, so that a prefix does no harm."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._changes = Changes()
        doors.workspace.on_change(self._changes.note)
        doors.workspace.clock.on_move(doors.workspace.changed)

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the page."""
        return [
            Route("/", guarded(self._show)),
            Route("/fragment", guarded(self._fragment)),
            *[Route(f"/{name}", guarded(self._doing(act)), methods=["POST"]) for name, act in ACTS.items()],
            Route("/suggest", guarded(self._suggest), methods=["POST"]),
            Route("/file", guarded(self._file)),
            Mount("/static", SafeFiles(directory=STATIC)),
        ]

    def stop_waiting(self) -> None:
        """Answer all who wait for something to change, so that the server can end."""
        self._changes.end()

    async def _show(self, request: Request) -> Response:
        if not may_look(request):
            return refused()
        scene = scene_of(self._doors, request.query_params, opens=same_origin(request))
        if scene is None:
            return PlainTextResponse("This workspace has no people or no channels yet.", 503)
        workspace, channel_id, person_id = scene.workspace, scene.channel.slack_id, scene.person.slack_id
        if scene.is_app:
            workspace.open_home(person_id, channel_id, scene.tab)
        if scene.tab == "messages" and workspace.unread(scene.channel, person_id):
            since = scene.channel.read_until.get(person_id, "")
            workspace.mark_read(channel_id, person_id)
            scene = scene_of(self._doors, {**request.query_params, "tab": scene.tab, "since": since}) or scene
        return HTMLResponse(draw_page(scene), headers=HEADERS)

    async def _fragment(self, request: Request) -> Response:
        if not same_origin(request):
            return refused()
        asked = request.query_params
        scene = scene_of(self._doors, asked)
        if scene is None:
            return Response(status_code=404)
        if asked.get("wait") and asked.get("seen") == scene.seen:
            change = self._changes.wait(lambda: self._seen(request) != asked.get("seen"), _seconds(asked["wait"]))
            if not await _while_there(request, change):
                return Response(status_code=204)
            await asyncio.sleep(GATHER_SECONDS)
            scene = scene_of(self._doors, asked) or scene
        if asked.get("seen") == scene.seen:
            return Response(status_code=204, headers=HEADERS)
        return _living(scene, Outcome())

    def _seen(self, request: Request) -> str:
        scene = scene_of(self._doors, request.query_params)
        return scene.seen if scene else ""

    def _doing(self, act: Act) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if not same_origin(request):
                return refused()
            try:
                asked = Asked({**request.query_params, **await fields_of(request)})
                scene = _scene_of_deed(self._doors, asked)
                if scene is None:
                    return PlainTextResponse(GONE, 404, headers=HEADERS)
                outcome = await act(self._doors, scene, asked)
            except NotFoundError:
                outcome = Outcome(GONE)
            except (AskedError, TypeError, ValueError):
                return Response(status_code=400)
            return self._done(request, asked, outcome)

        return answer

    def _done(self, request: Request, asked: Asked, outcome: Outcome) -> Response:
        scene = scene_of(self._doors, asked.fields)
        if scene is None:
            return Response(status_code=404)
        if request.headers.get("accept", "").startswith("application/json"):
            return _living(scene, outcome)
        return RedirectResponse(scene.here(), status_code=303)

    async def _file(self, request: Request) -> Response:
        if not may_look(request):
            return refused()
        asked, workspace = request.query_params, self._doors.workspace
        try:
            return hand_out(str(asked.get("id", "")), workspace.person(str(asked.get("as", ""))), workspace)
        except NotFoundError:
            return PlainTextResponse(GONE, 404, headers=HEADERS)

    async def _suggest(self, request: Request) -> Response:
        if not same_origin(request):
            return refused()
        try:
            asked = Asked({**request.query_params, **await fields_of(request)})
            scene = _scene_of_deed(self._doors, asked)
            if scene is None:
                return PlainTextResponse(GONE, 404, headers=HEADERS)
            rows = await self._doors.interactions.suggest(
                scene.person.slack_id,
                asked.place(scene.channel),
                asked.text("block"),
                asked.text("action"),
                asked.text("typed"),
                asked.texts("values") if "values" in asked.fields else [],
            )
        except NotFoundError:
            rows = []
        except (AskedError, TypeError, ValueError):
            return Response(status_code=400)
        return JSONResponse({"rows": rows}, headers=HEADERS)


def _living(scene: Scene, outcome: Outcome) -> Response:
    return JSONResponse(
        {
            "seen": scene.seen,
            "born": scene.born,
            "version": scene.workspace.version,
            "place": scene.place,
            "unread": scene.tab == "messages" and bool(scene.workspace.unread(scene.channel, scene.person.slack_id)),
            "parts": living_parts(scene),
            "outcome": {"error": outcome.error, "errors": dict(outcome.errors)},
        },
        headers=HEADERS,
    )


def _scene_of_deed(doors: Doors, asked: Asked) -> Scene | None:
    try:
        return scene_of_deed(doors, asked.fields)
    except NotFoundError:
        return None


async def _while_there(request: Request, change: Coroutine[Any, Any, None]) -> bool:
    """Wait for a change; return False, and wait no longer, once whoever asked has hung up."""
    waiting, leaving = asyncio.create_task(change), asyncio.create_task(_hung_up(request))
    try:
        await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if leaving.done():
            return False
        await waiting
        return True
    finally:
        waiting.cancel()
        leaving.cancel()
        await asyncio.wait({waiting, leaving})


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _seconds(written: str) -> float:
    return min(int(written[:MOST_DIGITS]), MOST_WAIT_SECONDS) if written.isdecimal() else 0
