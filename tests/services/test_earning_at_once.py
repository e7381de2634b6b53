"""Earning with several processes at once: each day is judged once, and a budget is never overspent."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import create_engine, text
from sqlmodel import Session

from bot.domain.ledger import ISSUER, SINK, Deed, Posting, person, transfer
from bot.domain.ledger import AccountName as Name
from bot.services import earning, issuing
from bot.store import bulk, ledger, people
from tests.encore import House
from tests.services.test_at_once import together
from tests.stories.earning import LEVEL, STARS, agents, bring, day_of, has, judge, morning, rated, rule, worked
from tests.stories.rewarding import wait_until

PEOPLE = 24
NAMES = [f"Agent {number}" for number in range(1, PEOPLE + 1)]
DAY = "2026-03-05"


def judging(where: House, at: datetime) -> Callable[[], None]:
    """Return what a process does until nothing is due: in small portions, so that all of them have some."""

    def run() -> None:
        while owners := where.centre.db.read_now(earning.list_due, at):
            for n in range(0, len(owners), 3):
                where.centre.db.write_now(earning.judge, at, owners[n : n + 3])

    return run


def test_four_processes_judge_each_day_once_and_keep_to_the_budget(database_url: str) -> None:
    with agents(database_url, LEVEL, STARS, count=PEOPLE, budget={"points": 10}) as where:
        facts = [fact for name in NAMES for fact in (*worked(DAY, 0.9, name), *rated(DAY, 5, agent=name))]
        bring(where, *facts)
        where.centre.at = datetime(2026, 3, 5, 23, tzinfo=UTC)
        at = where.centre.at + timedelta(minutes=3)
        together(*[judging(where, at)] * 4, *(gifts(where, NAMES[n::3]) for n in range(2)))
        earned = [has(where, name) - gifts_of(name) for name in NAMES]
        # 15 points for each are asked for, and 10 a head are there: what is short of an award at the end stays.
        assert sum(earned) == PEOPLE * 10
        assert set(earned) <= {0, 5, 10, 15}
        left = where.centre.db.read_now(ledger.balance, "site:1", "budget:2026-03")
        assert left == 0


def test_a_correction_while_the_points_are_spent_is_owed_to_the_last_one(database_url: str) -> None:
    with agents(database_url, LEVEL, count=PEOPLE) as where:
        bring(where, *(fact for name in NAMES for fact in worked(DAY, 0.9, name)))
        where.centre.at = datetime(2026, 3, 5, 23, tzinfo=UTC)
        judge(where)
        bring(where, *(fact for name in NAMES for fact in worked(DAY, 0.5, name)))
        at = where.centre.at + timedelta(minutes=3)
        together(judging(where, at), judging(where, at), *(spending(where, name, at) for name in NAMES[:6]))
        for name in NAMES:
            assert has(where, name) == 0
        owed = sum(has(where, name, "owed") for name in NAMES)
        spent = where.centre.db.read_now(spent_in_all)
        assert owed == spent


def test_days_that_change_while_they_are_judged_are_judged_again(database_url: str) -> None:
    with agents(database_url, LEVEL, count=4) as where:
        where.centre.at = datetime(2026, 3, 5, 23, tzinfo=UTC)
        at = where.centre.at + timedelta(minutes=5)

        def correcting() -> None:
            for level in (0.9, 0.5, 0.9, 0.5, 0.9):
                bring(where, *(fact for name in NAMES[:4] for fact in worked(DAY, level, name)))

        together(correcting, *(lambda: [where.centre.db.write_now(earning.judge, at, owners(where)) for _ in range(40)] for _ in range(2)))  # fmt: skip
        judge(where)
        assert [has(where, name) for name in NAMES[:4]] == [10] * 4


def test_what_is_issued_while_it_is_judged_is_taken_back(postgres_url: str) -> None:
    """A budget that grew issues what waits, when the judgement that it was not reached has been made and not kept."""
    with agents(postgres_url, LEVEL, budget={"points": 5}) as where:
        for day in (DAY, "2026-03-06"):
            day_of(where, day, *worked(day, 0.9))
        assert has(where) == 10
        rule(where, LEVEL, budget={"points": 50})
        bring(where, *worked("2026-03-06", 0.5), *worked("2026-03-06", 0.9, "Agent 2"))
        at = where.centre.at + timedelta(minutes=5)
        with kept_waiting(where, "Agent 2", at):
            [site] = where.centre.db.read_now(issuing.waiting_sites, at)
            where.centre.db.write_now(issuing.release, at, site)
            assert has(where) == 20
        assert has(where) == 10
        judge(where)
        assert (has(where), has(where, "Agent 2")) == (10, 10)


def test_what_is_taken_back_while_it_is_to_be_issued_stays_so(postgres_url: str) -> None:
    with agents(postgres_url, LEVEL, budget={"points": 5}) as where:
        day_of(where, DAY, *worked(DAY, 0.9), *worked(DAY, 0.9, "Agent 2"))
        day_of(where, "2026-03-06", *worked("2026-03-06", 0.9))
        assert (has(where), has(where, "Agent 2")) == (10, 0)
        rule(where, LEVEL, budget={"points": 50})
        bring(where, *worked("2026-03-06", 0.5))
        at, db = where.centre.at + timedelta(minutes=5), where.centre.db
        [site] = db.read_now(issuing.waiting_sites, at)
        with kept_waiting(where, "Agent 2", at, partial(db.write_now, issuing.release, at, site)):
            db.write_now(earning.judge, at, owners(where, 1))
        assert (has(where), has(where, "Agent 2")) == (10, 10)


def test_two_who_judge_days_of_one_month_keep_to_its_cap(postgres_url: str) -> None:
    with agents(postgres_url, {**STARS, "most_a_month": 1}) as where:
        where.centre.at = datetime(2026, 3, 6, 1, tzinfo=UTC)
        at = where.centre.at + timedelta(minutes=3)
        bring(where, *rated(DAY, 5), *rated(DAY, 5, agent="Agent 2"))
        with kept_waiting(where, "Agent 2", at):
            bring(where, *rated("2026-03-03", 5))
            second = threading.Thread(target=where.centre.db.write_now, args=(earning.judge, at, owners(where, 1)))
            second.start()
            # It waits for the first as well as the first waits for the person.
            wait_until(lambda: not second.is_alive() or len(waiting(where)) > 1)
        second.join()
        judge(where)
        assert (has(where), has(where, "Agent 2")) == (5, 5)


def test_two_who_tell_somebody_tell_it_once(postgres_url: str) -> None:
    with agents(postgres_url, LEVEL, count=1) as where:
        bring(where, *worked(DAY, 0.9))
        morning(where, "2026-03-06", tells=False)
        at, agent, db = where.centre.at, where.centre.person(NAMES[0]), where.centre.db
        second = threading.Thread(target=db.write_now, args=(earning.tell, at, agent))

        def first(session: Session) -> None:
            assert earning.tell(session, at, agent)
            second.start()
            wait_until(lambda: bool(waiting(where)))

        db.write_now(first)
        second.join()
        assert db.read_now(earning.list_untold, at + timedelta(days=9)) == []


@contextmanager
def kept_waiting(
    where: House, name: str, at: datetime, deed: Callable[[], object] | None = None
) -> Iterator[None]:  # fmt: skip
    """Let the first two be judged (or another deed be done), and wait for one of them: nobody can be merged meanwhile."""
    judge_two = partial(where.centre.db.write_now, earning.judge, at, owners(where, 2))
    engine = create_engine(where.centre.db.url)
    with engine.connect() as other:
        other.execute(text("SELECT id FROM person WHERE id = :id FOR UPDATE"), {"id": where.centre.person(name)})
        waits = threading.Thread(target=deed or judge_two)
        waits.start()
        wait_until(lambda: bool(waiting(where)))
        yield
    waits.join()
    engine.dispose()


def waiting(where: House) -> Sequence[bulk.Row]:
    sql = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    return where.centre.db.read_now(bulk.query, sql)


def owners(where: House, most: int = 4) -> list[str]:
    return [f"person:{where.centre.person(name)}" for name in NAMES[:most]]


def gifts(where: House, names: list[str]) -> Callable[[], None]:
    """Return kudos to several people at once, which take the same accounts in the order of their ids."""

    def run() -> None:
        ids = [where.centre.person(name) for name in names]
        for n in range(len(ids) - 1):
            postings = [Posting(Name(ISSUER, "points"), -2)]
            postings += [Posting(Name(person(number), "points"), 1) for number in (ids[n + 1], ids[n])]
            where.centre.db.write_now(
                ledger.append, where.centre.at, Deed(f"gift:{ids[n]}", "kudos", "story", tuple(postings), {"n": n})
            )  # fmt: skip

    return run


def gifts_of(name: str) -> int:
    number = NAMES.index(name)
    of = NAMES[number % 3 :: 3]
    if number % 3 == 2:
        return 0
    return (of.index(name) > 0) + (of.index(name) < len(of) - 1)


def spending(where: House, name: str, at: datetime) -> Callable[[], None]:
    def run() -> None:
        for n in range(4):
            sides = transfer("points", 3, source=person(where.centre.person(name)), target=SINK)
            where.centre.db.write_now(ledger.append, at, Deed(f"spent:{name}:{n}", "redeem", "story", sides, {"n": n}))

    return run


def spent_in_all(session: Session) -> int:
    return sum(
        -line.amount
        for person_id in people.list_all_names(session)
        for line in ledger.list_lines(session, person(person_id), limit=50)
        if line.kind == "redeem" and line.unit == "points"
    )
