"""The month-end report of points, while the ledger grows: it reads a month, and must not read all that there ever was.

Everybody gets an award each month for a year; the report of the latest month is timed after the first month and after
the twelfth. With 50,000 people that is 600,000 awards. Beside it stands how long the heads of a site take to be
counted, which bring its budget of a month.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlmodel import Session

from bench.company import analyze, hire, opened
from bot.domain.ledger import ISSUER, Deed, Unit, person, transfer
from bot.domain.periods import PeriodKind, period_of
from bot.services import report
from bot.store import earning, ledger, proof
from bot.store.database import Database

MONTHS: Final = 12
AT_ONCE: Final = 1_000
TIMES: Final = 3


def run(people: int) -> None:
    """Print how many milliseconds the report of a month takes in a young ledger and in one of a year."""
    with opened() as databases:
        for name, url in databases:
            db = Database(url)
            db.write_now(hire, people)
            took = []
            for number in range(1, MONTHS + 1):
                _award(db, people, number)
                if number in {1, MONTHS}:
                    analyze(db)
                    took.append(_report(db, number))
            (young, _), (old, heads) = took
            print(
                f"{name}, {people:,} people: the report of a month takes {young:,.0f} ms after one month, {old:,.0f} ms "
                f"after {MONTHS} ({people * MONTHS:,} awards), ratio {old / young:.2f}; their heads are counted in {heads:,.0f} ms"
            )
            began = time.perf_counter()
            held = not db.read_now(proof.verify)
            print(f"{name}: the proof {'holds' if held else 'DOES NOT HOLD'}, in {time.perf_counter() - began:,.1f} s")
            db.close()


def _award(db: Database, people: int, number: int) -> None:
    for first in range(1, people + 1, AT_ONCE):
        db.write_now(_append, number, range(first, min(first + AT_ONCE, people + 1)))


def _append(session: Session, number: int, numbers: range) -> None:
    at = datetime(2025, number, 15, 12, tzinfo=UTC)
    deeds = [
        Deed(f"{number}/{n}", "earn", "programme", transfer(Unit.POINTS, 10, source=ISSUER, target=person(n)), {"n": n}, "Done.")
        for n in numbers
    ]  # fmt: skip
    ledger.append_all(session, at, deeds)


def _report(db: Database, number: int) -> tuple[float, float]:
    month = period_of(PeriodKind.MONTH, date(2025, number, 1))
    at = datetime(2025, number, 28, tzinfo=UTC)
    return (
        _milliseconds(lambda: db.read_now(report.month_end, at, month)),
        _milliseconds(lambda: db.read_now(earning.count_heads, 1, month.first, month.last)),
    )


def _milliseconds(work: Callable[[], Any]) -> float:
    """Return the shortest of some times: what else the machine does is not asked for."""
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times) * 1_000
