"""What the renewal model would have forecast on past days: a light rolling-origin check.

At each origin the data are prepared as of that day, and the model is fitted by its Laplace
approximation, not weighted, which takes a second or two. Whether it will do is told by today's fit:
by the approximation, today's forecast must come out as by the fit itself, or no past one is judged.
Attributes of accounts are today's: what they were then is not on record.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import xarray as xr

from workbench.analysis.prepare import PreparedData
from workbench.core.calendar import month_number
from workbench.core.errors import DataError
from workbench.core.settings import ForecastSettings
from workbench.features.design import build_design
from workbench.features.hazard_data import HazardData, hazard_data
from workbench.features.signals.table import known_signals, signal_table
from workbench.forecast.backtest.forecast_record import (
    ForecastRecord,
    record_outlook,
    trailing_renewal_rate,
)
from workbench.forecast.backtest.hindsight import COLUMNS, Hindsight, alike, hindsight_rows
from workbench.forecast.backtest.outcomes import KnownContracts
from workbench.forecast.backtest.rolling import plan_origins
from workbench.forecast.leaving.renewals import look_ahead
from workbench.forecast.posterior.survival import Draws, read_draws
from workbench.inference.laplace import quadratic_draws
from workbench.inference.run import Sampling
from workbench.inference.store import fit_key, read_fit, save_fit
from workbench.models.hazard.model import name_effects
from workbench.models.priors.hazard import HazardPriors

MONTHS = 3  # between origins, and ahead: so no month is judged twice
_DRAWS, _TUNE = 150, 150


def look_back(
    data: PreparedData,
    draws: Draws,
    settings: ForecastSettings,
    origins: int,
    store: Path | None = None,
) -> Hindsight:
    """Forecast from past days, three months apart, and set the forecasts against what happened.

    Parameters
    ----------
    data : PreparedData
    draws : Draws
        Of today's fit.
    settings : ForecastSettings
        Of which seed and interval_prob count.
    origins : int
        At most so many, the last ones.
    store : Path, optional
        Folder of stored fits: the result is kept there and found again.

    Returns
    -------
    Hindsight
        Without rows where the history is too short, or the approximation will not do.
    """
    how = Sampling(draws=_DRAWS, tune=_TUNE, chains=2, seed=settings.seed, progress=False)
    prob = settings.interval_prob
    if not origins:
        return Hindsight(pd.DataFrame(columns=list(COLUMNS)), prob)
    parts = [data.book.fingerprint, data.asked, data.as_of, draws, how, origins, prob]
    path = None if store is None else store / f"hindsight-{fit_key(parts, __name__)}.nc"
    known = read_fit(path) if path else None
    if known:
        facts = known[1]
        rows = pd.DataFrame(facts["rows"], columns=list(COLUMNS))
        return Hindsight(rows, prob, trusted=facts["trusted"])
    found = _looked_back(data, draws, how, origins, prob)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        facts = {"rows": found.table.to_numpy().tolist(), "trusted": found.trusted}
        save_fit(path, xr.Dataset(), facts)
    return found


def _looked_back(
    data: PreparedData, draws: Draws, how: Sampling, origins: int, prob: float
) -> Hindsight:
    hazard = data.hazard
    nothing = Hindsight(pd.DataFrame(columns=list(COLUMNS)), prob)
    if hazard.is_snapshot:
        return nothing
    try:
        plan = plan_origins(hazard.as_of, hazard.window.first_month, origins, MONTHS, (MONTHS,))
    except DataError:
        return nothing
    by_fit = _record(hazard, draws, how.seed)
    if not alike(by_fit, _record(hazard, _refitted(hazard, how), how.seed)):
        return replace(nothing, trusted=False)
    contracts = KnownContracts(hazard.subscriptions, hazard.as_of)
    months = range(hazard.window.first_month, month_number(pd.Timestamp(plan.days[-1])) + 1)
    wanted = [s for s in known_signals(data.book, months[-1]) if s.name in set(hazard.signals)]
    read = signal_table(data.book, list(months), wanted)
    tables = []
    for day in plan.days:
        asked = replace(data.asked, as_of=day, horizon_months=MONTHS)
        then = hazard_data(data.book, asked, hazard.leaks, read)
        record = _record(then, _refitted(then, how), how.seed)
        tables.append(hindsight_rows(record, contracts, prob))
    return Hindsight(pd.concat(tables, ignore_index=True), prob)


def _refitted(data: HazardData, how: Sampling) -> Draws:
    priors = HazardPriors()
    sampled, _ = quadratic_draws(data.design, how, priors)
    return read_draws(name_effects(sampled.posterior, data.design, priors))


def _record(data: HazardData, draws: Draws, seed: int) -> ForecastRecord:
    """Forecast who stays, `MONTHS` ahead."""
    ahead = data.future["horizon"] <= MONTHS
    future = data.future[ahead].reset_index(drop=True)
    outlook = look_ahead(draws, data.design, build_design(future, data.coding), future, seed)
    rate = trailing_renewal_rate(data.rows, month_number(data.as_of))
    return record_outlook(outlook, future, data.as_of, rate)
