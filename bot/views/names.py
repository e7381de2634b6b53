"""People's words made safe to show: their names, their sites, what they typed."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

SOMEBODY: Final = "Somebody"
"""Who has no name: erased since, or written in signs that nobody can see."""

MOST_OF_A_NAME: Final = 48
"""Characters of a name, a site or a team that are shown; a longer one ends with an ellipsis."""

MOST_OF_WHOM_TO_ASK: Final = 80
"""Characters of whom to ask that are shown."""

# Line breaks, control signs and halves of a surrogate pair; and the signs that turn the direction of writing, which
# would reach beyond the name and reorder the figures next to it.
_DISTURBING: Final = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+"
)
_RIGHT_TO_LEFT: Final = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_CHANNEL_ID: Final = re.compile(r"[CDG][A-Z0-9]+")
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


def escaped(words: str) -> str:
    """Return words for mrkdwn, in which they can neither ping anybody nor pretend to be a link."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def one_line(words: str, most: int = MOST_OF_A_NAME) -> str:
    """Return words on one line, at most `most` characters, without signs that disturb what stands around them."""
    line = _DISTURBING.sub(" ", words).strip()
    return line if len(line) <= most else line[: most - 1].rstrip(" \u200d") + "…"


def is_channel_id(channel: str) -> bool:
    """Whether this is Slack's id of a channel, which Slack shows as its name; the programme may also have a name."""
    return _CHANNEL_ID.fullmatch(channel) is not None


def whom_to_ask(ask: str) -> str:
    """Return whom to ask, as the programme says it."""
    return one_line(ask, MOST_OF_WHOM_TO_ASK) or "your lead"


def name_of(person_id: int, names: Mapping[int, str]) -> str:
    """Return the name as it stands alone, in a cell; a person without one is somebody."""
    name = one_line(names.get(person_id, ""))
    return name if any(map(_is_seen, name)) else SOMEBODY


def among_words(name: str) -> str:
    """Return a name for use inside a line: one written from right to left keeps its own direction to itself."""
    return f"{_ISOLATE}{name}{_END_OF_ISOLATE}" if _RIGHT_TO_LEFT.search(name) else name


def team_words(team: str) -> str:
    """Return a team's name as it stands in a sentence: “Team Blue”."""
    name = among_words(one_line(team))
    return name if name.casefold().startswith("team") else f"Team {name}"


def either(names: Sequence[str]) -> str:
    """Return “Ana”, “Ana or Ben”, “Ana, Ben or Cora”; nothing where there is nobody."""
    return " or ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _is_seen(sign: str) -> bool:
    return sign.isprintable() and not sign.isspace()
