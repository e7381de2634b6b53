"""What was earned by the rules of the programme, and what is to be judged."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import WIDE

_WAITING = text("state = 'waiting'")
_UNTOLD = text("tell_at IS NOT NULL")


class EarningDue(SQLModel, table=True):
    """A work day of somebody, or of a team, that is to be judged: it is over, or figures of it changed."""

    __tablename__ = "earning_due"
    __table_args__ = (Index("earning_due_at", "due_at", "owner"), {"sqlite_with_rowid": False})

    owner: str = Field(primary_key=True)
    """`person:` or `team:` and an id."""
    work_day: date = Field(primary_key=True)
    due_at: datetime


class Award(SQLModel, table=True):
    """What somebody got by a rule for a period. The points are in the ledger, under the same key."""

    __table_args__ = (
        Index("award_owner", "owner", "last_day"),
        Index("award_waiting", "site_id", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("award_untold", "tell_at", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
        Index("award_person", "person_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    key: str = Field(unique=True)
    owner: str
    """Whose figures it is for: the person's, or their team's."""
    rule: str
    period: str
    first_day: date
    last_day: date
    """The period's last day: the programme in force when that ended is the one that counts."""
    person_id: int = Field(foreign_key="person.id", sa_type=WIDE)
    site_id: int = Field(foreign_key="site.id")
    """Where they worked then: whose budget it takes from."""
    unit: str
    amount: int = Field(sa_type=WIDE)
    words: str
    """What the rule said then."""
    metric: str
    value: float | None = None
    """What the figure was when it was awarded, or is since it was taken back; NULL where it cannot be measured."""
    moved_first: date | None = None
    moved_last: date | None = None
    """The days of that figure, once it was taken back: of a streak the one that broke it."""
    state: str
    """`waiting` for the budget of another month, `issued`, or `back`: taken back."""
    at: datetime
    waits_until: date | None = None
    """The site's local day on which it is to be issued, while it waits."""
    tell_at: datetime | None = None
    """From when on the person may be told of its state; NULL once they were."""
