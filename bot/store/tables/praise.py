"""Praise from one to another."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import WIDE


class Praise(SQLModel, table=True):
    """One praise, under the key that makes it happen once."""

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    key: str = Field(unique=True)
    at: datetime
    giver_id: int = Field(foreign_key="person.id", index=True, sa_type=WIDE)
    text_id: int = Field(sa_type=WIDE)
    request_hash: str
    """Of receivers and words: another praise under the same key is refused."""
    points_each: int
    """What each receiver got; 0 where the allowance did not suffice."""
    private: bool = False
    """Whether only the receivers read it."""


class PraiseReceiver(SQLModel, table=True):
    """Somebody who was praised."""

    __tablename__ = "praise_receiver"
    __table_args__ = (Index("praise_once", "once_for", "person_id", unique=True),)

    praise_id: int = Field(primary_key=True, foreign_key="praise.id", sa_type=WIDE)
    person_id: int = Field(primary_key=True, foreign_key="person.id", index=True, sa_type=WIDE)
    once_for: str | None = None
    """A message and the giver, for which one is thanked once; NULL where the praise is for no message."""
