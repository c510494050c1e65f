"""Levers to drag, on a forecast that knows who leaves and nothing of money."""

from __future__ import annotations

from workbench.analysis.prepare import PreparedData
from workbench.core.calendar import month_number
from workbench.forecast.growth.flat_revenue import flat_revenue
from workbench.forecast.posterior.survival import Draws
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.plans.evaluate.planner import Planner
from workbench.plans.evaluate.precomputed import precomputed_outcomes
from workbench.plans.plan.catalogue import read_catalogue
from workbench.plans.planbook.snapshot import planbook_of
from workbench.report.plan.sliders import Sliders

_NOTE = "Revenue counts as today's for as long as a subscription runs."


def flat_sliders(
    data: PreparedData, draws: Draws, accounts: list[str], seed: int, prob: float
) -> Sliders:
    """Return the strongest levers of some accounts, computed before; revenue stays today's.

    Parameters
    ----------
    data : PreparedData
    draws : Draws
        Of the renewal model.
    accounts : list of str
        Account ids of the book.
    seed : int
        Of the course of events.
    prob : float
        Probability inside every interval, between 0 and 1.
    """
    planner = flat_planner(data, draws, accounts, seed)
    return Sliders(precomputed_outcomes(planner, accounts, prob, note=_NOTE))


def flat_planner(data: PreparedData, draws: Draws, accounts: list[str], seed: int) -> Planner:
    """Return a planner of some accounts whose revenue stays today's while they are customers.

    Parameters
    ----------
    data : PreparedData
    draws : Draws
        Of the renewal model.
    accounts : list of str
        Account ids of the book.
    seed : int
        Of the course of events.
    """
    hazard, months = data.hazard, data.asked.horizon_months
    flat = flat_revenue(len(draws), hazard.coding, months)
    first = month_number(hazard.as_of)
    inputs = ForecastInputs(draws, flat, hazard.coding, first, months, seed)
    book = planbook_of(hazard, inputs, currency=data.currency, accounts=accounts)
    return Planner(book, read_catalogue(), {})
