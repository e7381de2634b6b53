"""What is to be judged, what it is judged by, and the awards that came of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlmodel import Session

from bot.domain.earning import PEOPLE, TEAMS, Line, Standing, State
from bot.domain.parts import Parts
from bot.store import bulk, tables
from bot.store.people import Stay

_AWARD: Final = (
    "key", "owner", "rule", "period", "first_day", "last_day", "person_id", "site_id", "unit", "amount", "words",
    "metric", "value", "state", "at", "waits_until", "tell_at",
)  # fmt: skip
_LINE: Final = (
    "owner", "state", "unit", "amount", "words", "metric", "value", "first_day", "last_day", "waits_until",
    "moved_first", "moved_last",
)  # fmt: skip
_STANDING: Final = ("id", "key", "person_id", "site_id", "unit", "amount", "state")

_MOVING: Final = (
    "SELECT ? || CAST(i.person_id AS TEXT) FROM attribution a CROSS JOIN identity i WHERE i.id = a.identity_id "
    "AND i.person_id IS NOT NULL "
    "UNION SELECT ? || CAST(m.team_id AS TEXT) FROM attribution a CROSS JOIN identity i CROSS JOIN membership m "
    "WHERE i.id = a.identity_id AND m.person_id = i.person_id AND m.team_id IS NOT NULL "
    "UNION SELECT ? || CAST(m.team_id AS TEXT) FROM attribution a CROSS JOIN identity i CROSS JOIN person p "
    "CROSS JOIN membership m WHERE i.id = a.identity_id AND p.merged_into = i.person_id AND m.person_id = p.id "
    "AND m.team_id IS NOT NULL"
)
"""People whose facts are on their way from one entry to another, page by page, and the teams of both entries. SQLite
joins in the order in which they stand here, which begins with the few."""


class Due(NamedTuple):
    """A work day (ISO text) of an owner that is to be judged from a moment on."""

    owner: str
    work_day: str
    due_at: datetime


class Made(NamedTuple):
    """An award that was made, with the rule and the period it belongs to."""

    rule: str
    period: str
    last: date
    """The period's last day."""
    standing: Standing
    line: Line


class New(NamedTuple):
    """An award to be written."""

    key: str
    owner: str
    rule: str
    period: str
    person_id: int
    site_id: int
    line: Line


class Waiting(NamedTuple):
    """An award that waits for another month's budget."""

    standing: Standing
    line: Line


def mark(session: Session, days: Iterable[Due]) -> None:
    """Say that these days are to be judged; days are judged once however often they are marked."""
    due = sorted(days)
    moments = {at: bulk.moment(session, at) for at in {one.due_at for one in due}}
    rows = [(one.owner, one.work_day, moments[one.due_at]) for one in due]
    # What is being judged at this moment is waited for, and marked again: the figures may be newer than it read.
    bulk.upsert(session, tables.EarningDue, Due._fields[:2], Due._fields, rows)


def list_due(session: Session, at: datetime, most: int) -> dict[str, int]:
    """Return owners of whom something is to be judged, those first who wait longest, and how many days of each."""
    sql = f"SELECT owner FROM earning_due WHERE due_at <= ? AND owner NOT IN ({_MOVING}) ORDER BY due_at, owner LIMIT ?"
    now = bulk.moment(session, at)
    owners = dict.fromkeys((row[0] for row in bulk.query(session, sql, [now, PEOPLE, TEAMS, TEAMS, most])), 0)
    counted = f"SELECT owner, COUNT(*) FROM earning_due WHERE due_at <= ? AND {bulk.among(session, 'owner', 'text')}"
    given = [now, bulk.listed(session, owners)]
    return owners | {row[0]: int(row[1]) for row in bulk.query(session, f"{counted} GROUP BY owner", given)}


def count_members(session: Session, team_ids: Iterable[int]) -> dict[int, int]:
    """Return how many people were ever in each of these teams."""
    sql = (
        "SELECT team_id, COUNT(DISTINCT person_id) FROM membership "
        f"WHERE {bulk.among(session, 'team_id', 'bigint')} GROUP BY team_id"
    )
    return {row[0]: int(row[1]) for row in bulk.query(session, sql, [bulk.listed(session, team_ids)])}


