"""Praise from one to another: what was typed after `/kudos`, who may get it, and from when an allowance is new."""

import difflib
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from itertools import islice
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.directory import Account
from bot.domain.ledger import Unit
from bot.domain.people import AROUND, Role, first_word, folded
from bot.domain.programme import Kudos
from bot.errors import InputError

MOST_RECEIVERS: Final = 10
MOST_CHARACTERS: Final = 1_000

_RECEIVER: Final = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>[,\s]*(?:(?:and|&amp;)\s+(?=<@))?")
# Slack escapes the < and > that people type, so that these are its own: people, channels, groups and addresses.
_ENTITY: Final = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_VALUE: Final = re.compile(r"(?:^|(?<=\s))#([\w-]+)(?=[\s.,;:!?)]|$)")
_AND: Final = re.compile(r"^(?:(?:and|&)\s+)?@?")
_WORD: Final = re.compile(r"\S+")
_NEAR: Final = 0.7
_MOST_NEAR: Final = 5


Called = Callable[[str], Iterable[tuple[str, str]]]
"""Tells of everybody whose name begins with a word (`first_word`): (Slack id, name)."""


class Why(StrEnum):
    """Why somebody who was named cannot be thanked."""

    LEFT = "left"
    BOT = "bot"
    GUEST = "guest"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"
    NOT_LIVE = "not_live"
    THANKED = "thanked"


OF_ACCOUNT: Final[Mapping[Account, Why]] = MappingProxyType(
    {
        Account.BOT: Why.BOT, Account.CLOSED: Why.LEFT, Account.GUEST: Why.GUEST, Account.ELSEWHERE: Why.ELSEWHERE,
    }
)  # fmt: skip
"""Why nobody with such an account can be thanked, whatever else is known of them."""

_ONE_DAY: Final = "not known to Encore yet: they can get kudos as soon as an admin has linked them."
_SENTENCES: Final[Mapping[Why, tuple[str, str]]] = MappingProxyType(
    {
        Why.LEFT: ("{} does not work here any more.", "{} do not work here any more."),
        Why.BOT: ("{} is a bot, and kudos are for people.", "{} are bots, and kudos are for people."),
        Why.GUEST: (
            "{} is a guest here, and kudos are for the people who work here.",
            "{} are guests here, and kudos are for the people who work here.",
        ),
        Why.ELSEWHERE: ("{} belongs to another company's Slack.", "{} belong to another company's Slack."),
        Why.UNKNOWN: (f"{{}} is {_ONE_DAY}", f"{{}} are {_ONE_DAY}"),
        Why.NOT_LIVE: (
            "Encore is not live at the site of {} yet, so there are no kudos for now.",
            "Encore is not live at the sites of {} yet, so there are no kudos for now.",
        ),
        Why.THANKED: ("You thanked {} for this message already.", "You thanked {} for this message already."),
    }
)
"""Each reason in words, of one person and of several."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed: Slack ids of the receivers, each once, the words, values named with #."""

    receivers: tuple[str, ...]
    words: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KudosPost:
    """A praise as it is posted; ids of people and of the text, no words. `link` leads to the message it is for."""

    giver: int
    receivers: tuple[int, ...]
    text_id: int
    values: tuple[str, ...]
    points_each: int
    link: str = ""

    def person_ids(self) -> set[int]:
        """Return whose names are needed."""
        return {self.giver, *self.receivers}

    def without(self, people: Collection[int]) -> "KudosPost | None":
        """Return it as it is said where these people are not to be named; None where nobody is left who is thanked."""
        left = tuple(receiver for receiver in self.receivers if receiver not in people)
        return replace(self, receivers=left) if left else None


@dataclass(frozen=True, slots=True)
class KudosReceived:
    """A praise as the one who is thanked reads it; `private` where it stands in no channel."""

    giver: int
    text_id: int
    values: tuple[str, ...]
    points: int
    private: bool
    link: str = ""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What somebody may still give this month, new at `renews_at` (their zone); all 0 where kudos bring no points."""

    left: int
    whole: int
    each: int
    """What one receiver gets."""
    renews_at: datetime
    locale: str

    @property
    def fits(self) -> int:
        """How many people what is left would do for."""
        return self.left // self.each if self.each else 0


@dataclass(frozen=True, slots=True)
class Opening:
    """What somebody sees before they give kudos."""

    allowance: Allowance
    values: tuple[str, ...]
    """What the programme knows behind a #."""
    channel: str
    """Where public kudos stand, an id or a #name: those for all sites, or for the giver's own; empty where none is set."""
    for_all: bool
    """Whether that is the channel for whoever is thanked; else each site has its own."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the giver is told: who is named in the channel, who is told privately, and what is left to give."""

    announced: tuple[str, ...]
    privately: tuple[str, ...]
    channel: str
    """Empty where nobody is announced."""
    points_each: int
    """What each got; 0 where the allowance did not suffice, or some got points from the giver too often."""
    allowance: Allowance
    often: tuple[str, ...] = ()
    """Who got points from the giver as often this month as one person's kudos can bring them to another."""
    most: int = 0
    """How often that is."""


def parse(text: str, values: Sequence[str], called: Called = lambda _: ()) -> Typed:
    """Read `@name [@more] words [#value]` as Slack sends it, with names as `<@U…|name>` and & < > escaped.

    Without an @ it may begin with whole names, of whom `called` tells. A #word that is no value of the programme stays
    a word. InputError says who is missing, or that several people have a name.
    """
    receivers: list[str] = []
    rest = text.strip()
    while found := _RECEIVER.match(rest):
        receivers.append(found.group(1))
        rest = rest[found.end() :]
    words = _as_typed(rest).strip()
    if not receivers:
        receivers, words = _by_name(words, called)
    if not receivers or words.startswith("@"):
        raise InputError(_whom(words, called))
    each = tuple(dict.fromkeys(receivers))
    check_receivers(each)
    return Typed(each, words, named_values(words, values))


