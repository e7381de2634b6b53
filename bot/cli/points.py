"""`encore points`: given and corrected by hand, shown, handed out as a file, and told of at the end of the month."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli import clock
from bot.cli.console import WithNumbers, database, plain_errors, say, show, show_json, show_table, whole, write_new
from bot.domain.adjustments import State
from bot.domain.ledger import Unit
from bot.domain.patterns import Patterns
from bot.domain.periods import Period, zone
from bot.domain.points import TOLD, parse_month
from bot.domain.report import check_begun
from bot.errors import InputError
from bot.services import adjustments, people, points, report
from bot.services.adjustment_deeds import OPERATOR
from bot.services.adjustments import Bonus, Came, Correction
from bot.views import adjustments as adjustment_view
from bot.views import report as report_view
from bot.views.figures import ENGLISH, count_words, period_words
from bot.views.points import amount_words, change_words, entry_words, has_lines
from bot.views.points_file import entries_csv
from bot.views.sheet import csv_text
from bot.views.words import Words

app = typer.Typer(no_args_is_help=True, help="Points: give or correct them by hand, show what somebody has, report.")

Agent = Annotated[str, typer.Argument(help="A name, e-mail address or id.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
Month = Annotated[
    str, typer.Option(help="Such as 2026-10; if not given, the last one that is over and has anything in it.")
]
Minutes = Annotated[bool, typer.Option("--minutes", help="Minutes of paid time off instead of points.")]


@app.command(cls=WithNumbers)
def award(
    agent: Agent,
    amount: Annotated[int, typer.Argument(metavar="N", help="How many points.", parser=whole)],
    key: Annotated[str, typer.Option(help="What makes this award one: the same key never counts twice.")],
    reason: Annotated[str, typer.Option(help="What for; the person reads it.")],
    minutes: Minutes = False,
) -> None:
    """Give somebody points, once for each key; above the programme's limit an admin approves it in Slack first."""
    unit = Unit.MINUTES if minutes else Unit.POINTS
    with plain_errors(), database() as db:
        if amount <= 0:
            raise InputError(
                "N is a whole number of more than 0. To take something back: `encore points correct ENTRY --reason ...`; "
                "`encore points show` has the number ENTRY."
            )
        found = db.read_now(people.find, agent)
        asked = Bonus(key, None, (found.id,), unit, amount, reason)
        came = db.write_now(adjustments.bonus, clock.now(), asked)
        has = db.read_now(points.history, clock.now(), found.id).balances.get(unit, 0)
    if came.case.state is not State.DONE:
        _show_undone(came)
        return
    done = "are awarded" if came.taken else "had been awarded under this key before; nothing changed"
    show(f"{amount:,} {unit} {done}. {found.name} has {has:,}.")


@app.command()
def correct(
    entry: Annotated[
        int, typer.Argument(help="The number that `encore points show` has before an entry.", parser=whole)
    ],
    reason: Annotated[str, typer.Option(help="What was wrong; the person reads it.")],
) -> None:
    """Take back, once, what an entry came from: a bonus, kudos, or what a rule awarded."""
    with plain_errors(), database() as db:
        asked = Correction(f"correct:{entry}", None, entry, reason)
        came = db.write_now(adjustments.correct, clock.now(), asked)
    if came.case.state is not State.DONE:
        _show_undone(came)
        return
    whom = ", ".join(came.names.get(number, "") for number in came.case.person_ids)
    done = "taken back" if came.taken else "taken back before; nothing changed"
    show(f"{amount_words(came.case.unit, came.case.amount, ENGLISH)} of {whom}: {done}.")


@app.command("show")
def show_points(agent: Agent, json: Json = False) -> None:
    """Show what somebody has, and the latest entries with what made them."""
    with plain_errors(), database() as db:
        found = db.read_now(people.find, agent)
        told = db.read_now(points.history, clock.now(), found.id)
    if json:
        entries = [
            {
                "entry": row.id, "at": row.at, "kind": row.kind, "key": row.key, "unit": row.unit, "amount": row.amount,
                "balance_after": row.balance_after, "reason": told.texts.get(entry.text_id or 0),
            }
            for row, entry in zip(told.rows, told.entries, strict=True)
        ]  # fmt: skip
        show_json({"agent": found.name, "balances": dict(told.balances), "entries": entries})
        return
    for line in has_lines(told.balances, ENGLISH, found.name):
        show(line)
    lines = [
        (
            str(entry.id), f"{entry.at.astimezone(zone(told.reader.zone)):%Y-%m-%d %H:%M}",
            change_words(entry, ENGLISH), amount_words(entry.unit, entry.balance_after, ENGLISH),
            entry_words(entry, Words(told.names, told.texts)),
        )
        for entry in told.entries
        if entry.unit in TOLD
    ]  # fmt: skip
    if lines:
        show_table(("Entry", f"When ({told.reader.zone})", "Change", "After it", "What for"), lines)