def alone(session: Session, owners: Iterable[str]) -> None:
    """Let nobody else judge these owners until this transaction ends: a cap is decided over all days of a month.

    All are taken in one order, or two with several of the same would wait for each other. On SQLite there is one
    writer anyway.
    """
    if bulk.for_update(session):
        taken = "SELECT DISTINCT hashtext(name) AS number FROM unnest(CAST(? AS text[])) AS name ORDER BY number"
        bulk.query(
            session, f"SELECT pg_advisory_xact_lock(hashtext('encore.earning'), number) FROM ({taken}) AS taken",
            [bulk.listed(session, owners)],
        )  # fmt: skip


def claim(session: Session, at: datetime, owners: Iterable[str]) -> dict[str, list[date]]:
    """Take the days of these owners that are to be judged, with this transaction; what another has taken is left out."""
    where = f"due_at <= ? AND {bulk.among(session, 'owner', 'text')} AND owner NOT IN ({_MOVING})"
    free = bulk.for_update(session, free="earning_due")
    given = [bulk.moment(session, at), bulk.listed(session, owners), PEOPLE, TEAMS, TEAMS]
    rows = bulk.select(session, tables.EarningDue, ("owner", "work_day"), where + free, given)
    bulk.delete(session, tables.EarningDue, ("owner", "work_day"), rows)
    days: dict[str, list[date]] = defaultdict(list)
    for owner, day in rows:
        days[owner].append(date.fromisoformat(day))
    return days


def postpone(session: Session, owner: str, until: datetime) -> None:
    """Let what is to be judged of an owner wait."""
    bulk.execute(
        session, "UPDATE earning_due SET due_at = ? WHERE owner = ? AND due_at < ?",
        [(bulk.moment(session, until), owner, bulk.moment(session, until))],
    )  # fmt: skip


def list_parts(
    session: Session, person_ids: Iterable[int], metrics: Iterable[str], first: date, last: date
) -> Sequence[tuple[int, str, str, Parts]]:
    """Return (person, metric, work day, parts), once for each channel."""
    where = (
        f"{bulk.among(session, 'person_id', 'bigint')} AND {bulk.among(session, 'metric', 'text')} "
        "AND work_day >= ? AND work_day <= ?"
    )
    given = [bulk.listed(session, person_ids), bulk.listed(session, metrics), first.isoformat(), last.isoformat()]
    columns = ("person_id", "metric", "work_day", "numerator", "denominator", "count", "buckets")
    rows = bulk.select(session, tables.DayStat, columns, where, given)
    return [(r[0], r[1], r[2], Parts(r[3], r[4], r[5], bulk.load_buckets(r[6]))) for r in rows]


def list_ratings(
    session: Session, person_ids: Iterable[int], first: date, last: date
) -> Sequence[tuple[int, str, str, int, int]]:
    """Return (person, work day, source, stars x 1000, how many) of ratings about the agent that were sent for.

    A rating whose survey nobody sent was asked for by somebody, and a disputed one waits until that is decided.
    """
    sql = (
        "SELECT person_id, CAST(work_day AS TEXT), source, stars, COUNT(*) FROM feedback "
        f"WHERE {bulk.among(session, 'person_id', 'bigint')} AND work_day >= ? AND work_day <= ? "
        "AND stars IS NOT NULL AND requested IS NOT NULL AND disputed = 0 AND (cause IS NULL OR cause = 'agent') "
        "GROUP BY person_id, work_day, source, stars"
    )
    given = [bulk.listed(session, person_ids), first.isoformat(), last.isoformat()]
    return [(r[0], r[1], r[2], r[3], int(r[4])) for r in bulk.query(session, sql, given)]


def list_team_stays(session: Session, team_ids: Iterable[int]) -> dict[int, dict[int, list[Stay]]]:
    """Return by team who was ever in it, and when."""
    sql = (
        "SELECT m.person_id, CAST(m.starts_on AS TEXT), CAST(m.ends_on AS TEXT), m.site_id, s.zone, m.team_id "
        "FROM membership m CROSS JOIN site s CROSS JOIN person p WHERE s.id = m.site_id AND p.id = m.person_id "
        f"AND {bulk.among(session, 'team_id', 'bigint')} AND p.merged_into IS NULL ORDER BY m.starts_on, m.person_id"
    )
    stays: dict[int, dict[int, list[Stay]]] = defaultdict(lambda: defaultdict(list))
    for row in bulk.query(session, sql, [bulk.listed(session, team_ids)]):
        stays[row[5]][row[0]].append(Stay(*row[1:]))
    return stays


