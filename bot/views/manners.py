"""The card at the end of a shift: what was kept back while somebody worked, each in its own words."""

import json
import re
from collections.abc import Sequence
from typing import Final

from bot.domain.manners import Card
from bot.views.blocks import bullets, context, plain, rich_text, run
from bot.views.message import Block, Message
from bot.views.names import escaped, is_channel_id
from bot.views.words import Words

MOST_CHARACTERS: Final = 12_000
"""Of the whole message as JSON; Slack takes about 13,200, and delivery adds its own id."""
MOST_LINES: Final = 40
MOST_OF_A_LINE: Final = 400

_TITLE: Final = "While you worked"
_WHY: Final = "Encore writes to you a few times a day at most. /encore settings says when, and you can change it."

_MARK: Final = re.compile(r"<([#@!]?)([^<>|]*)(?:\|([^<>]*))?>")
"""What stands in angle brackets in the words of a message: ours alone, since people's are escaped."""
_SPACES: Final = re.compile(r"\s+")


def card(_card: Card, words: Words) -> Message:
    """Return what several messages say, in one list; the last ones are counted where they do not fit."""
    shown = [_pieces(line) for line in words.lines[:MOST_LINES]]
    while True:
        message = _message(shown, len(words.lines) - len(shown))
        if len(shown) <= 1 or len(json.dumps([message.text, message.blocks])) < MOST_CHARACTERS:
            return message
        shown.pop()


def _message(lines: Sequence[Sequence[Block]], left_out: int) -> Message:
    more = f"There are {left_out:,} more." if left_out else ""
    blocks = [rich_text(run(f"{_TITLE}:", bold=True)), bullets(*lines)]
    if more:
        blocks.append(rich_text(run(more)))
    blocks.append(context(plain(_WHY)))
    spoken = [f"• {''.join(_spoken(piece) for piece in line)}" for line in lines]
    return Message("\n".join(filter(None, [f"{_TITLE}:", *spoken, more])), blocks)


def _pieces(text: str) -> list[Block]:
    """Return a message's `text`, which is mrkdwn, as runs: in them nobody's words are markup."""
    pieces: list[Block] = []
    room, done = MOST_OF_A_LINE, 0
    for mark in [*_MARK.finditer(text), None]:
        words = _plain(text[done : mark.start()] if mark else text[done:])
        if len(words) > room:
            words, room = words[: max(room - 1, 0)].rstrip() + "…", 0
        if words:
            pieces.append(run(words))
            room -= len(words)
        if mark is None or room <= 0:
            break
        pieces += _marked(mark)
        done = mark.end()
    return pieces or [run("…")]


def _marked(mark: re.Match[str]) -> list[Block]:
    kind, what, instead = mark.groups()
    if kind == "#" and is_channel_id(what):
        return [{"type": "channel", "channel_id": what}]
    return [run(_plain(instead))] if instead else []


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _spoken(piece: Block) -> str:
    if piece["type"] == "channel":
        return f"<#{piece['channel_id']}>"
    return escaped(piece["text"])
