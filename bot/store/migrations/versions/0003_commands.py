"""What the four commands keep: choices of people, rewards asked for, coaching, deliveries that were answered."""

import sqlalchemy as sa
from alembic import op

from bot.domain.people import first_word

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WIDE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "seen",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_seen_at", "seen", ["at"])
    op.create_table(
        "preference",
        sa.Column("person_id", WIDE, nullable=False),
        sa.Column("announce", sa.Boolean(), nullable=False),
        sa.Column("messages", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id"),
    )
    _people()
    op.create_index("ix_person_merged_into", "person", ["merged_into"])
    _praise()
    _outbox()
    _runs()
    _rewards()
    _coaching()


def _people() -> None:
    op.create_table(
        "attribution",
        sa.Column("identity_id", WIDE, nullable=False),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"]),
        sa.PrimaryKeyConstraint("identity_id"),
    )
    op.add_column("person", sa.Column("called", sa.String(), nullable=False, server_default=""))
    person = sa.table("person", sa.column("id", WIDE), sa.column("name", sa.String()), sa.column("called", sa.String()))
    called = [{"number": row.id, "word": first_word(row.name)} for row in op.get_bind().execute(sa.select(person))]
    if called:
        filled = sa.update(person).where(person.c.id == sa.bindparam("number")).values(called=sa.bindparam("word"))
        op.get_bind().execute(filled, called)
    op.create_index("ix_person_called", "person", ["called"])


def _praise() -> None:
    with op.batch_alter_table("praise") as table:
        table.add_column(sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("praise_receiver", sa.Column("once_for", sa.String(), nullable=True))
    op.create_index("praise_once", "praise_receiver", ["once_for", "person_id"], unique=True)


def _outbox() -> None:
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("asks", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("edits_id", WIDE, nullable=True))
        table.add_column(sa.Column("folded_into_id", WIDE, nullable=True))
        table.create_foreign_key("outbox_edits", "outbox", ["edits_id"], ["id"])
        table.create_foreign_key("outbox_folded_into", "outbox", ["folded_into_id"], ["id"])
        table.add_column(sa.Column("doubted", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("posted_in", sa.String(), nullable=True))
        table.add_column(sa.Column("said_to", sa.String(), nullable=True))
        table.add_column(sa.Column("queue", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("rank", sa.Integer(), nullable=False, server_default=sa.text("0")))
        table.add_column(sa.Column("site_id", WIDE, nullable=True))
        table.create_foreign_key("outbox_site", "site", ["site_id"], ["id"])
        table.create_index("outbox_sent", ["channel", "sent_at"])
        table.drop_index("outbox_waiting")
    op.execute("UPDATE outbox SET queue = channel")
    unsent = "status IN ('queued', 'sending')"
    for name, columns, rows in (
        ("outbox_due", ["rank", "try_after", "id"], unsent),
        ("outbox_waiting", ["queue", "id"], unsent),
        ("outbox_sending", ["channel"], "status = 'sending'"),
        ("outbox_dead", ["channel", "id"], "status = 'dead'"),
        ("outbox_edits", ["edits_id"], "edits_id IS NOT NULL"),
        ("outbox_doubted", ["try_after"], "status = 'sent' AND doubted"),
        ("outbox_folded", ["folded_into_id"], "folded_into_id IS NOT NULL"),
    ):
        op.create_index(name, "outbox", columns, sqlite_where=sa.text(rows), postgresql_where=sa.text(rows))


def _runs() -> None:
    with op.batch_alter_table("job_run") as table:
        table.add_column(sa.Column("try_after", MOMENT, nullable=True))
        table.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")))


def _rewards() -> None:
    op.create_table(
        "redemption",
        sa.Column("id", WIDE, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("person_id", WIDE, nullable=False),
        sa.Column("held_by", WIDE, nullable=False),
        sa.Column("reward", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("price", WIDE, nullable=False),
        sa.Column("approver", sa.String(), nullable=False),
        sa.Column("sent_to", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", WIDE, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", WIDE, nullable=True),
        sa.Column("text_id", WIDE, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("redemption_person", "redemption", ["person_id", "id"])
    op.create_index("redemption_reward", "redemption", ["reward", "status"])
    still_open = sa.text("status IN ('asked', 'approved')")
    op.create_index(
        "redemption_open", "redemption", ["person_id"], sqlite_where=still_open, postgresql_where=still_open
    )


def _coaching() -> None:
    op.create_table(
        "coaching",
        sa.Column("id", WIDE, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("lead_id", WIDE, nullable=False),
        sa.Column("agent_id", WIDE, nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("figure", sa.String(), nullable=True),
        sa.Column("about_text_id", WIDE, nullable=True),
        sa.Column("went_well_text_id", WIDE, nullable=False),
        sa.Column("own_view_text_id", WIDE, nullable=False),
        sa.Column("one_thing_text_id", WIDE, nullable=True),
        sa.Column("next_step_text_id", WIDE, nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answer_text_id", WIDE, nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["lead_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("coaching_agent", "coaching", ["agent_id", "id"])
    op.create_index("coaching_lead", "coaching", ["lead_id", "id"])
