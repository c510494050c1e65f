"""The peers of the Telco comparison: each library's own default settings, nothing tuned."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter, LogNormalAFTFitter, WeibullAFTFitter
from lifelines.fitters import RegressionFitter
from numpy.typing import NDArray
from sksurv.ensemble import GradientBoostingSurvivalAnalysis, RandomSurvivalForest
from sksurv.util import Surv

CORES = 2
SEED = 0


def regression(fitter: RegressionFitter) -> Callable[..., NDArray[np.float64]]:
    """Wrap a regression of lifelines: fit on one table, survival of another's rows."""

    def survival(train, left, tenure, test, months):
        fitter.fit(train.assign(tenure=tenure, left=left), "tenure", "left")
        return fitter.predict_survival_function(test, times=months).T.to_numpy()

    return survival


def ensemble(estimator) -> Callable[..., NDArray[np.float64]]:
    """Wrap an estimator of scikit-survival."""

    def survival(train, left, tenure, test, months):
        estimator.fit(train.to_numpy(), Surv.from_arrays(left, tenure))
        curves = estimator.predict_survival_function(test.to_numpy())
        return np.array([curve(months) for curve in curves])

    return survival


def kaplan_meier(
    train: pd.DataFrame,
    left: NDArray[np.bool_],
    tenure: NDArray[np.float64],
    test: pd.DataFrame,
    months: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Give every customer the same curve: what any model must beat."""
    curve = KaplanMeierFitter().fit(tenure, left).survival_function_at_times(months)
    return np.tile(curve.to_numpy(), (len(test), 1))


PEERS: dict[str, Callable[..., NDArray[np.float64]]] = {
    "Cox PH (lifelines)": regression(CoxPHFitter()),
    "Weibull AFT (lifelines)": regression(WeibullAFTFitter()),
    "log-normal AFT (lifelines)": regression(LogNormalAFTFitter()),
    "random survival forest (scikit-survival)": ensemble(
        RandomSurvivalForest(random_state=SEED, n_jobs=CORES)
    ),
    "gradient boosting (scikit-survival)": ensemble(
        GradientBoostingSurvivalAnalysis(random_state=SEED)
    ),
    "Kaplan–Meier (lifelines)": kaplan_meier,
}
