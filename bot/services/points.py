"""Points as they are told of: beside one's own figures, and entry by entry."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.domain.leavers import Leaving, Rule
from bot.domain.ledger import Unit, person
from bot.domain.mystats import Points
from bot.domain.people import Reader, Role, Who
from bot.domain.periods import Period, PeriodKind, moment_of, period_of, zone
from bot.domain.points import PER_PAGE, TOLD, Asked, Entry, Made, Statement, made
from bot.domain.praise import giving_unit, points_of, renews_at
from bot.domain.programme import Programme, SiteMode
from bot.domain.rewards import State
from bot.errors import ForbiddenError, NotFoundError, RefusedError
from bot.services import programme as programmes
from bot.services import who as whos
from bot.store import audit, leavers, ledger, merging, people, seen, texts
from bot.store import points as store
from bot.store.points import Ended, Row

LINES: Final = 20

JUST_NOW: Final = timedelta(seconds=10)
"""Within so long of another press, “As CSV” is one of a double click."""

_HAS: Final = (Unit.POINTS, Unit.HELD, Unit.MINUTES, Unit.HELD_MINUTES, Unit.OWED, Unit.OWED_MINUTES)
"""The balances that a statement tells, in its order."""

_PERSON: Final = re.compile(r"person:(\d+)")


@dataclass(frozen=True, slots=True)
class History:
    """What somebody has, by unit, and entries in every unit, the latest first; as the command line shows it."""

    person_id: int
    balances: Mapping[str, int]
    rows: Sequence[Row]
    entries: Sequence[Entry]
    """The same, in the same order, with what made them."""
    reader: Reader
    names: Mapping[int, str]
    texts: Mapping[int, str]


class _Left(NamedTuple):
    """What is left to give away this month, of how much."""

    left: int
    whole: int


def history(session: Session, at: datetime, person_id: int, *, lines: int | None = LINES) -> History:
    """Return what somebody has and their latest entries; all of them, where `lines` is None."""
    owner = person(person_id)
    rows = store.list_all(session, owners_of(session, person_id), limit=lines)
    entries = entries_of(session, rows)
    return History(
        person_id, ledger.balances(session, owner), rows, entries, Reader(people.find_zone(session, person_id, at), "en"),
        *_words_of(session, entries),
    )  # fmt: skip


def claim_file(session: Session, at: datetime, workspace_id: str, slack_id: str, *, key: str) -> History | None:
    """Return all entries of whoever this is in Slack and wants them as a file; None where they asked a moment ago.

    Asked again under the key, it is the same answer. That it was asked for is written down before anything is sent.
    ForbiddenError where nobody is linked; RefusedError where their site is told nothing yet.
    """
    who = whos.find(session, at, workspace_id, slack_id)
    if who is None or who.has_left:
        raise ForbiddenError(whos.forbidden(session, at, who, Role.AGENT))
    _check_told(session, at, who)
    again = seen.find_note(session, _file_key(who.person_id)) == key
    if not seen.renew(session, at, _file_key(who.person_id), at - JUST_NOW, key):
        return None
    if not again:
        export_asked(session, at, who.person_id, actor=person(who.person_id))
    return history(session, at, who.person_id, lines=None)


def free_file(session: Session, person_id: int) -> None:
    """Let somebody ask for their file anew at once: it did not come."""
    seen.remove(session, _file_key(person_id))


def export_asked(session: Session, at: datetime, person_id: int, *, actor: str) -> None:
    """Write down that somebody's statement was asked for as a file: before it is sent, since nobody may learn if it came."""
    audit.append(session, at, actor=actor, deed="points.export", subject=person(person_id))


