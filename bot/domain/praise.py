"""Praise from one to another: what was typed after `/kudos`, who may get it, and from when an allowance is new."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.ledger import Unit
from bot.errors import InputError

MOST_RECEIVERS: Final = 10
MOST_CHARACTERS: Final = 1_000

_RECEIVER: Final = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>[,\s]*")
_CHANNEL: Final = re.compile(r"<#[A-Z0-9]+\|([\w-]+)>")
_VALUE: Final = re.compile(r"(?:^|\s)#([\w-]+)(?=\s|$)")
_USAGE: Final = "/kudos @name what they did"


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed: Slack ids of the receivers, words as they were meant, values named with #."""

    receivers: tuple[str, ...]
    words: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KudosPost:
    """A praise as it is posted; ids of people and of the text, no words."""

    giver: int
    receivers: tuple[int, ...]
    text_id: int
    values: tuple[str, ...]
    points_each: int

    def person_ids(self) -> set[int]:
        """Return whose names are needed."""
        return {self.giver, *self.receivers}


def parse(text: str, values: Sequence[str], *, minimum_words: int) -> Typed:
    """Read `@name [@more] words [#value]` as Slack sends it, with names as `<@U…|name>` and & < > escaped.

    A #word that is no value of the programme stays a word. InputError says what is missing.
    """
    receivers, rest = [], text.strip()
    while found := _RECEIVER.match(rest):
        receivers.append(found.group(1))
        rest = rest[found.end() :]
    # Where a channel is called like a value, Slack sends the channel.
    rest = _CHANNEL.sub(r"#\1", rest)
    known = {value.casefold(): value for value in values}
    named = [known[word.casefold()] for word in _VALUE.findall(rest) if word.casefold() in known]
    words = _unescaped(rest).strip()
    if rest.startswith("@"):
        raise InputError(f"Nobody here is called {rest.split()[0]}. Choose the name from the list that Slack offers.")
    if not receivers:
        raise InputError(f"Say first whom you mean, with @: {_USAGE}.")
    if len(receivers) > MOST_RECEIVERS:
        raise InputError(f"Kudos go to at most {MOST_RECEIVERS} people at once.")
    check_words(words, minimum_words)
    return Typed(tuple(dict.fromkeys(receivers)), words, tuple(dict.fromkeys(named)))


def check_words(words: str, minimum_words: int) -> None:
    """Raise InputError where the words are too few to say what somebody did, or too many for a post."""
    if len(words.split()) < minimum_words:
        raise InputError(f"Say in a few words what they did (at least {minimum_words}): {_USAGE}.")
    if len(words) > MOST_CHARACTERS:
        raise InputError(f"That is long for kudos: {len(words):,} characters, and {MOST_CHARACTERS:,} fit.")


def giving_unit(at: datetime, zone: ZoneInfo) -> str:
    """Return the unit of a month's allowance on the giver's own clock: each month's is another, so nothing rolls over."""
    return f"{Unit.GIVING}:{at.astimezone(zone):%Y-%m}"


def renews_at(at: datetime, zone: ZoneInfo) -> datetime:
    """Return when the giver's next month begins, aware and in their zone."""
    local = at.astimezone(zone)
    first = date(local.year + local.month // 12, local.month % 12 + 1, 1)
    return datetime.combine(first, time(), tzinfo=zone)


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@dataclass(frozen=True, slots=True)
class Given:
    """What the giver is told. `left` is what remains of the month's allowance, which is new at `renews_at` (their zone)."""

    receivers: tuple[str, ...]
    points_each: int
    wanted_each: int
    left: int
    renews_at: datetime
    locale: str
    channel: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """What somebody may still give this month; new at `renews_at` (their zone)."""

    left: int
    whole: int
    renews_at: datetime
    locale: str
