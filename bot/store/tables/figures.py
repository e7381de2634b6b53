"""Figures that follow from the facts. `encore rebuild` makes them anew, and the same."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import WIDE


class DayStat(SQLModel, table=True):
    """The parts of one metric of one person on one work day and channel."""

    __tablename__ = "day_stat"
    # No foreign key, like the facts. Kept in the order of the key: one person's days of one metric then lie together on the disk.
    __table_args__ = (
        Index("day_stat_metric_day", "metric", "work_day"),
        {"sqlite_with_rowid": False},
    )

    person_id: int = Field(primary_key=True, sa_type=WIDE)
    metric: str = Field(primary_key=True)
    work_day: date = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    numerator: int = Field(sa_type=WIDE)
    denominator: int | None = Field(default=None, sa_type=WIDE)
    count: int = Field(sa_type=WIDE)
    buckets: str | None = None
    """A histogram as JSON: how many in which bucket."""


class SiteStat(SQLModel, table=True):
    """Parts that belong to a site and to nobody in it, such as waiting in the queue."""

    __tablename__ = "site_stat"
    __table_args__ = {"sqlite_with_rowid": False}

    site_id: int = Field(foreign_key="site.id", primary_key=True)
    metric: str = Field(primary_key=True)
    work_day: date = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    numerator: int = Field(sa_type=WIDE)
    denominator: int | None = Field(default=None, sa_type=WIDE)
    count: int = Field(sa_type=WIDE)
    buckets: str | None = None


class Board(SQLModel, table=True):
    """Everybody's parts of one metric, period and scope joined; its rows are those of the build it names."""

    __table_args__ = (
        UniqueConstraint("scope", "first", "period", "metric"),
        Index("board_dirty", "dirty_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    scope: str
    """`all`, `site:ID` or `team:ID`."""
    period: str
    first: date
    metric: str
    dirty_at: datetime | None = None
    """When a figure behind it changed after the last build."""
    built_at: datetime | None = None
    claimed: int = 0
    """The number of the newest build that was begun, by whichever process."""
    build: int = 0
    """The number of the build that is seen."""
    people: int = 0
    """How many people have a part in the total: the mean of a handful would tell on each of them."""
    numerator: int = Field(default=0, sa_type=WIDE)
    denominator: int | None = Field(default=None, sa_type=WIDE)
    count: int = Field(default=0, sa_type=WIDE)
    buckets: str | None = None


class BoardRow(SQLModel, table=True):
    """One person's place on a board, among the people of their cohort."""

    __tablename__ = "board_row"
    __table_args__ = {"sqlite_with_rowid": False}

    board_id: int = Field(foreign_key="board.id", primary_key=True, sa_type=WIDE)
    build: int = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, sa_type=WIDE)
    cohort: str
    """`all`, `new` (who have just started) or `leads`."""
    place: int | None = None
    """None under the minimum count."""
    ranked: int
    """How many are ranked in the cohort."""
    adjusted: float | None = None
    to_next: float | None = None
    """How much the adjusted value must rise to reach the next place."""
