"""What a message may hold, read from a request: one reader for chat methods, acknowledgements and response_url."""

import re
import secrets
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from bot.sandbox.blocks import MOST_BLOCKS, MOST_CHARACTERS_IN_BLOCKS, problems, tables_in, weight
from bot.sandbox.model import Json
from bot.sandbox.rules import Spot, an_object, each
from bot.sandbox.state import elements_in

MOST_CHARACTERS: Final = 40_000
TS: Final = re.compile(r"\d{1,12}\.\d{1,6}", re.ASCII)


class ContentError(Exception):
    """The content cannot be a message; `error` is Slack's name for why, `messages` its explanations."""

    def __init__(self, error: str, messages: list[str] | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages or []


@dataclass(frozen=True)
class Content:
    """The words of a message."""

    text: str
    blocks: list[Json]
    attachments: list[Json]
    metadata: Json | None

    def fields(self) -> dict[str, Any]:
        """Return everything but the text, as a message's fields."""
        return {"blocks": self.blocks, "attachments": self.attachments, "metadata": self.metadata}


def read_content(body: Mapping[str, Any], *, new_blocks: bool) -> Content:
    """Read `text`, `blocks`, `attachments` and `metadata` (JSON already parsed) out of a request.

    A text of more than 40,000 characters is cut, as Slack does. Raises ContentError `no_text`, `invalid_blocks`,
    `msg_blocks_too_long`, `invalid_attachments` or `invalid_metadata_format`.
    """
    text = "" if body.get("text") is None else body["text"]
    blocks, attachments = body.get("blocks") or [], body.get("attachments") or []
    metadata = body.get("metadata") or None
    if not isinstance(text, str) or not (text or blocks or attachments):
        raise ContentError("no_text")
    wrong = problems(blocks, new_blocks=new_blocks)
    if wrong:
        raise ContentError("invalid_blocks", wrong)
    wrong = _problems_of_attachments(attachments, new_blocks=new_blocks)
    if wrong:
        raise ContentError("invalid_attachments", wrong)
    # What stands in attachments has no room of its own beside the message's.
    every = [*blocks, *(block for attachment in attachments for block in attachment.get("blocks") or [])]
    if len(every) > MOST_BLOCKS["message"]:
        most = f"[ERROR] no more than {MOST_BLOCKS['message']} items allowed [json-pointer:/attachments]"
        raise ContentError("invalid_attachments", [most])
    if weight(every) > MOST_CHARACTERS_IN_BLOCKS:
        raise ContentError("msg_blocks_too_long")
    if tables_in(every) > 1:
        raise ContentError("invalid_attachments", ["[ERROR] only_one_table_allowed"])
    if metadata is not None and not _is_metadata(metadata):
        raise ContentError("invalid_metadata_format")
    return Content(text[:MOST_CHARACTERS], with_ids(blocks), list(map(_named, attachments)), metadata)


def read_thread(thread_ts: Any) -> str | None:
    """Return the ts of the message that is answered, None for none. Raises ContentError `invalid_thread_ts`."""
    if thread_ts is None or thread_ts == "":
        return None
    if not isinstance(thread_ts, str) or not TS.fullmatch(thread_ts):
        raise ContentError("invalid_thread_ts", [f"[ERROR] {thread_ts} is not a valid thread_ts"])
    return thread_ts


def with_ids(blocks: Sequence[Json]) -> list[Json]:
    """Return the blocks with an id for each, and for each element of theirs: its own, or one made up as Slack does."""
    named = deepcopy(list(blocks))
    children = [child for block in named for child in block.get("child_blocks") or []]
    for block in [*named, *children]:
        block["block_id"] = block.get("block_id") or _made_up()
    for block, element in elements_in(named):
        block["block_id"] = block.get("block_id") or _made_up()
        if element["type"] != "image":
            element["action_id"] = element.get("action_id") or _made_up()
    return named


def _problems_of_attachments(attachments: Any, *, new_blocks: bool) -> list[str]:
    spot = Spot(attachments, "/attachments", "message", [])
    each(an_object)(spot)
    if spot.found:
        return spot.found
    for place, attachment in enumerate(attachments):
        pointer = f"/attachments/{place}/blocks"
        spot.found.extend(problems(attachment.get("blocks") or [], new_blocks=new_blocks, pointer=pointer))
    return spot.found


def _named(attachment: Json) -> Json:
    return attachment | {"blocks": with_ids(attachment["blocks"])} if attachment.get("blocks") else attachment


def _made_up() -> str:
    return secrets.token_urlsafe(4)[:5]


def _is_metadata(metadata: Any) -> bool:
    return (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and isinstance(metadata.get("event_payload"), dict)
    )
