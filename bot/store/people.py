"""People, sites, teams, and the names other systems know them by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot.domain.people import Role, first_word, here_of
from bot.store import bulk, tables

SINCE_EVER: Final = date(1900, 1, 1)
"""The first day of a membership whose beginning nobody told."""


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """A site; `zone` is an IANA name."""

    id: int
    name: str
    zone: str


class Stay(NamedTuple):
    """A stretch of membership; days are ISO text, the last one out (None: still there)."""

    starts_on: str
    ends_on: str | None
    site_id: int
    zone: str
    team_id: int | None

    def covers(self, day: date) -> bool:
        """Whether it holds that local day."""
        return self.starts_on <= day.isoformat() and (self.ends_on is None or day.isoformat() < self.ends_on)


class Here(NamedTuple):
    """Somebody in Slack, with one of the stays of the person they are; days are ISO text."""

    person_id: int
    name: str
    locale: str | None
    site_id: int | None
    site: str | None
    zone: str | None
    team_id: int | None
    team: str | None
    starts_on: str | None
    ends_on: str | None
    left_on: str | None
    """The local day on which the person left."""

    def covers(self, day: date) -> bool:
        """Whether the stay holds that local day."""
        on = day.isoformat()
        return self.starts_on is not None and self.starts_on <= on and (self.ends_on is None or on < self.ends_on)


class Known(NamedTuple):
    """A source's name for somebody: its own id, and the person's, None while nobody is linked."""

    identity_id: int
    person_id: int | None


def list_sites(session: Session) -> list[SiteRecord]:
    """Return every site, by name."""
    rows = session.exec(select(tables.Site).order_by(tables.Site.name)).all()
    return [SiteRecord(s.id or 0, s.name, s.zone) for s in rows]


def find_site(session: Session, name: str) -> SiteRecord | None:
    """Return the site of that name, whatever its case."""
    return next((s for s in list_sites(session) if s.name.casefold() == name.casefold()), None)


def add_site(session: Session, name: str, zone: str) -> SiteRecord:
    """Add a site; its zone is an IANA name."""
    row = tables.Site(name=name, zone=zone)
    session.add(row)
    session.flush()
    return SiteRecord(row.id or 0, name, zone)


def find_or_add_team(session: Session, site_id: int, name: str) -> int:
    """Return the id of a site's team, adding the team where it is new."""
    query = select(tables.Team).where(tables.Team.site_id == site_id, tables.Team.name == name)
    row = session.exec(query).first()
    if row is None:
        row = tables.Team(site_id=site_id, name=name)
        session.add(row)
        session.flush()
    return row.id or 0


def add(session: Session, at: datetime, name: str) -> int:
    """Add a person and return the id."""
    row = tables.Person(name=name, called=first_word(name), created_at=at)
    session.add(row)
    session.flush()
    return row.id or 0


def find_identities(session: Session, source: str, external_ids: Iterable[str]) -> dict[str, Known]:
    """Return whom a source means by these ids; what it never named before is left out."""
    where = f"source = ? AND {bulk.among(session, 'external_id', 'text')}"
    columns = ("external_id", "id", "person_id")
    rows = bulk.select(session, tables.Identity, columns, where, [source, bulk.listed(session, external_ids)])
    return {r[0]: Known(r[1], r[2]) for r in rows}


def list_owners(session: Session, identity_ids: Iterable[int]) -> dict[int, int | None]:
    """Return whom these identities mean by now, by id; None where nobody is linked."""
    where = bulk.among(session, "id", "bigint")
    rows = bulk.select(session, tables.Identity, ("id", "person_id"), where, [bulk.listed(session, identity_ids)])
    return {r[0]: r[1] for r in rows}


def add_identity(session: Session, source: str, external_id: str, person_id: int | None) -> int:
    """Add a source's name for a person, or for somebody not known yet; return its id."""
    row = tables.Identity(source=source, external_id=external_id, person_id=person_id)
    session.add(row)
    session.flush()
    return row.id or 0


def point_identity(session: Session, identity_id: int, person_id: int) -> None:
    """Say whom a source's name means."""
    session.get_one(tables.Identity, identity_id).person_id = person_id
    session.flush()


def list_identities(session: Session, person_id: int) -> list[tuple[int, str]]:
    """Return (id, source) of the names that sources have for a person."""
    query = select(tables.Identity.id, tables.Identity.source).where(tables.Identity.person_id == person_id)
    return [(row[0] or 0, row[1]) for row in session.exec(query)]


