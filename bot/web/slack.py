"""Slack over signed HTTP: only what Slack signed is taken to pieces, and whatever else comes is refused."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Final

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import Clock, SignatureVerifier
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

log = logging.getLogger(__name__)

MOST_BYTES: Final = 64 * 1024
LONGEST_TIMESTAMP: Final = 12
TIMESTAMP, SIGNATURE = "x-slack-request-timestamp", "x-slack-signature"


def door(
    bolt: AsyncApp, signing_secrets: Sequence[str], *, machine: Callable[[], datetime] | None = None
) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers Slack's requests: 401 for what it did not sign, 400 for what nobody can read.

    A request is Slack's if it is signed with any of the secrets, at most five minutes ago by the clock of the `machine`.
    """
    clock = Clock() if machine is None else _Machine(machine)
    verifiers = [SignatureVerifier(secret, clock) for secret in signing_secrets]

    def is_slacks(request: Request, body: bytes) -> bool:
        # Every secret is tried, and each in constant time: how long it takes tells nothing about any of them.
        signed = request.headers[TIMESTAMP], request.headers[SIGNATURE]
        return True in [verifier.is_valid(body, *signed) for verifier in verifiers]

    async def events(request: Request) -> Response:
        if not _well_formed(request):
            return _refused(HTTPStatus.UNAUTHORIZED)
        body = await _body(request)
        if body is None:
            return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not _is_text(body):
            return _refused(HTTPStatus.BAD_REQUEST)
        # Bolt takes a body to pieces before it looks at the signature, and breaks where it is not what Slack sends.
        if not is_slacks(request, body):
            return _refused(HTTPStatus.UNAUTHORIZED)
        try:
            return to_starlette_response(await bolt.async_dispatch(to_async_bolt_request(request, body)))
        except Exception:
            # What goes wrong in a listener is answered by the guard; here Bolt itself could make nothing of it.
            log.exception("A signed request could not be read.")
            return _refused(HTTPStatus.BAD_REQUEST)

    return events


class _Machine(Clock):
    """A clock as Slack's library takes it."""

    def __init__(self, machine: Callable[[], datetime]) -> None:
        self._machine = machine

    def now(self) -> float:
        return self._machine().timestamp()


def _refused(status: HTTPStatus) -> Response:
    return JSONResponse({"error": status.phrase.lower()}, status_code=status)


def _well_formed(request: Request) -> bool:
    """Whether the signature's headers can be read at all."""
    timestamp, signature = request.headers.get(TIMESTAMP, ""), request.headers.get(SIGNATURE, "")
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
