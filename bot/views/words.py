"""The words that are put into a message just before it is sent: names of people, and what they wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.views.figures import ENGLISH


@dataclass(frozen=True, slots=True)
class Words:
    """Names by the person's id, texts by the text's id; who or what was erased is in neither."""

    names: Mapping[int, str] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)
    lines: Sequence[str] = ()
    """What the messages say that a card says for them: the `text` of each, safe as it is."""
    locale: str = ENGLISH
    """How whoever reads it writes numbers; what many read has those of English."""
