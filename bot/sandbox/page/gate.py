"""What all addresses of the page have in common: the headers, and who may send something to them."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from bot.sandbox.strict_json import read_json

LOG: Final = logging.getLogger(__name__)

# Nothing from elsewhere runs here, so that markup which slipped through could do nothing.
POLICY: Final = (
    "default-src 'self'; img-src 'self' data: http: https:; base-uri 'none'; form-action 'self'; object-src 'none'; "
    "frame-ancestors 'none'"
)
SAFE: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
HEADERS: Final = SAFE | {"Cache-Control": "no-store"}

Endpoint = Callable[[Request], Awaitable[Response]]


class SafeFiles(StaticFiles):
    """Files with the headers of the page."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        """Return a file, or that it has not changed."""
        response = super().file_response(*args, **options)
        response.headers.update(SAFE)
        return response


def guarded(endpoint: Endpoint) -> Endpoint:
    """Return the endpoint with a short answer for what it did not expect, which is logged."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Exception:
            LOG.exception("%s %s failed", request.method, request.url.path)
            return PlainTextResponse("Something went wrong inside the sandbox.", 500, headers=HEADERS)

    return answer


def same_origin(request: Request) -> bool:
    """Return whether a browser sent this from the page itself; what is no browser sends neither header."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def may_look(request: Request) -> bool:
    """Return whether this comes from the page itself or a person follows a link here: to look leaves traces, too."""
    asked = request.headers
    return same_origin(request) or (asked.get("sec-fetch-mode"), asked.get("sec-fetch-dest")) == (
        "navigate",
        "document",
    )


def refused() -> Response:
    """Answer what came from elsewhere."""
    return PlainTextResponse("This can only be sent from the sandbox's own page.", 403, headers=HEADERS)


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form that was sent."""
    body = await request.body()
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))


async def fields_of(request: Request) -> dict[str, Any]:
    """Return what was sent, as a form or as JSON. Raises ValueError or TypeError for what is neither."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return dict(await form_of(request))
    return dict(read_json(await request.body()))
