"""Points in words: beside one's own figures, and as a statement, entry by entry."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from bot.domain.leavers import Leaving, Rule
from bot.domain.ledger import Unit
from bot.domain.mystats import Points
from bot.domain.people import Reader
from bot.domain.periods import Period, PeriodKind, zone
from bot.domain.points import Asked, Entry, Made, Statement
from bot.domain.rewards import State
from bot.views.blocks import (
    actions,
    bullets,
    button,
    context,
    data_table,
    fitting,
    header,
    menu,
    number_cell,
    plain,
    rich_text,
    run,
    text_cell,
)
from bot.views.figures import count_words, date_words, duration_words, moment_words, period_words, short_day
from bot.views.message import Block, Message
from bot.views.names import among_words, escaped, name_of, one_line
from bot.views.praise import left_words
from bot.views.words import Words

DISPUTE: Final = "dispute_open"
"""The button, or the menu, with which somebody says that an entry is wrong."""

CSV: Final = "points_csv"
PAGE: Final = "points_page"
STATEMENT: Final = "points_look"

WRONG: Final = "Something wrong?"

_MEANWHILE: Final = MappingProxyType(
    {PeriodKind.DAY: "this day", PeriodKind.WEEK: "this week", PeriodKind.MONTH: "this month"}
)
_NOTHING_LATELY: Final = "Nothing came or went this month, or in the two before it."
_TITLES: Final = ("When", "Change", "What for", "After it")
"""The balance last: a narrow screen shows the first of them."""
_MOST_OF_WORDS: Final = 120
_MOST_OF_A_TITLE: Final = 60
_MOST_OF_A_CHOICE: Final = 75
_LENGTHS: Final = (_MOST_OF_WORDS, 60, 30, 15)
"""Characters of what an entry says, the most that fit."""

_SAID: Final = MappingProxyType(
    {
        Made.KUDOS: "Kudos{from_by}{why}",
        Made.EARNED: "Earned{why}",
        Made.BONUS: "Bonus{from_by}{why}",
        Made.CORRECTION: "Correction{of}{from_by}{why}",
        Made.ASKED: "You asked for {title}{why}",
        Made.CHIPPED_IN: "Your part in your team's pot for {title}{why}",
        Made.SPENT: "{title} was handed over{why}",
        Made.OWED: "{owed}{why}",
        Made.MERGED: "Came from your other entry in Encore",
        Made.LEFT: "Settled after your last day{why}",
        Made.OTHER: "Booked{why}",
    }
)
_ENDED: Final = MappingProxyType(
    {
        State.CANCELLED: "You cancelled {title}: its price is back",
        State.DECLINED: "{by} declined {title}: its price is back",
        State.GIVEN_BACK: "{title} cannot be had after all: {by} gave its price back",
        State.EXPIRED: "Nobody decided about {title} in time: its price is back",
        None: "Your part in your team's pot for {title} is back",
    }
)
"""How what was asked for ended, where its price is given back."""

_TAKEN_BACK: Final = MappingProxyType(
    {Made.KUDOS: "kudos", Made.EARNED: "something you had earned", Made.BONUS: "a bonus", Made.LEFT: "a settlement"}
)
_ASKED: Final = MappingProxyType(
    {
        Asked.LEAD: " · you asked about it", Asked.ADMINS: " · you asked about it",
        Asked.ANSWERED: " · your question is answered",
    }
)  # fmt: skip
_LENT: Final = "Lent: so much of what was taken back was spent or held already. It is paid back from what comes next"
_PAID_BACK: Final = "Paid back of what was lent to you"
_LEAVING: Final = MappingProxyType(
    {
        Rule.PAY_OUT: "what you have then is paid out to you",
        Rule.FORFEIT: "the points you have then are lost; paid hours are paid out to you",
    }
)


_BACK_THEN: Final = MappingProxyType(
    {PeriodKind.DAY: "on that day", PeriodKind.WEEK: "in that week", PeriodKind.MONTH: "in that month"}
)


def points_words(points: Points | None, kind: PeriodKind, locale: str, *, is_past: bool = False) -> str:
    """Return what one has, what is held, what came in the period, and what is left to give; empty without points."""
    if points is None:
        return ""
    parts = [f"Your points: {count_words(points.balance, locale)}"]
    if points.held:
        parts.append(f"{count_words(points.held, locale)} held for what you asked for")
    parts.append(f"{count_words(points.received, locale)} received {(_BACK_THEN if is_past else _MEANWHILE)[kind]}")
    if points.left is not None and points.renews_at is not None:
        renewal = date_words(points.renews_at.date(), locale)
        parts.append(f"{count_words(points.left, locale)} left to give, new on {renewal}")
    return " · ".join(parts)


def standing_blocks(told: str) -> list[Block]:
    """Return what `points_words` says, with the way to every entry; nothing without points."""
    return [context(plain(told)), actions(button(STATEMENT, "Every entry of your points"))] if told else []


def native(told: Statement, today: date) -> Message:
    """Return a statement with its entries as a table (since 2026-05); `today` is the reader's own."""
    return fitting(lambda most: _statement(told, today, _table(told, most) if told.entries else [], most), _LENGTHS)