def check_receivers(receivers: Sequence[str]) -> None:
    """Raise InputError where nobody is named, or more people than one thanks at once."""
    if not receivers:
        raise InputError("Say whom you thank.")
    if len(receivers) > MOST_RECEIVERS:
        raise InputError(f"Kudos go to at most {MOST_RECEIVERS} people at once.")


def problem_with(words: str, minimum_words: int) -> str:
    """Return why these are too few words to say what somebody did, or too many for a post; empty where they fit."""
    if len(words.split()) < minimum_words:
        return f"Say in a few words what they did (at least {_counted(minimum_words)})."
    if len(words) > MOST_CHARACTERS:
        return f"That is long for kudos: {len(words):,} characters, and {MOST_CHARACTERS:,} fit."
    return ""


def _counted(words: int) -> str:
    return f"{words} word{'' if words == 1 else 's'}"


def named_values(words: str, values: Sequence[str]) -> tuple[str, ...]:
    """Return the programme's values that stand in words with #, each once, as the programme writes them."""
    known = {value.casefold(): value for value in values}
    return tuple(dict.fromkeys(known[word] for word in _hashtags(words) if word in known))


def near_values(words: str, values: Sequence[str]) -> dict[str, str]:
    """Return the #words that are no values but look like one, each with the value that was probably meant."""
    known = {value.casefold(): value for value in values}
    near = {
        word: difflib.get_close_matches(word, known, n=1, cutoff=_NEAR)
        for word in _hashtags(words)
        if word not in known
    }
    return {word: known[found[0]] for word, found in near.items() if found}


def refusal(named: Sequence[tuple[str, Why]]) -> str:
    """Return why these people cannot be thanked: a sentence for each reason."""
    by_reason: dict[Why, list[str]] = defaultdict(list)
    for name, why in named:
        by_reason[why].append(name)
    return " ".join(_SENTENCES[why][len(names) > 1].format(listed(names)) for why, names in by_reason.items())


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence has them: “Ana”, “Ana and Ben”, “Ana, Ben and Cora”."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def points_of(kudos: Kudos, roles: Collection[Role] = ()) -> int:
    """Return what one receiver gets from somebody with these roles: none where they have no allowance."""
    return kudos.points if kudos.allowance_of(roles) else 0


def giving_unit(at: datetime, zone: ZoneInfo) -> str:
    """Return the unit of a month's allowance on the giver's own clock: each month's is another, so nothing rolls over."""
    return f"{Unit.GIVING}:{at.astimezone(zone):%Y-%m}"


def began_at(at: datetime, zone: ZoneInfo) -> datetime:
    """Return when the giver's month began, aware and in their zone."""
    return datetime.combine(at.astimezone(zone).date().replace(day=1), time(), tzinfo=zone)


def renews_at(at: datetime, zone: ZoneInfo) -> datetime:
    """Return when the giver's next month begins, aware and in their zone."""
    local = at.astimezone(zone)
    first = date(local.year + local.month // 12, local.month % 12 + 1, 1)
    return datetime.combine(first, time(), tzinfo=zone)


def _by_name(text: str, called: Called) -> tuple[list[str], str]:
    """Return the Slack ids of those with whose whole names a text begins, and what follows."""
    found: list[str] = []
    rest = text
    while True:
        begin = _AND.sub("", rest) if found else rest.removeprefix("@")
        known: dict[str, list[str]] = defaultdict(list)
        for slack_id, name in called(first_word(begin)):
            known[folded(name)].append(slack_id)
        most = max((name.count(" ") + 1 for name in known), default=0)
        ends = [word.end() for word in islice(_WORD.finditer(begin), most)]
        end = next((end for end in reversed(ends) if folded(begin[:end]) in known), 0)
        if not end:
            return found, rest
        same = known[folded(begin[:end])]
        if len(same) > 1:
            name = begin[:end].strip(AROUND)
            raise InputError(f"{len(same)} people here are called {name}. Choose whom you mean with @.")
        found += same
        rest = begin[end:].strip()


def _whom(text: str, called: Called) -> str:
    """Return what helps where a text does not begin with a whole name: who may be meant, if their name begins so."""
    first = text.split(maxsplit=1)[0].removeprefix("@").strip(AROUND) if text else ""
    near = sorted({name for _, name in called(first_word(first))})
    if len(near) == 1:
        return f"Did you mean {near[0]}? Write the whole name, or choose it from the list that Slack offers after @."
    if near:
        among = listed(near) if len(near) <= _MOST_NEAR else f"{len(near)} people"
        return f"Whom do you mean by {first}: {among}? Write the whole name, or choose it with @."
    if text.startswith("@"):
        return (
            f"Nobody here is called {text.split(maxsplit=1)[0]}. Choose the name from the list that Slack offers, or write "
            "the whole name."
        )
    return "Say first whom you mean: with @, or by their whole name."


def _hashtags(words: str) -> list[str]:
    return [word.casefold() for word in _VALUE.findall(words)]


def _as_typed(text: str) -> str:
    """Return words as they were meant: what Slack wrote of people, channels and addresses reads as it was typed."""

    def plain(found: re.Match[str]) -> str:
        sign, target, label = found.groups()
        if sign == "#":
            return f"#{label or target}"
        # An address has no sign; groups bring their @ along; of a person without a name Slack gives the id alone.
        return (
            (label or target)
            if not sign
            else f"@{(label or (target if sign == '!' else 'somebody')).removeprefix('@')}"
        )

    # Where a channel is called like a value, Slack sends the channel; its name is a #word again.
    return _ENTITY.sub(plain, text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
