"""What the renewal model would have forecast on past days: a light rolling-origin check.

Each day has a fit of its own, by approximation; see `workbench.analysis.leaving.past_days`. Whether
it will do is told by today's fit: by the approximation, today's forecast must come out as by the
fit itself, or no past one is judged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import xarray as xr

from workbench.analysis.leaving.past_days import MONTHS, as_of_days, past_days, quick_leaving
from workbench.analysis.prepare import PreparedData
from workbench.core.calendar import month_number
from workbench.core.settings import ForecastSettings
from workbench.features.design import build_design
from workbench.features.hazard_data import HazardData
from workbench.forecast.backtest.forecast_record import (
    ForecastRecord,
    record_outlook,
    trailing_renewal_rate,
)
from workbench.forecast.backtest.hindsight import COLUMNS, Hindsight, alike, hindsight_rows
from workbench.forecast.backtest.outcomes import KnownContracts
from workbench.forecast.leaving.renewals import look_ahead
from workbench.forecast.posterior.survival import Draws
from workbench.inference.run import Sampling
from workbench.inference.store import fit_key, read_fit, save_fit


def quick_sampling(seed: int) -> Sampling:
    """Return how a past day is fitted.

    Parameters
    ----------
    seed : int, 0 or more
    """
    return Sampling(draws=150, tune=150, chains=2, seed=seed, progress=False)


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
    how = quick_sampling(settings.seed)
    prob = settings.interval_prob
    if not origins:
        return Hindsight(pd.DataFrame(columns=list(COLUMNS)), prob)
    parts = [data.book.fingerprint, data.asked, data.as_of, draws, how, origins, prob]
    key = fit_key(parts, __name__)
    return found_again(
        store, key, prob, lambda: _looked_back(data, draws, how, (origins, prob), store)
    )


def found_again(
    store: Path | None, key: str, prob: float, make: Callable[[], Hindsight]
) -> Hindsight:
    """Read what was found when the same was asked; where it was not, find and keep it.

    Parameters
    ----------
    store : Path, optional
        Folder of stored fits; left out, nothing is read or written.
    key : str
        From `workbench.inference.store.fit_key`.
    prob : float
        Probability inside each interval.
    make : callable
        Returns the hindsight.

    Returns
    -------
    Hindsight
        The same whether it was read or made.
    """
    path = None if store is None else store / f"hindsight-{key}.nc"
    known = read_fit(path) if path else None
    if known:
        facts = known[1]
        rows = pd.DataFrame(facts["rows"], columns=list(COLUMNS))
        return Hindsight(rows, prob, trusted=facts["trusted"])
    found = make()
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        facts = {"rows": found.table.to_numpy().tolist(), "trusted": found.trusted}
        save_fit(path, xr.Dataset(), facts)
    return found


def _looked_back(
    data: PreparedData, draws: Draws, how: Sampling, asked: tuple[int, float], store: Path | None
) -> Hindsight:
    (origins, prob), hazard = asked, data.hazard
    nothing = Hindsight(pd.DataFrame(columns=list(COLUMNS)), prob)
    days = past_days(data, origins)
    if not days:
        return nothing
    by_fit = _record(hazard, draws, how.seed)
    if not alike(by_fit, _record(hazard, quick_leaving(hazard, how, store), how.seed)):
        return replace(nothing, trusted=False)
    contracts = KnownContracts(hazard.subscriptions, hazard.as_of)
    tables = []
    for then in as_of_days(data, days):
        record = _record(then, quick_leaving(then, how, store), how.seed)
        tables.append(hindsight_rows(record, contracts, prob))
    return Hindsight(pd.concat(tables, ignore_index=True), prob)


def _record(data: HazardData, draws: Draws, seed: int) -> ForecastRecord:
    """Forecast who stays, `MONTHS` ahead."""
    ahead = data.future["horizon"] <= MONTHS
    future = data.future[ahead].reset_index(drop=True)
    outlook = look_ahead(draws, data.design, build_design(future, data.coding), future, seed)
    rate = trailing_renewal_rate(data.rows, month_number(data.as_of))
    return record_outlook(outlook, future, data.as_of, rate)
