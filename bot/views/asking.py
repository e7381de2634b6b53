"""The last word in a message that asked somebody to decide who is not to do so any more."""

from bot.domain.asking import Over
from bot.views.blocks import rich_text, run
from bot.views.message import Message
from bot.views.words import Words


def over(value: Over, _words: Words) -> Message:
    """Say that nothing is left to do here."""
    text = "This is with others now." if value.others else "This is not yours to decide any more."
    return Message(text, [rich_text(run(text))])
