"""What a handler may answer, and how Slack is told."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.views import notices
from bot.views.form import Errors, Form, page
from bot.views.message import Message


@dataclass(frozen=True, slots=True)
class Changed:
    """A message that takes the place of the one whose button was pressed."""

    message: Message


@dataclass(frozen=True, slots=True)
class Behind:
    """What is said in the place of a form, and what then stands where it was opened, if one person alone sees that."""

    said: Message
    message: Message


Answer = Message | Changed | Behind | Form | Errors | None
"""What a handler returns: words for the person alone, a modal, what is wrong in a form, or nothing to say."""


class Outcome(StrEnum):
    """What came of a delivery, as the meters count it."""

    ANSWERED = "answered"
    INCOMPLETE = "incomplete"
    REFUSED = "refused"
    FAILED = "failed"
    REPEATED = "repeated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Done:
    """A delivery that was dealt with: what is to be said, and what came of it."""

    answer: Answer
    outcome: Outcome


def private(message: Message) -> dict[str, Any]:
    """Return a message as one person alone sees it."""
    return {"text": message.text, "blocks": message.blocks, "response_type": "ephemeral"}


def form_answer(answer: Answer, title: str, *, answered: bool) -> dict[str, Any]:
    """Return what Slack is told when a form was sent; one that was not `answered` is to be mended and sent again."""
    match answer:
        case Errors(fields):
            return {"response_action": "errors", "errors": dict(fields)}
        case Form() as form:
            return {"response_action": "push" if form.stacked else "update", "view": form.view()}
        case Message() | Changed() as said:
            # Upon the form, where something is to be mended in it: what was typed is still there.
            message = said.message if isinstance(said, Changed) else said
            shown = page(title, message, close="Close" if answered else "Back").view()
            return {"response_action": "update" if answered else "push", "view": shown}
        case Behind(said=message):
            return {"response_action": "update", "view": page(title, message).view()}
        case None:
            return {}


def late_page(answer: Answer, title: str) -> Form:
    """Return the page that stands in the place of a form whose answer took longer than Slack waits."""
    match answer:
        case Errors(fields):
            return page(title, notices.notice("\n".join(fields.values())))
        case Form():
            return answer
        case Message():
            return page(title, answer)
        case Changed(message) | Behind(said=message):
            return page(title, message)
        case None:
            return page(title, notices.notice("Done."))
