"""What all addresses of the page have in common: the headers, and who may send something to them."""

import json
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

# Nothing from elsewhere runs here, so that markup which slipped through could do nothing.
POLICY: Final = (
    "default-src 'self'; img-src 'self' data: http: https:; base-uri 'none'; form-action 'self'; object-src 'none'"
)
HEADERS: Final = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


def same_origin(request: Request) -> bool:
    """Return whether a browser sent this from the page itself; what is no browser sends neither header."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def refused() -> Response:
    """Answer what came from elsewhere."""
    return PlainTextResponse("This can only be sent from the sandbox's own page.", 403)


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form that was sent."""
    body = await request.body()
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))


async def fields_of(request: Request) -> dict[str, Any]:
    """Return what was sent, as a form or as JSON. Raises ValueError or TypeError for what is neither."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return dict(await form_of(request))
    return dict(json.loads(await request.body()))
