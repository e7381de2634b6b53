"""Everything people see in Slack: functions of a value. No queries, no clock.

`VIEWS` is what the outbox may hold: a view's name and its frozen value, rendered just before it is sent.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from bot.domain import adjustments as adjusted
from bot.domain import disputes as disputed
from bot.domain.asking import Over
from bot.domain.board import BoardPost
from bot.domain.coaching import CoachingPost
from bot.domain.dead_letters import DeadLetter, DeadRun
from bot.domain.earning import Earned
from bot.domain.leavers import PaidOut
from bot.domain.manners import Card
from bot.domain.pots import News
from bot.domain.praise import KudosPost, KudosReceived
from bot.domain.rewards import Case
from bot.views import (
    adjustments,
    asking,
    board,
    coaching,
    dead_letters,
    disputes,
    earning,
    leavers,
    manners,
    pots,
    praise,
    redemptions,
)
from bot.views.message import Message
from bot.views.words import Words


def _nobody(_value: Any) -> set[int]:
    return set()


def _no_texts(_value: Any) -> set[int]:
    return set()


@dataclass(frozen=True, slots=True)
class View:
    """One kind of message that can wait in the outbox."""

    value_type: type[Any]
    """What is frozen; read back from JSON as this."""
    people: Callable[[Any], set[int]]
    """The ids of people whose names are needed to show it."""
    native: Callable[[Any, Words], Message]
    """With the blocks of 2026."""
    classic: Callable[[Any, Words], Message]
    """Where the workspace does not take those."""
    texts: Callable[[Any], set[int]] = _no_texts
    """The ids of what people wrote that is needed to show it."""
    without: Callable[[Any, Collection[int]], Any] | None = None
    """In a channel, what is said where some people are not to be named there; None where that leaves nothing."""


VIEWS: Final[Mapping[str, View]] = MappingProxyType(
    {
        "adjustment_request": View(
            adjusted.Case, adjusted.Case.people, adjustments.request, adjustments.request, adjusted.Case.text_ids
        ),
        "adjustment_decided": View(
            adjusted.Case, adjusted.Case.people, adjustments.decided, adjustments.decided, adjusted.Case.text_ids
        ),
        "adjustment_news": View(
            adjusted.News, adjusted.News.people, adjustments.news, adjustments.news, adjusted.News.text_ids
        ),
        "dispute_request": View(
            disputed.Case, disputed.Case.people, disputes.request, disputes.request, disputed.Case.text_ids
        ),
        "dispute_answer": View(
            disputed.Case, disputed.Case.people, disputes.answered, disputes.answered, disputed.Case.text_ids
        ),
        "leaver_settled": View(PaidOut, lambda paid: {paid.person_id}, leavers.settled, leavers.settled),
        "board": View(
            BoardPost, BoardPost.person_ids,
            lambda post, words: board.native(post, words.names), lambda post, words: board.classic(post, words.names),
        ),
        "kudos": View(
            KudosPost, KudosPost.person_ids, praise.post, praise.post, lambda post: {post.text_id}, KudosPost.without
        ),
        "kudos_received": View(
            KudosReceived, lambda got: {got.giver}, praise.received, praise.received, lambda got: {got.text_id}
        ),
        "earned": View(Earned, _nobody, earning.earned, earning.earned),
        "card": View(Card, _nobody, manners.card, manners.card),
        "coaching": View(
            CoachingPost, CoachingPost.person_ids, coaching.post, coaching.post, CoachingPost.text_ids
        ),
        "coaching_answer": View(
            CoachingPost, CoachingPost.person_ids, coaching.answer_post, coaching.answer_post, CoachingPost.text_ids
        ),
        "dead_letter": View(DeadLetter, DeadLetter.person_ids, dead_letters.letter, dead_letters.letter),
        "dead_run": View(DeadRun, _nobody, dead_letters.board_run, dead_letters.board_run),
        "over": View(Over, _nobody, asking.over, asking.over),
        "pot_news": View(News, News.person_ids, pots.news, pots.news, News.text_ids),
        "reward_request": View(Case, Case.person_ids, redemptions.request, redemptions.request, Case.text_ids),
        "reward_handover": View(Case, Case.person_ids, redemptions.handover, redemptions.handover, Case.text_ids),
        "reward_news": View(Case, Case.person_ids, redemptions.news, redemptions.news, Case.text_ids),
    }
)  # fmt: skip
