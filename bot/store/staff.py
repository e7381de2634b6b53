"""Everybody, as lists show them: with every name they have, where they are, and what they may do."""

from collections import defaultdict
from dataclasses import dataclass

from sqlmodel import Session

from bot.domain.people import Role
from bot.store import bulk, tables


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person as lists show them."""

    id: int
    name: str
    emails: tuple[str, ...]
    slack_ids: tuple[str, ...]
    identities: tuple[tuple[str, str], ...]
    """(source, the source's id)."""
    site: str | None
    team: str | None
    roles: tuple[Role, ...]


def list_people(session: Session, *, only: int | None = None) -> list[PersonRecord]:
    """Return everybody (or one person) with every name they have, by name."""
    condition = "merged_into IS NULL" if only is None else "id = ?"
    given = [] if only is None else [only]
    people = bulk.select(session, tables.Person, ("id", "name"), f"{condition} ORDER BY name, id", given)
    emails, slack, identities, roles, places = (defaultdict(list) for _ in range(5))
    for row in bulk.query(session, "SELECT person_id, email FROM alias ORDER BY email"):
        emails[row[0]].append(row[1])
    for row in bulk.query(session, "SELECT person_id, slack_id FROM slack_identity ORDER BY slack_id"):
        slack[row[0]].append(row[1])
    for row in bulk.query(session, "SELECT person_id, source, external_id FROM identity WHERE person_id IS NOT NULL"):
        identities[row[0]].append((row[1], row[2]))
    for row in bulk.query(session, "SELECT person_id, role FROM role_grant ORDER BY role"):
        roles[row[0]].append(Role(row[1]))
    sql = (
        "SELECT m.person_id, s.name, t.name FROM membership m JOIN site s ON s.id = m.site_id "
        "LEFT JOIN team t ON t.id = m.team_id WHERE m.ends_on IS NULL"
    )
    for row in bulk.query(session, sql):
        places[row[0]].append((row[1], row[2]))
    described = []
    for number, name in people:
        site, team = places[number][-1] if places[number] else (None, None)
        described.append(
            PersonRecord(
                number, name, tuple(emails[number]), tuple(slack[number]), tuple(identities[number]),
                site, team, tuple(dict.fromkeys(roles[number])),
            )
        )  # fmt: skip
    return described