def list_stays(session: Session, person_ids: Iterable[int]) -> Mapping[int, list[Stay]]:
    """Return where these people belonged, ascending by the first day."""
    sql = (
        "SELECT m.person_id, CAST(m.starts_on AS TEXT), CAST(m.ends_on AS TEXT), m.site_id, s.zone, m.team_id "
        f"FROM membership m JOIN site s ON s.id = m.site_id WHERE {bulk.among(session, 'person_id', 'bigint')} "
        "ORDER BY m.starts_on"
    )
    stays: dict[int, list[Stay]] = defaultdict(list)
    for row in bulk.query(session, sql, [bulk.listed(session, person_ids)]):
        stays[row[0]].append(Stay(*row[1:]))
    return stays


def find_zone(session: Session, person_id: int, at: datetime) -> str:
    """Return the IANA zone of where somebody is at a moment; UTC where they never belonged anywhere."""
    stays = list_stays(session, [person_id]).get(person_id, [])
    return here_of(stays[::-1], at).zone if stays else "UTC"


def find_locale(session: Session, person_id: int) -> str | None:
    """Return the locale of somebody, None where it is not known."""
    rows = bulk.select(session, tables.Person, ("locale",), "id = ?", [person_id])
    return rows[0][0] if rows else None


def add_stay(session: Session, person_id: int, site_id: int, team_id: int | None, starts_on: date) -> None:
    """Let a person belong somewhere from a local day on; an open stay ends there."""
    still = tables.Membership
    session.exec(
        update(still).where(col(still.person_id) == person_id, col(still.ends_on).is_(None)).values(ends_on=starts_on)
    )
    session.add(still(person_id=person_id, site_id=site_id, team_id=team_id, starts_on=starts_on))
    session.flush()


def fill_team(session: Session, person_id: int, team_id: int) -> None:
    """Say to which team a person belongs whose team nobody had told, for as long as the stay."""
    sql = "UPDATE membership SET team_id = ? WHERE person_id = ? AND team_id IS NULL AND ends_on IS NULL"
    bulk.execute(session, sql, [(team_id, person_id)])


