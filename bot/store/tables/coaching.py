"""Coaching between a lead and an agent: private, about one thing."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import WIDE


class Coaching(SQLModel, table=True):
    """What one conversation came to. Every word of it is in `text`, by its id."""

    __table_args__ = (Index("coaching_agent", "agent_id", "id"), Index("coaching_lead", "lead_id", "id"))

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    key: str = Field(unique=True)
    request_hash: str
    at: datetime
    lead_id: int = Field(foreign_key="person.id", sa_type=WIDE)
    agent_id: int = Field(foreign_key="person.id", sa_type=WIDE)
    about: str
    """What it is about: a metric's key, `contact` or `other`."""
    figure: str | None = None
    """The figure as the lead saw it, as JSON: the agent sees the same, whatever is corrected later."""
    about_text_id: int | None = Field(default=None, sa_type=WIDE)
    """Which contact or what else, in words or as a link."""
    went_well_text_id: int = Field(sa_type=WIDE)
    own_view_text_id: int = Field(sa_type=WIDE)
    one_thing_text_id: int | None = Field(default=None, sa_type=WIDE)
    """What to change; None where the conversation was to congratulate."""
    next_step_text_id: int | None = Field(default=None, sa_type=WIDE)
    next_on: date | None = None
    answered_at: datetime | None = None
    answer_text_id: int | None = Field(default=None, sa_type=WIDE)
