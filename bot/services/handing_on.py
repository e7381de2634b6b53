"""Who does not lead a team any more, or is not in Slack: what they were asked to decide is asked of others.

Whatever changes who may decide hands on at once. What was asked at that very moment, a day on which somebody leaves, and
whoever comes back are found by the job that looks every minute.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlmodel import Session

from bot.domain.people import Role
from bot.services import adjustments, deciding, disputes, people, roles
from bot.store import runs

EVERY: Final = timedelta(minutes=1)
_LOOKED: Final = "handing_on"

Look = Callable[[Session, datetime], Sequence[int]]
Deed = Callable[[Session, datetime, int], bool]

WAYS: Final[Mapping[str, tuple[Look, Deed]]] = MappingProxyType(
    {
        "rewards": (deciding.list_to_hand_on, deciding.hand_on),
        "disputes": (disputes.list_to_hand_on, disputes.hand_on),
        "adjustments": (adjustments.list_to_hand_on, adjustments.hand_on),
    }
)
"""Whatever is asked of somebody: how those are found that are to be handed on, and how one is."""


def revoke(
    session: Session, at: datetime, person_id: int, role: Role, team_id: int | None = None, *, actor: str
) -> bool:
    """Take a role away, as services/roles does; what waits for a lead who is none any more goes to others."""
    had = roles.revoke(session, at, person_id, role, team_id, actor=actor)
    if had:
        hand_on(session, at)
    return had


def unlink(
    session: Session, at: datetime, person_id: int, *, slack_id: str, workspace_id: str | None = None,
    actor: str = people.OPERATOR,
) -> None:  # fmt: skip
    """Take a link to Slack away, as services/people does; what waits for whom Slack does not know goes to others."""
    people.unlink(session, at, person_id, slack_id=slack_id, workspace_id=workspace_id, actor=actor)
    hand_on(session, at)


def hand_on(session: Session, at: datetime) -> None:
    """Ask others for everything that waits for somebody who may not decide it any more."""
    for look, deed in WAYS.values():
        for number in look(session, at):
            deed(session, at, number)


def may_look(session: Session, at: datetime) -> bool:
    """Whether it is a minute since anybody looked at everything that waits."""
    last = runs.find_cursor(session, _LOOKED)
    return last is None or at - last >= EVERY


def looked(session: Session, at: datetime) -> None:
    """Remember that whatever waited for nobody who may decide it has been handed on."""
    runs.move_cursor(session, _LOOKED, at)
