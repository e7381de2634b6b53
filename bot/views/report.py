"""The month-end report of points, and how kudos points flow, as admins read them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from babel.numbers import format_decimal

from bot.domain.ledger import Unit
from bot.domain.patterns import Patterns, Ring
from bot.domain.praise import listed
from bot.domain.report import Report, Seen, Totals
from bot.views.blocks import (
    actions,
    bullets,
    button,
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
from bot.views.prices import minutes_words

LOOK: Final = "report_look"
"""The button that turns to another month."""

COLUMNS: Final = (
    ("outstanding", "Outstanding"), ("owed", "Owed"), ("spent", "Spent"), ("rules", "Rules"), ("kudos", "Kudos"),
    ("bonus", "By hand"), ("corrected", "Corrected"), ("given", "Given"), ("paid_out", "Paid out"), ("lapsed", "Lapsed"),
    ("other", "Otherwise"),
)  # fmt: skip
"""What a report tells of each place: the field, and its title. What matters most stands first, where a screen is narrow."""

_ALWAYS: Final = frozenset({"outstanding", "spent"})
_ROWS: Final = (30, 20, 12, 6, 2)
"""How many places are told, the most that fit."""
_LOOKS: Final = MappingProxyType({30: 40, 20: 30, 12: 20, 6: 10, 2: 4})
"""How many lines about how points flow stand beside so many places."""
_MOST_OF_A_PLACE: Final = 60
_OWED: Final = (
    "more are owed: corrections took them back when they had been spent or held. They come off what is earned next."
)
MEANT: Final = (
    "Worth a look, no more: people who work side by side thank each other often, and a small team has few to thank. "
    "A pattern is a reason to talk, and proves nothing about anybody."
)


def native(seen: Seen, patterns: Patterns, names: Mapping[int, str], locale: str) -> Message:
    """Return the report with a table (since 2026-05)."""

    def build(rows: int) -> Message:
        return _message(seen, patterns, names, locale, _table(seen.points, locale, rows), rows)

    return fitting(build, _ROWS)


def classic(seen: Seen, patterns: Patterns, names: Mapping[int, str], locale: str) -> Message:
    """Return the same where a workspace does not take tables."""

    def build(rows: int) -> Message:
        lines = [
            (run(f"{name}: ", bold=True), run(_listed(totals, locale)))
            for name, totals in place_lines(seen.points)[:rows]
        ]
        return _message(seen, patterns, names, locale, [bullets(*lines)] if lines else [], rows)

    return fitting(build, _ROWS)


def place_lines(report: Report) -> list[tuple[str, Totals]]:
    """Return the lines of a report: each site's teams, what is left over of it, and the site in all."""
    sites = report.sites()
    lines: list[tuple[str, Totals]] = []
    for site in sorted(sites, key=lambda name: (not name, name)):
        teams = {place.team: totals for place, totals in report.places.items() if place.site == site}
        if not site or list(teams) == [""]:
            lines.append((_one(site) or "No site, or a small one", sites[site]))
            continue
        lines += [(_one(f"{one_line(site)} / {one_line(team)}"), totals) for team, totals in teams.items() if team]
        if "" in teams:
            lines.append((_one(f"{one_line(site)}, other teams"), teams[""]))
        if len(teams) > 1:
            lines.append((_one(f"{one_line(site)}, in all"), sites[site]))
    return lines


