"""People come in from a directory or roster: found by the source's id or their address, else added."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.domain.facts import Profile, Record
from bot.domain.people import Role
from bot.services.facts import Counts, Origin, Refused, house
from bot.services.figures import mark_person
from bot.services.people import ANY_WORKSPACE, attribute_page
from bot.store import bulk, dead_letters
from bot.store import people as store
from bot.store.people import Known, SiteRecord


def take(session: Session, at: datetime, origin: Origin, records: Sequence[Record]) -> Counts:
    """Write a page of a directory. What the file leaves empty stays as it is; a row that cannot be is refused whole.

    Somebody listed under another site or team than before belongs there from today on, by the site's clock.
    """
    bulk.alone(session)
    new = changed = 0
    refused: list[Refused] = []
    sites = {s.name.casefold(): s for s in store.list_sites(session)}
    for index, record in enumerate(records):
        if not isinstance(record, Profile):
            continue
        person_id = _who(session, origin, record)
        site = sites.get(record.site.casefold()) if record.site is not None else origin.site
        problem = next(_problems(session, record, person_id, site), None)
        if problem is not None:
            refused.append(Refused(index, *problem))
            continue
        is_new = person_id is None
        if person_id is None:
            person_id = store.add(session, at, record.agent or record.external_id)
        waiting = _waiting(session, origin, record)
        differs = [
            _name(session, at, origin, record, person_id),
            store.describe(session, person_id, _fields(record)),
            site is not None and _settle(session, at, record, person_id, site),
        ]
        while waiting is not None and attribute_page(session, at, Known(waiting, person_id)):
            pass
        if any(differs):
            mark_person(session, at, person_id)
        new += is_new
        changed += not is_new and any(differs)
    return Counts(new, changed, len(records) - new - changed - len(refused), tuple(refused))


def _who(session: Session, origin: Origin, record: Profile) -> int | None:
    known = store.find_identities(session, origin.source, [record.external_id]).get(record.external_id)
    if known is not None and known.person_id is not None:
        return known.person_id
    owner = None if record.email is None else store.find_by_email(session, record.email)
    if owner is None or any(source == origin.source for _, source in store.list_identities(session, owner)):
        # Two entries of one directory with the same address are two people until somebody says otherwise.
        return None
    return owner


def _waiting(session: Session, origin: Origin, record: Profile) -> int | None:
    """Return the identity of a person whose facts came before anybody was linked, None where there is none."""
    known = store.find_identities(session, origin.source, [record.external_id]).get(record.external_id)
    return known.identity_id if known is not None and known.person_id is None else None


def _problems(
    session: Session, record: Profile, person_id: int | None, site: SiteRecord | None
) -> Iterator[tuple[str, str, str]]:
    """Yield (field, value, why) of what cannot be."""
    if record.site is not None and site is None:
        yield "site", record.site, "there is no site of this name; `encore site add` adds one"
    if record.role is not None and record.role not in set(Role):
        yield "role", record.role, f"not a role; roles are {', '.join(Role)}"
    if record.starts_on is not None:
        try:
            date.fromisoformat(record.starts_on)
        except ValueError:
            yield "starts_on", record.starts_on, "not a day; days are written YYYY-MM-DD"
    names = [
        ("email", record.email, store.find_by_email(session, record.email) if record.email is not None else None),
        (
            "slack_id",
            record.slack_id,
            store.find_by_slack(session, ANY_WORKSPACE, record.slack_id) if record.slack_id is not None else None,
        ),
    ]
    for field, value, owner in names:
        if owner is not None and owner != person_id:
            yield field, value or "", f"it is person {owner}'s already; `encore people merge` makes two entries one"


def _name(session: Session, at: datetime, origin: Origin, record: Profile, person_id: int) -> bool:
    """Add the names that a person goes by; whether any is new."""
    new = False
    known = store.find_identities(session, origin.source, [record.external_id]).get(record.external_id)
    if known is None:
        store.add_identity(session, origin.source, record.external_id, person_id)
        new = True
    elif known.person_id is None:
        store.point_identity(session, known.identity_id, person_id)
        new = True
    if record.email is not None and store.find_by_email(session, record.email) is None:
        store.add_email(session, person_id, record.email)
        new = True
    if record.slack_id is not None and store.find_by_slack(session, ANY_WORKSPACE, record.slack_id) is None:
        store.link_slack(session, person_id, ANY_WORKSPACE, record.slack_id)
        dead_letters.bring_again(session, at, person_id)
        new = True
    return new


def _fields(record: Profile) -> dict[str, str | int | date]:
    found = {
        "name": record.agent,
        "employer": record.employer,
        "locale": record.locale,
        "contracted_minutes": record.contracted_minutes,
        "starts_on": None if record.starts_on is None else date.fromisoformat(record.starts_on),
    }
    return {field: value for field, value in found.items() if value is not None}


def settle(session: Session, at: datetime, person_id: int, site: SiteRecord, team_id: int | None) -> bool:
    """Let a person belong to a site and team from today on, or since ever where they belonged nowhere; whether it is new."""
    stays = store.list_stays(session, [person_id]).get(person_id, [])
    moves = not stays or (stays[-1].site_id, stays[-1].team_id) != (site.id, team_id)
    if moves and stays and stays[-1].site_id == site.id and stays[-1].team_id is None and team_id is not None:
        # Nobody had told the team yet: it is not a move, and holds for the past.
        store.fill_team(session, person_id, team_id)
    elif moves:
        today = at.astimezone(ZoneInfo(site.zone)).date()
        store.add_stay(session, person_id, site.id, team_id, today if stays else store.SINCE_EVER)
        if not stays:
            house(session, at, person_id)
    return moves


def _settle(session: Session, at: datetime, record: Profile, person_id: int, site: SiteRecord) -> bool:
    """Let a person belong to the site and team of the row, with the role it names; whether that is new."""
    team_id = None if record.team is None else store.find_or_add_team(session, site.id, record.team)
    if team_id is None:
        stays = store.list_stays(session, [person_id]).get(person_id, [])
        team_id = stays[-1].team_id if stays and stays[-1].site_id == site.id else None
    moves = settle(session, at, person_id, site, team_id)
    if record.role is None:
        return moves
    role = Role(record.role)
    return store.grant(session, person_id, role, team_id if role is Role.LEAD else None) or moves
