"""The month-end report: nothing is lost or counted twice, whatever moved."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.periods import PeriodKind, period_of
from bot.domain.report import Moved, Place, Report, Totals, totals

MARCH = period_of(PeriodKind.MONTH, date(2026, 3, 1))
BLUE, RED = Place("Cebu", "Blue"), Place("Cebu", "Red")

KINDS = (
    ("kudos", None), ("award", None), ("bonus", None), ("earn", None), ("redeem", None), ("redeem.back", "redeem"),
    ("redeem.done", None), ("correction", "earn"), ("reversal", "bonus"), ("owed", None), ("merge", None),
    ("leaver.paid_out", None), ("leaver.forfeited", None), ("something.new", None),
)  # fmt: skip

entries = st.lists(
    st.builds(
        lambda place, days, unit, amount, kind: Moved(place, MARCH.first + timedelta(days=days), unit, amount, *kind),
        st.sampled_from([BLUE, RED]), st.integers(-3, 35), st.sampled_from(["points", "held", "minutes", "giving:2026-03"]),
        st.integers(-10**15, 10**15).filter(bool), st.sampled_from(KINDS),
    ),
    max_size=60,
)  # fmt: skip


@given(entries)
def test_what_was_there_and_what_moved_is_what_is_there(moved: list[Moved]) -> None:
    of_march = [m for m in moved if m.on.month == 3 and m.unit in {"points", "held"}]
    before = 10**16
    place_totals = totals(MARCH, "points", {BLUE: before + sum(m.amount for m in of_march)}, moved)
    t = Report(MARCH, "points", place_totals).total
    assert t.outstanding == before + t.issued + t.corrected - t.spent - t.paid_out - t.lapsed + t.other


@given(entries)
def test_sites_and_teams_come_to_the_whole(moved: list[Moved]) -> None:
    report = Report(MARCH, "points", totals(MARCH, "points", {}, moved))
    assert sum(report.sites().values(), Totals()) == report.total


def test_each_kind_counts_in_its_column() -> None:
    on = MARCH.last

    def of(kind: str, amount: int, unit: str = "points", back: str | None = None) -> Moved:
        return Moved(BLUE, on, unit, amount, kind, back)

    moved = [
        of("earn", 10), of("kudos", 5), of("award", 100), of("bonus", 7), of("correction", -4, back="earn"), of("owed", 2),
        of("kudos", -15, "giving:2026-03"), of("allowance", 50, "giving:2026-03"), of("redeem", -50),
        of("redeem", 50, "held"), of("redeem.done", -50, "held"), of("leaver.paid_out", -3), of("leaver.forfeited", -1),
    ]  # fmt: skip
    found = totals(MARCH, "points", {BLUE: 66}, moved)[BLUE]
    assert found == Totals(
        rules=10, kudos=5, bonus=107, corrected=-2, given=15, spent=50, paid_out=3, lapsed=1, outstanding=66
    )
    assert totals(MARCH, "minutes", {}, moved) == {}


def test_what_it_cost_is_exact() -> None:
    report = Report(MARCH, "points", {BLUE: Totals(spent=3, outstanding=10**15)}, Decimal("0.333333"), "EUR")
    assert report.money(report.total.spent) == Decimal("1.00")
    assert report.money(report.total.outstanding) == Decimal("333333000000000.00")
    assert Report(MARCH, "points", {}).money(3) is None