def list_names(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of these people, by id."""
    where = bulk.among(session, "id", "bigint")
    return {
        r[0]: r[1]
        for r in bulk.select(session, tables.Person, ("id", "name"), where, [bulk.listed(session, person_ids)])
    }


def list_all_names(session: Session) -> dict[int, str]:
    """Return the name of everybody who was not merged into somebody else, by id."""
    return {r[0]: r[1] for r in bulk.select(session, tables.Person, ("id", "name"), "merged_into IS NULL")}


def list_by_name(session: Session, name: str) -> list[int]:
    """Return everybody of that name, whatever its case, and not merged into somebody else."""
    # SQLite knows upper and lower case of the English letters alone.
    asked = name.casefold()
    return sorted(number for number, known in list_all_names(session).items() if known.casefold() == asked)


def find_by_email(session: Session, email: str) -> int | None:
    """Return whose address this is."""
    return session.exec(select(tables.Alias.person_id).where(tables.Alias.email == email.strip().lower())).first()


def add_email(session: Session, person_id: int, email: str) -> None:
    """Add an address of a person."""
    session.add(tables.Alias(email=email.strip().lower(), person_id=person_id))
    session.flush()


def remove_email(session: Session, person_id: int, email: str) -> bool:
    """Take an address of a person away; whether it was theirs."""
    row = session.get(tables.Alias, email.strip().lower())
    if row is None or row.person_id != person_id:
        return False
    session.delete(row)
    session.flush()
    return True


def find_by_slack(session: Session, workspace_id: str, slack_id: str) -> int | None:
    """Return who this is in Slack, None where nobody is linked."""
    row = tables.SlackIdentity
    query = select(row.person_id).where(row.slack_id == slack_id, col(row.workspace_id).in_([workspace_id, "*"]))
    return session.exec(query.order_by(col(row.workspace_id).desc())).first()


def list_by_slack(session: Session, slack_id: str) -> list[int]:
    """Return who this is in Slack in any workspace, by id."""
    rows = bulk.query(session, "SELECT DISTINCT person_id FROM slack_identity WHERE slack_id = ?", [slack_id])
    return sorted(row[0] for row in rows)


def list_here(session: Session, workspace_id: str, slack_id: str) -> list[Here]:
    """Return who this is in Slack, once for each stay, the latest first; nothing where nobody is linked.

    A link of this very workspace comes before one for all of them, which may be another person's.
    """
    sql = (
        "SELECT p.id, p.name, p.locale, m.site_id, s.name, s.zone, m.team_id, t.name, CAST(m.starts_on AS TEXT), "
        "CAST(m.ends_on AS TEXT), CAST(p.left_on AS TEXT) FROM slack_identity i JOIN person p ON p.id = i.person_id "
        "LEFT JOIN membership m ON m.person_id = p.id LEFT JOIN site s ON s.id = m.site_id "
        "LEFT JOIN team t ON t.id = m.team_id WHERE i.slack_id = ? AND i.workspace_id IN (?, '*') "
        "ORDER BY i.workspace_id DESC, m.starts_on DESC"
    )
    rows = bulk.query(session, sql, [slack_id, workspace_id])
    return [Here(*row) for row in rows if row[0] == rows[0][0]]


def link_slack(session: Session, person_id: int, workspace_id: str, slack_id: str) -> None:
    """Say who somebody in Slack is."""
    session.merge(tables.SlackIdentity(workspace_id=workspace_id, slack_id=slack_id, person_id=person_id))
    session.flush()


def list_slack_links(session: Session, person_id: int) -> list[tuple[str, str]]:
    """Return (workspace, Slack id) of a person."""
    where = "person_id = ? ORDER BY workspace_id, slack_id"
    rows = bulk.select(session, tables.SlackIdentity, ("workspace_id", "slack_id"), where, [person_id])
    return [(row[0], row[1]) for row in rows]


def unlink_slack(session: Session, person_id: int, slack_id: str, workspace_id: str | None) -> bool:
    """Take a person's Slack id away, in one workspace or (None) in all; whether there was any."""
    row = tables.SlackIdentity
    query = select(row).where(row.person_id == person_id, row.slack_id == slack_id)
    if workspace_id is not None:
        query = query.where(row.workspace_id == workspace_id)
    found = session.exec(query).all()
    for link in found:
        session.delete(link)
    session.flush()
    return bool(found)


def unlinked(session: Session, person_ids: Iterable[int]) -> set[int]:
    """Return those of these people who have no Slack identity."""
    ids = set(person_ids)
    where = bulk.among(session, "person_id", "bigint")
    rows = bulk.select(session, tables.SlackIdentity, ("person_id",), where, [bulk.listed(session, ids)])
    return ids - {r[0] for r in rows}


def grant(session: Session, person_id: int, role: Role, team_id: int | None) -> bool:
    """Give a person a role, once; whether it is new."""
    row = tables.RoleGrant
    query = select(row).where(row.person_id == person_id, row.role == role, row.team_id == team_id)
    if session.exec(query).first() is not None:
        return False
    session.add(row(person_id=person_id, role=role, team_id=team_id))
    session.flush()
    return True


def list_grants(session: Session, person_id: int) -> list[tuple[Role, int | None]]:
    """Return the roles of a person; a lead's with the team's id."""
    rows = bulk.query(session, "SELECT role, team_id FROM role_grant WHERE person_id = ?", [person_id])
    return [(Role(row[0]), row[1]) for row in rows]


def list_with_role(session: Session, role: Role, team_id: int | None = None) -> list[int]:
    """Return who has a role (a lead's: for that team), by id, but those who have been merged into somebody else."""
    sql = (
        "SELECT DISTINCT g.person_id FROM role_grant g JOIN person p ON p.id = g.person_id "
        "WHERE g.role = ? AND p.merged_into IS NULL"
    )
    if team_id is None:
        return sorted(row[0] for row in bulk.query(session, sql, [role.value]))
    return sorted(row[0] for row in bulk.query(session, f"{sql} AND g.team_id = ?", [role.value, team_id]))


def describe(session: Session, person_id: int, fields: Mapping[str, str | int | date]) -> bool:
    """Set what is known of a person (name, employer, locale, contracted_minutes, starts_on); whether it changed."""
    person = session.get_one(tables.Person, person_id)
    changed = {f: v for f, v in fields.items() if getattr(person, f) != v}
    for field, value in changed.items():
        setattr(person, field, value)
    person.called = first_word(person.name)
    session.flush()
    return bool(changed)


def contracted_minutes(session: Session, person_id: int) -> int | None:
    """Return how many minutes a week somebody is contracted for, None where nobody has said."""
    found = bulk.query(session, "SELECT contracted_minutes FROM person WHERE id = ?", [person_id])
    return found[0][0] if found else None


def left_on(session: Session, person_id: int, day: date) -> bool:
    """Whether somebody has left by that local day."""
    rows = bulk.query(session, "SELECT 1 FROM person WHERE id = ? AND left_on <= ?", [person_id, day.isoformat()])
    return bool(rows)


def list_unannounced(session: Session, person_ids: Iterable[int]) -> set[int]:
    """Return those of these people of whom nothing they get may be said in a channel."""
    where = f"NOT announce AND {bulk.among(session, 'person_id', 'bigint')}"
    rows = bulk.select(session, tables.Preference, ("person_id",), where, [bulk.listed(session, person_ids)])
    return {r[0] for r in rows}
