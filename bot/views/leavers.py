"""What admins are told when the points of somebody who left are settled."""

from types import MappingProxyType
from typing import Final

from bot.domain.leavers import Leaving, PaidOut, Rule
from bot.domain.ledger import Unit
from bot.views.blocks import rich_text, run
from bot.views.message import Message
from bot.views.names import among_words, escaped, name_of
from bot.views.points import amount_words
from bot.views.words import Words

_RULES: Final = MappingProxyType(
    {
        Rule.KEEP: "By the programme all of it is kept, for whoever comes back.",
        Rule.PAY_OUT: "By the programme what is there on {on} is then settled, and the admins are told what to pay out.",
        Rule.FORFEIT: "By the programme the points that are there on {on} then lapse; paid minutes are to be paid out.",
    }
)


def leaver_words(leaving: Leaving) -> str:
    """Return what becomes of the points of somebody who leaves, as whoever marks them reads it."""
    return _RULES[leaving.rule].format(on=leaving.settled_on)


def settled(paid: PaidOut, words: Words) -> Message:
    """Return what is to be paid out to somebody, and what lapsed."""
    parts = [
        amount_words(unit, amount, words.locale)
        for unit, amount in ((Unit.POINTS, paid.points), (Unit.MINUTES, paid.minutes))
        if amount
    ]
    name = among_words(name_of(paid.person_id, words.names))
    said = [f"{name} has left, and the account is settled."]
    if parts:
        said.append(f"To be paid out: {' and '.join(parts)}{f' ({paid.cost} for the points)' if paid.cost else ''}.")
    if paid.forfeited:
        said.append(f"Lapsed: {amount_words(Unit.POINTS, paid.forfeited, words.locale)}.")
    line = " ".join(said)
    return Message(escaped(line), [rich_text(run(line))])
