"""Tasks, reviews, recommendations, answers, done actions and renewal calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "s0002"
down_revision = "s0001"

_TABLES = ("tasks", "reviews", "recommendations", "answers", "done_actions", "renewal_calls")


def upgrade() -> None:
    """Make their tables."""
    for name in _TABLES:
        op.create_table(
            name,
            sa.Column("key", sa.String(80), primary_key=True),
            sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("content", sa.Text),
            sa.Column("author", sa.String(200), nullable=False),
            sa.Column("saved_at", sa.String(40), nullable=False),
            sa.Column("began_from", sa.Integer, nullable=False),
            sa.Column("remark", sa.String(400), nullable=False),
            sa.Column("save_id", sa.String(40), nullable=False, unique=True),
            sa.CheckConstraint("version > 0", name=f"{name}_version"),
        )


def downgrade() -> None:
    """Drop them; plans and drafts stay."""
    for name in reversed(_TABLES):
        op.drop_table(name)