def list_open_shifts(session: Session, person_ids: Iterable[int], now: int) -> Sequence[tuple[int, str, int]]:
    """Return (person, work day, end in epoch seconds) of the shifts that have begun and not ended."""
    where = f'{bulk.among(session, "person_id", "bigint")} AND activity = \'work\' AND "start" <= ? AND "end" > ?'
    rows = bulk.select(
        session, tables.Shift, ("person_id", "work_day", "end"), where, [bulk.listed(session, person_ids), now, now]
    )
    return [(r[0], r[1], r[2]) for r in rows]


def find_left_on(session: Session, person_ids: Iterable[int]) -> dict[int, date]:
    """Return since when those of these people have left who have."""
    where = f"left_on IS NOT NULL AND {bulk.among(session, 'id', 'bigint')}"
    rows = bulk.select(session, tables.Person, ("id", "left_on"), where, [bulk.listed(session, person_ids)])
    return {row[0]: date.fromisoformat(row[1]) for row in rows}


def list_hours(session: Session, person_ids: Iterable[int]) -> dict[int, int]:
    """Return the contracted minutes a week of those of these people of whom they are known."""
    where = f"contracted_minutes IS NOT NULL AND {bulk.among(session, 'id', 'bigint')}"
    given = [bulk.listed(session, person_ids)]
    return {row[0]: row[1] for row in bulk.select(session, tables.Person, ("id", "contracted_minutes"), where, given)}


def list_awards(session: Session, owners: Iterable[str], first: date, last: date) -> dict[str, list[Made]]:
    """Return every award of these owners for periods that ended between two days, ascending; also what was taken back."""
    where = f"{bulk.among(session, 'owner', 'text')} AND last_day >= ? AND last_day <= ? ORDER BY id"
    given = [bulk.listed(session, owners), first.isoformat(), last.isoformat()]
    made: dict[str, list[Made]] = defaultdict(list)
    for row in bulk.select(session, tables.Award, ("rule", "period", "last_day", *_STANDING, *_LINE), where, given):
        made[row[10]].append(Made(row[0], row[1], date.fromisoformat(row[2]), Standing(*row[3:10]), _line(row[10:])))
    return made


def find_states(session: Session, award_ids: Iterable[int]) -> dict[int, str]:
    """Return the states of awards as they are at this moment, by their ids."""
    given = [bulk.listed(session, award_ids)]
    rows = bulk.select(session, tables.Award, ("id", "state"), bulk.among(session, "id", "bigint"), given)
    return {row[0]: row[1] for row in rows}


def list_taken_back(session: Session, keys: Iterable[str]) -> set[str]:
    """Return which of these awards the ledger has taken back."""
    back = "EXISTS (SELECT 1 FROM txn back WHERE back.reverses = txn.id)"
    sql = f"SELECT key FROM txn WHERE {bulk.among(session, 'key', 'text')} AND {back}"
    return {row[0] for row in bulk.query(session, sql, [bulk.listed(session, keys)])}


def add(session: Session, at: datetime, made: Iterable[New]) -> None:
    """Write awards, whose people are to be told of them. An error where the key of one was used."""
    moment = bulk.moment(session, at)
    rows = [
        (
            new.key, new.owner, new.rule, new.period, new.line.first.isoformat(), new.line.last.isoformat(),
            new.person_id, new.site_id, new.line.unit, new.line.amount, new.line.words, new.line.metric, None if new.line.value is None else float(new.line.value),
            new.line.state.value, moment, None if new.line.waits_until is None else new.line.waits_until.isoformat(),
            moment,
        )
        for new in made
    ]  # fmt: skip
    bulk.insert(session, tables.Award, _AWARD, rows)


def issue(session: Session, at: datetime, award_ids: Iterable[int]) -> None:
    """Say that awards that waited are in the ledger; their people are to be told."""
    rows = [(number, "issued", None, bulk.moment(session, at)) for number in award_ids]
    bulk.update(session, tables.Award, ("id", "state", "waits_until", "tell_at"), rows)


