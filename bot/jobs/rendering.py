"""From what waits in the outbox to what Slack gets: names and words are put in just before it is sent."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from bot.context import Context
from bot.domain.manners import whom
from bot.services import dead_letters, manners, outbox
from bot.store.outbox import Waiting
from bot.views import VIEWS, View
from bot.views.figures import ENGLISH
from bot.views.message import Message
from bot.views.words import Words

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Forms:
    """A message with the blocks of 2026, and without."""

    native: Message
    classic: Message


class UnsayableError(Exception):
    """A message that cannot be put into words; `cause` says why, and `passing` whether that may change.

    Of the error behind it only the kind is told: its words may be those of people.
    """

    def __init__(self, cause: str, error: Exception | None = None, *, passing: bool = False) -> None:
        super().__init__(cause if error is None else f"{cause} ({type(error).__name__})")
        self.cause = cause
        self.passing = passing


class NeedlessError(Exception):
    """A message of which nothing is left to say; its text is why, in one word."""


class _Read(NamedTuple):
    """A message as it was frozen, with the ids of the people and texts that it needs."""

    view: View
    value: Any
    people: set[int]
    texts: set[int]


async def forms(ctx: Context, waiting: Waiting) -> Forms:
    """Return both forms of a message; UnsayableError where it has none, NeedlessError where nothing is left to say."""
    read = _read(waiting.view, waiting.value)
    if read.view.without is not None and whom(waiting.channel) is None:
        read = await _named(ctx, read, read.view.without)
    words = await _words(ctx, waiting, read)
    if waiting.folded:
        words = replace(words, lines=await _lines(ctx, waiting))
        if not words.lines:
            raise UnsayableError("cannot_be_shown")
    return _shown(read, words)


async def _lines(ctx: Context, waiting: Waiting) -> list[str]:
    """Return what each message of a card says; one that cannot be put into words is given up by itself."""
    lines = []
    for folded in waiting.folded:
        try:
            read = _read(folded.view, folded.value)
            lines.append(_shown(read, await _words(ctx, waiting, read)).classic.text)
        except UnsayableError as error:
            if error.passing:
                raise
            log.warning("Message %s of card %s is given up: %s", folded.id, waiting.id, error)
            await ctx.db.write(dead_letters.give_up, ctx.now(), folded.id, why=error.cause)
    return lines


async def _named(ctx: Context, read: _Read, without: Callable[[Any, Collection[int]], Any]) -> _Read:
    """Return what is said in a channel of those alone who may still be named there."""
    quiet = await ctx.db.read(manners.unnamed, ctx.now(), read.people)
    value = without(read.value, quiet)
    if value is None:
        raise NeedlessError("nobody_to_name")
    return _Read(read.view, value, read.view.people(value), read.view.texts(value))


def _read(name: str, document: str) -> _Read:
    view = VIEWS.get(name)
    if view is None:
        # Where several Encores run, one of them may be newer.
        raise UnsayableError("unknown_view", passing=True)
    try:
        value = TypeAdapter(view.value_type).validate_json(document)
        return _Read(view, value, view.people(value), view.texts(value))
    except Exception as error:
        raise UnsayableError("cannot_be_read", error) from error


async def _words(ctx: Context, waiting: Waiting, read: _Read) -> Words:
    texts = await ctx.db.read(outbox.texts, read.texts) if read.texts else {}
    names = await ctx.db.read(outbox.names, read.people) if read.people else {}
    reader = whom(waiting.channel)
    return Words(names, texts, locale=ENGLISH if reader is None else await ctx.db.read(outbox.locale_of, reader))


def _shown(read: _Read, words: Words) -> Forms:
    try:
        return Forms(read.view.native(read.value, words), read.view.classic(read.value, words))
    except Exception as error:
        raise UnsayableError("cannot_be_shown", error) from error
