"""What people typed, as rich text: lines stay lines, emoji are drawn, and nothing else in it means anything."""

import re
from typing import Final

from bot.views.blocks import emoji, run
from bot.views.message import Block
from bot.views.names import one_line

MOST_DRAWN: Final = 100
"""Emoji that are drawn; each is a block's element of its own, and a message holds only so much."""

# Slack sends an emoji as its short name. A time of day between two colons is none.
_EMOJI: Final = re.compile(r"(?<!\w):([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):(?!\w)")


def lines(words: str, most: int) -> str:
    """Return words with their line breaks but without empty lines, at most `most` characters."""
    shown = [line for line in (one_line(line, most) for line in words.splitlines()) if line]
    return "\n".join(shown)[:most]


def runs(words: str) -> list[Block]:
    """Return words as runs of a rich text."""
    made: list[Block] = []
    place = 0
    for found in list(_EMOJI.finditer(words))[:MOST_DRAWN]:
        if found.start() > place:
            made.append(run(words[place : found.start()]))
        made.append(emoji(found.group(1)))
        place = found.end()
    return [*made, run(words[place:])] if place < len(words) else made
