"""Rewards that were asked for."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import WIDE

_OPEN = text("status IN ('asked', 'approved')")


class Redemption(SQLModel, table=True):
    """One reward that somebody asked for; its price is held in the ledger under the same key."""

    __table_args__ = (
        Index("redemption_person", "person_id", "id"),
        Index("redemption_reward", "reward", "status"),
        Index("redemption_pot", "pot_id", unique=True),
        # Those that wait for somebody are few among all that ever were.
        Index("redemption_open", "person_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    key: str = Field(unique=True)
    request_hash: str
    person_id: int = Field(foreign_key="person.id", sa_type=WIDE)
    """Who asked; where they were merged into somebody else, it is that person. Of a pot, who filled it."""
    held_by: int = Field(sa_type=WIDE)
    """Who asked, as they were then: the ledger's accounts of that entry are those of the hold."""
    reward: str
    """The reward's key in the programme."""
    title: str
    """What it was called when it was asked for."""
    price: int = Field(sa_type=WIDE)
    unit: str = "points"
    """What is paid with: `points` or `minutes` of paid time."""
    approver: str
    """Who decides, as the programme said when it was asked for: `lead` or `admin`."""
    sent_to: str
    """The ids of those who were asked to decide, as a JSON list: their messages follow what becomes of it."""
    hands_over: str | None = None
    """Who hands it over, `lead` or `admin`, where that is not who decides."""
    handed_to: str = "[]"
    """The ids of those who were told to hand it over, as a JSON list, where they are not those who were asked."""
    wished_on: date | None = None
    """The day for which it was asked."""
    note_text_id: int | None = Field(default=None, sa_type=WIDE)
    """What whoever asked wrote to those who decide."""
    status: str
    """`asked`, `approved`, `declined`, `cancelled`, `done`, `given_back` or `expired`."""
    asked_at: datetime
    decided_at: datetime | None = None
    decided_by: int | None = Field(default=None, sa_type=WIDE)
    """Who approved, declined or cancelled it; None where it needed no approval, or nobody did in time."""
    ended_at: datetime | None = None
    ended_by: int | None = Field(default=None, sa_type=WIDE)
    """Who handed it over, or gave it back after it was approved."""
    pot_id: int | None = Field(default=None, sa_type=WIDE)
    """The pot that pays for it; None where one person does."""
    text_id: int | None = Field(default=None, sa_type=WIDE)
    """What whoever declined it, or gave it back, wrote to the person."""
