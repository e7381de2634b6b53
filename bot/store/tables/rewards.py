"""Rewards that were asked for."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import WIDE


class Redemption(SQLModel, table=True):
    """One reward that somebody asked for; its price is held in the ledger under the same key."""

    __table_args__ = (Index("redemption_person", "person_id", "id"), Index("redemption_reward", "reward", "status"))

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    key: str = Field(unique=True)
    request_hash: str
    person_id: int = Field(foreign_key="person.id", sa_type=WIDE)
    reward: str
    """The reward's key in the programme."""
    title: str
    """What it was called when it was asked for."""
    price: int = Field(sa_type=WIDE)
    status: str
    """`asked`, `approved`, `declined`, `cancelled` or `done`."""
    asked_at: datetime
    decided_at: datetime | None = None
    decided_by: int | None = Field(default=None, sa_type=WIDE)
    decided_text_id: int | None = Field(default=None, sa_type=WIDE)
    done_at: datetime | None = None
    done_by: int | None = Field(default=None, sa_type=WIDE)
