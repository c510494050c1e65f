"""What open offers will bring, from the record of offers alone: no contracts are needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from workbench.analysis.card import Card, Shown, gate_warnings, gates_text
from workbench.analysis.settings import SAMPLING, run_settings
from workbench.core.calendar import month_number
from workbench.core.errors import DataError, Problem
from workbench.core.gates import gate_table
from workbench.core.settings import ForecastSettings
from workbench.data.book import Book
from workbench.features.pipeline import Pipeline, pipeline_data
from workbench.forecast.pipeline import tables
from workbench.forecast.pipeline.opportunities import read_pipeline_draws, simulate_opportunities
from workbench.inference.fit import Fit
from workbench.inference.fit_pipeline import fit_pipeline as fit_once
from workbench.inference.from_settings import limits_of, sampling_of

KNOBS = (*SAMPLING, "as_of", "horizon_months")
_OPEN = ["opportunity_id", "account_id", "kind", "stage", "age_months", "amount"]


@dataclass(frozen=True, repr=False)
class OffersForecast(Shown):
    """What becomes of the offers that are open.

    Parameters
    ----------
    seen : Pipeline
    as_of : Timestamp
    fit : Fit
    settings : ForecastSettings

    Examples
    --------
    >>> import workbench as wb
    >>> offers = wb.fit_pipeline(wb.simulate(60, months=36), draws=50, smoke=True)  # mock draws
    >>> list(offers.months.columns)
    ['month', 'won', 'won_low', 'won_high', 'amount', 'amount_low', 'amount_high']
    """

    seen: Pipeline
    as_of: pd.Timestamp
    fit: Fit
    settings: ForecastSettings

    @property
    def posterior(self) -> xr.DataTree:
        """The draws, for ArviZ: group ``posterior``, dimensions chain, draw and their labels."""
        return xr.DataTree.from_dict({"posterior": self.fit.posterior})

    @property
    def gates(self) -> pd.DataFrame:
        """Everything that was checked: gate, value, limit, passed, worst at."""
        return gate_table(self.fit.gates(limits_of(self.settings)))

    @cached_property
    def _won(self) -> np.ndarray:
        draws = read_pipeline_draws(self.fit.posterior)
        horizon, seed = self.settings.horizon_months, self.settings.seed
        return simulate_opportunities(draws, self.seen.open, horizon, seed)[0]

    @cached_property
    def open(self) -> pd.DataFrame:
        """Each open offer, with ``win``, its chance to be won within the horizon; likeliest first.

        Renewals are not among them: whether they come is for the model of contracts to say.
        """
        table = self.seen.open[_OPEN].assign(win=(self._won >= 0).mean(axis=0))
        return table.sort_values("win", ascending=False, kind="stable", ignore_index=True)

    @cached_property
    def stages(self) -> pd.DataFrame:
        """Of each kind and stage, what became of offers, and what is expected of the open ones."""
        return tables.stage_table(self.seen, self._won)

    @cached_property
    def months(self) -> pd.DataFrame:
        """Offers won, and their stated amounts, up to each month to come, with intervals."""
        first, prob = month_number(self.as_of), self.settings.interval_prob
        return tables.won_table(self.seen, self._won, first, self.settings.horizon_months, prob)

    def card(self) -> Card:
        """Return what is shown."""
        facts = {"as of": self.as_of.date(), "open offers": len(self.seen.open),
                 "decided": len(self.seen.decided), "gates": gates_text(self.gates)}  # fmt: skip
        calls = ("offers.months", "offers.open", "offers.stages")
        return Card("Open offers", facts, calls, gate_warnings(self.gates, mock=self.fit.mock))


def fit_pipeline(
    book: Book, draws: int | None = None, *, store: Path | None = None, **settings: Any
) -> OffersForecast:
    """Fit what becomes of offers from month to month, and follow those that are open.

    It reads `opportunities` and, where there, `opportunity_stages`: nothing else of the book.

    Parameters
    ----------
    book : Book
        Also one without contracts; see `needs_contracts` of `wb.load_book`.
    draws : int, optional
        Most kept draws per chain, at least 50; 1,000 if left out.
    store : Path, optional
        Folder in which the fit is kept, and found again while nothing has changed.
    **settings
        ``as_of`` (YYYY-MM-DD, else the day that the data reach), ``horizon_months`` (1 to 36), and
        those of the sampler and its gates, by the names that they have in the reports.

    Returns
    -------
    OffersForecast
        Also where gates failed: its card and `OffersForecast.gates` say which.

    Raises
    ------
    DataError
        When no offer was on record for a month.
    ParameterError
        Naming every unknown, mistyped and out-of-range parameter.

    Examples
    --------
    >>> import workbench as wb
    >>> book = wb.simulate(60, months=36)
    >>> wb.fit_pipeline(book, draws=50, smoke=True, horizon_months=6).months["month"].iloc[-1]
    '2026-06'
    """
    given = {"draws": draws, **settings}
    asked = run_settings(ForecastSettings, ForecastSettings, None, given, KNOBS)
    as_of = pd.Timestamp(asked.as_of) if asked.as_of else book.reach.as_of
    seen = pipeline_data(book, as_of, _first_month(book))
    if not len(seen.moves):
        expected = "offers that were open on the first of a month before the as-of date"
        problem = Problem(
            "no offers to learn from", "opportunities", expected,
            f"{len(seen.open)} open and {len(seen.decided)} decided, as of {as_of:%Y-%m-%d}",
            "Map the sales system's offers to opportunities, renewals apart.",
        )  # fmt: skip
        raise DataError("What becomes of offers cannot be learnt.", [problem])
    return OffersForecast(seen, as_of, fit_once(seen, sampling_of(asked), store), asked)


def _first_month(book: Book) -> int:
    """Return the month in which the first offer was opened: from it on the record is whole."""
    if "opportunities" not in book.tables:
        return 0
    opened = book.frame("opportunities")["opened_on"].dropna()
    return int(month_number(opened.min())) if len(opened) else 0
