"""Earning: work days are judged by the rules of the programme when they are over, and again when figures change.

The rules are those of the programme that was in force when a period ended: a later one changes nothing that was
earned. What a judgement differs by from the awards that stand is awarded or taken back, in the same transaction.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Final

from sqlmodel import Session

from bot.domain import earning as domain
from bot.domain.earnable import EARNABLE, Span
from bot.domain.earning import FEW_HEADS, PEOPLE, TEAMS, Earned, Judged, Line, State
from bot.domain.earning_rules import for_hours
from bot.domain.ledger import Unit, person
from bot.domain.periods import PeriodKind, period_of, zone
from bot.domain.streaks import Figures
from bot.services import issuing, judging, outbox
from bot.services import programme as programmes
from bot.services.issuing import Back
from bot.services.judging import Subject, Then, covers, settled_at
from bot.store import earning as store
from bot.store import imports, ledger, people
from bot.store.earning import Due, Made, New
from bot.store.figures import Cell
from bot.store.people import Stay

PEOPLE_AT_ONCE: Final = 300
"""So many people, or days of fewer, one transaction judges: 100 to 250 ms, so that no command waits long."""

FEWER_AT_ONCE: Final = 60
"""So many where a rule looks back: of each a hundred days are read."""

DEEDS_AT_ONCE: Final = 400
BACKS_AT_ONCE: Final = 40
"""So many awards one transaction makes, or takes back; what is left is judged again in the next."""

TOLD_AT_ONCE: Final = 100

LONG_AT_ONCE: Final = 10
"""Of so many, whose run is longer than what was looked at, one transaction reads all that there is."""

READING: Final = timedelta(minutes=2)
"""How long after its last page a file counts as being read: half of a day's contacts make a wrong service level."""

AFTER_FAILING: Final = timedelta(hours=1)

MOVING: Final = frozenset({*EARNABLE, "csat", "response_rate"})
"""The metrics whose change says that something is to be judged; that of ratings shows in theirs."""


def mark(session: Session, at: datetime, cells: Iterable[Cell], stays: Mapping[int, Sequence[Stay]]) -> None:
    """Say that days of people, and of their teams, are to be judged, since these figures of theirs changed.

    So are the last days of the weeks and months that they are in, where a rule has such: people may be off on those.
    """
    then = programmes.current(session, at)
    oldest = (at.date() - timedelta(days=then.corrections_days + 1)).isoformat()
    kinds = {PeriodKind.DAY} | {PeriodKind(rule.period) for rule in then.earning if rule.period is not Span.ROLLING}
    due: set[Due] = set()
    for person_id, day in {(c.owner_id, c.day) for c in cells if c.metric in MOVING and c.day >= oldest}:
        for stay in (stay for stay in stays.get(person_id, ()) if covers(stay, day)):
            for last in {period_of(kind, date.fromisoformat(day)).last for kind in kinds}:
                when = settled_at(last, stay.zone)
                due.add(Due(f"{PEOPLE}{person_id}", last.isoformat(), when))
                if stay.team_id is not None:
                    due.add(Due(f"{TEAMS}{stay.team_id}", last.isoformat(), when))
    store.mark(session, due)


def list_due(session: Session, at: datetime) -> list[str]:
    """Return of whom one transaction is to judge days next; of nobody while a file is being read.

    Every day counts, and a team counts as many as it has members.
    """
    if imports.is_running(session, at - READING):
        return []
    far = any(rule.looks_back for rule in programmes.current(session, at).earning)
    most = FEWER_AT_ONCE if far else PEOPLE_AT_ONCE
    days = store.list_due(session, at, most)
    teams = {owner: int(owner.removeprefix(TEAMS)) for owner in days if owner.startswith(TEAMS)}
    members = store.count_members(session, teams.values()) if teams else {}
    totals = accumulate(days[owner] * (members.get(teams[owner], 0) if owner in teams else 1) for owner in days)
    return [owner for n, (owner, total) in enumerate(zip(days, totals, strict=True)) if not n or total <= most]