def take_back(session: Session, at: datetime, award_id: int, line: Line) -> None:
    """Say that an award was taken back, and which figure is what now; its person is to be told."""
    sql = (
        "UPDATE award SET state = 'back', waits_until = NULL, value = ?, moved_first = ?, moved_last = ?, tell_at = ? "
        "WHERE id = ?"
    )
    days = (line.first.isoformat(), line.last.isoformat())
    bulk.execute(session, sql, [(line.value, *days, bulk.moment(session, at), award_id)])


def wait_on(session: Session, at: datetime, site_id: int, today: date, until: date) -> None:
    """Let what still waits of a site wait for a later day; its people are to be told."""
    sql = "UPDATE award SET waits_until = ?, tell_at = ? WHERE state = 'waiting' AND site_id = ? AND waits_until <= ?"
    bulk.execute(session, sql, [(until.isoformat(), bulk.moment(session, at), site_id, today.isoformat())])


def has_waiting(session: Session, site_id: int) -> bool:
    """Whether awards of a site wait."""
    return bool(bulk.select(session, tables.Award, ("id",), "state = 'waiting' AND site_id = ? LIMIT 1", [site_id]))


def list_waiting_sites(session: Session) -> list[int]:
    """Return the sites of which awards wait."""
    rows = bulk.query(session, "SELECT DISTINCT site_id FROM award WHERE state = 'waiting' ORDER BY site_id")
    return [row[0] for row in rows]


def list_waiting(session: Session, site_id: int, most: int) -> list[Waiting]:
    """Return the awards of a site that wait, in the order in which they were made."""
    where = "state = 'waiting' AND site_id = ? ORDER BY id LIMIT ?"
    rows = bulk.select(session, tables.Award, (*_STANDING, *_LINE), where, [site_id, most])
    return [Waiting(Standing(*row[:7]), _line(row[7:])) for row in rows]


def list_untold(session: Session, at: datetime, most: int) -> list[int]:
    """Return people who are to be told of awards by now."""
    sql = "SELECT DISTINCT person_id FROM award WHERE tell_at IS NOT NULL AND tell_at <= ? LIMIT ?"
    return [row[0] for row in bulk.query(session, sql, [bulk.moment(session, at), most])]


def list_news(session: Session, person_id: int) -> list[tuple[int, Line]]:
    """Return the awards that somebody is to be told of, with their ids, in the order of their days.

    They are taken with this transaction: of two processes one tells, and the other finds nothing left to be told.
    """
    where = f"person_id = ? AND tell_at IS NOT NULL ORDER BY last_day, id{bulk.for_update(session)}"
    rows = bulk.select(session, tables.Award, ("id", *_LINE), where, [person_id])
    return [(row[0], _line(row[1:])) for row in rows]


def told(session: Session, award_ids: Iterable[int]) -> None:
    """Remember that people were told of these."""
    bulk.execute(session, "UPDATE award SET tell_at = NULL WHERE id = ?", [(number,) for number in award_ids])


def tell_later(session: Session, award_ids: Iterable[int], until: datetime) -> None:
    """Let these wait to be told of."""
    rows = [(bulk.moment(session, until), number) for number in award_ids]
    bulk.execute(session, "UPDATE award SET tell_at = ? WHERE id = ?", rows)


def count_heads(session: Session, site_id: int, first: date, last: date) -> int:
    """Return how many people worked in a site at any time between two days."""
    sql = (
        "SELECT COUNT(DISTINCT m.person_id) FROM membership m JOIN person p ON p.id = m.person_id "
        "WHERE m.site_id = ? AND m.starts_on <= ? AND (m.ends_on IS NULL OR m.ends_on > ?) "
        "AND p.merged_into IS NULL AND (p.left_on IS NULL OR p.left_on > ?)"
    )
    rows = bulk.query(session, sql, [site_id, last.isoformat(), first.isoformat(), first.isoformat()])
    return int(rows[0][0])


def _line(row: bulk.Row) -> Line:
    owner, state, unit, amount, words, metric, value, first, last, until, moved_first, moved_last = row
    return Line(
        State(state), unit, amount, words, metric, value, date.fromisoformat(moved_first or first),
        date.fromisoformat(moved_last or last), None if until is None else date.fromisoformat(until),
        owner.startswith(TEAMS),
    )  # fmt: skip
