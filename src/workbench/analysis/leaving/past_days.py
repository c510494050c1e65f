"""Past days of a book with the model of leaving fitted to each, for looking back.

At each origin the data are prepared as of that day, and the model is fitted by its Laplace
approximation, not weighted, which takes a second or two. Attributes of accounts are today's: what
they were then is not on record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from workbench.analysis.prepare import PreparedData
from workbench.core.calendar import month_number
from workbench.core.errors import DataError
from workbench.features.hazard_data import HazardData, hazard_data
from workbench.features.signals.table import known_signals, signal_table
from workbench.forecast.backtest.rolling import plan_origins
from workbench.forecast.posterior.survival import Draws, read_draws
from workbench.inference.fit import fit_once
from workbench.inference.laplace import quadratic_draws
from workbench.inference.run import Sampling
from workbench.inference.store import fit_key
from workbench.models.hazard.model import name_effects
from workbench.models.priors.hazard import HazardPriors

MONTHS = 3  # between origins, and ahead: so no month is judged twice


def past_days(data: PreparedData, origins: int) -> list[str]:
    """Return the last days, three months apart, of which it is known what came after.

    Parameters
    ----------
    data : PreparedData
    origins : int, 0 or more
        At most so many.

    Returns
    -------
    list of str
        ISO dates, the earliest first; none where the history is too short, or shows one day only.
    """
    hazard = data.hazard
    if not origins or hazard.is_snapshot:
        return []
    try:
        plan = plan_origins(hazard.as_of, hazard.window.first_month, origins, MONTHS, (MONTHS,))
    except DataError:
        return []
    return list(plan.days)


def as_of_days(data: PreparedData, days: list[str]) -> Iterator[HazardData]:
    """Yield the data as of each day, for forecasts of `MONTHS` months.

    Parameters
    ----------
    data : PreparedData
    days : list of str
        From `past_days`.
    """
    hazard = data.hazard
    months = range(hazard.window.first_month, month_number(pd.Timestamp(days[-1])) + 1)
    wanted = [s for s in known_signals(data.book, months[-1]) if s.name in set(hazard.signals)]
    read = signal_table(data.book, list(months), wanted)
    for day in days:
        asked = replace(data.asked, as_of=day, horizon_months=MONTHS)
        yield hazard_data(data.book, asked, hazard.leaks, read)


def quick_leaving(data: HazardData, how: Sampling, store: Path | None = None) -> Draws:
    """Fit the model of leaving by its Laplace approximation, not weighted.

    Parameters
    ----------
    data : HazardData
    how : Sampling
    store : Path, optional
        Folder of stored fits: the draws are kept there and found again.

    Returns
    -------
    Draws
    """
    priors = HazardPriors()

    def make() -> tuple[xr.Dataset, dict[str, Any]]:
        sampled, _ = quadratic_draws(data.design, how, priors)
        return name_effects(sampled.posterior, data.design, priors), sampled.facts

    key = fit_key([data.design, how, priors], __name__)
    return read_draws(fit_once("past-leaving", key, how, store, make).posterior)
