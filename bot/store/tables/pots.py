"""Rewards that a team pays for together."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import WIDE

_LIVE = text("status IN ('open', 'full')")


class Pot(SQLModel, table=True):
    """What a team collects for one reward, until it was handed over or everything is given back."""

    __table_args__ = (
        Index("pot_live", "team_id", "reward", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    team_id: int = Field(foreign_key="team.id")
    reward: str
    """The reward's key in the programme."""
    title: str
    """What it was called when the pot was opened; as its price."""
    price: int = Field(sa_type=WIDE)
    ends_on: date
    """The last day on the clock of the team's site."""
    status: str
    """`open`, `full`, `done` or `given_back`."""
    opened_at: datetime
    full_at: datetime | None = None
    ended_at: datetime | None = None


class PotPart(SQLModel, table=True):
    """What somebody put into a pot at once; it is held in the ledger under the same key."""

    __tablename__ = "pot_part"
    __table_args__ = (Index("pot_part_pot", "pot_id"), Index("pot_part_person", "person_id"))

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    pot_id: int = Field(foreign_key="pot.id", sa_type=WIDE)
    key: str = Field(unique=True)
    request_hash: str
    person_id: int = Field(foreign_key="person.id", sa_type=WIDE)
    """Whose it is; where they were merged into somebody else, it is that person."""
    held_by: int = Field(sa_type=WIDE)
    """Whose it was then: the ledger's accounts of that entry are those of the hold."""
    amount: int = Field(sa_type=WIDE)
    """In points; 0 where the pot was full already, and nothing was taken."""
    at: datetime
    back_at: datetime | None = None
    """When the person took it back; what a pot that ends gives back has none."""
