"""`encore stats`, `encore board`, `encore rebuild`: figures, without a server running."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.progress import track

from bot.cli import clock
from bot.cli.console import ERR, database, plain_errors, show, show_json
from bot.domain.metrics import METRICS, Metric, Value
from bot.domain.periods import PeriodKind, period_of
from bot.services import boards, people, rebuild, stats
from bot.services.stats import Figure, Stats
from bot.store.database import Database

Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def figures(
    agent: Annotated[str | None, typer.Argument(help="A name, e-mail address or id.")] = None,
    from_: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")] = None,
    to: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")] = None,
    site: Annotated[str | None, typer.Option(help="A site's figures instead of a person's.")] = None,
    json: Json = False,
) -> None:
    """Show one agent's figures (or a site's) from one work day to another, both in."""
    if from_ is None or to is None or (agent is None) == (site is None):
        raise typer.BadParameter("name an agent or --site, and the days --from and --to")
    first, last = from_.date(), to.date()
    if first > last:
        raise typer.BadParameter(f"--from {first} is after --to {last}")
    with plain_errors(), database() as db:
        name, found = _found(db, agent, site, first, last)
    if json:
        owner = {"agent": name} if agent is not None else {"site": name}
        metrics = {key: _figure(figure) for key, figure in found.metrics.items()}
        show_json({**owner, "from": first, "to": last, "as_of": _moment(found.as_of), "metrics": metrics})
        return
    show(f"{name}, {first} to {last}")
    for key, figure in found.metrics.items():
        show(f"  {METRICS[key].title:<22} {_words(METRICS[key], figure)}")


def board(
    metric: Annotated[str, typer.Argument(help="Any metric: this is an admin's view.")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="A day of the period.")],
    period: Annotated[PeriodKind, typer.Option()] = PeriodKind.DAY,
    site: Annotated[str | None, typer.Option(help="One site alone.")] = None,
    json: Json = False,
) -> None:
    """List everybody by one metric, current from the facts: newcomers and leads are in the same list."""
    with plain_errors(), database() as db:
        where = None if site is None else db.read_now(people.find_site, site)
        asked = period_of(period, on.date())
        ranking = db.read_now(boards.listing, metric, asked, where)
        as_of = db.read_now(boards.as_of)
    row = METRICS[metric]
    if json:
        rows = [
            {
                "place": s.place, "agent": s.name, "value": s.value, "adjusted": s.adjusted,
                "numerator": row.plain_numerator(s.parts), "denominator": s.parts.denominator, "count": s.parts.count,
            }
            for s in ranking.standings
        ]  # fmt: skip
        unranked = len(ranking.unranked)
        document = {"metric": metric, "period": period, "rows": rows, "unranked": unranked, "as_of": _moment(as_of)}
        show_json(document)
        return
    show(f"{row.title}, {asked.first} to {asked.last}{'' if where is None else ', ' + where.name}")
    for s in ranking.standings:
        place = "  –" if s.place is None else f"{s.place:>3}"
        figure = stats.figure(row, s.parts)
        show(f"{place}  {s.name:<30} {_words(row, figure)}, adjusted {_rounded(s.adjusted)}")
    if ranking.unranked:
        show(f"     {len(ranking.unranked)} with too few answers yet")


def rebuild_all() -> None:
    """Compute all figures anew from the facts; it must give the same, and says how many differed."""
    with plain_errors(), database() as db:
        differing = 0
        owners = db.read_now(rebuild.owners)
        for owner, owner_id in track(owners, "Rebuilding", console=ERR, transient=True, disable=not ERR.is_terminal):
            for portion in db.read_now(rebuild.portions, owner, owner_id):
                differing += db.write_now(rebuild.compute, clock.now(), portion)
        show(f"{len(owners):,} people and sites computed anew; {differing:,} figures differed.")


def _found(db: Database, agent: str | None, site: str | None, first: date, last: date) -> tuple[str, Stats]:
    if agent is not None:
        person = db.read_now(people.find, agent)
        return person.name, db.read_now(stats.of_person, person.id, first, last)
    where = db.read_now(people.find_site, site or "")
    return where.name, db.read_now(stats.of_site, where.id, first, last)


def _figure(figure: Figure) -> dict[str, Any]:
    value = dict(figure.value) if isinstance(figure.value, Mapping) else figure.value
    return {
        "value": value, "numerator": figure.numerator, "denominator": figure.denominator, "count": figure.count,
    }  # fmt: skip


def _words(metric: Metric, figure: Figure) -> str:
    if figure.value is None:
        return "not measured"
    return f"{_value(metric, figure.value)} ({figure.count:,} {metric.basis})"


def _value(metric: Metric, value: Value) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {seconds:,.0f} s" for name, seconds in value.items())
    return f"{_rounded(value)}{' s' if metric.unit == 'seconds' else ''}"


def _rounded(value: float | None) -> str:
    return "–" if value is None else f"{value:,.3f}".rstrip("0").rstrip(".")


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
