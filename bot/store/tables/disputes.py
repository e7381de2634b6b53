"""Entries of the ledger that somebody thinks are wrong."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import WIDE

_OPEN = text("status <> 'answered'")


class Dispute(SQLModel, table=True):
    """What somebody asked about one entry of theirs, and what they were answered; they may ask again after that."""

    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        Index("dispute_open", "person_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    key: str = Field(unique=True)
    request_hash: str
    entry_id: int = Field(foreign_key="entry.id", sa_type=WIDE)
    number: int = 1
    """Which question about the entry it is, from 1: the next is asked only when this one is answered."""
    person_id: int = Field(foreign_key="person.id", sa_type=WIDE)
    text_id: int = Field(sa_type=WIDE)
    """What they wrote."""
    asked_at: datetime
    sent_to: str
    """The ids of everybody who was asked to answer, as a JSON list: their messages follow what becomes of it."""
    status: str
    """`with_lead`, `with_admins` or `answered`."""
    passed_at: datetime | None = None
    passed_by: int | None = Field(default=None, sa_type=WIDE)
    answered_at: datetime | None = None
    answered_by: int | None = Field(default=None, sa_type=WIDE)
    answer_text_id: int | None = Field(default=None, sa_type=WIDE)
    adjustment_id: int | None = Field(default=None, foreign_key="adjustment.id", sa_type=WIDE)
    """The correction that came of it."""
