"""The ledger: accounts, transactions, entries. Transactions and entries are never changed; triggers see to it."""

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import WIDE

# An index is a page more to write in each deed: these leave out the rows that have nothing to be unique.
_IS_REVERSAL: Final = text("reverses IS NOT NULL")
_IS_TRACKED: Final = text("version IS NOT NULL")


class Text(SQLModel, table=True):
    """Words of people, apart from what they are about, so that they can be erased and the ledger still verifies."""

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    kind: str
    body: str
    created_at: datetime


class Account(SQLModel, table=True):
    """So many units of one owner. Untracked accounts keep no balance."""

    __table_args__ = (
        UniqueConstraint("owner", "unit"),
        CheckConstraint("NOT tracked OR balance >= floor", name="account_floor"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    owner: str
    unit: str
    tracked: bool
    floor: int = Field(default=0, sa_type=WIDE)
    balance: int = Field(default=0, sa_type=WIDE)
    version: int = Field(default=0, sa_type=WIDE)
    """How many entries it has."""
    head: str = ""
    """The hash of its last entry."""


class Txn(SQLModel, table=True):
    """One deed of the ledger, done or refused, under the key that makes it happen once."""

    __table_args__ = (
        Index("txn_reverses", "reverses", unique=True, sqlite_where=_IS_REVERSAL, postgresql_where=_IS_REVERSAL),
        Index("txn_at", "at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    key: str = Field(unique=True)
    request_hash: str
    kind: str
    status: str
    """`done` or `refused`."""
    actor: str
    at: datetime
    reverses: int | None = Field(default=None, foreign_key="txn.id", sa_type=WIDE)
    reason_text_id: int | None = Field(default=None, sa_type=WIDE)
    refusal: str | None = None
    """Why it was refused, as JSON: it is answered to every repeat."""


class Entry(SQLModel, table=True):
    """One line of an account."""

    __table_args__ = (
        Index(
            "entry_version",
            "account_id",
            "version",
            unique=True,
            sqlite_where=_IS_TRACKED,
            postgresql_where=_IS_TRACKED,
        ),
        UniqueConstraint("txn_id", "account_id"),
        CheckConstraint("amount <> 0", name="entry_amount"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    txn_id: int = Field(foreign_key="txn.id", sa_type=WIDE)
    account_id: int = Field(foreign_key="account.id", sa_type=WIDE)
    amount: int = Field(sa_type=WIDE)
    version: int | None = Field(default=None, sa_type=WIDE)
    balance_after: int | None = Field(default=None, sa_type=WIDE)
    hash: str | None = None