def judge(session: Session, at: datetime, owners: Sequence[str]) -> int:
    """Judge what is due of these owners, award and take back; return of how many anything was due.

    The days are taken first: of several processes one judges them, and what changes meanwhile is judged again.
    """
    claimed = store.claim(session, at, owners)
    store.alone(session, claimed)
    then = Then(session)
    subjects = judging.subjects(session, at, claimed, then)
    made = _made(session, subjects)
    figures = judging.load(session, subjects, then)
    judged = {s.owner: _judge(s, figures[s.owner], made[s.owner]) for s in subjects}
    far = [s for s in subjects if not domain.is_sure(judged[s.owner])]
    figures = judging.load(session, far[:LONG_AT_ONCE], then, back=None)
    judged |= {s.owner: _judge(s, figures[s.owner], made[s.owner]) for s in far[:LONG_AT_ONCE]}
    later = {s.owner for s in far[LONG_AT_ONCE:]}
    wanted: list[New] = []
    unwanted: list[Back] = []
    for owner, new, back in _differing(session, [s for s in subjects if s.owner not in later], judged, made):
        room = BACKS_AT_ONCE - len(unwanted)
        unwanted += back[:room]
        # What is taken back comes first.
        fits = DEEDS_AT_ONCE - len(wanted) if len(back) <= room else 0
        wanted += new[:fits]
        if len(back) > room or len(new) > fits:
            later.add(owner)
    store.mark(session, [Due(owner, day.isoformat(), at) for owner in later for day in claimed[owner]])
    issuing.carry_out(session, at, wanted, unwanted)
    return len(claimed)


def failed(session: Session, at: datetime, owner: str) -> None:
    """Let what cannot be judged wait."""
    store.postpone(session, owner, at + AFTER_FAILING)


def list_untold(session: Session, at: datetime) -> list[int]:
    """Return people who are to be told of awards, so many at once."""
    return store.list_untold(session, at, TOLD_AT_ONCE)


def tell(session: Session, at: datetime, person_id: int) -> bool:
    """Tell somebody all that became of their awards, once a day; what comes later is told on the next (False)."""
    news = store.list_news(session, person_id)
    if not news:
        return False
    here = people.find_zone(session, person_id, at)
    today = at.astimezone(zone(here)).date()
    has = ledger.balances(session, person(person_id))
    value = Earned(
        people.find_locale(session, person_id) or "en", tuple(line for _, line in news), has.get(Unit.OWED, 0),
        has.get(Unit.OWED_MINUTES, 0),
    )  # fmt: skip
    numbers = [number for number, _ in news]
    if outbox.tell(session, at, person_id, key=f"earned:{person_id}:{today}", view="earned", value=value):
        store.told(session, numbers)
        return True
    store.tell_later(session, numbers, settled_at(today, here))
    return False


def _judge(subject: Subject, figures: Figures, made: Sequence[Made]) -> list[Judged]:
    """Judge an owner, with what stands; of a team that is what the member has who has most."""
    if not made:
        return subject.plan.judge(figures, opens=subject.opens, on=subject.days)
    each = Counter((m.rule, m.period, m.standing.person_id) for m in made if m.standing.state != State.BACK)
    most: dict[tuple[str, str], int] = defaultdict(int)
    for (rule, period, _), times in each.items():
        most[rule, period] = max(most[rule, period], times)
    return subject.plan.judge(figures, most, subject.opens, subject.days)


def _made(session: Session, subjects: Sequence[Subject]) -> dict[str, list[Made]]:
    """Return every award of these owners for the days that are judged, by owner."""
    if not subjects:
        return {}
    first, last = min(s.begins for s in subjects), max(s.last for s in subjects)
    made = store.list_awards(session, [s.owner for s in subjects], first, last)
    return {s.owner: [m for m in made.get(s.owner, ()) if s.begins <= m.last <= s.last] for s in subjects}


