"""Boards: computed from day stats, kept for looking, posted once (KPIS.md, "Ranking" and "Boards never shame")."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from bot.domain.board import BoardPost, BoardRow, Improved, Newcomers
from bot.domain.metrics import METRICS, Metric, Public, metric
from bot.domain.parts import Parts, join
from bot.domain.periods import Period, PeriodKind, epoch, moment_of, period_of, zone
from bot.domain.programme import Board, BoardChoice, Programme
from bot.domain.ranking import MINIMUM_COUNT, Entry, Ranking, Standing, most_improved, rank
from bot.services import programme as programmes
from bot.services import stats
from bot.store import boards as store
from bot.store import facts, imports, people
from bot.store.boards import Claim, Member, Scope
from bot.store.people import SiteRecord

READING = timedelta(seconds=10)
"""How long after its last page a file that was not finished counts as being read."""

SMALLEST_GROUP = 5
"""The mean of fewer people would tell on each of them."""

ROWS_AT_ONCE = 5_000
"""How many places one transaction of a rebuild writes: well under 200 ms, so that no command waits."""


@dataclass(frozen=True, slots=True)
class Cohorts:
    """A scope ranked: everybody, those who have just started, and leads who take contacts, each among themselves."""

    everybody: Ranking
    newcomers: Ranking
    leads: Ranking
    total: Parts
    people: int
    """How many people have a part in the total."""


@dataclass(frozen=True, slots=True)
class Build:
    """A board that was computed and is to be written."""

    claim: Claim
    cohorts: Cohorts


def listing(session: Session, metric_key: str, period: Period, site: SiteRecord | None) -> Ranking:
    """Return everybody by one metric, all in one list: an admin's view, of any metric."""
    row = metric(metric_key)
    scope = Scope(site_id=None if site is None else site.id)
    members = store.list_members(session, row, period, scope)
    return rank(row, [_entry(m) for m in members])


def as_of(session: Session) -> datetime | None:
    """Return when the newest facts came in, in UTC."""
    return imports.newest_at(session)


def ranked(
    session: Session, programme: Programme, row: Metric, period: Period, scope: Scope, *,
    minimum_count: int = MINIMUM_COUNT,
) -> Cohorts:  # fmt: skip
    """Rank a scope by its cohorts; who left the boards or the company counts in the total and takes no place."""
    members = store.list_members(session, row, period, scope)
    nobodys = [] if scope.team_id is not None else [store.site_parts(session, row, period, scope.site_id)]
    choice = _choice(session, programme, scope)
    shown = [m for m in members if _takes_part(m, period, choice)]
    leads = [m for m in shown if m.lead]
    new = [m for m in shown if not m.lead and _is_new(m, period, programme.new_agent_days)]
    apart = {m.person_id for m in (*leads, *new)}
    prior = join(row.merge, (m.parts for m in members))

    def order(group: Sequence[Member]) -> Ranking:
        return rank(row, [_entry(m) for m in group], minimum_count=minimum_count, prior=prior)

    return Cohorts(
        order([m for m in shown if m.person_id not in apart]), order(new), order(leads),
        join(row.merge, [prior, *nobodys]), len(members),
    )  # fmt: skip


def compose(session: Session, at: datetime, board: Board, site: SiteRecord, period: Period) -> BoardPost | None:
    """Return what a board of the programme says of a period, None where nothing at all happened in it."""
    programme = programmes.current(session, at)
    row, scope = METRICS[board.metric], Scope(site_id=site.id)
    now = ranked(session, programme, row, period, scope, minimum_count=board.minimum_count)
    contacts = stats.total(session, METRICS["volume"], period, scope).numerator
    if not contacts and not now.total.count:
        return None
    before = ranked(session, programme, row, period.previous(), scope, minimum_count=board.minimum_count)
    improved = most_improved(now.everybody, before.everybody)
    newcomers = [_row(s) for s in now.newcomers.top(board.top)]
    value = row.value(now.total)
    return BoardPost(
        metric=row.key, site=site.name, period=period.kind, first=period.first, last=period.last,
        rows=[_row(s) for s in now.everybody.top(board.top)], ranked=len(now.everybody.standings),
        minimum_count=board.minimum_count,
        improved=None if improved is None else Improved(improved[0].person_id, improved[1]),
        newcomers=Newcomers(newcomers, programme.new_agent_days) if newcomers else None,
        value=value if isinstance(value, int | float) and now.people >= SMALLEST_GROUP else None, count=now.total.count, contacts=contacts,
        open_shifts=facts.count_open_shifts(
            session, site.id, period.first.isoformat(), period.last.isoformat(), epoch(at)
        ),
        as_of=imports.newest_at(session) or at,
    )  # fmt: skip