def classic(told: Statement, today: date) -> Message:
    """Return the same where a workspace does not take tables: a line and a button for each entry."""
    return fitting(lambda most: _statement(told, today, _lines(told, most), most), _LENGTHS)


def amount_words(unit: str, amount: int, locale: str, *, signed: bool = False) -> str:
    """Return “50 points”, “1 point”, “2 h 30 min”; with `signed`, what comes in and what goes out tell themselves apart."""
    sign = ("−" if amount < 0 else "+") if signed else ""
    size = abs(amount) if signed else amount
    if unit == Unit.MINUTES:
        return f"{sign}{duration_words(size * 60) if size else '0 min'}"
    return f"{sign}{count_words(size, locale)} {'point' if size == 1 else 'points'}"


def entry_words(entry: Entry, words: Words, most: int = _MOST_OF_WORDS) -> str:
    """Return what made an entry, on one line; of people and texts that were erased, that they were."""
    by = among_words(name_of(entry.by or 0, words.names))
    why = one_line(words.texts.get(entry.text_id or 0, ""), most)
    said = (_ENDED[entry.ended] if entry.made is Made.GIVEN_BACK else _SAID[entry.made]).format(
        by=by, from_by=f" from {by}" if entry.by is not None else "", why=f": {why}" if why else "",
        title=f"“{one_line(entry.title, _MOST_OF_A_TITLE)}”" if entry.title else "a reward",
        owed=_PAID_BACK if entry.amount < 0 else _LENT,
        of="" if entry.of is None else f" of {_TAKEN_BACK.get(entry.of, 'an earlier entry')}",
    )  # fmt: skip
    return one_line(said[:1].upper() + said[1:], most)


def entry_line(entry: Entry, reader: Reader, words: Words, most: int = _MOST_OF_WORDS) -> str:
    """Return an entry in one line: its day, its amount, and what made it in `most` characters."""
    day = date_words(entry.at.astimezone(zone(reader.zone)).date(), reader.locale)
    return f"{day}, {change_words(entry, reader.locale)}: {entry_words(entry, words, most)}"


def change_words(entry: Entry, locale: str) -> str:
    """Return what came in or went out; what was lent says so, since nobody got it."""
    change = amount_words(entry.unit, entry.amount, locale, signed=True)
    return f"{change} lent" if entry.lent else change


def leaving_words(leaving: Leaving, locale: str) -> str:
    """Return what becomes of somebody's points when they leave. No day: the person may not have been told theirs yet."""
    what = _LEAVING[leaving.rule]
    days = f"{count_words(leaving.days, locale)} {'day' if leaving.days == 1 else 'days'} after your last day"
    return f"Should you ever leave: {days if leaving.days else 'the day after your last'}, {what}."


def has_lines(has: Mapping[str, int], locale: str, whose: str = "") -> list[str]:
    """Return what somebody has by these balances, what is held and what they owe, a sentence each.

    They are told it themselves, unless it says `whose` it is.
    """
    who, asker = (f"{whose} has", "they") if whose else ("You have", "you")
    owes = f"{whose} owes" if whose else "You owe"
    lines = [f"{who} {amount_words(Unit.POINTS, has.get(Unit.POINTS, 0), locale)}."]
    if has.get(Unit.MINUTES) or has.get(Unit.HELD_MINUTES):
        lines.append(f"{who} {amount_words(Unit.MINUTES, has.get(Unit.MINUTES, 0), locale)} of paid time off.")
    if held := _both(has, Unit.HELD, Unit.HELD_MINUTES, locale):
        lines.append(f"Held for what {asker} asked for: {held}.")
    if owed := _both(has, Unit.OWED, Unit.OWED_MINUTES, locale):
        lines.append(
            f"{owes} {owed}, spent or held before a correction: taken from what {asker} get next, or get back of what is held."
        )
    return lines


def _both(has: Mapping[str, int], points: str, minutes: str, locale: str) -> str:
    amounts = ((Unit.POINTS, has.get(points, 0)), (Unit.MINUTES, has.get(minutes, 0)))
    return " and ".join(amount_words(unit, amount, locale) for unit, amount in amounts if amount)


def standing_lines(told: Statement) -> list[str]:
    """Return what somebody has, a sentence each."""
    has: dict[str, int] = {
        Unit.POINTS: told.balance, Unit.HELD: told.held, Unit.OWED: told.owed, Unit.MINUTES: told.minutes,
        Unit.HELD_MINUTES: told.held_minutes, Unit.OWED_MINUTES: told.owed_minutes,
    }  # fmt: skip
    lines = has_lines(has, told.reader.locale)
    if told.left is not None and told.renews_at is not None:
        lines.append(left_words(told.left, told.whole, told.renews_at, told.reader.locale))
    return lines


