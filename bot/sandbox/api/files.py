"""Methods about files: the two around an upload, files.info and files.delete."""

from typing import Any, Final

from bot.errors import NotFoundError
from bot.sandbox import shapes
from bot.sandbox.api.method import Call, Method, SlackError, explained
from bot.sandbox.content import Content, ContentError, read_content
from bot.sandbox.files import File, Upload
from bot.sandbox.model import Channel, Json

WRITE: Final = ("files:write",)
MOST_BYTES: Final = 1_000_000_000
MOST_OF_A_SNIPPET: Final = 1_000_000
MOST_OF_ALT_TEXT: Final = 1_000
MOST_CHANNELS: Final = 100


def get_upload_url(call: Call) -> Json:
    """Give the address to which a file of so many bytes may be sent, and the file's id."""
    length = _length(call)
    if not call.text("filename"):
        raise SlackError("invalid_arguments", **explained(["[ERROR] missing required field: filename"]))
    if length > MOST_BYTES:
        raise SlackError("file_upload_size_restricted")
    if call.text("snippet_type") and length > MOST_OF_A_SNIPPET:
        raise SlackError("snippet_too_large")
    if len(call.text("alt_txt")) > MOST_OF_ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    file_id, secret = call.workspace.files.announce(call.text("filename"), length)
    return {"upload_url": f"{call.site_url}upload/v1/{secret}", "file_id": file_id}


def complete_upload(call: Call) -> Json:
    """Finish uploads; where channels are named, one message in each has the files. All of it, or nothing."""
    wanted = _wanted(call)
    channels = _channels(call)
    comment = _comment(call)
    workspace = call.workspace
    at = workspace.clock.now()
    files = [workspace.files.complete(upload, title, call.bot_id, at) for upload, title in wanted]
    for channel in channels:
        for file in files:
            file.channels.append(channel.slack_id)
        thread_ts = call.text("thread_ts") or None
        workspace.post_as_bot(channel.slack_id, comment.text, files=files, blocks=comment.blocks, thread_ts=thread_ts)
    return {"files": [shapes.file(file, workspace) for file in files]}


def info(call: Call) -> Json:
    """Describe a file."""
    file = _file(call)
    paging = {"count": 100, "total": 0, "page": 1, "pages": 0}
    shape = shapes.file(file, call.workspace)
    return {"file": shape, "comments": [], "response_metadata": {"next_cursor": ""}, "paging": paging}


def delete(call: Call) -> Json:
    """Take back a file of the app's own; where it was shared, it says that it was deleted."""
    call.workspace.files.delete(_file(call).slack_id)
    call.workspace.changed()
    return {}


def _length(call: Call) -> int:
    try:
        length = int(call.text("length"))
    except ValueError:
        raise SlackError("invalid_arguments", **explained(["[ERROR] invalid integer: length"])) from None
    if length <= 0:
        raise SlackError("missing_argument")
    return length


def _wanted(call: Call) -> list[tuple[Upload, str]]:
    """Return the uploads that are to be finished, each with its title."""
    rows: Any = call.structure("files", "invalid_arguments")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) and row.get("id") for row in rows):
        raise SlackError("invalid_arguments", **explained(["[ERROR] must be an array of files [json-pointer:/files]"]))
    found = [(call.workspace.files.received(str(row["id"])), str(row.get("title") or "")) for row in rows]
    uploads = [(upload, title) for upload, title in found if upload is not None]
    if len(uploads) < len(rows) or len({upload.slack_id for upload, _ in uploads}) < len(rows):
        raise SlackError("file_not_found")
    return uploads


def _channels(call: Call) -> list[Channel]:
    named = [_channel(call, call.text("channel_id"), "channel_not_found")] if call.text("channel_id") else []
    several = call.ids("channels")
    if len(several) > MOST_CHANNELS:
        raise SlackError("channels_limit_exceeded")
    for slack_id in several:
        try:
            # Here alone, a person's id stands for the conversation with them.
            named.append(call.workspace.conversation_of([call.bot_id, slack_id]))
        except NotFoundError:
            named.append(_channel(call, slack_id, "invalid_channel"))
    for channel in named:
        if call.bot_id not in channel.members:
            raise SlackError("not_in_channel")
        if channel.is_archived:
            raise SlackError("posting_to_channel_denied")
    return named


def _channel(call: Call, slack_id: str, missing: str) -> Channel:
    channel = call.workspace.channels.get(slack_id)
    if channel is None or (channel.kind != "public" and call.bot_id not in channel.members):
        raise SlackError(missing)
    return channel


def _comment(call: Call) -> Content:
    """Return what is said with the files: words, or blocks where there are none."""
    blocks = call.structure("blocks", "invalid_blocks")
    said = call.text("initial_comment")
    if said or not blocks:
        return Content(said, [], [], None)
    try:
        return read_content({"blocks": blocks}, new_blocks=call.workspace.new_blocks)
    except ContentError as error:
        raise SlackError("invalid_blocks", **explained(error.messages)) from None


def _file(call: Call) -> File:
    file = call.workspace.files.known.get(call.text("file"))
    if file is None:
        raise SlackError("file_not_found")
    if file.deleted:
        raise SlackError("file_deleted")
    return file


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, scope=WRITE, required=("filename", "length"), tier=4),
    "files.completeUploadExternal": Method(complete_upload, scope=WRITE, required=("files",), tier=4),
    "files.info": Method(info, scope=("files:read",), required=("file",), tier=4),
    "files.delete": Method(delete, scope=WRITE, required=("file",), tier=3),
}
