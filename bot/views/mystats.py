"""What `/mystats` answers, to the person alone: own figures, how they went, the own place. No judgement."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.domain.metrics import METRICS, Better, Metric
from bot.domain.mystats import Answer, Cohort, Line, MyStats, NoFigures, OwnPlace, Trend, Unknown
from bot.domain.periods import PeriodKind
from bot.views import expecting
from bot.views.blocks import (
    actions,
    bullets,
    button,
    context,
    data_table,
    fields,
    header,
    mrkdwn,
    plain,
    rich_text,
    run,
    section,
    text_cell,
)
from bot.views.figures import (
    count_words,
    made_of,
    moment_mrkdwn,
    moment_words,
    ordinal,
    period_words,
    step_words,
    value_words,
)
from bot.views.message import Block, Message
from bot.views.names import escaped, one_line, whom_to_ask
from bot.views.points import points_words, standing_blocks
from bot.views.trend import chart, sparkline

PLACE: Final = "mystats_place"
"""The button of whoever asks for their own place."""

_MOST_LINES: Final = 30
_NOT_COMPARED: Final = "–"
_COMMANDS: Final = (
    ("today", "today so far"),
    ("yesterday", "the day before"),
    ("week", "this week, from Monday"),
    ("last week", "the whole of the week before"),
    ("month", "this calendar month; last month works, too"),
)
_PURPOSE: Final = "Figures are for recognition and coaching, and for nothing else."


@dataclass(frozen=True, slots=True)
class _Shown:
    """One figure in words."""

    title: str
    own: str
    made_of: str
    target: str
    """Empty where there is none."""
    others: str
    """The mean of the team or the site; empty where the figure is not compared."""

    def own_words(self) -> str:
        """The value, and what it is made of where there is any."""
        return f"{self.own} from {self.made_of}" if self.made_of else self.own


_Figures = Callable[[Sequence[_Shown], str], list[Block]]
"""Shows figures, with the title of what they are compared with."""
_Going = Callable[[Trend, str], list[Block]]
"""Shows how a figure went, in a locale."""


def native(answer: Answer, command: str = "/mystats") -> Message:
    """Return the answer with a table and a chart, for workspaces that have the blocks of 2026.

    `command` is the word that people type to get it.
    """
    match answer:
        case MyStats():
            return _stats(answer, command, _table, chart)
        case NoFigures():
            return expecting.no_figures(answer, command)
        case Unknown():
            return expecting.unknown(answer, command)


def classic(answer: Answer, command: str = "/mystats") -> Message:
    """Return the answer in blocks that every workspace has."""
    match answer:
        case MyStats():
            return _stats(answer, command, _fields, sparkline)
        case NoFigures() | Unknown():
            return native(answer, command)


def usage(word: str = "", command: str = "/mystats") -> Message:
    """Return what the command can do; `word` is what was typed, where it was none of it."""
    lead = f"“{one_line(word)}” is not a period that {command} knows. These are:" if word.strip() else ""
    promise = "It shows your own figures beside your target and your team, how they went, and your own place."
    privacy = f"Only you see the answer. {_PURPOSE}"
    items = [(run(f"{command} {period}", code=True), run(f"  {meaning}")) for period, meaning in _COMMANDS]
    choices = "; ".join(f"`{command} {period}` for {meaning}" for period, meaning in _COMMANDS)
    first = (
        rich_text(run(lead))
        if lead
        else rich_text(run(command, code=True), run(f" is for your own figures. {promise}"))
    )
    text = f"{escaped(lead) or f'`{command}` is for your own figures. {promise}'} {choices}. {privacy}"
    return Message(text, [first, bullets(*items), context(plain(privacy))])


def own_places(answer: Answer) -> Message:
    """Return one's own places, each with the way to the next, to whoever asked for them; nobody else is in it."""
    places = [] if not isinstance(answer, MyStats) else _told(answer)
    if not isinstance(answer, MyStats) or not places:
        words = "You are on no board for now."
        return Message(words, [rich_text(run(words))])
    told = [_place_words(place, answer.reader.locale, asked=True) for place in places]
    period = period_words(answer.period, answer.reader.locale)
    blocks = [header(f"Your place · {period}"), section("\n".join(f"*{title}:* {words}" for title, words in told))]
    text = " ".join([f"Your place, {period}.", *(f"{title}: {words}." for title, words in told)])
    return Message(text, [*blocks, context(plain("Only you see this. Places go by a value adjusted for few answers."))])


