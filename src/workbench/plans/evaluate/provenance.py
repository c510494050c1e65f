"""Provenance: where each effect of a plan comes from, and what speaks against it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.plans.evaluate.planner import Planner
from workbench.plans.plan.document import Plan
from workbench.plans.plan.placed import PlacedLever, accounts_at, accounts_of, placed_levers

COLUMNS = ["action", "lever", "month", "source", "effect", "warning"]


def provenance(planner: Planner, plan: Plan) -> pd.DataFrame:
    """List a plan's levers, each with where its effect comes from.

    Parameters
    ----------
    planner : Planner
    plan : Plan

    Returns
    -------
    DataFrame
        action (empty for a lever of its own), lever (in words), month, source (association,
        assumed or measured), effect (in words), warning (sentences; may be empty); in the order of
        `workbench.plans.plan.placed.placed_levers`.

    Raises
    ------
    ParameterError
        When the plan does not fit the book.
    """
    chosen = accounts_of(plan, planner.book)
    placed = placed_levers(plan, planner.book, planner.catalogue)
    return pd.DataFrame([provenance_row(planner, one, chosen) for one in placed], columns=COLUMNS)


def provenance_row(planner: Planner, one: PlacedLever, chosen: np.ndarray) -> dict[str, str]:
    """Return what `provenance` says of one lever, by column.

    Parameters
    ----------
    planner : Planner
    one : PlacedLever
        Of the plan.
    chosen : ndarray of str, shape (account,)
        The plan's accounts.
    """
    lever, at, book = one.lever, one.at, planner.book
    own = accounts_at(one, chosen)
    return {
        "action": one.action,
        "lever": lever.lever_text(book),
        "month": book.months[at.month_idx],
        "source": lever.provenance,
        "effect": lever.effect_text(planner.measured),
        "warning": " ".join(lever.cautions(book, at, own)),
    }