def summary_lines(report: Report, locale: str) -> list[str]:
    """Return what the month came to in all, a sentence each."""
    total, is_points = report.total, report.unit == Unit.POINTS

    def shown(amount: int) -> str:
        return count_words(amount, locale) if is_points else minutes_words(amount)

    ways = [(total.rules, "by rules"), *([(total.kudos, "by kudos")] if is_points else []), (total.bonus, "by hand")]
    issued = ", ".join(f"{shown(n)} {words}" for n, words in ways)
    when = "at the end of the month" if report.is_over else "at this moment"
    lines = [
        f"{shown(total.issued)} {'points' if is_points else 'of paid time'} were issued{'' if report.is_over else ' so far'}: {issued}.",
        f"{shown(total.spent)} were spent, and {shown(total.outstanding)} are outstanding {when}.",
    ]
    settled = [
        f"{shown(n)} {words}"
        for n, words in (
            (total.corrected, "by corrections"), (-total.paid_out, "paid out to leavers"), (-total.lapsed, "lapsed"),
            (total.other, "otherwise"),
        )
        if n
    ]  # fmt: skip
    if settled:
        lines.append(f"Besides: {', '.join(settled)}.")
    if total.owed:
        lines.append(f"{shown(total.owed)} {_OWED}")
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
    seen: Seen, patterns: Patterns, names: Mapping[int, str], locale: str, table: Sequence[Block], rows: int
) -> Message:  # fmt: skip
    report, lines = seen.points, place_lines(seen.points)
    title = f"Points, {period_words(report.month, locale)}{'' if report.is_over else ', so far'}"
    summary = summary_lines(report, locale)
    looks = pattern_lines(patterns, names, locale)[: _LOOKS[rows]]
    returned = (
        f"{_share(patterns.returned)} of {count_words(patterns.total, locale)} kudos points went back and forth."
        if patterns.total
        else "Nobody gave kudos with points."
    )
    flow = [returned, *(looks or (["Nothing in it is worth a look."] if patterns.total else []))]
    more = len(lines) - rows
    behind = (
        [f"{more} more {'line' if more == 1 else 'lines'}: encore points report has all of them."] if more > 0 else []
    )
    time = summary_lines(seen.minutes, locale) if seen.minutes.places else []
    blocks: list[Block] = [
        header(title), _lines(summary), *table, *(context(plain(words)) for words in behind),
        *([_title("Paid time off"), _lines(time)] if time else []),
        _title("How kudos points flow"), _lines(flow), *([context(plain(MEANT))] if looks else []), *_doors(seen, locale),
    ]  # fmt: skip
    places = [f"{name}: {_listed(totals, locale)}." for name, totals in lines[:rows]]
    said = [f"{title}.", *summary, *places, *behind, *time, returned, *looks, *([MEANT] if looks else [])]
    return Message(escaped(" ".join(said)), blocks)


def _title(words: str) -> Block:
    return rich_text(run(words, bold=True))


def _lines(sentences: Sequence[str]) -> Block:
    return bullets(*[(run(sentence),) for sentence in sentences])


def _doors(seen: Seen, locale: str) -> list[Block]:
    """Return the ways to the months before and after, where there is anything to see."""
    ways = [
        (month, f"← {words}" if month is seen.earlier else f"{words} →")
        for month in (seen.earlier, seen.later)
        if month is not None
        for words in [period_words(month, locale)]
    ]
    doors = [button(f"{LOOK}:{month.first:%Y-%m}", words, f"{month.first:%Y-%m}") for month, words in ways]
    return [actions(*doors)] if doors else []


def _table(report: Report, locale: str, most: int) -> list[Block]:
    columns = shown_columns(report)
    titles = ["Team", *(title for _, title in columns)]
    rows = [
        (text_cell(name), *(number_cell(n, count_words(n, locale)) for n in (getattr(totals, of) for of, _ in columns)))
        for name, totals in place_lines(report)[:most]
    ]
    return [data_table(f"Points, {period_words(report.month, locale)}", titles, rows)] if rows else []


def shown_columns(report: Report) -> list[tuple[str, str]]:
    """Return the columns of a report: those that are always told, and those that have anything in them."""
    return [
        (name, title)
        for name, title in COLUMNS
        if name in _ALWAYS or any(getattr(t, name) for t in report.places.values())
    ]


def _one(name: str) -> str:
    return one_line(name, _MOST_OF_A_PLACE)


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
