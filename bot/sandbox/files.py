"""Files: announced by the app, sent to an address of their own, and then completed, which is when people see them."""

import itertools
import mimetypes
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

FIRST_ID: Final = 1_000


@dataclass
class File:
    """A file that the app has completed. `channels` are the ids of those where it was shared."""

    slack_id: str
    name: str
    title: str
    user: str
    created_at: datetime
    content: bytes
    channels: list[str] = field(default_factory=list)
    deleted: bool = False

    @property
    def size(self) -> int:
        """The size in bytes."""
        return len(self.content)

    @property
    def mimetype(self) -> str:
        """The kind of content, as its name says."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @property
    def ending(self) -> str:
        """The name's ending, as Slack calls the type of a file."""
        return self.name.rpartition(".")[2].lower() if "." in self.name else "binary"


@dataclass
class Upload:
    """A file on its way: `content` is None until it was sent."""

    slack_id: str
    name: str
    length: int
    content: bytes | None = None


class UploadError(Exception):
    """What was sent is not what was announced, or nothing was."""


class Files:
    """The files of a workspace, by id, and those on their way, by the secret in their address."""

    def __init__(self) -> None:
        self.known: dict[str, File] = {}
        self._uploads: dict[str, Upload] = {}
        self._numbers = itertools.count(FIRST_ID)

    def announce(self, name: str, length: int) -> tuple[str, str]:
        """Note that a file of so many bytes will come; return its id, and the secret of its address."""
        secret = secrets.token_urlsafe(24)
        upload = self._uploads[secret] = Upload(f"F0SANDBOX{next(self._numbers)}", name, length)
        return upload.slack_id, secret

    def announced(self, secret: str) -> Upload:
        """Return the file that is to come with this secret. Raises UploadError."""
        if secret not in self._uploads:
            raise UploadError("no such upload")
        return self._uploads[secret]

    def receive(self, secret: str, content: bytes) -> None:
        """Keep what was sent. Raises UploadError where it is not as long as was announced."""
        upload = self.announced(secret)
        if len(content) != upload.length:
            raise UploadError(f"{upload.length} bytes were announced, {len(content)} came")
        upload.content = content

    def received(self, slack_id: str) -> Upload | None:
        """Return a file that was sent and is not completed yet."""
        found = (upload for upload in self._uploads.values() if upload.slack_id == slack_id)
        return next((upload for upload in found if upload.content is not None), None)

    def complete(self, upload: Upload, title: str, user: str, at: datetime) -> File:
        """Make a file of what was sent; its address is good for nothing any more."""
        self._uploads = {secret: other for secret, other in self._uploads.items() if other is not upload}
        file = File(upload.slack_id, upload.name, title or upload.name, user, at, upload.content or b"")
        self.known[file.slack_id] = file
        return file

    def delete(self, slack_id: str) -> None:
        """Take a file back. Messages keep saying that there was one."""
        file = self.known[slack_id]
        file.deleted, file.content = True, b""
