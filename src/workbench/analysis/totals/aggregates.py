"""Forecast from totals: customers added, lost and at the end of each period, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from great_tables import GT

from workbench.analysis.card import Card, Prose, Shown, gate_warnings, gates_text
from workbench.analysis.run import ReportRun
from workbench.analysis.settings import settings_from
from workbench.core.aggregate_names import DISTRIBUTIONS
from workbench.core.aggregates import Aggregates, hide_rows
from workbench.core.gates import Gate, gate_table
from workbench.data.aggregates.simulated import open_aggregates
from workbench.forecast import aggregates_tables as tables
from workbench.forecast.aggregates import AggregateDraws, read_aggregate_draws, simulate_ahead
from workbench.inference.fit import Fit
from workbench.inference.fit_aggregates import fit_aggregates as fit_once
from workbench.inference.from_settings import limits_of, sampling_of
from workbench.report.aggregates import text as text
from workbench.report.aggregates.answer import aggregates_answer
from workbench.report.aggregates.figures import flows_figure
from workbench.report.aggregates.settings import AggregatesSettings
from workbench.report.output.answer import Answer
from workbench.report.style import Figure


@dataclass(frozen=True, repr=False)
class AggregateForecast(Shown):
    """What totals tell of losses, additions and revenue to come, and how that did on hidden rows.

    Parameters
    ----------
    given : Aggregates
        The table.
    settings : AggregatesSettings
        With which it was fitted and is judged.
    before : dict of str to Fit
        By distribution, to the table without its last rows; empty where none is hidden.
    store : Path, optional
        Folder in which fits are kept.

    Examples
    --------
    >>> import workbench as wb
    >>> found = wb.fit_aggregates("simulated", draws=50, smoke=True)  # mock draws, for speed
    >>> found.totals["quantity"].tolist()
    ['added', 'lost', 'closing', 'revenue_per_customer', 'revenue']
    """

    given: Aggregates
    settings: AggregatesSettings
    before: dict[str, Fit]
    store: Path | None

    @cached_property
    def past(self) -> Aggregates:
        """The table without the rows that were hidden."""
        return hide_rows(self.given, self.settings.holdout_periods)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """How each distribution forecast the hidden rows."""
        paths = {name: self._paths(fit, self.past)[1] for name, fit in self.before.items()}
        return tables.score_hidden_rows(paths, self.past, self.given, self.settings.interval_prob)

    @property
    def distribution(self) -> str:
        """Of how long customers stay: the better forecast of hidden losses."""
        return tables.choose_distribution(self.scores)

    @cached_property
    def fit(self) -> Fit:
        """Of the chosen distribution to the whole table."""
        return fit_once(self.given, self.distribution, sampling_of(self.settings), self.store)

    @property
    def posterior(self) -> xr.DataTree:
        """The draws, for ArviZ: group ``posterior``."""
        return xr.DataTree.from_dict({"posterior": self.fit.posterior})

    @property
    def judged(self) -> tuple[Gate, ...]:
        """Every gate of the fit."""
        return self.fit.gates(limits_of(self.settings))

    @cached_property
    def _ahead(self) -> tuple[AggregateDraws, dict[str, np.ndarray]]:
        return self._paths(self.fit, self.given)

    @property
    def totals(self) -> pd.DataFrame:
        """Mean and interval over the horizon: quantity, mean, low, high."""
        return tables.totals(self._ahead[1], self.settings.interval_prob)

    @property
    def forecast(self) -> pd.DataFrame:
        """Mean and interval by period: period, quantity, mean, low, high."""
        return tables.forecast_table(self._ahead[1], self.given, self.settings.interval_prob)

    @property
    def retention(self) -> pd.DataFrame:
        """Share of new customers there after some years: years, mean, low, high."""
        return tables.retention_table(self._ahead[0], self.settings.interval_prob)

    @property
    def observed(self) -> pd.DataFrame:
        """The table as it was read, a row per period."""
        return self.given.table.rename(str).reset_index(names="period")

    @property
    def data_text(self) -> Prose:
        """What the table holds, and how its unknowns are treated."""
        return Prose(text.data_text(self.given))

    @property
    def choice_text(self) -> Prose:
        """Which distribution the answer comes from, and why."""
        return Prose(text.choice_text(self.scores, self.distribution, self.given.period_word))

    @property
    def answer(self) -> Answer:
        """The answer in a sentence and its numbers, with which a page begins."""
        periods, prob = self.settings.horizon_periods, self.settings.interval_prob
        sentence = text.answer_text(self.totals, self.given, periods, prob)
        ahead = f"{periods} {self.given.period_word}s"
        return aggregates_answer(self.totals, sentence, ahead, prob)

    @property
    def text(self) -> Prose:
        """What age does to the chance of leaving."""
        falling = float(np.mean(self._ahead[0].retention[:, 1] < 0))
        return Prose(text.age_text(self.retention, falling, self.distribution))

    def hidden_report(self) -> GT | None:
        """Return for a page how hidden rows were forecast; None where none was hidden."""
        if self.scores.empty:
            return None
        return text.hidden_table(self._chosen, self.given.period_word)

    def forecast_report(self) -> GT:
        """Return the forecast by period for a page."""
        word = self.given.period_word
        return text.forecast_shown(self.forecast, self.settings.interval_prob, word)

    def plot(self) -> Figure:
        """Draw what was observed, and the fan of the periods to come.

        Returns
        -------
        Figure
        """
        word, prob = self.given.period_word, self.settings.interval_prob
        finding = f"The next {self.settings.horizon_periods} {word}s, mean and {prob:.0%} interval"
        return flows_figure(self.forecast, self.given.table, word, finding, "")

    def plot_hidden(self) -> Figure | None:
        """Draw the forecast of the rows that were hidden beside them.

        Returns
        -------
        Figure or None
            None where none was hidden.
        """
        if self.scores.empty:
            return None
        word = self.given.period_word
        paths = self._paths(self.before[self.distribution], self.past)[1]
        band = tables.forecast_table(paths, self.past, self.settings.interval_prob)
        finding = text.hidden_text(self._chosen, word)
        return flows_figure(band, self.given.table, word, finding, "hidden from the fit")

    @property
    def _chosen(self) -> pd.DataFrame:
        return self.scores[self.scores["distribution"] == self.distribution]

    def _paths(self, fit: Fit, known: Aggregates) -> tuple[AggregateDraws, dict[str, np.ndarray]]:
        draws = read_aggregate_draws(fit.posterior, known)
        hidden = len(self.given.table) - len(known.table)
        rng = np.random.default_rng(self.settings.seed)
        periods = hidden or self.settings.horizon_periods
        return draws, simulate_ahead(draws, known, periods, rng)

    def card(self) -> Card:
        """Return what is shown."""
        table, gates = self.given.table, gate_table(self.judged)
        facts = {
            f"{self.given.period_word}s": f"{table.index[0]} to {table.index[-1]}",
            "retention": self.distribution,
            "gates": gates_text(gates),
        }
        calls = ("found.answer", "found.plot()", "found.forecast", "found.scores")
        return Card("Forecast from totals", facts, calls, gate_warnings(gates, mock=self.fit.mock))


def fit_aggregates(
    source: str | Path = "", *, run: ReportRun | None = None, **settings: Any
) -> AggregateForecast:
    """Forecast from a table of customers added, lost and at the end of each period.

    Parameters
    ----------
    source : str or Path
        A file with the table, see docs/aggregates.md; left out with `run`.
    run : ReportRun, optional
        Whose parameters hold, and whose folder keeps the fits.
    **settings
        Without `run`, parameters of the report `aggregates` by their names.

    Returns
    -------
    AggregateForecast
        Also where gates failed: its card says which.

    Raises
    ------
    DataError
        Naming everything that is wrong with the table.
    ParameterError
        Naming every unknown, mistyped and out-of-range parameter.

    Examples
    --------
    >>> import workbench as wb
    >>> wb.fit_aggregates("simulated", draws=50, smoke=True).given.period_word
    'quarter'
    """
    if run is None:
        asked = settings_from(AggregatesSettings, {"source": str(source)} | settings)
    else:
        asked = run.settings
    assert isinstance(asked, AggregatesSettings)
    given = open_aggregates(
        asked, asked.years_before, asked.customers_per_unit, asked.revenue_months
    )
    past = hide_rows(given, asked.holdout_periods)
    tested = DISTRIBUTIONS if len(past.table) < len(given.table) else ()
    store = run.fits if run else None
    how = sampling_of(asked)
    before = {name: fit_once(past, name, how, store) for name in tested}
    return AggregateForecast(given, asked, before, store)
