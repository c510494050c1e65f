"""Whether a fitted renewal model describes the past that it was fitted to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from workbench.analysis.card import Card, Shown
from workbench.analysis.prepare import PreparedData
from workbench.forecast.leaving import check, survival_check
from workbench.forecast.posterior.survival import Draws
from workbench.report.model_check import figures
from workbench.report.renewals.figures import check_figure
from workbench.report.style import Figure


@dataclass(frozen=True, repr=False)
class ModelCheck(Shown):
    """Endings and survival as they were, beside what the draws would have had.

    Parameters
    ----------
    data : PreparedData
    draws : Draws
        Of the posterior, or of the prior.
    prob : float
        Probability inside every interval.
    seed : int
        Of the replicates.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(40, months=36), covariates=["employees (log)"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> fit.check.calibration["group"].tolist()
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    """

    data: PreparedData
    draws: Draws
    prob: float
    seed: int

    @cached_property
    def chance(self) -> np.ndarray:
        """Probability of ending in each row, given that it was reached; shape (draw, row)."""
        return check.month_probability(self.draws, self.data.hazard.design)

    @cached_property
    def left_out(self) -> check.LeftOut:
        """What the model says of each subscription when it has not seen it."""
        return check.leave_one_out(self.chance, self.data.hazard.design, self.data.hazard.rows)

    @cached_property
    def calibration(self) -> pd.DataFrame:
        """Observed and expected endings in ten groups of rising risk."""
        return check.endings_check(self.chance, self.left_out, self.data.hazard.rows, self.prob)

    @cached_property
    def survival(self) -> survival_check.SurvivalCheck:
        """Observed survival curves among replicated ones."""
        stated = self.data.hazard.design, self.prob, self.seed
        return survival_check.survival_check(self.chance, *stated)

    def plot_survival(self) -> Figure:
        """Draw the observed survival curves over those of replicated books.

        Returns
        -------
        Figure
            A panel per curve, by month of tenure, with the band that holds whole replicates.
        """
        found = self.survival
        return figures.survival_figure(found.table, found.probability, self.prob)

    def plot_calibration(self) -> Figure:
        """Draw observed endings beside expected ones, in ten groups of rising risk.

        Returns
        -------
        Figure
            Endings, with intervals; each subscription predicted as if it had not been seen.
        """
        return check_figure(self.calibration, self.prob)

    def plot_left_out(self) -> Figure:
        """Draw how much single subscriptions rule the posterior.

        Returns
        -------
        Figure
            Pareto k of each one's weights.
        """
        found = self.left_out
        loo = {"elpd": found.elpd, "elpd_se": found.elpd_se, "p_loo": found.p_loo}
        return figures.left_out_figure(found.pareto_k, **loo)

    def card(self) -> Card:
        """Return what is shown."""
        return Card(
            "Check of the renewal model",
            {
                "as of": self.data.as_of,
                "groups described": f"{int(self.calibration['inside'].sum())} of 10",
                "probability of the survival curves": f"{self.survival.probability:.3f}",
            },
            ("check.plot_survival()", "check.plot_calibration()", "check.calibration"),
        )