def posting(board: Board, site: SiteRecord, at: datetime) -> tuple[Period, datetime]:
    """Return the last finished period of a board at a moment, and the instant (UTC) at which it is posted."""
    period = period_of(board.period, at.astimezone(zone(site.zone)).date()).previous()
    if due_at(board, site, period) > at:
        period = period.previous()
    return period, due_at(board, site, period)


def due_at(board: Board, site: SiteRecord, period: Period) -> datetime:
    """Return the instant (UTC) at which a period is posted: the day after its last, at the board's local time."""
    return moment_of(period.last + timedelta(days=1), board.at, zone(site.zone))


def claim_build(session: Session, at: datetime, at_most_every: timedelta) -> Claim | None:
    """Begin to build the next board whose figures changed; None where none is due. Each at most once a while.

    While a file is being read none is due: it would hold a part of the file for as long as a board stays.
    """
    if imports.is_running(session, at - READING):
        return None
    return store.claim_build(session, at - at_most_every)


def is_due(session: Session, at: datetime, at_most_every: timedelta) -> bool:
    """Whether any board waits to be built."""
    return store.find_dirty(session, at - at_most_every) is not None


def compute(session: Session, at: datetime, claim: Claim) -> Build:
    """Return what a board that is being built is to hold."""
    programme = programmes.current(session, at)
    mark = claim.mark
    period = period_of(PeriodKind(mark.period), date.fromisoformat(mark.first))
    row = METRICS[mark.metric]
    minimum = programme.minimum_count(row.key)
    cohorts = ranked(session, programme, row, period, store.parse_scope(mark.scope), minimum_count=minimum)
    return Build(claim, cohorts)


def places_of(build: Build) -> list[list[store.BoardRowValues]]:
    """Return the places of a build in portions that are written in one transaction each."""
    claim = build.claim
    # Places are among the people of a site (of all, where there are no sites), and of what a board may show.
    if METRICS[claim.mark.metric].public is not Public.TOP or store.parse_scope(claim.mark.scope).team_id is not None:
        return []
    rows: list[store.BoardRowValues] = []
    for cohort, ranking in (
        ("all", build.cohorts.everybody), ("new", build.cohorts.newcomers), ("leads", build.cohorts.leads),
    ):  # fmt: skip
        better: Standing | None = None
        previous: Standing | None = None
        size = len(ranking.standings)
        for standing in ranking.standings:
            if previous is not None and previous.place != standing.place:
                better = previous
            previous = standing
            rise = None if better is None else abs((better.adjusted or 0.0) - (standing.adjusted or 0.0))
            key = (claim.board_id, claim.number, standing.person_id)
            rows.append((*key, cohort, standing.place, size, standing.adjusted, rise))
        rows += [
            (claim.board_id, claim.number, entry.person_id, cohort, None, size, None, None)
            for entry in ranking.unranked
        ]
    return [rows[i : i + ROWS_AT_ONCE] for i in range(0, len(rows), ROWS_AT_ONCE)]


def write_places(session: Session, portion: Sequence[store.BoardRowValues]) -> None:
    """Write a portion of a build that nobody sees yet."""
    store.add_rows(session, portion)


def show(session: Session, at: datetime, build: Build) -> None:
    """Let a build be seen."""
    store.show_build(
        session, build.claim.board_id, build.claim.number, total=build.cohorts.total, people=build.cohorts.people, at=at, dirty_at=build.claim.dirty_at
    )  # fmt: skip


def sweep(session: Session, build: Build) -> int:
    """Delete a portion of the places of earlier builds, and return how many; 0 means that all are gone."""
    return store.remove_old_rows(session, build.claim.board_id, build.claim.number, ROWS_AT_ONCE)


def _entry(member: Member) -> Entry:
    return Entry(member.person_id, member.name, member.parts)


def _row(standing: Standing) -> BoardRow:
    return BoardRow(standing.place or 0, standing.person_id, standing.value or 0.0, standing.parts.count)


def _choice(session: Session, programme: Programme, scope: Scope) -> BoardChoice:
    if scope.site_id is None:
        return BoardChoice.OPT_OUT
    site = next(s for s in people.list_sites(session) if s.id == scope.site_id)
    return programme.site(site.name).boards


def _takes_part(member: Member, period: Period, choice: BoardChoice) -> bool:
    """Leaving the boards is invisible; who left the company keeps the places of the time before."""
    if member.left_on is not None and member.left_on <= period.first:
        return False
    return member.boards == "in" or (member.boards is None and choice is BoardChoice.OPT_OUT)


def _is_new(member: Member, period: Period, days: int) -> bool:
    return member.starts_on is not None and period.last < member.starts_on + timedelta(days=days)
