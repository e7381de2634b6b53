"""What somebody is told who has no figures to see yet: what will be there, and whom to ask."""

from typing import Final

from bot.domain.mystats import NoFigures, Unknown
from bot.domain.periods import PeriodKind
from bot.domain.programme import SiteMode
from bot.views.blocks import bullets, header, rich_text, run
from bot.views.figures import period_words
from bot.views.message import Block, Message
from bot.views.names import SOMEBODY, among_words, escaped, name_of, whom_to_ask

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
_OTHER_PERIODS: Final = {PeriodKind.DAY: "today", PeriodKind.WEEK: "week", PeriodKind.MONTH: "month"}
_IN_PRIVATE: Final = "You alone see them here."


def no_figures(answer: NoFigures, command: str) -> Message:
    """Return what to expect, for a known person without figures in the period."""
    name = name_of(0, {0: answer.name})
    greeting = "Hello." if name == SOMEBODY else f"Hello {among_words(name)}."
    if answer.mode in _SILENT:
        return _told("Not yet", [f"{greeting} {_SILENT[answer.mode]} Once it starts, you will see:"], answer.ask)
    period = period_words(answer.period, answer.reader.locale)
    if answer.ever:
        others = " or ".join(
            f"{command} {word}" for kind, word in _OTHER_PERIODS.items() if kind is not answer.period.kind
        )
        words = f"{greeting} There is nothing for {period} yet. Try {others}."
        return _told("Nothing here yet", [words], answer.ask, soon=False)
    why = f"There are no figures of yours yet, for {period} or before. After your first contacts are imported you will see:"
    return _told("Your figures will be here", [f"{greeting} {why}"], answer.ask)


def unknown(answer: Unknown, command: str) -> Message:
    """Return how to be recognised, for somebody in Slack who is not linked to a person yet."""
    words = (
        "Encore does not know yet which agent you are. An admin can link your Slack account, with “encore people link”; "
        f"then {command} shows you:"
    )
    return _told("We have not met yet", [words], answer.ask)


def _told(title: str, paragraphs: list[str], ask: str, *, soon: bool = True) -> Message:
    question = f"Questions? Ask {whom_to_ask(ask)}."
    items: list[Block] = [bullets(*[(run(line),) for line in _WILL_BE_SEEN])] if soon else []
    closing = f"{_IN_PRIVATE} {question}" if soon else question
    told = [*paragraphs, *([f"{'; '.join(_WILL_BE_SEEN)}."] if soon else []), closing]
    blocks = [header(title), *(rich_text(run(words)) for words in paragraphs), *items, rich_text(run(closing))]
    return Message(escaped(" ".join(told)), blocks)
