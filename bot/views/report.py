"""The month-end report of points, and how kudos points flow, as admins read them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from babel.numbers import format_decimal

from bot.domain.ledger import Unit
from bot.domain.patterns import Patterns, Ring
from bot.domain.praise import listed
from bot.domain.report import Place, Report, Totals
from bot.views.blocks import (
    bullets,
    context,
    data_table,
    fitting,
    header,
    number_cell,
    plain,
    rich_text,
    run,
    text_cell,
)
from bot.views.figures import count_words, locale_of, period_words
from bot.views.message import Block, Message
from bot.views.names import among_words, escaped, name_of, one_line

COLUMNS: Final = (
    ("rules", "By rules"), ("kudos", "By kudos"), ("bonus", "By hand"), ("corrected", "Corrected"), ("given", "Given away"),
    ("spent", "Spent"), ("paid_out", "Paid out"), ("lapsed", "Lapsed"), ("other", "Otherwise"),
    ("outstanding", "Outstanding"),
)  # fmt: skip
"""What a report tells of each place: the field, and its title."""

_ALWAYS: Final = frozenset({"rules", "kudos", "bonus", "spent", "outstanding"})
_ROWS: Final = (30, 20, 12, 6, 2)
"""How many places are told, the most that fit."""
_LOOKS: Final = MappingProxyType({30: 40, 20: 30, 12: 20, 6: 10, 2: 4})
"""How many lines about how points flow stand beside so many places."""
_MOST_OF_A_PLACE: Final = 60
MEANT: Final = (
    "Worth a look, no more: people who work side by side thank each other often, and a small team has few to thank. "
    "A pattern is a reason to talk, and proves nothing about anybody."
)


def native(report: Report, patterns: Patterns, names: Mapping[int, str], locale: str) -> Message:
    """Return the report with a table (since 2026-05)."""

    def build(rows: int) -> Message:
        return _message(report, patterns, names, locale, _table(report, locale, rows) if report.places else [], rows)

    return fitting(build, _ROWS)


def classic(report: Report, patterns: Patterns, names: Mapping[int, str], locale: str) -> Message:
    """Return the same where a workspace does not take tables."""

    def build(rows: int) -> Message:
        lines = [
            (run(f"{place_words(place)}: ", bold=True), run(_listed(totals, locale)))
            for place, totals in _first(report, rows)
        ]
        return _message(report, patterns, names, locale, [bullets(*lines)] if lines else [], rows)

    return fitting(build, _ROWS)


def place_words(place: Place) -> str:
    """Return a team with its site, on one line."""
    parts = [one_line(part) for part in place if part]
    return one_line(" / ".join(parts) or "No site, or a small one", _MOST_OF_A_PLACE)


def summary_lines(report: Report, locale: str) -> list[str]:
    """Return what the month came to in all, a sentence each."""
    total = report.total
    what = "points" if report.unit == Unit.POINTS else "minutes"
    issued, spent, left = (count_words(n, locale) for n in (total.issued, total.spent, total.outstanding))
    rules, kudos, bonus = (count_words(n, locale) for n in (total.rules, total.kudos, total.bonus))
    lines = [
        f"{issued} {what} were issued: {rules} by rules, {kudos} by kudos, {bonus} by hand.",
        f"{spent} were spent, and {left} are outstanding at the end of the month.",
    ]
    settled = [
        f"{count_words(n, locale)} {words}"
        for n, words in (
            (total.corrected, "by corrections"), (-total.paid_out, "paid out to leavers"), (-total.lapsed, "lapsed"),
            (total.other, "otherwise"),
        )
        if n
    ]  # fmt: skip
    if settled:
        lines.append(f"Besides: {', '.join(settled)}.")
    if report.cost is not None:
        spent_money, owed_money = (
            _money(report.money(n), report.currency, locale) for n in (total.spent, total.outstanding)
        )
        lines.append(
            f"At {report.cost.normalize():f} {report.currency} a point, {spent_money} were spent and {owed_money} are outstanding."
        )
    return lines


def pattern_lines(patterns: Patterns, names: Mapping[int, str], locale: str) -> list[str]:
    """Return what is worth a look, a line each; nothing where there is nothing."""
    lines = [_ring(ring, names, locale) for ring in patterns.rings]
    lines += [
        f"{_name(one, names)} gave {_share(spread.top)} of {count_words(spread.total, locale)} points to {_name(other, names)}."
        for one, (other, spread) in patterns.givers.items()
    ]
    lines += [
        f"{_name(one, names)} got {_share(spread.top)} of {count_words(spread.total, locale)} points from {_name(other, names)}."
        for one, (other, spread) in patterns.receivers.items()
    ]
    lines += [
        f"In {one_line(place, _MOST_OF_A_PLACE)}, one of {count_words(spread.parts, locale)} people who gave gave "
        f"{_share(spread.top)} of the {count_words(spread.total, locale)} points."
        for place, spread in {**patterns.sites, **patterns.teams}.items()
        if spread.is_on_one
    ]
    return lines


def _message(
    report: Report, patterns: Patterns, names: Mapping[int, str], locale: str, table: Sequence[Block], rows: int
) -> Message:  # fmt: skip
    month = period_words(report.month, locale)
    summary = summary_lines(report, locale)
    looks = pattern_lines(patterns, names, locale)[: _LOOKS[rows]]
    returned = (
        f"{_share(patterns.returned)} of {count_words(patterns.total, locale)} kudos points went back and forth."
        if patterns.total
        else "Nobody gave kudos with points."
    )
    after = f"The month after: /encore report points {report.month.last + timedelta(days=1):%Y-%m}."
    blocks: list[Block] = [header(f"Points, {month}"), bullets(*[(run(line),) for line in summary]), *table]
    if len(report.places) > rows:
        blocks.append(context(plain(f"{len(report.places) - rows} more teams: encore points report has all of them.")))
    blocks += [
        rich_text(run("How kudos points flow", bold=True)),
        bullets(
            *[
                (run(line),)
                for line in (returned, *(looks or (["Nothing in it is worth a look."] if patterns.total else [])))
            ]
        ),
    ]
    if looks:
        blocks.append(context(plain(MEANT)))
    blocks.append(context(plain(after)))
    places = [f"{place_words(place)}: {_listed(totals, locale)}." for place, totals in _first(report, rows)]
    text = " ".join([f"Points, {month}.", *summary, *places, returned, *looks, *([MEANT] if looks else []), after])
    return Message(escaped(text), blocks)


def _table(report: Report, locale: str, most: int) -> list[Block]:
    columns = shown_columns(report)
    titles = ["Team", *(title for _, title in columns)]
    rows = [
        (text_cell(place_words(place)), *(number_cell(n, count_words(n, locale)) for n in (getattr(totals, name) for name, _ in columns)))
        for place, totals in _first(report, most)
    ]  # fmt: skip
    return [data_table(f"Points, {period_words(report.month, locale)}", titles, rows)]


def shown_columns(report: Report) -> list[tuple[str, str]]:
    """Return the columns of a report: those that are always told, and those that have anything in them."""
    return [
        (name, title)
        for name, title in COLUMNS
        if name in _ALWAYS or any(getattr(t, name) for t in report.places.values())
    ]


def _first(report: Report, most: int) -> list[tuple[Place, Totals]]:
    return list(report.places.items())[:most]


def _listed(totals: Totals, locale: str) -> str:
    told = [(title, getattr(totals, name)) for name, title in COLUMNS]
    return ", ".join(f"{title[0].lower()}{title[1:]} {count_words(n, locale)}" for title, n in told if n) or "nothing"


def _ring(ring: Ring, names: Mapping[int, str], locale: str) -> str:
    who = listed([_name(number, names) for number in ring.members])
    how = "gave each other" if len(ring.members) == 2 else "gave around in a circle"
    return f"{who} {how} {count_words(ring.points, locale)} points, {_share(ring.share)} of all that they gave."


def _share(share: float) -> str:
    return f"{round(share * 100)}%"


def _money(amount: Decimal | None, currency: str, locale: str) -> str:
    return "" if amount is None else f"{format_decimal(amount, format='#,##0.00', locale=locale_of(locale))} {currency}"


def _name(person_id: int, names: Mapping[int, str]) -> str:
    return among_words(name_of(person_id, names))
