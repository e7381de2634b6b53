"""What happened, as sources told it. The columns after `work_day` are the fields of domain/facts.py, in their order."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import WIDE


class Import(SQLModel, table=True):
    """One reading of one file; it can be undone."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    source: str
    file_name: str
    mapping: str
    """The mapping's text, so that every figure can be traced to how it was read."""
    started_at: datetime
    touched_at: datetime
    """When its last page was written: a reading that was killed never finishes."""
    finished_at: datetime | None = None
    undone_at: datetime | None = None
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: str = "{}"
    """How many rows were left out for which reason, as JSON."""
    rejected: int = 0


class _Fact(SQLModel):
    # No foreign keys: checking four of them took half of an import's time (docs/decisions/0005).
    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    source: str
    external_id: str
    import_id: int = Field(index=True)
    identity_id: int | None = Field(default=None, sa_type=WIDE)
    person_id: int | None = Field(default=None, sa_type=WIDE)
    site_id: int | None = None
    work_day: date


class Interaction(_Fact, table=True):
    """A contact; moments are epoch seconds."""

    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("interaction_person_day", "person_id", "work_day"),
        Index("interaction_identity", "identity_id"),
        Index("interaction_site_day", "site_id", "work_day"),
    )

    channel: str
    start: int = Field(sa_type=WIDE)
    end: int | None = Field(default=None, sa_type=WIDE)
    arrival: int | None = Field(default=None, sa_type=WIDE)
    talk_seconds: int | None = None
    hold_seconds: int | None = None
    after_contact_seconds: int | None = None
    wait_seconds: int | None = None
    reply_seconds: int | None = None
    editing_seconds: int | None = None
    messages: str | None = None
    customer_left: int | None = Field(default=None, sa_type=WIDE)
    customer: str | None = None
    topic: str | None = None


class Feedback(_Fact, table=True):
    """A survey and its answer. `work_day` is that of the score, `request_day` that of the survey's sending."""

    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("feedback_person_day", "person_id", "work_day"),
        Index("feedback_person_request", "person_id", "request_day"),
        Index("feedback_identity", "identity_id"),
        Index("feedback_site_day", "site_id", "work_day"),
        Index("feedback_contact", "contact"),
    )

    request_day: date | None = None
    contact: str | None = None
    channel: str
    requested: int | None = Field(default=None, sa_type=WIDE)
    responded: int | None = Field(default=None, sa_type=WIDE)
    stars: int | None = None
    recommend: int | None = None
    resolved: int | None = None
    cause: str | None = None
    disputed: int = 0
    comment: str | None = None


class Shift(_Fact, table=True):
    """A stretch of the roster. `work_day` is the local day on which it begins."""

    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("shift_person", "person_id", "start"),
        Index("shift_person_day", "person_id", "work_day"),
        Index("shift_identity", "identity_id"),
        Index("shift_end", "end"),
    )

    start: int = Field(sa_type=WIDE)
    end: int = Field(sa_type=WIDE)
    activity: str


class Presence(_Fact, table=True):
    """What somebody was really doing."""

    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("presence_person", "person_id", "start"),
        Index("presence_person_day", "person_id", "work_day"),
        Index("presence_identity", "identity_id"),
    )

    start: int = Field(sa_type=WIDE)
    end: int = Field(sa_type=WIDE)
    state: str


class FactBefore(SQLModel, table=True):
    """What an import overwrote, as JSON: undoing the import puts it back."""

    __tablename__ = "fact_before"

    import_id: int = Field(foreign_key="import.id", primary_key=True)
    kind: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    previous_import_id: int = Field(foreign_key="import.id", index=True)
    row: str
