"""Whatever people are called and whatever the figures are: nobody is pinged, nothing passes Slack's limits."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.board import BoardPost
from bot.domain.mystats import Answer
from bot.views import board, mystats, notices
from bot.views.message import Message
from tests.views.oracle import check, texts
from tests.views.values import HOSTILE, answers, names, posts, words

# The one thing of ours in angle brackets: a moment, with a fallback that Babel wrote.
MOMENT = re.compile(r"<!date\^\d+\^Figures as of \{date_short_pretty\} at \{time\}\|[^<>|]+>")


def safe(message: Message, *, new_blocks: bool) -> None:
    """Fail unless Slack takes the message and no words in it can ping or link."""
    check(message, new_blocks=new_blocks)
    for text in [message.text, *texts(message.blocks, of_type="mrkdwn")]:
        assert not re.search("[<>]", MOMENT.sub("", text)), text


@settings(deadline=None)
@given(post=posts(), called=names)
def test_any_board(post: BoardPost, called: dict[int, str]) -> None:
    """Both forms of any board fit and are safe."""
    safe(board.native(post, called), new_blocks=True)
    safe(board.classic(post, called), new_blocks=False)


@settings(deadline=None)
@given(answer=answers)
def test_any_answer(answer: Answer) -> None:
    """Both forms of any answer to /mystats fit and are safe."""
    safe(mystats.native(answer), new_blocks=True)
    safe(mystats.classic(answer), new_blocks=False)


@settings(deadline=None)
@given(typed=words | st.text(max_size=5000))
def test_any_words(typed: str) -> None:
    """What somebody typed is given back safely, whatever it was."""
    for message in (mystats.usage(typed), notices.trouble(typed), notices.notice(typed)):
        safe(message, new_blocks=False)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_never_stand_in_mrkdwn(name: str) -> None:
    """A name with marks of mrkdwn stays as written: it is shown in plain cells and runs alone."""
    from tests.views.values import DAY, STATS

    people = dict.fromkeys(range(1, 6), name)
    own = board.native(DAY, people), board.classic(DAY, people)
    shown = [text for message in own for text in texts(message.blocks, of_type="mrkdwn")]
    shown += texts(mystats.native(STATS).blocks, of_type="mrkdwn")
    assert not [text for text in shown if "bold" in text or "payroll" in text]