def _statement(told: Statement, today: date, entries: Sequence[Block], most: int) -> Message:
    locale = told.reader.locale
    month = period_words(told.month, locale)
    standing = standing_lines(told)
    nothing = _NOTHING_LATELY if told.latest else f"Nothing came or went in {month}."
    blocks: list[Block] = [header("Your points"), bullets(*[(run(line),) for line in standing])]
    blocks += entries or [rich_text(run(nothing))]
    if doors := _doors(told, today):
        blocks.append(actions(*doors))
    small = ["Only you see this."]
    if told.pages > 1:
        small.append(f"Page {told.page + 1} of {told.pages}.")
    if told.leaving is not None:
        small.append(leaving_words(told.leaving, locale))
    blocks.append(context(plain(" ".join(small))))
    words = Words(told.names, told.texts)
    lines = [f"{entry_line(entry, told.reader, words, most)}." for entry in told.entries]
    text = [*standing, f"{_entries_title(told)}:" if lines else nothing, *lines, *small[1:]]
    return Message(escaped(" ".join(text)), blocks)


def _entries_title(told: Statement) -> str:
    return "Your latest entries" if told.latest else f"Your entries, {period_words(told.month, told.reader.locale)}"


def _table(told: Statement, most: int) -> list[Block]:
    words, locale = Words(told.names, told.texts), told.reader.locale
    rows = [
        (
            text_cell(_short(entry.at, told.reader)),
            number_cell(entry.amount, change_words(entry, locale)),
            text_cell(f"{entry_words(entry, words, most)}{_asked(entry, words, most)}"),
            number_cell(entry.balance_after, amount_words(entry.unit, entry.balance_after, locale)),
        )
        for entry in told.entries
    ]
    open_to = {
        str(entry.id): one_line(entry_line(entry, told.reader, words, most), _MOST_OF_A_CHOICE)
        for entry in told.entries
        if entry.may_ask
    }
    blocks = [data_table(_entries_title(told), _TITLES, rows, named_by=2)]
    return [*blocks, actions(menu(DISPUTE, WRONG, open_to))] if open_to else blocks


def _lines(told: Statement, most: int) -> list[Block]:
    title = rich_text(run(_entries_title(told), bold=True))
    return [title, *(_line(told, entry, most) for entry in told.entries)] if told.entries else []


def _line(told: Statement, entry: Entry, most: int) -> Block:
    words, locale = Words(told.names, told.texts), told.reader.locale
    after = amount_words(entry.unit, entry.balance_after, locale)
    said = f"{entry_line(entry, told.reader, words, most)} · {after} after it{_asked(entry, words, most)}"
    section: Block = {"type": "section", "text": plain(said)}
    return (
        section if not entry.may_ask else section | {"accessory": button(f"{DISPUTE}:{entry.id}", WRONG, str(entry.id))}
    )


def _doors(told: Statement, today: date) -> list[Block]:
    """Return the ways to the other pages, to the months before and after, and to all of it as a file."""
    ways: list[tuple[str, Period, int]] = []
    if told.earlier is not None:
        ways.append((f"← {period_words(told.earlier, told.reader.locale)}", told.earlier, 0))
    if told.latest and told.since is not None:
        ways.append((f"All of {period_words(told.month, told.reader.locale)}", told.month, 0))
    if told.page > 0:
        ways.append(("Later entries", told.month, told.page - 1))
    if told.page + 1 < told.pages:
        ways.append(("Earlier entries", told.month, told.page + 1))
    if (later := told.later(today)) is not None:
        ways.append((f"{period_words(later, told.reader.locale)} →", later, 0))
    doors = [
        button(f"{PAGE}:{number}", words, f"{month.first:%Y-%m} {page}")
        for number, (words, month, page) in enumerate(ways)
    ]
    # Of everything, not of this month alone.
    return [*doors, button(CSV, "As CSV")] if told.since is not None else doors


def _asked(entry: Entry, words: Words, most: int) -> str:
    """Return where a question about an entry is, with the answer once there is one that is still kept."""
    if entry.asked is None:
        return ""
    answer = one_line(words.texts.get(entry.answer_id or 0, ""), most)
    enough = " · for more, talk to your lead" if entry.asked is Asked.ANSWERED and entry.asked_enough else ""
    return _ASKED[entry.asked] + (f": {answer}" if answer else "") + enough


def _moment(at: datetime, reader: Reader) -> str:
    return moment_words(at, reader.zone, reader.locale).partition(" (")[0]


def _short(at: datetime, reader: Reader) -> str:
    """Return the day without its year, which the table's title has, and the time."""
    day = short_day(at.astimezone(zone(reader.zone)).date(), PeriodKind.DAY, reader.locale)
    return f"{day}, {_moment(at, reader).rpartition(', ')[2]}"
