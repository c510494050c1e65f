"""How the tables of the store came to be: run by `workbench.plans.store.open`, by Alembic."""
