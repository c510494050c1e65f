"""Drafts: what somebody has typed and not saved yet, kept for them alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from workbench.plans.plan.document import Plan
from workbench.plans.plan.file import bare
from workbench.plans.store.engine import run_patiently
from workbench.plans.store.schema import DRAFTS
from workbench.plans.store.store import Store


@dataclass(frozen=True)
class Draft:
    """A plan as somebody left it.

    Parameters
    ----------
    key : str
        Of the plan; of a new one ``new/`` and its account.
    began_from : int
        The version that it was made from, or 0.
    plan : Plan
    saved_at : str
        ISO 8601, UTC; empty before it is kept.
    """

    key: str
    began_from: int
    plan: Plan
    saved_at: str = ""


def keep_draft(store: Store, author: str, draft: Draft) -> None:
    """Keep a draft in the place of the author's last one of that plan.

    Parameters
    ----------
    store : Store
    author : str
        Whose it is.
    draft : Draft

    Raises
    ------
    StoreAway
        When the database cannot be reached.
    """
    row = {
        "author": author, "key": draft.key, "began_from": draft.began_from,
        "content": json.dumps(bare(draft.plan)), "saved_at": datetime.now(UTC).isoformat(),
    }  # fmt: skip

    def put(connection: sa.Connection) -> None:
        connection.execute(_of(author, draft.key))
        connection.execute(DRAFTS.insert().values(**row))

    run_patiently(store.engine, put, store.patience)


def drafts_of(store: Store, author: str) -> dict[str, Draft]:
    """Return somebody's drafts by key, the latest first; those that are no plan any more left out.

    Parameters
    ----------
    store : Store
    author : str
        Whose they are.
    """
    asked = DRAFTS.select().where(DRAFTS.c.author == author).order_by(DRAFTS.c.saved_at.desc())
    rows = run_patiently(
        store.engine, lambda c: c.execute(asked).all(), store.patience, writes=False
    )
    found = {}
    for row in rows:
        try:
            plan = Plan.model_validate_json(row.content)
        except ValueError:
            continue
        found[row.key] = Draft(row.key, row.began_from, plan, row.saved_at)
    return found


def drop_draft(store: Store, author: str, key: str) -> None:
    """Forget a draft: its plan is saved, or its author does not want it.

    Parameters
    ----------
    store : Store
    author, key : str
        Whose it is, and of which plan.
    """
    run_patiently(store.engine, lambda c: c.execute(_of(author, key)), store.patience)


def _of(author: str, key: str) -> sa.Delete:
    return DRAFTS.delete().where(DRAFTS.c.author == author, DRAFTS.c.key == key)