def _stats(answer: MyStats, command: str, figures: _Figures, going: _Going) -> Message:
    locale = answer.reader.locale
    others = "Site" if answer.team is None else "Team"
    shown = [_shown(line, locale) for line in _in_order(answer.lines)]
    # To be the first of one says nothing.
    places = [_place_words(place, locale) for place in _told(answer)]
    period = period_words(answer.period, locale)
    blocks = [header(f"Your figures · {period}"), context(plain(_whose(answer)))]
    note = _note(answer, command)
    if note:
        blocks.append(context(plain(note)))
    if shown:
        blocks += figures(shown, others)
    if answer.trend is not None:
        blocks += going(answer.trend, locale)
    if places:
        blocks.append(section("\n".join(f"*{title}:* {words}" for title, words in places)))
    if any(place.place is not None and not place.in_upper_half for place in _told(answer)):
        # A place that no board would show is told to whoever asks for it.
        blocks.append(actions(button(PLACE, "My place", _typed(answer))))
    told = points_words(answer.points, answer.period.kind, locale, is_past=answer.is_past)
    blocks += standing_blocks(told)
    blocks.append(context(*_small_print(answer)))
    blocks.append(context(plain(_dispute(answer.ask))))
    return Message(_text(answer, period, note, shown, places, others), blocks)


def _note(answer: MyStats, command: str) -> str:
    """Say that the running period tells little yet, and where there is more; empty where that is not so."""
    kind = answer.period.kind.value
    if not answer.is_young:
        return ""
    if answer.is_past:
        return f"This {kind} has no finished work day of yours yet. {command} {kind} shows it so far."
    return f"This {kind} has no finished work day of yours yet. {command} last {kind} shows a whole one."


def _in_order(lines: Sequence[Line]) -> list[Line]:
    """Handle time follows the stars: by itself it says nothing about how well a customer was served."""
    rest = [line for line in lines if line.metric != "handle_time"]
    handle_time = [line for line in lines if line.metric == "handle_time"]
    beside = next((place for place, line in enumerate(rest, 1) if line.metric == "csat"), len(rest))
    return [*rest[:beside], *handle_time, *rest[beside:]][:_MOST_LINES]


def _shown(line: Line, locale: str) -> _Shown:
    metric = METRICS[line.metric]
    compared = metric.better is not Better.NEITHER
    counted = metric.ratio or metric.unit != "count"
    return _Shown(
        title=metric.title,
        own=value_words(metric, line.value, locale),
        made_of=made_of(metric, line.count, locale) if counted and line.value is not None and line.count else "",
        target=_target_words(metric, line, locale) if compared else "",
        others=value_words(metric, line.team, locale) if compared and line.team is not None else "",
    )


def _target_words(metric: Metric, line: Line, locale: str) -> str:
    if line.target is None:
        return ""
    target = value_words(metric, line.target, locale)
    return f"{target} (own median)" if line.target_is_own_median else target


def _table(shown: Sequence[_Shown], others: str) -> list[Block]:
    rows = [
        [
            text_cell(figure.title),
            text_cell(figure.own_words()),
            text_cell(figure.target or _NOT_COMPARED),
            text_cell(figure.others or _NOT_COMPARED),
        ]
        for figure in shown
    ]
    return [data_table("Your own figures", ("Figure", "You", "Target", others), rows)]


