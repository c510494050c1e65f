"""Opportunities that are open, and plans to win them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.core.errors import ParameterError, Problem
from workbench.plans.levers.product import ProductLever
from workbench.plans.levers.rate import RateLever
from workbench.plans.levers.registry import Lever
from workbench.plans.levers.source import Assumed
from workbench.plans.plan.document import Plan, WinPlan
from workbench.plans.plan.edit import made
from workbench.plans.plan.placed import accounts_of
from workbench.plans.planbook.book import Planbook

RENEWAL_MONTHS = 4  # from the day of its decision on, what wins a renewal acts so long


def open_opportunities(book: Planbook, plan: Plan) -> list[dict[str, Any]]:
    """Return the open opportunities of a plan's accounts that it has no win plan for yet."""
    every = book.opportunities
    planned = [win.opportunity_id for win in plan.win_plans]
    own = every["account_id"].isin(accounts_of(plan, book))
    return every[own & ~every["opportunity_id"].isin(planned)].to_dict("records")


def win_plan(book: Planbook, opportunity_id: str | None, **given: Any) -> WinPlan:
    """Begin a plan to win an opportunity.

    Parameters
    ----------
    book : Planbook
    opportunity_id : str or None
    **given : Any
        Fields of the win plan by name.

    Returns
    -------
    WinPlan
        With a lever that changes nothing yet: what the plan adds, nobody knows but the planner. For
        a renewal it is the hazard of leaving, for as long as the renewal is near; else the sale,
        where the opportunity names a product and an amount.

    Raises
    ------
    ParameterError
        When no opportunity is chosen, or a field is not valid.
    """
    every = book.opportunities
    own = every[every["opportunity_id"] == opportunity_id]
    if own.empty:
        problem = Problem("none is chosen", "open opportunity")
        raise ParameterError("There is nothing to win.", [problem])
    levers = _levers(own.iloc[0].to_dict())
    return made(WinPlan, opportunity_id=opportunity_id, levers=levers, **given)


def _levers(opportunity: dict[str, Any]) -> tuple[Lever, ...]:
    # The renewal's amount is revenue that the account has already.
    if opportunity.get("kind") == "renewal":
        sure = Assumed(low=1.0, high=1.0)
        return (RateLever(process="leave", lasts=RENEWAL_MONTHS, source=sure),)
    product, amount = opportunity.get("product"), opportunity.get("amount")
    if (
        not isinstance(product, str)
        or amount is None
        or pd.isna(amount)
        or np.less_equal(amount, 0)
    ):
        return ()
    return (ProductLever(product=product, arr=float(amount), win_probability=0.0),)
