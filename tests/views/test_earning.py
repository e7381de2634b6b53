"""What people read of what they earned: every word of it plain, whatever a rule says."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.earnable import EARNABLE
from bot.domain.earning import Earned, Line, State
from bot.views.earning import earned
from bot.views.words import Words
from tests.views.test_safety import safe
from tests.views.values import HOSTILE

DAY = date(2026, 3, 12)
NOBODY = Words({}, {})
LEVEL = Line(State.ISSUED, "points", 10, "You were there.", "service_level", 0.9, DAY, DAY)
STARS = Line(State.ISSUED, "points", 5, "Five stars.", "rating", 3, DAY, DAY)
WAITS = Line(State.WAITING, "points", 10, "You were there.", "service_level", 0.9, DAY, DAY, date(2026, 4, 1))
BACK = Line(State.BACK, "points", 10, "You were there.", "service_level", 0.79996, DAY, DAY)
GONE = Line(State.BACK, "points", 1, "You were there.", "service_level", None, DAY, DAY)
MONTH = Line(
    State.ISSUED, "minutes", 120, "A perfect month.", "perfect_attendance", 1, date(2026, 3, 1), date(2026, 3, 31)
)

lines = st.builds(
    Line, st.sampled_from(State), st.sampled_from(["points", "minutes"]), st.integers(1, 100_000),
    st.sampled_from(HOSTILE) | st.text(min_size=1, max_size=120), st.sampled_from(sorted(EARNABLE)),
    st.none() | st.floats(0, 100), st.just(DAY), st.just(DAY), st.none() | st.just(date(2026, 4, 1)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            Earned("en", (LEVEL, STARS, STARS, STARS)),
            ("You earned 25 points.\n"
            "+10 points: You were there. (March 12, 2026)\n"
            "+15 points: Five stars. (March 12, 2026, 3 times)"),
        ),
        (
            Earned("en-GB", (WAITS,)),
            ("Something changed about what you earned.\n"
            "10 points wait until 1 April 2026: this month's budget of your site is used up. You were there. (12 March 2026)"),
        ),
        (
            Earned("en", (BACK, GONE), owed=7),
            ("Something changed about what you earned.\n"
            "−10 points: Corrected: your service level of March 12, 2026 is 79.9% now.\n"
            "−1 point: Corrected: “You were there.” does not hold for March 12, 2026 any more.\n"
            "7 points that were corrected had been spent or held: they come off what you earn next."),
        ),
        (
            Earned("en", (MONTH,), owed_minutes=60),
            ("You earned 120 minutes of paid time.\n"
            "+120 minutes of paid time: A perfect month. (Mar 1 – 31, 2026)\n"
            "60 minutes of paid time that were corrected had been spent or held: they come off what you earn next."),
        ),
    ],
    ids=["came", "waits", "taken back and owed", "paid time"],
)  # fmt: skip
def test_what_people_read(told: Earned, said: str) -> None:
    assert earned(told, NOBODY).text.replace("\u2009", " ") == said


@settings(deadline=None)
@given(
    told=st.builds(
        Earned, st.sampled_from(["en", "de", "en-PH"]), st.lists(lines, max_size=60).map(tuple), st.integers(0, 99)
    )
)
def test_whatever_a_rule_says_is_harmless_and_fits(told: Earned) -> None:
    safe(earned(told, NOBODY), new_blocks=False)
