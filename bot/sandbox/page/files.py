"""Files below a message: their name and size, and the way to have them; and the file itself for who may see it."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, urlencode

from starlette.responses import Response

from bot.errors import NotFoundError
from bot.sandbox.files import File
from bot.sandbox.model import Person
from bot.sandbox.page.gate import HEADERS
from bot.sandbox.page.markup import Html, esc, icon, join, tag
from bot.sandbox.page.reader import Reader
from bot.sandbox.workspace import Workspace

SIZES: Final = ((1_000_000, "MB"), (1_000, "kB"))


def draw_files(files: Sequence[File], reader: Reader) -> Html:
    """Draw them one below the other."""
    return join([_file(file, reader) for file in files])


def hand_out(file_id: str, person: Person, workspace: Workspace) -> Response:
    """Return a file to somebody who is where it was shared. Raises NotFoundError."""
    file = workspace.files.known.get(file_id)
    seen = {channel.slack_id for channel in workspace.visible_channels(person)}
    if file is None or file.deleted or seen.isdisjoint(file.channels):
        raise NotFoundError("There is no such file.")
    named = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    return Response(file.content, media_type=file.mimetype, headers=HEADERS | {"Content-Disposition": named})


def _file(file: File, reader: Reader) -> Html:
    if file.deleted:
        return tag("div", icon("file"), tag("span", esc("This file was deleted.")), class_="file")
    about = f"{file.name} · {_size(file.size)}"
    named = tag("span", tag("strong", esc(file.title)), tag("span", esc(about), class_="about"))
    address = "file?" + urlencode({"as": reader.person.slack_id, "id": file.slack_id})
    link = tag("a", esc("Download"), href=address, download=file.name, aria_label=f"Download {file.name}")
    return tag("div", icon("file"), named, link, class_="file")


def _size(size: int) -> str:
    for unit, name in SIZES:
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} byte{'' if size == 1 else 's'}"
