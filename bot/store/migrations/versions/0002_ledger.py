"""The ledger: accounts, transactions, entries, and the words apart from them; praise."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("tracked", sa.Boolean(), nullable=False),
        sa.Column("floor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("balance", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.CheckConstraint("NOT tracked OR balance >= floor", name="account_floor"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("owner", "unit"),
    )
    op.create_table(
        "text",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "txn",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reverses", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason_text_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reverses"],
            ["txn.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    back = sa.text("reverses IS NOT NULL")
    op.create_index("txn_reverses", "txn", ["reverses"], unique=True, sqlite_where=back, postgresql_where=back)
    op.create_table(
        "entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("txn_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("balance_after", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("hash", sa.String(), nullable=True),
        sa.CheckConstraint("amount <> 0", name="entry_amount"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["txn_id"],
            ["txn.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("txn_id", "account_id"),
    )
    tracked = sa.text("version IS NOT NULL")
    columns = ["account_id", "version"]
    op.create_index("entry_version", "entry", columns, unique=True, sqlite_where=tracked, postgresql_where=tracked)
    op.create_table(
        "praise",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("giver_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("points_each", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["giver_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(op.f("ix_praise_giver_id"), "praise", ["giver_id"], unique=False)
    op.create_table(
        "praise_receiver",
        sa.Column("praise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["praise_id"],
            ["praise.id"],
        ),
        sa.PrimaryKeyConstraint("praise_id", "person_id"),
    )
    op.create_index(op.f("ix_praise_receiver_person_id"), "praise_receiver", ["person_id"], unique=False)
