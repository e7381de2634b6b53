"""Bonuses and corrections that admins give by hand."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import WIDE

_WAITING = text("status = 'waiting'")


class Adjustment(SQLModel, table=True):
    """One bonus or correction, done at once or waiting for a second admin. What it moves stands in the ledger."""

    __table_args__ = (
        Index("adjustment_asked", "asked_by", "asked_at"),
        Index("adjustment_waiting", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    key: str = Field(unique=True)
    request_hash: str
    asked_by: int | None = Field(default=None, sa_type=WIDE)
    """The admin's id; None for the command line."""
    asked_at: datetime
    person_ids: str
    """Who gets it, as a JSON list of ids."""
    unit: str
    """`points` or `minutes`."""
    amount: int = Field(sa_type=WIDE)
    """What each gets; of a correction, what is taken back (or given back, where it is below 0)."""
    total: int = Field(sa_type=WIDE)
    """What it comes to in all, without a sign: what the limit of the programme is held against."""
    of_key: str | None = None
    """The ledger's transaction that a correction takes back; None for a bonus."""
    text_id: int = Field(sa_type=WIDE)
    """The reason."""
    sent_to: str
    """The ids of the admins who were asked to decide, as a JSON list."""
    status: str
    """`waiting`, `done`, `declined` or `refused` (the ledger would not have it)."""
    decided_at: datetime | None = None
    decided_by: int | None = Field(default=None, sa_type=WIDE)
    """The second admin; None where none was needed."""
