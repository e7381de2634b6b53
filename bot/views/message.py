"""What is sent to Slack: blocks for the eye, and words that stand without them."""

from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]
"""One Block Kit block or element, as JSON."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready to be sent.

    `text` is for notifications and screen readers: whole sentences in mrkdwn, complete without the blocks. Both are
    safe as they are: people's words in them can neither ping nor link.
    """

    text: str
    blocks: list[Block]
