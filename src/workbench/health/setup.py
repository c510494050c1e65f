"""From what a report has, data and stored draws, to scored lines."""

from __future__ import annotations

import numpy as np

from workbench.core.calendar import month_number
from workbench.features.hazard_data import HazardData
from workbench.forecast.growth.committed import book_lines
from workbench.forecast.growth.flat_revenue import flat_revenue
from workbench.forecast.growth.holdings import Past
from workbench.forecast.leaving.renewals import Outlook, look_ahead
from workbench.forecast.posterior.survival import Draws
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.health.scores import Scored
from workbench.health.strength import decisions


def scored_of(draws: Draws, data: HazardData, seed: int, outlook: Outlook | None = None) -> Scored:
    """Score the customers of a book.

    Parameters
    ----------
    draws : Draws
        Of the model that was fitted to these data, or to earlier ones coded alike.
    data : HazardData
        Of at least a year to come.
    seed : int
        Of the shocks to come; that of the renewals report gives its very chances to stay.
    outlook : Outlook, optional
        Of the same draws, data and seed, where it was made already.

    Returns
    -------
    Scored
    """
    if outlook is None:
        outlook = look_ahead(draws, data.design, data.future_design, data.future, seed)
    months = len(outlook.months)
    flat = flat_revenue(len(draws), data.coding, months)
    inputs = ForecastInputs(draws, flat, data.coding, month_number(data.as_of), months, seed)
    lines = book_lines(data)
    running = np.isin(lines.subscription_id, outlook.book["subscription_id"].to_numpy(object))
    lines = lines.take(running)
    survived = Past(data.design).of(inputs, lines)
    return Scored(outlook, lines, decisions(inputs, lines, survived))
