"""Who may do what: roles are given and taken, and there is always an admin."""

from datetime import date, datetime

from sqlmodel import Session

from bot.domain.people import Role
from bot.errors import ForbiddenError, InputError, NotFoundError, RefusedError
from bot.services.figures import mark_person
from bot.store import audit, bulk, merging, people
from bot.store import roles as store
from bot.store.roles import TeamRecord


def admins(session: Session, at: datetime) -> list[str]:
    """Return the names of the admins whom Slack knows."""
    return [admin.name for admin in store.list_admins(session, at.date()) if admin.linked]


def check_admin(session: Session, at: datetime, person_id: int) -> None:
    """Refuse a deed of somebody who is not an admin (any more). Raises ForbiddenError."""
    if all(admin.person_id != person_id for admin in store.list_admins(session, at.date())):
        raise ForbiddenError("That is for admins, and you are none any more.")


def grant(
    session: Session, at: datetime, person_id: int, role: Role, team_id: int | None = None, *, actor: str
) -> bool:
    """Give a role (a lead's: for a team); whether they had not had it. RefusedError where they are gone."""
    bulk.alone(session)
    if merging.find_kept(session, person_id) is not None or people.left_on(session, person_id, at.date()):
        raise RefusedError(f"{_name(session, person_id)} does not work here any more.")
    if not people.grant(session, person_id, role, team_id):
        return False
    _follow(session, at, person_id, role, team_id, deed="role.grant", actor=actor)
    return True


def revoke(
    session: Session, at: datetime, person_id: int, role: Role, team_id: int | None = None, *, actor: str
) -> bool:
    """Take a role away (a lead's: of a team); whether they had it. RefusedError for the last admin."""
    bulk.alone(session)
    if role is Role.ADMIN:
        check_not_the_last(session, at, person_id)
    if not store.revoke(session, person_id, role, team_id):
        return False
    _follow(session, at, person_id, role, team_id, deed="role.revoke", actor=actor)
    return True


def check_not_the_last(session: Session, at: datetime, person_id: int) -> None:
    """Refuse what would leave nobody who can do an admin's work in Slack, now or on a later day. Raises RefusedError."""
    me = next((admin for admin in store.list_admins(session, at.date()) if admin.person_id == person_id), None)
    # Who is to leave one day, however late, will not be there then.
    others = [admin for admin in store.list_admins(session, date.max) if admin.person_id != person_id]
    # Somebody whom Slack does not know cannot do an admin's work there.
    if me is not None and not any(other.linked or not me.linked for other in others):
        raise RefusedError(f"{me.name} is the last admin. Make somebody else an admin first.")


def find_team(session: Session, name: str) -> TeamRecord:
    """Return the team of that name, or of `SITE/TEAM` where several sites have one; NotFoundError where it is not one."""
    teams, asked = store.list_teams(session), name.strip().casefold()
    found = [team for team in teams if asked in {team.name.casefold(), f"{team.site}/{team.name}".casefold()}]
    if len(found) == 1:
        return found[0]
    known = [f"{team.site}/{team.name}" for team in found or teams]
    which = "There are several teams of that name" if found else f"There is no team “{name}”"
    raise NotFoundError(f"{which}. Known are: {', '.join(known) or 'none yet'}.", known)


def parse(word: str) -> Role:
    """Return the role of that name; InputError with those there are. Everybody is an agent: that is not given."""
    given = [role for role in Role if role is not Role.AGENT]
    try:
        return next(role for role in given if role == word.strip().casefold())
    except StopIteration:
        raise InputError(f"“{word}” is not a role. Roles are: {', '.join(given)}.") from None


def _follow(
    session: Session, at: datetime, person_id: int, role: Role, team_id: int | None, *, deed: str, actor: str
) -> None:
    if role is Role.LEAD:
        # Leads who take contacts are ranked among themselves.
        mark_person(session, at, person_id)
    what = role.value if team_id is None else f"{role.value} of team {team_id}"
    audit.append(session, at, actor=actor, deed=deed, subject=f"person {person_id}", after=what)


def _name(session: Session, person_id: int) -> str:
    return people.list_names(session, [person_id])[person_id]
