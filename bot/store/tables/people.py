"""Who works here, where, and under which names other systems know them."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import WIDE


class Site(SQLModel, table=True):
    """A place of work with a time zone. Its mode stands in the programme, under its name."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    zone: str


class Team(SQLModel, table=True):
    """A team of a site."""

    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    name: str


class Person(SQLModel, table=True):
    """Somebody who works for us or for a partner. A merged person points to the one that is kept."""

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    name: str = Field(index=True)
    called: str = Field(default="", index=True)
    """The first word of the name, as names are compared (domain/people.py)."""
    employer: str | None = None
    locale: str | None = None
    contracted_minutes: int | None = None
    starts_on: date | None = None
    left_on: date | None = None
    boards: str | None = None
    """`in` or `out` by own choice; NULL follows the site's rule."""
    merged_into: int | None = Field(default=None, foreign_key="person.id", sa_type=WIDE, index=True)
    created_at: datetime


class Alias(SQLModel, table=True):
    """An e-mail address of a person, in lower case; outsourced people often have several."""

    email: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, sa_type=WIDE)


class Identity(SQLModel, table=True):
    """How one source calls somebody. Without a person the facts are kept until somebody is linked."""

    __table_args__ = (UniqueConstraint("source", "external_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    source: str
    external_id: str
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True, sa_type=WIDE)


class Attribution(SQLModel, table=True):
    """A source's name whose facts are still to go to the person whom it means now."""

    identity_id: int = Field(primary_key=True, foreign_key="identity.id", sa_type=WIDE)


class SlackIdentity(SQLModel, table=True):
    """A person in one Slack workspace; workspace `*` stands for the only one of an installation."""

    __tablename__ = "slack_identity"

    workspace_id: str = Field(primary_key=True)
    slack_id: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, sa_type=WIDE)


class StaleHome(SQLModel, table=True):
    """An account whose link was taken away, and in whose Home may still stand what was somebody's; workspace as there."""

    __tablename__ = "stale_home"

    workspace_id: str = Field(primary_key=True)
    slack_id: str = Field(primary_key=True)
    at: datetime


class Membership(SQLModel, table=True):
    """Where somebody belonged from a local day to another; the last day is out. Past figures stay with it."""

    __table_args__ = (
        Index("membership_person", "person_id", "starts_on"),
        Index("membership_team", "team_id", "starts_on"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    person_id: int = Field(foreign_key="person.id", sa_type=WIDE)
    site_id: int = Field(foreign_key="site.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    starts_on: date
    ends_on: date | None = None


class RoleGrant(SQLModel, table=True):
    """A role of a person; a lead's names the team."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("person_id", "role", "team_id"), Index("role_grant_role", "role", "team_id"))

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    person_id: int = Field(foreign_key="person.id", index=True, sa_type=WIDE)
    role: str
    team_id: int | None = Field(default=None, foreign_key="team.id")


class Preference(SQLModel, table=True):
    """What somebody chose of how Encore treats them; whoever has no row has the defaults."""

    person_id: int = Field(primary_key=True, foreign_key="person.id", sa_type=WIDE)
    announce: bool = True
    """Whether what they get may be said in a channel."""
    messages: str = "at_once"
    """When Encore writes to them: `at_once` (in their hours), `after_shift` (one card), or `never`."""