def _fields(shown: Sequence[_Shown], others: str) -> list[Block]:
    return fields([_field(figure, others) for figure in shown])


def _field(figure: _Shown, others: str) -> str:
    lines = [f"*{figure.title}*", figure.own_words()]
    if figure.target:
        lines.append(f"Target: {figure.target}")
    if figure.others:
        lines.append(f"{others}: {figure.others}")
    return "\n".join(lines)


_AMONG: Final[Mapping[Cohort, str]] = MappingProxyType(
    {Cohort.ALL: "", Cohort.NEW: " among those who have just started", Cohort.LEADS: " among leads"}
)


def _told(answer: MyStats) -> list[OwnPlace]:
    # To be the first of one says nothing.
    return [place for place in answer.places if place.place is None or place.of > 1]


def _typed(answer: MyStats) -> str:
    """Return what is typed after the command for the same period."""
    kind = answer.period.kind
    if kind is PeriodKind.DAY:
        return "yesterday" if answer.is_past else "today"
    return f"last {kind.value}" if answer.is_past else kind.value


def _place_words(place: OwnPlace, locale: str, *, asked: bool = False) -> tuple[str, str]:
    """Return the metric's title and the own place in words, without anybody else in them.

    In the lower half it is the way to the next place that is told, and the place to whoever `asked`.
    """
    metric = METRICS[place.metric]
    among = _AMONG[place.cohort]
    if place.place is None:
        missing = place.minimum_count - place.count
        if missing <= 0:
            return metric.title, "you are not on this board"
        more = made_of(metric, missing, locale).replace(" ", " more ", 1)
        return metric.title, f"{more} until you are ranked{among}"
    words = f"{ordinal(place.place)} of {count_words(place.of, locale)}{among}"
    if place.to_next is None:
        return metric.title, f"you are {words}"
    step = f"{step_words(metric, place.to_next, locale)} to the next place"
    return metric.title, f"you are {words} · {step}" if place.in_upper_half or asked else step


def _whose(answer: MyStats) -> str:
    parts = [answer.name, answer.site, *([answer.team] if answer.team else [])]
    return " · ".join([line for line in map(one_line, parts) if line] or ["Your own"])


def _small_print(answer: MyStats) -> list[Block]:
    fresh = "No facts have been read yet."
    if answer.as_of is not None:
        fresh = f"{moment_mrkdwn('Figures as of', answer.as_of, answer.reader.zone, answer.reader.locale)}."
    lines = ["Only you see this.", fresh]
    if answer.places:
        lines.append("Places go by a value adjusted for few answers.")
    weeks = next((METRICS[line.metric].own_median_weeks for line in answer.lines if line.target_is_own_median), 0)
    if weeks:
        lines.append(f"An own median is that of your last {weeks} weeks.")
    return [mrkdwn(line) for line in lines]


def _dispute(ask: str) -> str:
    return (
        "Every figure comes from your own contacts, ratings and shifts and can be traced to them. "
        f"If one looks wrong, ask {whom_to_ask(ask)}."
    )


def _text(
    answer: MyStats, period: str, note: str, shown: Sequence[_Shown], places: Sequence[tuple[str, str]], others: str
) -> str:  # fmt: skip
    sentences = [f"Your figures, {period}.", *([note] if note else [])]
    for figure in shown:
        target = f", target {figure.target}" if figure.target else ""
        compared = f", {others.lower()} {figure.others}" if figure.others else ""
        sentences.append(f"{figure.title}: {figure.own_words()}{target}{compared}.")
    sentences += [f"{title}: {words}." for title, words in places]
    told = points_words(answer.points, answer.period.kind, answer.reader.locale, is_past=answer.is_past)
    sentences += [f"{told}."] if told else []
    if answer.as_of is not None:
        moment = moment_words(answer.as_of, answer.reader.zone, answer.reader.locale)
        sentences.append(f"Figures as of {moment}.")
    sentences.append(escaped(_dispute(answer.ask)))
    return " ".join(sentences)
