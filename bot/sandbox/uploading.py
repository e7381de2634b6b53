"""The address to which an app sends a file: raw, or as the one file of a form."""

import re
import time
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.sandbox.files import UploadError
from bot.sandbox.record import Record
from bot.sandbox.workspace import Workspace

_BOUNDARY: Final = re.compile(r"""^multipart/form-data\s*;.*?boundary=["']?([^"';,\s]+)""", re.IGNORECASE | re.DOTALL)
_OF_A_FORM: Final = 64 * 1024
"""So many bytes a form may add to its file."""


class Uploading:
    """Takes what an app sends, and notes it in the record."""

    def __init__(self, workspace: Workspace, record: Record) -> None:
        self._workspace = workspace
        self._record = record

    async def take(self, request: Request) -> Response:
        """Keep a file that was announced: 200, or why not. Slack documents no more than the 200."""
        began = time.perf_counter()
        try:
            size = await self._taken(request)
        except UploadError as error:
            answer, status = str(error), 400
        else:
            answer, status = f"OK - {size}", 200
        self._record.note(
            self._workspace.clock.now(), "from the app", "upload", {"address": "upload/v1/…"}, {"text": answer},
            outcome="ok" if status == 200 else f"{status} {answer}", went_well=status == 200,
            milliseconds=(time.perf_counter() - began) * 1_000,
        )  # fmt: skip
        return PlainTextResponse(answer, status)

    async def _taken(self, request: Request) -> int:
        secret, files = request.path_params["secret"], self._workspace.files
        most = files.announced(secret).length + _OF_A_FORM
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise UploadError("more came than was announced")
        boundary = _BOUNDARY.match(request.headers.get("content-type", ""))
        content = bytes(body) if boundary is None else _file_in(bytes(body), boundary[1].encode())
        files.receive(secret, content)
        return len(content)


def _file_in(body: bytes, boundary: bytes) -> bytes:
    """Return the file of a form. Raises UploadError where there is none."""
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:]:
        head, separator, content = part.partition(b"\r\n\r\n")
        if separator and b"filename=" in head.lower():
            return content
    raise UploadError("no file in the form")
