"""The store's tables: one per kind of record, all of one shape, and drafts."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, MetaData, String, Table, Text

from workbench.plans.store.records import KINDS

METADATA = MetaData()


def _versions(name: str) -> Table:
    """Return a table of versions: rows are added and never changed."""
    return Table(
        name,
        METADATA,
        Column("key", String(80), primary_key=True),
        Column("version", Integer, primary_key=True, autoincrement=False),
        Column("content", Text, comment="JSON; empty where it was taken away"),
        Column("author", String(200), nullable=False),
        Column("saved_at", String(40), nullable=False, comment="ISO 8601, UTC"),
        Column("began_from", Integer, nullable=False, comment="the version it began from, or 0"),
        Column("remark", String(400), nullable=False),
        Column("save_id", String(40), nullable=False, unique=True),
        CheckConstraint("version > 0", name=f"{name}_version"),
    )


VERSIONS = {name: _versions(name) for name in KINDS}
DRAFTS = Table(
    "drafts",
    METADATA,
    Column("author", String(200), primary_key=True),
    Column("key", String(80), primary_key=True, comment="of the plan, or new/ and its account"),
    Column("began_from", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("saved_at", String(40), nullable=False),
)
