"""A retention table under two distributions, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from workbench.analysis.card import Shown
from workbench.core.cohort_names import BDW
from workbench.core.gates import Gate, gate_table
from workbench.data.retention.cohort_table import Retention, hide_last
from workbench.forecast import cohort, cohort_holdout
from workbench.inference import fit_cohort, prior
from workbench.inference.fit import Fit
from workbench.inference.from_settings import limits_of
from workbench.models.priors.cohort import cohort_priors
from workbench.report.cohorts.settings import CohortsSettings

_PRIOR_DRAWS = 1000


@dataclass(frozen=True, repr=False)
class CohortTables(Shown):
    """Draws of both distributions as tables; texts and figures stand on `CohortFit`.

    Parameters
    ----------
    retention : Retention
    before, fits : mapping of str to Fit
        By distribution: without the last periods, and with everything observed.
    settings : CohortsSettings
    """

    retention: Retention
    before: dict[str, Fit]
    fits: dict[str, Fit]
    settings: CohortsSettings

    @property
    def posterior(self) -> xr.DataTree:
        """The draws of the chosen distribution, for ArviZ: group ``posterior``."""
        return xr.DataTree.from_dict({"posterior": self.fits[self.chosen].posterior})

    @cached_property
    def observed(self) -> pd.DataFrame:
        """The retention table, a row per cohort and period."""
        return self.retention.frame()

    @property
    def _word(self) -> str:
        return self.retention.period_word

    @property
    def _ahead(self) -> cohort.Ahead:
        settings = self.settings
        return cohort.Ahead(settings.horizon_periods, settings.interval_prob, settings.seed)

    @property
    def priors(self) -> pd.DataFrame:
        """Each prior with what it means in customers, why, and whence."""
        return prior.prior_table(cohort_priors())

    @cached_property
    def prior_predictive(self) -> pd.DataFrame:
        """What the prior lets cohorts do, with intervals."""
        alive, settings = self.retention.alive, self.settings
        drawn = prior.draw_cohort_prior(alive, BDW, _PRIOR_DRAWS, settings.seed)
        periods = alive.sizes["period"] - 1
        ahead = cohort.Ahead(periods, settings.interval_prob, settings.seed)
        start = alive.isel(period=[0])
        return cohort.retention_band(cohort.read_cohort_draws(drawn), start, ahead)

    @cached_property
    def _draws(self) -> dict[str, cohort.CohortDraws]:
        return {name: cohort.read_cohort_draws(fit.posterior) for name, fit in self.fits.items()}

    @cached_property
    def _hidden(self) -> dict[str, cohort.CohortDraws]:
        return {name: cohort.read_cohort_draws(fit.posterior) for name, fit in self.before.items()}

    @property
    def _past(self) -> xr.DataArray:
        return hide_last(self.retention, self.settings.holdout_periods).alive

    @property
    def _beyond(self) -> cohort.Ahead:
        settings = self.settings
        periods = settings.holdout_periods + settings.horizon_periods
        return cohort.Ahead(periods, settings.interval_prob, settings.seed)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """How each distribution forecast what was hidden from it."""
        stated = self._past, self.retention.alive, self._beyond
        return cohort_holdout.score_distributions(self._hidden, *stated)

    @cached_property
    def _probs(self) -> dict[str, float]:
        rng = np.random.default_rng(self.settings.seed)
        alive = self.retention.alive
        return {name: cohort.predictive_prob(self._draws[name], alive, rng) for name in self.fits}

    @cached_property
    def compared(self) -> pd.DataFrame:
        """The distributions, the chosen one first, and why."""
        least = self.settings.min_predictive_prob
        return cohort_holdout.compare_distributions(self.scores, self._probs, least)

    @property
    def chosen(self) -> str:
        """The one that the answer comes from."""
        return str(self.compared["law"].iloc[0])

    @cached_property
    def judged(self) -> tuple[Gate, ...]:
        """The gates of the chosen distribution."""
        least = self.settings.min_predictive_prob
        described = fit_cohort.predictive_gate(self._probs[self.chosen], least)
        return (*self.fits[self.chosen].gates(limits_of(self.settings)), described)

    @property
    def gates(self) -> pd.DataFrame:
        """Everything that was checked: gate, value, limit, passed, worst at."""
        return gate_table(self.judged)

    @cached_property
    def answers(self) -> pd.DataFrame:
        """What becomes of each cohort's customers of today."""
        return cohort.cohort_quantities(self._draws[self.chosen], self.retention.alive, self._ahead)

    @cached_property
    def band(self) -> pd.DataFrame:
        """The fitted curve up to today and the fan after it, as shares of each cohort's start."""
        return cohort.retention_band(self._draws[self.chosen], self.retention.alive, self._ahead)

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """The distribution's parameters, of each cohort and of what they share, with intervals."""
        posterior = self.fits[self.chosen].posterior
        return cohort.parameter_table(posterior, self.settings.interval_prob)

    @property
    def facts(self) -> dict[str, Any]:
        """How the fits came about, for the manifest."""
        timed = self.fits | {f"{name}, before": fit for name, fit in self.before.items()}
        seconds = {name: (fit.compile_seconds, fit.sample_seconds) for name, fit in timed.items()}
        return self.fits[self.chosen].facts | {"law": self.chosen, "seconds": seconds}