@app.command()
def export(
    agent: Agent,
    file: Annotated[Path, typer.Argument(help="Where the CSV file is written, not there yet; - is standard output.")],
) -> None:
    """Write every entry of somebody's points and paid minutes to a CSV file, for them."""
    is_out = str(file) == "-"
    with plain_errors(), database() as db:
        found = db.read_now(people.find, agent)
        told = db.read_now(points.history, clock.now(), found.id, lines=None)
        db.write_now(points.export_asked, clock.now(), found.id, actor=OPERATOR)
        content = entries_csv(told.entries, told.reader, Words(told.names, told.texts))
        if not is_out:
            write_new(file, content)
    if is_out:
        typer.echo(content, nl=False)
    count = sum(entry.unit in TOLD for entry in told.entries)
    said = f"{count:,} {'entry' if count == 1 else 'entries'} of {found.name}"
    # Standard output has the table, and nothing else.
    (say if is_out else show)(f"{said}." if is_out else f"{said} {'is' if count == 1 else 'are'} in {file}.")


@app.command("report")
def month_end(month: Month = "", minutes: Minutes = False, json: Json = False, csv: Csv = False) -> None:
    """Report a month: issued, given, spent, settled and outstanding, by team and site, and what it cost."""
    unit = Unit.MINUTES if minutes else Unit.POINTS
    with plain_errors(), database() as db:
        period = _month(month) if month else db.read_now(report.newest, clock.now().date())
        seen = db.read_now(report.seen, clock.now(), period, clock.now().date())
    told = seen.minutes if minutes else seen.points
    columns = list(report_view.COLUMNS) if json or csv else report_view.shown_columns(told)
    if json:
        places = [
            {"site": place.site, "team": place.team, **{name: getattr(totals, name) for name, _ in columns}}
            for place, totals in told.places.items()
        ]
        cost = None if told.cost is None else {
            "a_point": str(told.cost), "currency": told.currency, "spent": str(told.money(told.total.spent)),
            "outstanding": str(told.money(told.total.outstanding)),
        }  # fmt: skip
        total = {name: getattr(told.total, name) for name, _ in columns}
        sites = [
            {"site": site, **{name: getattr(totals, name) for name, _ in columns}}
            for site, totals in told.sites().items()
        ]
        month_told = {"month": f"{period.first:%Y-%m}", "is_over": told.is_over, "unit": unit}
        show_json(month_told | {"total": total, "cost": cost, "sites": sites, "places": places})
        return
    if csv:
        rows = [
            (place.site, place.team, *(getattr(totals, name) for name, _ in columns))
            for place, totals in told.places.items()
        ]
        typer.echo(csv_text(("site", "team", *(name for name, _ in columns)), rows), nl=False)
        return
    so_far = "" if told.is_over else ", so far"
    show(f"{'Paid minutes' if minutes else 'Points'}, {period_words(period, ENGLISH)}{so_far}")
    for line in report_view.summary_lines(told, ENGLISH):
        show(line)
    lines = [
        (name, *(count_words(getattr(totals, of), ENGLISH) for of, _ in columns))
        for name, totals in report_view.place_lines(told)
    ]
    if lines:
        show_table(("Team", *(title for _, title in columns)), lines)
    if seen.minutes.places and not minutes:
        show("Paid time off (--minutes has it by team)")
        for line in report_view.summary_lines(seen.minutes, ENGLISH):
            show(line)


@app.command()
def patterns(month: Month = "", json: Json = False) -> None:
    """Show how kudos points flow in a month: who gives mostly to each other, and how much stands on one person."""
    with plain_errors(), database() as db:
        period = _month(month) if month else db.read_now(report.newest, clock.now().date())
        db.write_now(report.look, clock.now(), period, None)
        told = db.read_now(report.flow, period)
    found, names = told.patterns, told.names
    if json:
        show_json(_patterns_json(found, names, period))
        return
    share = round(found.returned * 100)
    show(f"Kudos points, {period_words(period, ENGLISH)}: {found.total:,} given, {share}% of them back and forth.")
    lines = report_view.pattern_lines(found, names, ENGLISH)
    for line in lines or ["Nothing in it is worth a look."]:
        show(f"  {line}")
    if lines:
        show(report_view.MEANT)


def _patterns_json(found: Patterns, names: Mapping[int, str], period: Period) -> dict[str, Any]:
    rings = [
        {"members": [names.get(n, "") for n in ring.members], "points": ring.points, "share": round(ring.share, 4)}
        for ring in found.rings
    ]
    leaning = {
        what: [
            {
                "who": names.get(one, ""),
                "other": names.get(other, ""),
                "points": spread.total,
                "share": round(spread.top, 4),
            }
            for one, (other, spread) in some.items()
        ]
        for what, some in (("givers", found.givers), ("receivers", found.receivers))
    }
    spreads = {
        what: {
            place: {"points": c.total, "givers": c.parts, "top": round(c.top, 4), "hhi": round(c.hhi, 4)}
            for place, c in places.items()
        }
        for what, places in (("teams", found.teams), ("sites", found.sites))
    }
    month = {"month": f"{period.first:%Y-%m}", "points": found.total, "returned": round(found.returned, 4)}
    return month | {"rings": rings} | leaning | spreads


def _month(typed: str) -> Period:
    today = clock.now().date()
    month = parse_month(typed, today)
    check_begun(month, today)
    return month


def _show_undone(came: Came) -> None:
    words = Words(came.names, came.texts)
    if came.case.state is not State.WAITING:
        raise InputError(adjustment_view.came_of(came.case, words))
    whom = f" {', '.join(came.deciders)} can." if came.deciders else " No admin is in Slack yet who could."
    show(f"This waits until an admin approves it in Slack (/encore approvals).{whom}")
