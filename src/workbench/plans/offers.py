"""Opportunities that are open, and plans to win them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.core.errors import ParameterError, Problem
from workbench.plans.edit import made
from workbench.plans.levers import ProductLever
from workbench.plans.plan import Plan, WinPlan
from workbench.plans.planbook import Planbook
from workbench.plans.pulls import accounts_of


def open_offers(book: Planbook, plan: Plan) -> list[dict[str, Any]]:
    """Return the open opportunities of a plan's accounts that it has no win plan for yet."""
    offers = book.opportunities
    planned = [win.opportunity_id for win in plan.win_plans]
    own = offers["account_id"].isin(accounts_of(plan, book))
    return offers[own & ~offers["opportunity_id"].isin(planned)].to_dict("records")


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
        Where the opportunity names a product and an amount, its lever is that sale, with a chance
        of 0: how much of it is owed to the plan, nobody knows but the planner.

    Raises
    ------
    ParameterError
        When no opportunity is chosen, or a field is not valid.
    """
    offers = book.opportunities
    own = offers[offers["opportunity_id"] == opportunity_id]
    if own.empty:
        problem = Problem("none is chosen", "open opportunity")
        raise ParameterError("There is nothing to win.", [problem])
    lever = _sale(own.iloc[0].to_dict())
    return made(WinPlan, opportunity_id=opportunity_id, levers=lever, **given)


def _sale(offer: dict[str, Any]) -> tuple[ProductLever, ...]:
    product, amount = offer.get("product"), offer.get("amount")
    if (
        not isinstance(product, str)
        or amount is None
        or pd.isna(amount)
        or np.less_equal(amount, 0)
    ):
        return ()
    return (ProductLever(product=product, arr=float(amount), win_probability=0.0),)
