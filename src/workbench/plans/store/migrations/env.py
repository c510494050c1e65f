"""Run by Alembic, which hands over the connection that `workbench.plans.store.open` opened."""

from __future__ import annotations

from alembic import context

from workbench.plans.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
