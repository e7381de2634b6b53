"""The page's addresses: the page, its living part, and the two things a person can do on it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox.clock import tomorrow_at
from bot.sandbox.commands import Command, escaped
from bot.sandbox.model import Channel, Person
from bot.sandbox.page.layout import APP_CONVERSATION, Scene, can_be, draw_page, draw_side, draw_top
from bot.sandbox.page.messages import draw_messages
from bot.sandbox.page.reader import Reader
from bot.sandbox.responses import Answer
from bot.sandbox.workspace import Workspace

STATIC = Path(__file__).parent / "static"
MORNING = 9
# Nothing from elsewhere runs here, so that markup which slipped through could do nothing.
POLICY = "default-src 'self'; img-src 'self' data: http: https:; base-uri 'none'; form-action 'self'; object-src 'none'"
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}

RunCommand = Callable[[str, str, str, str], Awaitable[Answer]]


class Page:
    """The page over a workspace. `run_command` takes a person's id, a channel's id, the command and its text."""

    def __init__(
        self,
        workspace: Workspace,
        commands: Mapping[str, Command],
        run_command: RunCommand,
        connected: Callable[[], bool],
    ) -> None:
        self._workspace = workspace
        self._commands = commands
        self._run_command = run_command
        self._connected = connected

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the page; every address on it is relative, so that a prefix does no harm."""
        return [
            Route("/", self._show),
            Route("/fragment", self._fragment),
            Route("/say", self._say, methods=["POST"]),
            Route("/clock", self._move, methods=["POST"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]

    async def _show(self, request: Request) -> Response:
        scene = self._scene(request.query_params)
        if scene is None:
            return PlainTextResponse("This workspace has no people or no channels yet.", 503)
        return HTMLResponse(draw_page(scene, self._commands), headers=HEADERS)

    async def _fragment(self, request: Request) -> Response:
        scene = self._scene(request.query_params)
        if scene is None:
            return Response(status_code=404)
        if request.query_params.get("seen") == scene.seen:
            return Response(status_code=204, headers=HEADERS)
        return _living(scene)

    async def _say(self, request: Request) -> Response:
        if not _same_origin(request):
            return _refused()
        form = await _form(request)
        scene = self._scene(form)
        text = form.get("text", "").strip()
        if scene is None or not text:
            return Response(status_code=400)
        person, channel = scene.person, scene.channel
        if text.startswith("/"):
            name, _, rest = text.partition(" ")
            await self._run_command(person.slack_id, channel.slack_id, name, rest.strip())
        elif not channel.is_archived:
            if person.slack_id not in channel.members:
                channel.members.append(person.slack_id)
            self._workspace.post(channel.slack_id, person.slack_id, escaped(text, self._workspace))
        return _done(request, scene)

    async def _move(self, request: Request) -> Response:
        if not _same_origin(request):
            return _refused()
        form = await _form(request)
        scene = self._scene(form)
        if scene is None:
            return Response(status_code=400)
        clock = self._workspace.clock
        if form.get("move") == "hour":
            clock.skip(timedelta(hours=1))
        elif form.get("move") == "tomorrow":
            clock.move_to(tomorrow_at(clock.now(), scene.person.zone, MORNING))
        else:
            return Response(status_code=400)
        self._workspace.changed()
        return _done(request, scene)

    def _scene(self, asked: Mapping[str, str]) -> Scene | None:
        person = self._person(asked.get("as", ""))
        channel = self._channel(asked.get("in", ""), person) if person else None
        if person is None or channel is None:
            return None
        return Scene(Reader(self._workspace, person), channel, self._connected())

    def _person(self, slack_id: str) -> Person | None:
        slackbot = self._workspace.slackbot.slack_id
        choice = [person for person in self._workspace.people.values() if can_be(person, slackbot)]
        return next((person for person in choice if person.slack_id == slack_id), choice[0] if choice else None)

    def _channel(self, slack_id: str, person: Person) -> Channel | None:
        if slack_id == APP_CONVERSATION:
            return self._workspace.conversation_of([self._workspace.bot_user.slack_id, person.slack_id])
        choice = self._workspace.visible_channels(person)
        first = next(
            (channel for channel in choice if person.slack_id in channel.members), choice[0] if choice else None
        )
        return next((channel for channel in choice if channel.slack_id == slack_id), first)


def _living(scene: Scene) -> Response:
    return JSONResponse(
        {
            "seen": scene.seen,
            "in": scene.channel.slack_id,
            "side": draw_side(scene),
            "top": draw_top(scene),
            "messages": draw_messages(scene.channel, scene.reader),
        },
        headers=HEADERS,
    )


def _done(request: Request, scene: Scene) -> Response:
    if request.headers.get("accept", "").startswith("application/json"):
        return _living(scene)
    return RedirectResponse(scene.address(), status_code=303)


def _same_origin(request: Request) -> bool:
    """Return whether a browser sent this from the page itself; what is no browser sends neither header."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _refused() -> Response:
    return PlainTextResponse("This can only be sent from the sandbox's own page.", 403)


async def _form(request: Request) -> dict[str, str]:
    body = await request.body()
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
