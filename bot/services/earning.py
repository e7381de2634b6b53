"""Earning: work days are judged by the rules of the programme when they are over, and again when figures change.

The rules are those of the programme that was in force when a period ended: a later one changes nothing that was
earned. What a judgement differs by from the awards that stand is awarded or taken back, in the same transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain import earning as domain
from bot.domain.earnable import EARNABLE
from bot.domain.earning import Earned, Judged, Line, State
from bot.domain.ledger import Unit, person
from bot.domain.periods import zone
from bot.services import issuing, judging, outbox
from bot.services import programme as programmes
from bot.services.issuing import Back
from bot.services.judging import PEOPLE, TEAMS, Subject, Then, covers, settled_at
from bot.store import earning as store
from bot.store import imports, ledger, people
from bot.store.earning import Due, Made, New
from bot.store.figures import Cell
from bot.store.people import Stay

OWNERS_AT_ONCE: Final = 20
"""So many people one transaction judges: well under 200 ms, so that no command waits."""

READING: Final = timedelta(minutes=2)
"""How long after its last page a file counts as being read: half of a day's contacts make a wrong service level."""

AFTER_FAILING: Final = timedelta(hours=1)

MOVING: Final = frozenset({*EARNABLE, "csat", "response_rate"})
"""The metrics whose change says that something is to be judged; that of ratings shows in theirs."""


def mark(session: Session, at: datetime, cells: Iterable[Cell], stays: Mapping[int, Sequence[Stay]]) -> None:
    """Say that days of people, and of their teams, are to be judged, since these figures of theirs changed."""
    oldest = (at.date() - timedelta(days=programmes.current(session, at).corrections_days + 1)).isoformat()
    due: set[Due] = set()
    for person_id, day in {(c.owner_id, c.day) for c in cells if c.metric in MOVING and c.day >= oldest}:
        for stay in (stay for stay in stays.get(person_id, ()) if covers(stay, day)):
            when = settled_at(date.fromisoformat(day), stay.zone)
            due.add(Due(f"{PEOPLE}{person_id}", day, when))
            if stay.team_id is not None:
                due.add(Due(f"{TEAMS}{stay.team_id}", day, when))
    store.mark(session, due)


def list_due(session: Session, at: datetime) -> list[str]:
    """Return of whom one transaction is to judge days next; of nobody while a file is being read."""
    return [] if imports.is_running(session, at - READING) else store.list_due(session, at, OWNERS_AT_ONCE)


def judge(session: Session, at: datetime, owners: Sequence[str]) -> int:
    """Judge what is due of these owners, award and take back; return of how many anything was due.

    The days are taken first: of several processes one judges them, and what changes meanwhile is judged again.
    """
    claimed = store.claim(session, at, owners)
    then = Then(session)
    found = [judging.subject(session, at, owner, days, then) for owner, days in sorted(claimed.items())]
    subjects = [subject for subject in found if subject is not None]
    figures = judging.load(session, subjects, then)
    wanted: list[New] = []
    unwanted: list[Back] = []
    for subject in subjects:
        judged = domain.judge(figures[subject.owner], subject.first, subject.last, subject.rules.get)
        made = store.list_awards(session, subject.owner, max(subject.first, subject.opens), subject.last)
        new, back = _differing(subject, judged, made)
        wanted += new
        unwanted += back
    issuing.carry_out(session, at, wanted, unwanted)
    return len(claimed)


def failed(session: Session, at: datetime, owner: str) -> None:
    """Let what cannot be judged wait."""
    store.postpone(session, owner, at + AFTER_FAILING)


def list_untold(session: Session, at: datetime, most: int) -> list[int]:
    """Return people who are to be told of awards."""
    return store.list_untold(session, at, most)


def tell(session: Session, at: datetime, person_id: int) -> None:
    """Tell somebody all that became of their awards, once a day; what comes later is told on the next."""
    news = store.list_news(session, person_id)
    if not news:
        return
    stays = people.list_stays(session, [person_id]).get(person_id, [])
    here = stays[-1].zone if stays else "UTC"
    today = at.astimezone(zone(here)).date()
    has = ledger.balances(session, person(person_id))
    value = Earned(
        store.find_locale(session, person_id) or "en", tuple(line for _, line in news), has.get(Unit.OWED, 0),
        has.get(Unit.OWED_MINUTES, 0),
    )  # fmt: skip
    numbers = [number for number, _ in news]
    if outbox.tell(session, at, person_id, key=f"earned:{person_id}:{today}", view="earned", value=value):
        store.told(session, numbers)
    else:
        store.tell_later(session, numbers, settled_at(today, here))


def _differing(subject: Subject, judged: Iterable[Judged], made: Sequence[Made]) -> tuple[list[New], list[Back]]:
    """Return what is to be awarded and taken back, of all periods that are not closed."""
    before: dict[tuple[str, str, int], list[Made]] = defaultdict(list)
    for award in made:
        before[award.rule, award.period, award.standing.person_id].append(award)
    wanted: list[New] = []
    unwanted: list[Back] = []
    for one in judged:
        if one.period.last < subject.opens:
            continue
        rule, name, value = one.rule, one.rule.name_of(one.period), one.value
        number = value if isinstance(value, int | float) else None
        line = Line(State.ISSUED, rule.unit, 0, rule.words, rule.metric, number, one.period.first, one.period.last)
        for person_id in subject.there(one.period.last):
            earlier = before.pop((rule.key, name, person_id), [])
            settled = domain.settle(one.amounts, [m.standing for m in earlier if m.standing.state != State.BACK])
            for n, amount in enumerate(settled.award, start=len(earlier) + 1):
                key = f"earn:{rule.key}:{name}:{person_id}:{n}"
                new = replace(line, amount=amount)
                wanted.append(New(key, subject.owner, rule.key, name, person_id, one.site_id, new))
            unwanted += [
                Back(standing, replace(line, state=State.BACK, unit=standing.unit, amount=standing.amount))
                for standing in settled.back
            ]
    unspoken = [m for several in before.values() for m in several if m.standing.state != State.BACK]
    unwanted += [Back(m.standing, replace(m.line, state=State.BACK, value=None)) for m in unspoken]
    return wanted, unwanted
