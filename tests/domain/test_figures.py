"""From the facts of a day to parts: who counts, what is left out, and that days can be added to."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.facts import CAUSES, CHANNELS, Feedback, Interaction
from bot.domain.figures import Figures, of_contacts, of_feedback, of_person, of_site
from bot.domain.metrics import METRICS
from bot.domain.parts import Parts, histogram, join
from tests.domain.samples import chat, phone, some_examples, survey


def test_a_morning_of_calls_and_a_chat() -> None:
    # Handle time: 300 + 20 + 40 and 600; the third call's talk is not known, so it is in the volume alone.
    calls = [phone("09:00", 300, 20, 40), phone("10:00", 600), phone("11:00")]
    answered = chat("11:00", "0,30")._replace(reply_seconds=30)
    assert of_contacts([*calls, answered]) == {
        ("volume", "phone"): Parts(3, None, 3),
        ("handle_time", "phone"): Parts(960, 2, 2),
        ("longest_contact", "phone"): Parts(600, None, 2),
        ("volume", "chat"): Parts(1, None, 1),
        ("first_response", "chat"): histogram([30]),
    }


def test_a_talk_of_no_seconds_is_known_and_one_not_told_is_not() -> None:
    figures = of_contacts([phone("09:00", 0), phone("10:00")])
    assert figures["handle_time", "phone"] == Parts(0, 1, 1)
    assert figures["longest_contact", "phone"] == Parts(0, None, 1)


def test_hold_is_left_out_of_the_longest_contact() -> None:
    figures = of_contacts([phone("09:00", 600, 0), phone("10:00", 300, 3000)])
    assert figures["longest_contact", "phone"].numerator == 600


def test_no_reply_is_not_a_reply_after_no_seconds() -> None:
    replies = [phone("09:00")._replace(reply_seconds=0), phone("09:10")._replace(reply_seconds=None)]
    assert of_contacts(replies)["first_response", "phone"] == histogram([0])
    assert ("first_response", "phone") not in of_contacts(replies[1:])


def test_waiting_in_the_queue_is_no_figure_of_an_agent() -> None:
    waited = phone("09:00", 300)._replace(wait_seconds=90)
    assert ("first_response", "phone") not in of_person([waited], [], [])
    assert of_site([waited], [], []) == {("first_response", "phone"): histogram([90])}


def test_stars_are_kept_times_a_thousand_and_four_is_positive() -> None:
    ratings = [survey(5), survey(4), survey(3.9), survey(1)]
    figures = of_feedback(ratings, [])
    assert figures["csat", "phone"] == Parts(13_900, 4, 4)
    assert figures["positive", "phone"] == Parts(2, 4, 4)


def test_promoters_give_9_and_10_and_detractors_0_to_6() -> None:
    # 9, 10 promote; 7, 8 do neither; 0 and 6 detract; one did not say.
    answers = [survey(recommend=score) for score in (9, 10, 7, 8, 0, 6)]
    assert of_feedback([*answers, survey(5)], [])["nps", "phone"] == Parts(0, 6, 6)
    assert of_feedback(answers[:4], [])["nps", "phone"] == Parts(2, 4, 4)
    assert of_feedback(answers[4:], [])["nps", "phone"] == Parts(-2, 2, 2)


def test_an_offered_survey_is_not_a_bad_score() -> None:
    offered = [survey(answered=False), survey(5)]
    figures = of_person([], offered, offered)
    assert figures == {
        ("csat", "phone"): Parts(5000, 1, 1),
        ("positive", "phone"): Parts(1, 1, 1),
        ("response_rate", "phone"): Parts(1, 2, 2),
    }


def test_an_answer_whose_time_is_not_told_is_an_answer_all_the_same() -> None:
    untimed = [survey(5, answered=False), survey(recommend=9, answered=False)]
    figures = of_person([], untimed, untimed)
    assert figures["csat", "phone"] == Parts(5000, 1, 1)
    assert figures["nps", "phone"] == Parts(1, 1, 1)
    assert figures["response_rate", "phone"] == Parts(2, 2, 2)


def test_a_rating_that_nobody_asked_for_is_no_part_of_the_response_rate() -> None:
    unasked = [survey(5, sent=False)]
    assert ("response_rate", "phone") not in of_person([], unasked, unasked)


@pytest.mark.parametrize("cause", [None, *CAUSES])
def test_a_rating_about_something_else_is_not_the_agents(cause: str | None) -> None:
    rating = survey(1, recommend=0, cause=cause)
    figures = of_person([], [rating], [rating])
    assert (("csat", "phone") in figures) is (cause in {None, "agent"})
    # That the survey was asked for and answered is the agent's all the same, and the score is the site's.
    assert figures["response_rate", "phone"] == Parts(1, 1, 1)
    assert of_site([], [rating], [])["csat", "phone"] == Parts(1000, 1, 1)


def test_a_disputed_rating_waits_for_agents_and_sites() -> None:
    disputed = survey(1, recommend=0, disputed=True)
    assert of_person([], [disputed, survey(5)], [])["csat", "phone"] == Parts(5000, 1, 1)
    assert of_person([], [disputed], [disputed]) == {("response_rate", "phone"): Parts(1, 1, 1)}
    assert of_site([], [disputed], []) == {}


def test_channels_are_told_apart() -> None:
    figures = of_feedback([survey(5, channel="chat"), survey(1, channel="email")], [])
    assert figures["csat", "chat"] == Parts(5000, 1, 1)
    assert figures["csat", "email"] == Parts(1000, 1, 1)


def test_a_day_of_nothing_has_no_figures() -> None:
    assert of_person([], [], []) == {}
    assert of_site([], [], []) == {}


Fact = TypeVar("Fact", Interaction, Feedback)

times = st.none() | st.integers(0, 5000)
contacts = st.lists(
    st.builds(
        Interaction, st.just("c"), st.sampled_from(["ada", None]), st.sampled_from(CHANNELS[:2]), st.integers(0, 9),
        talk_seconds=times, hold_seconds=times, after_contact_seconds=times, wait_seconds=times, reply_seconds=times,
    ),
    max_size=5,
)  # fmt: skip
surveys = st.lists(
    st.builds(
        Feedback, st.just("s"), st.just("ada"), st.none(), st.sampled_from(CHANNELS[:2]), times, times,
        st.none() | st.integers(1000, 5000), st.none() | st.integers(0, 10), st.none() | st.integers(0, 1),
        st.none() | st.sampled_from(CAUSES), st.integers(0, 1),
    ),
    max_size=5,
)  # fmt: skip


def joined(*all_figures: Figures) -> Figures:
    keys = {key for figures in all_figures for key in figures}
    return {
        key: join(METRICS[key[0]].merge, [figures[key] for figures in all_figures if key in figures]) for key in keys
    }


def split(facts: Sequence[Fact], sides: int) -> tuple[list[Fact], list[Fact]]:
    """Deal facts out to two sides by the bits of a number."""
    left = [fact for n, fact in enumerate(facts) if sides >> n & 1]
    return left, [fact for n, fact in enumerate(facts) if not sides >> n & 1]


@some_examples
@given(contacts, surveys, surveys, st.integers(0, 31), st.sampled_from([of_person, of_site]))
def test_the_figures_of_a_day_are_those_of_any_two_halves_joined(
    calls: list[Interaction], ratings: list[Feedback], requests: list[Feedback], sides: int,
    figures_of: Callable[[Sequence[Interaction], Sequence[Feedback], Sequence[Feedback]], Figures],
) -> None:  # fmt: skip
    halves = zip(split(calls, sides), split(ratings, sides), split(requests, sides), strict=True)
    assert joined(*(figures_of(*half) for half in halves)) == figures_of(calls, ratings, requests)


@some_examples
@given(contacts, surveys, surveys)
def test_no_figure_is_ever_better_than_it_can_be(
    calls: list[Interaction], ratings: list[Feedback], requests: list[Feedback]
) -> None:
    for (key, _), parts in of_person(calls, ratings, requests).items():
        value = METRICS[key].value(parts)
        low, high = {"csat": (1, 5), "positive": (0, 1), "response_rate": (0, 1), "nps": (-100, 100)}.get(
            key, (0, 1 << 40)
        )
        assert value is not None
        assert all(low <= v <= high for v in ([value] if isinstance(value, int | float) else value.values()))
