"""Statements, questions, bonuses and the report, whatever stands in them: Slack takes them, and nobody is pinged."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import adjustments as adjusted
from bot.domain import disputes as disputed
from bot.domain.leavers import Leaving, PaidOut, Rule
from bot.domain.patterns import Gift, find
from bot.domain.people import Reader
from bot.domain.periods import PeriodKind, period_of
from bot.domain.points import PER_PAGE, Asked, Entry, Made, Statement
from bot.domain.report import Place, Report, Seen, Totals
from bot.views import adjustments, disputes, leavers, points, report
from bot.views.words import Words
from tests.views.test_safety import safe
from tests.views.values import moments, names, words

MARCH = period_of(PeriodKind.MONTH, date(2026, 3, 1))
READER = Reader("Asia/Manila", "en-PH")

amounts = st.integers(-(10**15), 10**15).filter(bool)
entries = st.builds(
    Entry, st.integers(1, 10**18), moments, st.sampled_from(Made), st.sampled_from(["points", "minutes"]), amounts,
    st.integers(0, 10**15), st.none() | st.integers(1, 40), words, st.none() | st.integers(1, 40),
    st.none() | st.sampled_from(Made), st.none() | st.sampled_from(Asked),
)  # fmt: skip
counts = st.integers(0, 10**15)
leavings = st.none() | st.builds(Leaving, st.sampled_from([Rule.PAY_OUT, Rule.FORFEIT]), st.integers(0, 3650))
statements = st.builds(
    Statement, st.just(1), words, st.just(READER), st.just(MARCH), st.integers(0, 3), st.integers(1, 9),
    st.lists(entries, max_size=PER_PAGE, unique_by=lambda entry: entry.id), counts, counts, counts, counts, counts, counts,
    st.none() | counts, st.just(datetime(2026, 4, 1, tzinfo=UTC)), leavings, st.none() | st.dates(), names, names,
)  # fmt: skip


@settings(deadline=None)
@given(told=statements)
def test_any_statement(told: Statement) -> None:
    safe(points.native(told, date(2026, 3, 20)), new_blocks=True)
    safe(points.classic(told, date(2026, 3, 20)), new_blocks=False)


def test_a_page_of_the_longest_entries_fits() -> None:
    one = Entry(1, datetime(2026, 3, 6, tzinfo=UTC), Made.KUDOS, "points", 10**15, 10**15, 1, "", 1)
    told = Statement(
        1, "Ana", READER, MARCH, 0, 2, [replace(one, id=10**18 + n) for n in range(PER_PAGE)], 10**15, 1, 1, 1, 1, 1, 50,
        datetime(2026, 4, 1, tzinfo=UTC), Leaving(Rule.PAY_OUT, 30), date(2026, 1, 1), {1: "🎉" * 200}, {1: "🎉" * 1000},
    )  # fmt: skip
    safe(points.native(told, date(2026, 4, 20)), new_blocks=True)
    safe(points.classic(told, date(2026, 4, 20)), new_blocks=False)


cases = st.builds(
    adjusted.Case, st.just(7), st.none() | st.integers(1, 40), st.lists(st.integers(1, 40), min_size=1, max_size=50).map(tuple),
    st.sampled_from(["points", "minutes"]), st.integers(1, 10**15), st.integers(1, 40), st.sampled_from(adjusted.State),
    st.none() | st.integers(1, 40), st.none() | entries,
)  # fmt: skip
news = st.builds(
    adjusted.News, amounts, st.sampled_from(["points", "minutes"]), st.integers(1, 40), st.none() | entries, counts, counts
)  # fmt: skip
questions = st.builds(
    disputed.Case, st.just(7), st.integers(1, 40), entries, st.integers(1, 40), st.sampled_from(Asked),
    st.none() | st.integers(1, 40), st.none() | st.integers(1, 40), st.none() | st.sampled_from(adjusted.State),
    st.lists(st.builds(disputed.Earlier, st.integers(1, 40), st.none() | st.integers(1, 40), st.integers(1, 40)), max_size=2),
)  # fmt: skip


@settings(deadline=None)
@given(
    case=cases,
    told=news,
    question=questions,
    called=names,
    bodies=names,
    late=st.booleans(),
    bar=st.none() | st.sampled_from(adjusted.Bar),
)
def test_any_bonus_and_any_question(
    case: adjusted.Case, told: adjusted.News, question: disputed.Case, called: dict[int, str], bodies: dict[int, str],
    late: bool, bar: adjusted.Bar | None,
) -> None:  # fmt: skip
    with_words = Words(called, bodies)
    for message in (
        adjustments.request(case, with_words, late=late), adjustments.decided(case, with_words),
        adjustments.asked(case, with_words, list(called.values())[:3]), adjustments.request(case, with_words, bar=bar),
        adjustments.waiting([adjustments.Listed(case, with_words, bar, list(called.values()))] * 12, said=called.get(1, "")),
        adjustments.news(told, with_words), disputes.request(question, with_words, late=late),
        disputes.answered(question, with_words),
        leavers.settled(PaidOut(1, 2, 3, 4, "0.10 EUR"), with_words),
    ):  # fmt: skip
        safe(message, new_blocks=False)


@settings(deadline=None, max_examples=30)
@given(
    places=st.dictionaries(
        st.builds(Place, words, words), st.builds(Totals, *[st.integers(-(10**15), 10**15)] * 11), max_size=60
    ),
    gifts=st.lists(st.builds(Gift, st.integers(1, 40), st.integers(1, 40), st.integers(20, 10**9)), max_size=80),
    called=names,
)
def test_any_report(places: dict[Place, Totals], gifts: list[Gift], called: dict[int, str]) -> None:
    told = Seen(
        Report(MARCH, "points", places, Decimal("0.05"), "PHP"), Report(MARCH, "minutes", places), MARCH.previous(), MARCH
    )  # fmt: skip
    found = find(gifts, dict.fromkeys(range(1, 41), called.get(1, "T")), dict.fromkeys(range(1, 41), "S"))
    safe(report.native(told, found, called, "en-PH"), new_blocks=True)
    safe(report.classic(told, found, called, "en-PH"), new_blocks=False)


def test_what_somebody_has_is_told_to_them_and_of_them() -> None:
    has = {"points": 0, "held": 40, "owed": 60, "owed_minutes": 90}
    assert points.has_lines(has, "en") == [
        "You have 0 points.", "Held for what you asked for: 40 points.",
        (
            "You owe 60 points and 1 h 30 min, spent or held before a correction: taken from what you get next, or get "
            "back of what is held."
        ),
    ]  # fmt: skip
    assert points.has_lines(has, "en", "Ana Cruz")[:2] == [
        "Ana Cruz has 0 points.", "Held for what they asked for: 40 points.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("owes", "held", "said"),
    [
        (None, 0, "You had spent or held 60 points of that already. You owe 60 points: taken from what you get next."),
        (0, 40, "You had spent or held 60 points of that already; that is settled by now."),
    ],
)
def test_what_was_spent_or_held_is_told_as_it_stands(owes: int | None, held: int, said: str) -> None:
    told = adjusted.News(-80, "points", 1, owed=60, owes=owes, held=held)
    assert said in adjustments.news(told, Words({}, {1: "Twice."})).text


@pytest.mark.parametrize(
    ("unit", "amount", "said"),
    [
        ("points", 1, "+1 point"), ("points", -1200, "−1,200 points"), ("minutes", 90, "+1 h 30 min"),
        ("minutes", -480, "−8 h"), ("points", 0, "+0 points"),
    ],
)  # fmt: skip
def test_amounts_in_words(unit: str, amount: int, said: str) -> None:
    assert points.amount_words(unit, amount, "en", signed=True) == said
