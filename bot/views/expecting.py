"""What somebody is told who has no figures to see yet: what will be there, and whom to ask."""

from typing import Final

from bot.domain.mystats import NoFigures, Unknown
from bot.domain.periods import PeriodKind
from bot.domain.programme import SiteMode
from bot.views.blocks import bullets, header, rich_text, run
from bot.views.figures import period_words
from bot.views.message import Block, Message
from bot.views.names import SOMEBODY, among_words, escaped, name_of, whom_to_ask
from bot.views.points import points_words, standing_blocks

_WILL_BE_SEEN: Final = (
    "what customers said: their stars, and how many answered",
    "your own contacts, and how long they took",
    "your time with customers, where shifts are known",
    "how it went over the last weeks, and your own place, with nobody else's name",
)
_SILENT: Final = {
    SiteMode.OFF: "Encore is not switched on in your site.",
    SiteMode.SHADOW: "Encore is being tried out in your site and tells nothing yet.",
}
_OTHER_PERIODS: Final = {
    (PeriodKind.DAY, False): ("yesterday", "week"), (PeriodKind.DAY, True): ("today", "week"),
    (PeriodKind.WEEK, False): ("last week", "month"), (PeriodKind.WEEK, True): ("week", "month"),
    (PeriodKind.MONTH, False): ("week", "last month"), (PeriodKind.MONTH, True): ("week", "month"),
}  # fmt: skip
"""What may have something where a period, or (True) the one before it, has nothing."""
_IN_PRIVATE: Final = "You alone see them here."


def no_figures(answer: NoFigures, command: str) -> Message:
    """Return what to expect, for a known person without figures in the period."""
    name = name_of(0, {0: answer.name})
    greeting = "Hello." if name == SOMEBODY else f"Hello {among_words(name)}."
    if answer.mode in _SILENT:
        why = answer.lacking or _SILENT[answer.mode]
        ask = None if answer.lacking else answer.ask
        return _told("Not yet", [f"{greeting} {why} Once it starts, you will see:"], ask)
    period = period_words(answer.period, answer.reader.locale)
    if answer.ever:
        others = " or ".join(f"{command} {word}" for word in _OTHER_PERIODS[answer.period.kind, answer.is_past])
        words = f"{greeting} There is nothing for {period}{'' if answer.is_past else ' yet'}. Try {others}."
        return _with_points(_told("Nothing here yet", [words], answer.ask, soon=False), answer)
    why = f"There are no figures of yours yet, for {period} or before. After your first contacts are imported you will see:"
    return _with_points(_told("Your figures will be here", [f"{greeting} {why}"], answer.ask), answer)


def unknown(answer: Unknown, command: str) -> Message:
    """Return how to be recognised, for somebody in Slack who is not linked to a person yet."""
    return _told("We have not met yet", [f"{answer.lacking} Once you are linked, {command} shows you:"])


def _with_points(message: Message, answer: NoFigures) -> Message:
    told = points_words(answer.points, answer.period.kind, answer.reader.locale, is_past=answer.is_past)
    return Message(f"{message.text} {told}.", [*message.blocks, *standing_blocks(told)]) if told else message


def _told(title: str, paragraphs: list[str], ask: str | None = None, *, soon: bool = True) -> Message:
    question = f"Questions? Ask {whom_to_ask(ask)}." if ask is not None else ""
    items: list[Block] = [bullets(*[(run(line),) for line in _WILL_BE_SEEN])] if soon else []
    closing = f"{_IN_PRIVATE} {question}".rstrip() if soon else question
    told = [*paragraphs, *([f"{'; '.join(_WILL_BE_SEEN)}."] if soon else []), closing]
    blocks = [header(title), *(rich_text(run(words)) for words in paragraphs), *items, rich_text(run(closing))]
    return Message(escaped(" ".join(told)), blocks)
