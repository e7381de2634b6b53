"""Setting Encore up: how far it is, who becomes the first admin, and who else is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlmodel import Session

from bot.domain.directory import SlackUser
from bot.domain.people import Role, Who
from bot.domain.setup import Progress
from bot.services import directory, handing_on, roles, sites
from bot.store import audit, bulk, people
from bot.store import directory as directory_store
from bot.store import roles as role_store
from bot.store import setup as store

_CLAIMED: Final = "setup.claim"


class Claim(StrEnum):
    """What came of somebody who typed a setup code."""

    ADMIN = "admin"
    TAKEN = "taken"
    """There is an admin already, or was one by the code: it is worth nothing."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Admins:
    """The admins of a workspace: their Slack ids, and the names of those whom this workspace does not know."""

    slack_ids: tuple[str, ...]
    others: tuple[str, ...]


def progress(session: Session, at: datetime, who: Who, workspace_id: str) -> Progress:
    """Return how far Encore is set up, for the admin who asks."""
    teams, led = store.count_teams(session, at.date())
    everybody, unmatched = directory_store.count_people(session, workspace_id, at.date())
    return Progress(
        tuple(sites.places(session, at)), teams, led, everybody, everybody - unmatched,
        tuple(store.list_imported(session)), tuple(roles.admins(session, at)), who.locale, who.zone, at,
    )  # fmt: skip


def is_open(session: Session, at: datetime) -> bool:
    """Whether the setup code makes somebody the first admin: there is none, and nobody became one by it before."""
    return not roles.admins(session, at) and not audit.exists(session, _CLAIMED)


def claim(session: Session, at: datetime, workspace_id: str, user: SlackUser, *, right: bool) -> Claim:
    """Make somebody the first admin where the code they typed was `right`; a refusal is written down, too.

    Of two at once one becomes admin. FormError where a bot or guest typed it.
    """
    bulk.alone(session)
    person_id = people.find_by_slack(session, workspace_id, user.slack_id)
    if right and any(admin.person_id == person_id for admin in role_store.list_admins(session, at.date())):
        # The answer to the first time was lost on its way from the database.
        return Claim.ADMIN
    taken = not is_open(session, at)
    if taken or not right:
        what = "the setup code, with an admin there already" if taken else "a wrong setup code"
        audit.append(session, at, actor=f"slack:{user.slack_id}", deed="refused", subject="setup", after=what)
        return Claim.TAKEN if taken else Claim.WRONG
    if person_id is None:
        person_id, _ = directory.take_in(session, at, workspace_id, user, "code", with_code=True)
    actor = f"slack:{user.slack_id}"
    audit.append(session, at, actor=actor, deed=_CLAIMED, subject=f"person {person_id}")
    roles.grant(session, at, person_id, Role.ADMIN, actor=actor)
    return Claim.ADMIN


def admins(session: Session, at: datetime, workspace_id: str) -> Admins:
    """Return who is an admin."""
    present = role_store.list_admins(session, at.date())
    ids = [admin.person_id for admin in present]
    reached = directory_store.list_reached(session, workspace_id, ids)
    slack_ids = role_store.list_slack_ids(session, workspace_id, ids)
    return Admins(tuple(slack_ids), tuple(admin.name for admin in present if admin.person_id not in reached))


def choose_admins(
    session: Session, at: datetime, admin_id: int, workspace_id: str, before: Sequence[str], chosen: Sequence[str],
    users: Mapping[str, SlackUser],
) -> Admins:  # fmt: skip
    """Make those admins who were chosen and had not been there `before`, and take it from those who were left out.

    Whom another admin added meanwhile stays one. FormError where somebody cannot be, or nobody would be left.
    """
    bulk.alone(session)
    roles.check_admin(session, at, admin_id)
    actor = f"person:{admin_id}"
    for slack_id in [slack_id for slack_id in chosen if slack_id not in before]:
        person_id = people.find_by_slack(session, workspace_id, slack_id)
        if person_id is None:
            user = directory.looked_up(users, slack_id, "admins")
            person_id, _ = directory.take_in(session, at, workspace_id, user, "admins")
        roles.grant(session, at, person_id, Role.ADMIN, actor=actor)
    for slack_id in [slack_id for slack_id in before if slack_id not in chosen]:
        person_id = people.find_by_slack(session, workspace_id, slack_id)
        if person_id is not None:
            handing_on.revoke(session, at, person_id, Role.ADMIN, actor=actor)
    return admins(session, at, workspace_id)
