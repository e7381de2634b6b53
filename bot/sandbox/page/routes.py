"""The page's addresses: the page itself, its living parts, and everything that people do on it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.errors import NotFoundError
from bot.sandbox.interactions import Outcome
from bot.sandbox.page.acts import ACTS, GONE, Act
from bot.sandbox.page.asked import Asked, AskedError
from bot.sandbox.page.changes import Changes
from bot.sandbox.page.doors import Doors
from bot.sandbox.page.gate import HEADERS, fields_of, refused, same_origin
from bot.sandbox.page.layout import draw_page, living_parts
from bot.sandbox.page.scene import Scene, scene_of

STATIC: Final = Path(__file__).parent / "static"
MOST_WAIT_SECONDS: Final = 20.0
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
            Route("/", self._show),
            Route("/fragment", self._fragment),
            *[Route(f"/{name}", self._doing(act), methods=["POST"]) for name, act in ACTS.items()],
            Route("/suggest", self._suggest, methods=["POST"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]

    def stop_waiting(self) -> None:
        """Answer all who wait for something to change, so that the server can end."""
        self._changes.end()

    async def _show(self, request: Request) -> Response:
        scene = scene_of(self._doors, request.query_params)
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
        asked = request.query_params
        scene = scene_of(self._doors, asked)
        if scene is None:
            return Response(status_code=404)
        if asked.get("wait") and asked.get("seen") == scene.seen:
            await self._changes.wait(lambda: self._seen(request) != asked.get("seen"), _seconds(asked["wait"]))
            await asyncio.sleep(GATHER_SECONDS)
            if await request.is_disconnected():
                return Response(status_code=204)
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
                scene = scene_of(self._doors, asked.fields)
                if scene is None:
                    return Response(status_code=404)
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

    async def _suggest(self, request: Request) -> Response:
        if not same_origin(request):
            return refused()
        try:
            asked = Asked({**request.query_params, **await fields_of(request)})
            scene = scene_of(self._doors, asked.fields)
            if scene is None:
                return Response(status_code=404)
            rows = await self._doors.interactions.suggest(
                scene.person.slack_id,
                asked.place(scene.channel),
                asked.text("block"),
                asked.text("action"),
                asked.text("typed"),
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


def _seconds(written: str | None) -> float:
    return min(int(written), MOST_WAIT_SECONDS) if written and written.isdecimal() else 0
