"""Long lists in pages that Slack takes, and the way from one to the next."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from bot.views.blocks import MOST_CARDS, actions, button, context, plain
from bot.views.message import Block

T = TypeVar("T")

_MOST_CHARACTERS: Final = 8_500
"""Of what stands on one page, so that a message with all around it stays within what Slack takes."""


def paged(items: Sequence[T], weigh: Callable[[T], Any]) -> list[list[T]]:
    """Return items in pages of at most 10 that Slack takes, whatever they are written in; one empty page where there are none.

    `weigh` makes the blocks of an item.
    """
    pages: list[list[T]] = [[]]
    weight = 0
    for item in items:
        added = len(json.dumps(weigh(item)))
        if pages[-1] and (len(pages[-1]) == MOST_CARDS or weight + added > _MOST_CHARACTERS):
            pages.append([])
            weight = 0
        pages[-1].append(item)
        weight += added
    return pages


def turn(action: str, page: int, pages: int) -> list[Block]:
    """Return the way to the other pages, if there are any."""
    ways = [("Earlier", page - 1), ("More", page + 1)]
    buttons = [button(f"{action}:{words.lower()}", words, str(to)) for words, to in ways if 0 <= to < pages]
    return [actions(*buttons), context(plain(f"Page {page + 1} of {pages}"))] if buttons else []
