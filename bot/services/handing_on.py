"""Who does not lead a team any more, or is not in Slack: what they were asked to decide is asked of others."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.people import Role
from bot.services import disputes, people, rewards, roles


def revoke(
    session: Session, at: datetime, person_id: int, role: Role, team_id: int | None = None, *, actor: str
) -> bool:
    """Take a role away, as services/roles does; what waits for a lead who is none any more goes to others."""
    had = roles.revoke(session, at, person_id, role, team_id, actor=actor)
    if had:
        _hand_on(session, at, person_id)
    return had


def unlink(
    session: Session, at: datetime, person_id: int, *, slack_id: str, workspace_id: str | None = None,
    actor: str = people.OPERATOR,
) -> None:  # fmt: skip
    """Take a link to Slack away, as services/people does; what waits for whom Slack does not know goes to others."""
    people.unlink(session, at, person_id, slack_id=slack_id, workspace_id=workspace_id, actor=actor)
    _hand_on(session, at, person_id)


def _hand_on(session: Session, at: datetime, person_id: int) -> None:
    rewards.hand_on(session, at, person_id)
    disputes.hand_on(session, at, person_id)
