"""What points need that are trusted like money: disputes, deeds that two admins decide."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WIDE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_index("txn_at", "txn", ["at"])
    op.create_index("role_grant_role", "role_grant", ["role", "team_id"])
    op.create_index("membership_team", "membership", ["team_id", "starts_on"])
    grants = sa.text("deed = 'role.grant'")
    op.create_index("audit_grants", "audit", ["actor", "at"], sqlite_where=grants, postgresql_where=grants)
    _homes()
    _rewards()
    _adjustments()
    _disputes()
    _earning()
    _pots()


def _homes() -> None:
    op.create_table(
        "stale_home",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("slack_id", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "slack_id"),
    )


def _rewards() -> None:
    for column in (
        sa.Column("unit", sa.String(), nullable=False, server_default="points"),
        sa.Column("hands_over", sa.String(), nullable=True),
        sa.Column("handed_to", sa.String(), nullable=False, server_default="[]"),
        sa.Column("wished_on", sa.Date(), nullable=True),
        sa.Column("note_text_id", WIDE, nullable=True),
    ):
        op.add_column("redemption", column)


def _adjustments() -> None:
    op.create_table(
        "adjustment",
        sa.Column("id", WIDE, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("asked_by", WIDE, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("person_ids", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("amount", WIDE, nullable=False),
        sa.Column("total", WIDE, nullable=False),
        sa.Column("of_key", sa.String(), nullable=True),
        sa.Column("text_id", WIDE, nullable=False),
        sa.Column("sent_to", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", WIDE, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("adjustment_asked", "adjustment", ["asked_by", "asked_at"])
    waiting = sa.text("status = 'waiting'")
    op.create_index("adjustment_waiting", "adjustment", ["id"], sqlite_where=waiting, postgresql_where=waiting)


def _disputes() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", WIDE, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("entry_id", WIDE, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", WIDE, nullable=False),
        sa.Column("text_id", WIDE, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("sent_to", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("passed_at", MOMENT, nullable=True),
        sa.Column("passed_by", WIDE, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by", WIDE, nullable=True),
        sa.Column("answer_text_id", WIDE, nullable=True),
        sa.Column("adjustment_id", WIDE, nullable=True),
        sa.ForeignKeyConstraint(["adjustment_id"], ["adjustment.id"]),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("entry_id", "number"),
    )
    still_open = sa.text("status <> 'answered'")
    op.create_index("dispute_open", "dispute", ["person_id"], sqlite_where=still_open, postgresql_where=still_open)


def _earning() -> None:
    op.create_table(
        "earning_due",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("work_day", sa.Date(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("owner", "work_day"),
        sqlite_with_rowid=False,
    )
    op.create_index("earning_due_at", "earning_due", ["due_at", "owner"])
    op.create_table(
        "award",
        sa.Column("id", WIDE, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("person_id", WIDE, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("amount", WIDE, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("moved_first", sa.Date(), nullable=True),
        sa.Column("moved_last", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("waits_until", sa.Date(), nullable=True),
        sa.Column("tell_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("award_owner", "award", ["owner", "last_day"])
    op.create_index("award_person", "award", ["person_id", "id"])
    for name, columns, rows in (
        ("award_waiting", ["site_id", "id"], "state = 'waiting'"),
        ("award_untold", ["tell_at"], "tell_at IS NOT NULL"),
    ):
        op.create_index(name, "award", columns, sqlite_where=sa.text(rows), postgresql_where=sa.text(rows))


def _pots() -> None:
    op.create_table(
        "pot",
        sa.Column("id", WIDE, nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("reward", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("price", WIDE, nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("full_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    live = sa.text("status IN ('open', 'full')")
    op.create_index("pot_live", "pot", ["team_id", "reward"], unique=True, sqlite_where=live, postgresql_where=live)
    op.create_table(
        "pot_part",
        sa.Column("id", WIDE, nullable=False),
        sa.Column("pot_id", WIDE, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("person_id", WIDE, nullable=False),
        sa.Column("held_by", WIDE, nullable=False),
        sa.Column("amount", WIDE, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("back_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("pot_part_pot", "pot_part", ["pot_id"])
    op.create_index("pot_part_person", "pot_part", ["person_id"])
    op.add_column("redemption", sa.Column("pot_id", WIDE, nullable=True))
    op.create_index("redemption_pot", "redemption", ["pot_id"], unique=True)