def statement(session: Session, at: datetime, who: Who, month: Period, *, page: int = 0) -> Statement:
    """Return one page (from 0) of somebody's entries of a month on their own clock, and what they have.

    RefusedError where their site is told nothing yet.
    """
    owners = owners_of(session, who.person_id)
    first, end = bounds(month, zone(who.zone))
    count = store.count_entries(session, owners, TOLD, first, end)
    pages = max(1, -(-count // PER_PAGE))
    page = min(max(page, 0), pages - 1)
    rows = store.list_entries(session, owners, TOLD, first, end, limit=PER_PAGE, offset=page * PER_PAGE)
    return _statement(session, at, who, owners, month, rows, page, pages)


def latest(session: Session, at: datetime, who: Who) -> Statement:
    """Return what somebody has, and their latest entries of this month and the two before it on their own clock.

    RefusedError where their site is told nothing yet.
    """
    here = zone(who.zone)
    month = period_of(PeriodKind.MONTH, at.astimezone(here).date())
    (first, _), (_, end) = bounds(month.previous().previous(), here), bounds(month, here)
    owners = owners_of(session, who.person_id)
    rows = store.list_entries(session, owners, TOLD, first, end, limit=PER_PAGE, offset=0)
    return replace(_statement(session, at, who, owners, month, rows, 0, 1), latest=True)


def _statement(
    session: Session, at: datetime, who: Who, owners: Sequence[str], month: Period, rows: Sequence[Row], page: int,
    pages: int,
) -> Statement:  # fmt: skip
    programme = _check_told(session, at, who)
    mode = programme.site(who.site or "").mode
    here, entries = zone(who.zone), entries_of(session, rows)
    balances, since = ledger.balances(session, owners[0]), store.first_at(session, owners, TOLD)
    left = _left(session, at, who.person_id, here, balances, programme) if mode is SiteMode.LIVE else None
    points, held, minutes, held_minutes, owed, owed_minutes = (balances.get(unit, 0) for unit in _HAS)
    return Statement(
        who.person_id, who.name, who.reader, month, page, pages, entries, points, held, minutes, held_minutes, owed,
        owed_minutes, None if left is None else left.left, None if left is None else renews_at(at, here), leaving(session, programme, who.person_id),
        None if since is None else since.astimezone(here).date(),
        *_words_of(session, entries), whole=0 if left is None else left.whole,
    )  # fmt: skip


def entry_of(session: Session, person_id: int, entry_id: int) -> Entry:
    """Return one entry of somebody's statement. NotFoundError where there is no such one of theirs."""
    row = store.find_entry(session, entry_id)
    mine = owners_of(session, person_id)
    if row is None or row.owner not in mine or row.unit not in TOLD or row.kind == store.MERGE:
        raise NotFoundError("That entry is not one of yours. /encore points shows those that are.")
    return entries_of(session, [row])[0]


def entries_of(session: Session, rows: Sequence[Row]) -> list[Entry]:
    """Return rows of the ledger as a statement tells them, with what made them."""
    # What is given back and handed over has the key of what was asked for, and a word more.
    subjects = {row.id: (row.of_key or row.key).removesuffix(":back").removesuffix(":done") for row in rows}
    praises = store.list_praises(session, set(subjects.values()))
    asked = store.list_asked(session, set(subjects.values()))
    return [_entry(row, praises.get(subjects[row.id]), asked.get(subjects[row.id])) for row in rows]


def owners_of(session: Session, person_id: int) -> list[str]:
    """Return the owners of one person's accounts: their own, and those of entries that were merged into it."""
    return [person(number) for number in (person_id, *merging.list_merged(session, person_id))]


def leaving(session: Session, programme: Programme, person_id: int) -> Leaving | None:
    """Return what becomes of somebody's points when they leave; None where they are simply kept."""
    rule = programme.points
    if rule.leavers is Rule.KEEP:
        return None
    return Leaving(rule.leavers, rule.leaver_days, leavers.find_left_on(session, person_id))


def bounds(month: Period, here: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when a period begins and ends (out) on the clocks of a zone, in UTC."""
    return moment_of(month.first, time(), here), moment_of(month.last + timedelta(days=1), time(), here)


def own(
    session: Session, at: datetime, person_id: int, here: ZoneInfo, period: Period, programme: Programme, *, gives: bool
) -> Points | None:
    """Return somebody's points beside the figures of a period, whose days are those of their zone; None without points.

    `gives` says whether they may give any away where they are.
    """
    if not (points_of(programme.kudos) or programme.rewards or programme.earning):
        return None
    first, end = bounds(period, here)
    balances, received = store.standing(session, owners_of(session, person_id), giving_unit(at, here), first, end)
    mine = Points(balances.get(Unit.POINTS, 0), balances.get(Unit.HELD, 0), received)
    left = _left(session, at, person_id, here, balances, programme) if gives else None
    return mine if left is None else replace(mine, left=left.left, renews_at=renews_at(at, here))


def _check_told(session: Session, at: datetime, who: Who) -> Programme:
    """Return the programme; RefusedError where somebody's site is told nothing yet."""
    programme = programmes.current(session, at)
    if programme.site(who.site or "").mode in {SiteMode.OFF, SiteMode.SHADOW}:
        raise RefusedError(whos.not_live(session, at, who))
    return programme


def _file_key(person_id: int) -> str:
    return f"points.csv:{person_id}"


def _left(
    session: Session, at: datetime, person_id: int, here: ZoneInfo, balances: Mapping[str, int], programme: Programme
) -> _Left | None:
    """Return what somebody may still give this month, None where their kudos bring no points."""
    roles = [role for role, _ in people.list_grants(session, person_id)] if programme.kudos.allowances else []
    if not points_of(programme.kudos, roles):
        return None
    whole = programme.kudos.allowance_of(roles)
    return _Left(balances.get(giving_unit(at, here), whole), whole)


def _words_of(session: Session, entries: Sequence[Entry]) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """Return the names and texts that entries need, those that are still kept."""
    return (
        people.list_names(session, {number for entry in entries for number in entry.person_ids()}),
        texts.list_bodies(session, {number for entry in entries for number in entry.text_ids()}),
    )


def _entry(row: Row, praise: tuple[int, int] | None, asked: Ended | None) -> Entry:
    what = made(row.kind)
    of = None if row.of_kind is None else made(row.of_kind)
    taken_back = of is not None and what is not Made.GIVEN_BACK
    giver, text_id = praise if praise is not None else (None, row.text_id)
    actor = _PERSON.fullmatch(row.actor)
    decided = int(actor.group(1)) if actor is not None and row.actor != row.owner else None
    title, state, by = asked or Ended("")
    ended = State(state) if state and what is Made.GIVEN_BACK else None
    if ended is not None:
        decided = by
    return Entry(
        row.id, row.at, Made.CORRECTION if taken_back else what, row.unit, row.amount, row.balance_after,
        giver if what is Made.KUDOS else decided, title, row.text_id if taken_back else text_id, of if taken_back else None,
        None if row.asked is None else Asked(row.asked), row.answer_id, ended, row.questions,
    )  # fmt: skip
