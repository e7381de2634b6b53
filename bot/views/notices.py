"""Short notices that any command may have to give."""

from typing import Final

from bot.views.blocks import rich_text, run
from bot.views.message import Message
from bot.views.names import escaped, one_line

_MOST_OF_A_REFERENCE: Final = 64
_MOST_OF_A_NOTICE: Final = 1500


def working() -> Message:
    """Return what is said while an answer takes longer than Slack waits."""
    words = "Working on it. The answer follows here in a moment."
    return Message(words, [rich_text(run(words))])


def too_late() -> Message:
    """Return what is said where Slack's three seconds for opening a form were over."""
    words = "Slack waits three seconds for a form, and this one took longer. Please ask for it again."
    return Message(words, [rich_text(run(words))])


def trouble(reference: str) -> Message:
    """Return a kind apology; `reference` lets an admin find in the log what happened."""
    shown = one_line(reference, _MOST_OF_A_REFERENCE) or "none"
    words = "Sorry, that did not work, and it is not your fault. Please try again in a moment. "
    advice = "If it happens again, give your admin this reference: "
    return Message(f"{words}{advice}{escaped(shown)}", [rich_text(run(words + advice), run(shown, code=True))])


def notice(words: str) -> Message:
    """Return words that were written for the person, such as those of an EncoreError, line breaks included."""
    lines = [one_line(line, _MOST_OF_A_NOTICE) for line in words.splitlines()]
    shown = "\n".join(line for line in lines if line)[:_MOST_OF_A_NOTICE] or "That is not possible."
    return Message(escaped(shown), [rich_text(run(shown))])
