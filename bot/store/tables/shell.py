"""What the shell remembers: the programme's versions, what ran, what must be said, who did what."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import WIDE

_GRANTS = text("deed = 'role.grant'")


class ProgrammeVersion(SQLModel, table=True):
    """One version of the programme, in force from a moment on."""

    __tablename__ = "programme_version"

    id: int | None = Field(default=None, primary_key=True)
    effective_at: datetime
    created_at: datetime
    actor: str
    document: str


class Audit(SQLModel, table=True):
    """Who did what, with what was before and after."""

    # Whom somebody made an admin lately is asked for every bonus and correction.
    __table_args__ = (Index("audit_grants", "actor", "at", sqlite_where=_GRANTS, postgresql_where=_GRANTS),)

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    at: datetime
    actor: str
    deed: str
    subject: str
    before: str | None = None
    after: str | None = None


class JobRun(SQLModel, table=True):
    """One run of one schedule for one local period: the key that makes it happen once."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("schedule", "period"), Index("job_run_due", "status", "due_at"))

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    schedule: str
    period: date
    due_at: datetime
    status: str = "due"
    """`due`, `done`, `skipped` where it is not to be said any more, or `dead` where it failed again and again."""
    try_after: datetime | None = None
    """Until when it waits after it failed, or had nothing to say; NULL where it may be tried at once."""
    attempts: int = 0
    """How often it failed."""
    finished_at: datetime | None = None
    note: str | None = None


class Cursor(SQLModel, table=True):
    """Up to when something has worked that works through moments instead of periods."""

    name: str = Field(primary_key=True)
    reached_at: datetime


_UNSENT = text("status IN ('queued', 'sending')")
_SENDING = text("status = 'sending'")
_DEAD = text("status = 'dead'")
_DOUBTED = text("status = 'sent' AND doubted")
_FOLDED = text("folded_into_id IS NOT NULL")
_EDITS = text("edits_id IS NOT NULL")


class Outbox(SQLModel, table=True):
    """A message that must be said in Slack, written with the fact that it tells."""

    __table_args__ = (
        # Thousands that wait for the morning are not even looked at: the next to be sent stands first.
        Index("outbox_due", "rank", "try_after", "id", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
        Index("outbox_waiting", "queue", "id", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
        Index("outbox_sending", "channel", sqlite_where=_SENDING, postgresql_where=_SENDING),
        Index("outbox_dead", "channel", "id", sqlite_where=_DEAD, postgresql_where=_DEAD),
        Index("outbox_edits", "edits_id", sqlite_where=_EDITS, postgresql_where=_EDITS),
        Index("outbox_sent", "channel", "sent_at"),
        Index("outbox_doubted", "try_after", sqlite_where=_DOUBTED, postgresql_where=_DOUBTED),
        Index("outbox_folded", "folded_into_id", sqlite_where=_FOLDED, postgresql_where=_FOLDED),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    key: str = Field(unique=True)
    public_id: str = Field(unique=True)
    """The opaque id that travels in the message's metadata, by which it is found again."""
    channel: str
    """A channel's id or #name, `person:` and an id for what is said to one person."""
    queue: str
    """What leaves in order, one behind the other: the channel, or a part of what goes there that waits for nothing else."""
    rank: int = 0
    """0 for what leaves before any news to one person, 1 for those."""
    site_id: int | None = Field(default=None, foreign_key="site.id", sa_type=WIDE)
    """The site that a post is about; where it is not live any more, nobody says it."""
    view: str
    value: str
    """The frozen value as JSON: ids of people, no names."""
    asks: bool = False
    """Whether it has something to press: such a message stands by itself, and is never folded into a card."""
    edits_id: int | None = Field(default=None, foreign_key="outbox.id", sa_type=WIDE)
    """The message whose place this one takes in Slack; None where it is a new one."""
    folded_into_id: int | None = Field(default=None, foreign_key="outbox.id", sa_type=WIDE)
    """The card that says this instead."""
    status: str = "queued"
    """`queued`, `sending`, `sent`, `dead` or `folded`."""
    created_at: datetime
    try_after: datetime
    lease_until: datetime | None = None
    """Until when the sender has it; after that its outcome is unknown and Slack is asked before it is sent again."""
    sent_at: datetime | None = None
    attempts: int = 0
    doubted: bool = False
    """Whether a try of it ever stayed without an answer: sent again by an admin, it is looked up first. Where Slack has
    it: whether it may stand there twice, and is still to be looked for."""
    posted_in: str | None = None
    """The channel's id as Slack answered it: the conversation, for what was said to one person."""
    said_to: str | None = None
    """Whom in Slack it was said to, for what was said to one person: the account that has it, whoever that is by now."""
    ts: str | None = None
    error: str | None = None
    """Why it waits or was given up, in one word of Slack's or ours; never anything that people wrote."""


class Seen(SQLModel, table=True):
    """Something Slack delivered that was answered: delivered again, it is not done again."""

    key: str = Field(primary_key=True)
    at: datetime = Field(index=True)
    note: str | None = None
    """What a deed under this key came to, where that cannot be seen any more when it is done again; ids, no words."""


class Workspace(SQLModel, table=True):
    """What is known of a Slack workspace."""

    id: str = Field(primary_key=True)
    classic: bool = False
    """Whether it refused the blocks of 2026, so that the classic form is sent."""
