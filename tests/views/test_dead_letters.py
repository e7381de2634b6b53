"""Notices to admins: what, where, why and what to do, for every reason there is."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.dead_letters import EVERYWHERE, DeadLetter, DeadRun, cause_of, place_of
from bot.domain.periods import PeriodKind
from bot.jobs.refusals import HOPELESS
from bot.services.manners import SILENT
from bot.views import VIEWS
from bot.views.dead_letters import REASONS
from bot.views.message import Message
from bot.views.words import Words
from tests.views.oracle import check
from tests.views.values import HOSTILE

IN_CHANNEL = DeadLetter(12, "kudos", "C0123", None, "is_archived")
TO_PERSON = DeadLetter(13, "coaching", None, 1, "channel_not_found")
RUN = DeadRun(3, "stars", "Cebu", PeriodKind.WEEK, date(2026, 3, 2), date(2026, 3, 8), 8, "ValueError")


def shown(value: object, words: Words = Words()) -> Message:  # noqa: B008 -- frozen
    view = VIEWS["dead_run" if isinstance(value, DeadRun) else "dead_letter"]
    message = view.native(value, words)
    check(message, new_blocks=False)
    return message


def test_a_post() -> None:
    assert shown(IN_CHANNEL).text == (
        "A praise for <#C0123> could not be sent. The channel is archived. Bring it back in Slack, or name another one "
        "in the programme. Then bring it again, where Encore runs: `encore outbox retry 12`. "
        "More of the same today are not told again: `encore outbox list` shows everything given up."
    )


def test_a_message_to_a_person_says_whom_it_was_for_and_not_what_it_was() -> None:
    text = shown(TO_PERSON, Words({1: "Ana <!here>"})).text
    assert text.startswith("A message to Ana &lt;!here&gt; could not be sent. Slack knows nobody under the id")
    assert "coaching" not in text


def test_of_what_nobody_knows_it_is_said_so() -> None:
    text = shown(replace(IN_CHANNEL, cause="not_looked_up")).text
    assert text.startswith("A praise for <#C0123> may have been sent, or not. Slack did not tell, and Encore could not")
    assert (
        f"If it is missing, send it again, where Encore runs: `encore outbox retry {IN_CHANNEL.message_id} --missing`"
        in text
    )


def test_a_board_that_could_not_be_made() -> None:
    assert shown(RUN).text == (
        "The board stars of Cebu for Week 10, Mar 2\u2009–\u20098, 2026 could not be made, in 8 tries (ValueError). "
        "That is a mistake in Encore: please report it, with what the log says of this board. "
        "The board of the next period is tried as usual, and all other boards go on."
    )


@pytest.mark.parametrize(
    "cause", sorted(HOPELESS | SILENT | {"cannot_be_read", "cannot_be_shown", "not_looked_up", "slack_fails"})
)
def test_every_reason_has_words(cause: str) -> None:
    assert REASONS[cause].why in shown(replace(IN_CHANNEL, cause=cause)).text


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_people_and_channels_are_called(name: str) -> None:
    for value in (TO_PERSON, replace(IN_CHANNEL, channel=f"#{name}"), replace(RUN, site=name, board=name)):
        text = shown(value, Words({1: name})).text
        assert "<" not in text.replace("<#C0123>", "")


def test_a_cause_is_one_word() -> None:
    assert [cause_of(word) for word in ("not_in_channel", "Ana said so", "", "x" * 99)] == [
        "not_in_channel", "unknown", "unknown", "unknown",
    ]  # fmt: skip


def test_what_is_told_once_a_day() -> None:
    assert place_of(IN_CHANNEL) == "C0123"
    assert place_of(TO_PERSON) == "people"
    assert {place_of(replace(IN_CHANNEL, cause=cause)) for cause in EVERYWHERE} == {"everywhere"}