def _differing(
    session: Session, subjects: Sequence[Subject], judged: Mapping[str, Sequence[Judged]],
    made: Mapping[str, Sequence[Made]],
) -> list[tuple[str, list[New], list[Back]]]:  # fmt: skip
    """Return by owner what is to be awarded and taken back, of all periods that are not closed."""
    timed = {p for s in subjects if s.plan.timed for p in s.stays}
    hours = store.list_hours(session, timed) if timed else {}
    found = {s.owner: _difference(s, judged[s.owner], made[s.owner], hours) for s in subjects}
    # What an admin took back by hand keeps its place: that matters where something does not stand as it should.
    doubtful = [m.standing for owner, (_, back) in found.items() if back for m in made[owner]]
    by_hand = (
        store.list_taken_back(session, [d.key for d in doubtful if d.state == State.ISSUED]) if doubtful else set()
    )
    for s in subjects:
        if found[s.owner][1] and by_hand:
            known = [
                m._replace(
                    standing=m.standing._replace(by_hand=m.standing.state == State.ISSUED and m.standing.key in by_hand)
                )
                for m in made[s.owner]
            ]
            found[s.owner] = _difference(s, judged[s.owner], known, hours)
    return [(owner, new, back) for owner, (new, back) in found.items()]


def _difference(
    subject: Subject, judged: Iterable[Judged], made: Sequence[Made], hours: Mapping[int, int]
) -> tuple[list[New], list[Back]]:  # fmt: skip
    before: dict[tuple[str, str, int], list[Made]] = defaultdict(list)
    for award in made:
        left_alone = award.last not in subject.days and (award.rule, award.period) in subject.plan.alone
        if award.last >= subject.opens and not left_alone:
            before[award.rule, award.period, award.standing.person_id].append(award)
    wanted: list[New] = []
    unwanted: list[Back] = []
    for one in judged:
        if one.period.last < subject.opens or not (one.amounts or before):
            continue
        there = subject.there(one.period.last)
        for person_id in there:
            earlier = before.pop((one.rule.key, one.name, person_id), [])
            standing = [m for m in earlier if m.standing.state != State.BACK]
            settled = domain.settle(_amounts(one, hours.get(person_id)), [m.standing for m in standing])
            for n, amount in enumerate(settled.award, start=len(earlier) + 1):
                key = f"earn:{one.rule.key}:{one.name}:{person_id}:{n}"
                wanted.append(
                    New(key, subject.owner, one.rule.key, one.name, person_id, one.site_id, _line(one, amount))
                )
            unwanted += [_back(one, m, len(there)) for m in reversed(standing) if m.standing in settled.back]
    unspoken = [m for several in before.values() for m in several if m.standing.state != State.BACK]
    unwanted += [
        Back(m.standing, replace(m.line, state=State.BACK, value=None)) for m in unspoken if not m.standing.by_hand
    ]
    return wanted, unwanted


def _amounts(one: Judged, contracted: int | None) -> Sequence[int]:
    if one.rule.unit is not Unit.MINUTES:
        return one.amounts
    return [for_hours(amount, contracted, one.rule.full_week_hours) for amount in one.amounts]


def _line(one: Judged, amount: int) -> Line:
    number = one.value if isinstance(one.value, int | float) else None
    rule, period = one.rule, one.period
    return Line(State.ISSUED, rule.unit, amount, rule.words, rule.metric, number, one.first, period.last)


def _back(one: Judged, made: Made, heads: int) -> Back:
    """Return an award that is to be taken back, with the figure that it is taken back for."""
    moved = one.moved(made.line.first)
    told = None if made.line.of_team and heads < FEW_HEADS else moved.value
    line = replace(made.line, state=State.BACK, value=told, first=moved.first, last=moved.last)
    return Back(made.standing, line)
