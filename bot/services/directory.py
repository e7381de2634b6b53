"""People of a Slack workspace become people of Encore: teams set up, links by e-mail, links by hand."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.domain.directory import LeadRemoved, Links, SlackUser, Team, TeamSaved, Unlinked, Unmatched
from bot.domain.ledger import person
from bot.domain.people import Role
from bot.errors import FormError
from bot.services import handing_on, profiles, roles
from bot.services import people as persons
from bot.services.figures import mark_person
from bot.store import audit, bulk, dead_letters, merging, people, seen
from bot.store import directory as store
from bot.store import roles as role_store
from bot.store.people import Known, SiteRecord

MOST_SHOWN: Final = 50
"""How many unmatched people are named."""


def save_team(
    session: Session, at: datetime, admin_id: int, workspace_id: str, team: Team, users: Mapping[str, SlackUser]
) -> TeamSaved:  # fmt: skip
    """Set a team up: everybody who is not known yet becomes known, belongs to it from today on, and its leads lead it.

    `users` says what Slack told of those who are not linked yet. People who are left out stay where they are.
    FormError where somebody cannot be in a team.
    """
    bulk.alone(session)
    roles.check_admin(session, at, admin_id)
    if not team.name:
        raise FormError({"name": "Say what the team is called."})
    site = next((site for site in people.list_sites(session) if site.id == team.site_id), None)
    if site is None:
        raise FormError({"site": "This site is not there any more."})
    team_id = _team_id(session, site, team.name)
    known = store.list_linked(session, workspace_id, team.everybody)
    ids: dict[str, int] = {}
    new: list[str] = []
    for slack_id in team.everybody:
        field = "leads" if slack_id in team.leads else "members"
        if slack_id in known:
            ids[slack_id] = _who_stays(session, at, known[slack_id], field)
            continue
        user = looked_up(users, slack_id, field)
        ids[slack_id], is_new = take_in(session, at, workspace_id, user, field)
        new += [user.name] if is_new else []
    for slack_id, person_id in ids.items():
        _join(session, at, person_id, site, team_id, leads=slack_id in team.leads, works=slack_id in team.members)
    audit.append(
        session, at, actor=f"person:{admin_id}", deed="team.save", subject=f"team {team_id}",
        after=json.dumps({"leads": [ids[s] for s in team.leads], "members": [ids[s] for s in team.members]}),
    )  # fmt: skip
    namesakes = store.list_namesakes(session, workspace_id, new, at.date())
    return TeamSaved(site.name, team.name, len(team.leads), len(team.members), len(new), tuple(namesakes))


def looked_up(users: Mapping[str, SlackUser], slack_id: str, field: str) -> SlackUser:
    """Return what Slack told of somebody. FormError, for the field, where it was not asked: they were linked until now."""
    if slack_id not in users:
        raise FormError({field: "Somebody's link to Slack was taken away meanwhile. Send this again."})
    return users[slack_id]


def take_in(
    session: Session, at: datetime, workspace_id: str, user: SlackUser, field: str, *, with_code: bool = False
) -> tuple[int, bool]:  # fmt: skip
    """Return which person somebody in Slack is who is not linked yet, linked from now on; and whether they are new.

    Who has the address is that person; nobody else's name is enough. An admin's it is only `with_code`: that stands on
    the server. FormError, for the field, where they cannot be.
    """
    if user.refusal:
        raise FormError({field: f"{user.refusal}, and cannot be linked."})
    owner = people.find_by_email(session, user.email) if user.email else None
    if owner is not None:
        _who_stays(session, at, owner, field)
        if not with_code:
            _check_no_admin(session, owner, field)
        if store.list_reached(session, workspace_id, [owner]):
            whose = people.list_names(session, [owner])[owner]
            raise FormError(
                {field: f"{user.name} has the e-mail address of {whose}, whom Slack knows as somebody else."}
            )
    person_id = people.add(session, at, user.name) if owner is None else owner
    if owner is None and user.email:
        people.add_email(session, person_id, user.email)
    people.link_slack(session, person_id, workspace_id, user.slack_id)
    dead_letters.bring_again(session, at, person_id)
    store.fill_locale(session, person_id, user.locale)
    return person_id, owner is None


def link_page(
    session: Session, at: datetime, admin_id: int, workspace_id: str, page: Sequence[tuple[str, SlackUser]]
) -> int:  # fmt: skip
    """Link those whose address (first) is somebody's whom the workspace does not know yet; return how many.

    Admins are left alone: whoever could link them in Slack could put another account in their place.
    """
    bulk.alone(session)
    roles.check_admin(session, at, admin_id)
    owners = store.list_owners(session, [email for email, _ in page], at.date())
    admins = _admins(session, owners.values())
    taken = set(store.list_linked(session, workspace_id, [user.slack_id for _, user in page]))
    reached = store.list_reached(session, workspace_id, owners.values())
    links: dict[int, SlackUser] = {}
    for email, user in page:
        owner = owners.get(email)
        if owner is not None and owner not in reached | admins and user.slack_id not in taken:
            links.setdefault(owner, user)
    store.add_links(session, workspace_id, [(user.slack_id, owner) for owner, user in links.items()])
    for owner, user in links.items():
        store.fill_locale(session, owner, user.locale)
        dead_letters.bring_again(session, at, owner)
    if links:
        audit.append(
            session, at, actor=f"person:{admin_id}", deed="people.link_by_email", subject=f"{len(links)} people",
            after=json.dumps({str(owner): user.slack_id for owner, user in links.items()}),
        )  # fmt: skip
    return len(links)


def link(
    session: Session, at: datetime, admin_id: int, workspace_id: str, person_id: int, user: SlackUser, *, same: bool
) -> list[Known]:  # fmt: skip
    """Say that somebody in Slack is a person. Where they are another already, `same` makes the two entries one.

    Returns the identities whose facts are to be attributed now (services/people.attribute_page). FormError where it
    cannot be.
    """
    bulk.alone(session)
    roles.check_admin(session, at, admin_id)
    owner = people.find_by_slack(session, workspace_id, user.slack_id)
    if owner == person_id:
        return []
    if not people.list_names(session, [person_id]):
        raise FormError({"person": "Choose somebody from the list."})
    if owner is not None and merging.find_kept(session, person_id) == owner:
        # They are one already; what was cut short goes on.
        return persons.merge(session, at, owner, person_id)
    _who_stays(session, at, person_id, "person")
    if store.list_reached(session, workspace_id, [person_id]):
        whose = people.list_names(session, [person_id])[person_id]
        raise FormError({"person": f"{whose} is linked meanwhile; open this anew."})
    if user.refusal:
        raise FormError({"slack": f"{user.refusal}, and cannot be linked."})
    if owner is not None:
        return _make_one(session, at, admin_id, owner, person_id, same=same)
    _check_no_admin(session, person_id, "person")
    people.link_slack(session, person_id, workspace_id, user.slack_id)
    dead_letters.bring_again(session, at, person_id)
    if user.email and people.find_by_email(session, user.email) is None:
        people.add_email(session, person_id, user.email)
    store.fill_locale(session, person_id, user.locale)
    audit.append(
        session, at, actor=f"person:{admin_id}", deed="people.link", subject=f"person {person_id}",
        after=json.dumps({"slack": user.slack_id, "workspace": workspace_id}),
    )  # fmt: skip
    return []


def unlink(session: Session, at: datetime, admin_id: int, workspace_id: str, user: SlackUser, *, key: str) -> Unlinked:
    """Undo that somebody in Slack is a person: from now on the account has nothing of theirs, and they keep everything.

    Its address is theirs no more, or the next look for addresses would link the two again. FormError where it cannot be.
    Under the same key it is the same answer.
    """
    bulk.alone(session)
    roles.check_admin(session, at, admin_id)
    before = seen.find_note(session, key)
    if before is not None:
        return Unlinked(user.name, people.list_names(session, [int(before)])[int(before)])
    owner = people.find_by_slack(session, workspace_id, user.slack_id)
    if owner is None:
        raise FormError({"slack": "Nobody in Encore is linked to this account."})
    whose = people.list_names(session, [owner])[owner]
    if _admins(session, [owner]):
        # Whoever could do this in Slack would put somebody else in the place of another admin.
        raise FormError({"slack": f"{whose} is an admin. `encore people unlink` does it, on the server."})
    handing_on.unlink(session, at, owner, slack_id=user.slack_id, actor=person(admin_id))
    if user.email and people.remove_email(session, owner, user.email):
        audit.append(
            session, at, actor=person(admin_id), deed="people.remove_email", subject=f"person {owner}",
            after=user.slack_id,
        )  # fmt: skip
    seen.add(session, at, key, str(owner))
    return Unlinked(user.name, whose)


def remove_lead(
    session: Session, at: datetime, admin_id: int, workspace_id: str, slack_id: str, team: str, *, key: str
) -> LeadRemoved:  # fmt: skip
    """Let somebody in Slack lead a team no more; `team` is its name, needed where they lead several.

    What they were to decide goes to the other leads or, where there is none, to the admins. FormError where it cannot be.
    Under the same key it is the same answer.
    """
    bulk.alone(session)
    roles.check_admin(session, at, admin_id)
    before = seen.find_note(session, key)
    if before is not None:
        return _removed(session, *map(int, before.split()))
    lead = people.find_by_slack(session, workspace_id, slack_id)
    led = [] if lead is None else role_store.list_led(session, lead)
    if lead is None or not led:
        raise FormError({"lead": "They lead no team, as far as Encore knows."})
    asked = team.strip().casefold()
    found = [one for one in led if asked in {"", one.name.casefold(), f"{one.site}/{one.name}".casefold()}]
    if len(found) != 1:
        names = ", ".join(f"{one.site}/{one.name}" for one in led)
        raise FormError({"team": f"They lead {names}. Say which one."})
    handing_on.revoke(session, at, lead, Role.LEAD, found[0].id, actor=person(admin_id))
    seen.add(session, at, key, f"{lead} {found[0].id}")
    return _removed(session, lead, found[0].id)


def links(session: Session, at: datetime, workspace_id: str, *, linked_now: int = 0, shared: int = 0,
    looked_at: int = 0, without_addresses: bool = False) -> Links:  # fmt: skip
    """Return how far people are linked in a workspace, with what came of a look at it."""
    everybody, without = store.count_people(session, workspace_id, at.date())
    shown = unmatched(session, at, workspace_id, MOST_SHOWN)
    return Links(linked_now, everybody - without, tuple(shown), without, shared, looked_at, without_addresses)


def unmatched(session: Session, at: datetime, workspace_id: str, most: int) -> list[Unmatched]:
    """Return people who work here and whom a workspace does not know, by name, so many at most."""
    return store.list_unmatched(session, workspace_id, at.date(), most)


def unlinked(session: Session, workspace_id: str, slack_ids: Sequence[str]) -> list[str]:
    """Return those of these people in Slack of whom nobody has said who they are."""
    known = store.list_linked(session, workspace_id, slack_ids)
    return [slack_id for slack_id in slack_ids if slack_id not in known]


def _removed(session: Session, lead: int, team_id: int) -> LeadRemoved:
    team = next(one for one in role_store.list_teams(session) if one.id == team_id)
    return LeadRemoved(people.list_names(session, [lead])[lead], team.name)


def _team_id(session: Session, site: SiteRecord, name: str) -> int:
    there = [team for team in role_store.list_teams(session) if team.site == site.name]
    same = next((team.name for team in there if team.name.casefold() == name.casefold()), name)
    return people.find_or_add_team(session, site.id, same)


def _who_stays(session: Session, at: datetime, person_id: int, field: str) -> int:
    if merging.find_kept(session, person_id) is not None or people.left_on(session, person_id, at.date()):
        whose = people.list_names(session, [person_id])[person_id]
        raise FormError({field: f"{whose} does not work here any more, as far as Encore knows."})
    return person_id


def _join(
    session: Session, at: datetime, person_id: int, site: SiteRecord, team_id: int, *, leads: bool, works: bool
) -> None:
    # Who leads several teams stays with the first; who belongs nowhere would have no clock and no site.
    moved = (works or not people.list_stays(session, [person_id])) and profiles.settle(
        session, at, person_id, site, team_id
    )
    granted = leads and people.grant(session, person_id, Role.LEAD, team_id)
    if moved or granted:
        mark_person(session, at, person_id)


def _admins(session: Session, person_ids: Iterable[int]) -> set[int]:
    return set(person_ids) & set(people.list_with_role(session, Role.ADMIN))


def _check_no_admin(session: Session, person_id: int, field: str) -> None:
    """Refuse to say in Slack who an admin is: whoever could would decide with an account of their own what takes two."""
    if _admins(session, [person_id]):
        whose = people.list_names(session, [person_id])[person_id]
        raise FormError({field: f"{whose} is an admin. `encore people link` links them, on the server."})


def _make_one(session: Session, at: datetime, admin_id: int, kept: int, gone: int, *, same: bool) -> list[Known]:
    names = people.list_names(session, [kept, gone])
    if not same:
        raise FormError(
            {
                "slack": f"This is {names[kept]} in Slack already. If {names[gone]} is the same person, tick the box below."
            }
        )
    admin = bool(_admins(session, names))
    if admin or not people.unlinked(session, names):
        # Whoever could do this in Slack would take over what an admin may do, or what somebody else is sent.
        why = "one of them is an admin's" if admin else "Slack knows both"
        raise FormError(
            {"slack": f"These two entries are not made one here: {why}. `encore people merge` does it, on the server."}
        )
    return persons.merge(session, at, kept, gone, actor=f"person:{admin_id}")
