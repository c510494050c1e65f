"""Plans and drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "s0001"
down_revision = None


def upgrade() -> None:
    """Make the tables of plans and drafts."""
    op.create_table(
        "plans",
        sa.Column("key", sa.String(80), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.Text),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("saved_at", sa.String(40), nullable=False),
        sa.Column("began_from", sa.Integer, nullable=False),
        sa.Column("remark", sa.String(400), nullable=False),
        sa.Column("save_id", sa.String(40), nullable=False, unique=True),
        sa.CheckConstraint("version > 0", name="plans_version"),
    )
    op.create_table(
        "drafts",
        sa.Column("author", sa.String(200), primary_key=True),
        sa.Column("key", sa.String(80), primary_key=True),
        sa.Column("began_from", sa.Integer, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("saved_at", sa.String(40), nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("drafts")
    op.drop_table("plans")
