"""What somebody earned: one message a day, with what waits, what was corrected, and what they owe."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

from babel.numbers import format_percent

from bot.domain import earning as domain
from bot.domain.earnable import EARNABLE
from bot.domain.earning import Earned, Line, State
from bot.domain.ledger import Unit
from bot.views.blocks import bullets, context, plain, rich_text, run
from bot.views.figures import count_words, date_words, days_words, locale_of
from bot.views.message import Block, Message
from bot.views.names import escaped
from bot.views.words import Words

MOST_LINES: Final = 20
MOST_CHARACTERS: Final = 12_000
"""Of the whole message as JSON; Slack takes about 13,200, and delivery adds its own id."""

_UNITS: Final = {Unit.POINTS: ("point", "points"), Unit.MINUTES: ("minute of paid time", "minutes of paid time")}
_WHERE: Final = "/encore points shows every entry."


def earned(told: Earned, _words: Words) -> Message:
    """Return what became of somebody's awards; every workspace has these blocks."""
    # Several of one kind on one day stand on one line.
    several = list(Counter(told.lines).items())
    shown = several[:MOST_LINES]
    while True:
        message = _message(told, shown, len(several) - len(shown))
        if len(shown) <= 1 or len(json.dumps([message.text, message.blocks])) < MOST_CHARACTERS:
            return message
        shown.pop()


def _message(told: Earned, several: Sequence[tuple[Line, int]], more: int) -> Message:
    title, owed = _title(told), _owed(told)
    lines = [_line(line, times, told.locale) for line, times in several]
    if more:
        lines.append(("", f"There are {count_words(more, told.locale)} more."))
    items = [[run(amount, bold=True), run(rest)] if amount else [run(rest)] for amount, rest in lines]
    small = " ".join(filter(None, [owed, _WHERE]))
    blocks: list[Block] = [rich_text(run(title, bold=True)), bullets(*items), context(plain(small))]
    sentences = [title, *(f"{amount}{rest}" for amount, rest in lines), owed]
    return Message(escaped("\n".join(filter(None, sentences))), blocks)


def _title(told: Earned) -> str:
    sums = {
        unit: sum(line.amount for line in told.lines if line.unit == unit and line.state is State.ISSUED)
        for unit in _UNITS
    }
    got = [_amount(amount, unit, told.locale) for unit, amount in sums.items() if amount]
    return f"You earned {' and '.join(got)}." if got else "Something changed about what you earned."


def _line(line: Line, times: int, locale: str) -> tuple[str, str]:
    """Return how many, and what for; `times` such awards together."""
    last = line.last
    when = date_words(last, locale) if line.first == last else days_words(line.first, last, locale)
    amount = _amount(line.amount * times, line.unit, locale)
    counted = f"{when}, {times} times" if times > 1 and line.state is not State.BACK else when
    reason = domain.reason(line, counted, _value(line, locale))
    if line.state is State.WAITING:
        until = "" if line.waits_until is None else f" until {date_words(line.waits_until, locale)}"
        return amount, f" wait{until}: this month's budget of your site is used up. {reason}"
    return f"{'−' if line.state is State.BACK else '+'}{amount}", f": {reason}"


def _owed(told: Earned) -> str:
    owed = [(told.owed, Unit.POINTS), (told.owed_minutes, Unit.MINUTES)]
    words = " and ".join(_amount(amount, unit, told.locale) for amount, unit in owed if amount)
    return f"{words} that were corrected had been spent or held: they come off what you earn next." if words else ""


def _amount(amount: int, unit: str, locale: str) -> str:
    one, many = _UNITS.get(Unit(unit), (unit, unit))
    return f"{count_words(amount, locale)} {one if amount == 1 else many}"


def _value(line: Line, locale: str) -> str:
    """Return a value rounded down: what was not reached never reads as if it was."""
    value = line.value or 0.0
    if EARNABLE[line.metric].metric.unit == "share":
        return format_percent(math.floor(value * 1000) / 1000, format="#,##0.#%", locale=locale_of(locale))
    return count_words(int(value), locale) if value == int(value) else domain.value_words(line)
