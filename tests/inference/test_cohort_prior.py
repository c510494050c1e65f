"""The table of the cohort models' priors says what their graph does."""

from __future__ import annotations

import numpy as np
import pytest
from cohort_ranks import labelled

from workbench.core.cohort_names import BDW, SBG
from workbench.inference.prior import draw_cohort_prior, prior_table
from workbench.models.cohort import CohortPriors
from workbench.models.priors.cohort import cohort_priors

# Told apart from the defaults and from each other, so that a number in the wrong place shows.
ODD = CohortPriors((-0.7, 0.6), (2.1, 0.4), (0.3, 0.25), (-0.9, 0.3))
AT = np.array([0.1, 0.5, 0.9])
DRAWS = 4000


def test_the_laws_of_one_cohort_are_those_of_the_graph() -> None:
    drawn = draw_cohort_prior(labelled([np.array([90.0, 80, 70])]), BDW, DRAWS, 1, ODD)
    alpha, beta, shape = (drawn[name].values.ravel() for name in ("alpha", "beta", "shape"))
    found = (np.log(alpha / beta), np.log(alpha + beta), np.log(shape))
    for values, prior in zip(found, cohort_priors(ODD), strict=False):
        expected = prior.distribution.in_scipy
        off = (np.quantile(values, AT) - expected.ppf(AT)) / expected.std()
        assert np.abs(off).max() < 0.12, prior.parameter


def test_cohorts_lie_apart_as_the_table_says() -> None:
    several = labelled([np.full(3, 50.0), np.full(3, 5000.0)])
    drawn = draw_cohort_prior(several, SBG, DRAWS, 2, ODD)
    odds = np.log(drawn["alpha"] / drawn["beta"])
    apart = (odds.isel(cohort=0) - odds.isel(cohort=1)).values.ravel() / np.sqrt(2)
    rng = np.random.default_rng(3)
    sd = cohort_priors(ODD)[3].distribution.in_scipy.rvs(20_000, random_state=4)
    expected = np.quantile(sd * rng.normal(size=len(sd)), AT)
    assert np.quantile(apart, AT) == pytest.approx(expected, abs=0.06)
    assert (drawn["shape"] == 1).all()


def test_meanings_count_customers() -> None:
    table = prior_table(cohort_priors()).set_index("parameter")["meaning"]
    first = cohort_priors()[0].distribution.in_scipy.ppf([0.05, 0.95])
    low, high = 100 / (1 + np.exp(-first))
    assert f"{low:.0f} to {high:.0f} leave in the first period" in table.iloc[0]
    rng = np.random.default_rng(0)
    # Customers all alike lose the same share again, and so do those whose chance does not move.
    assert cohort_priors()[1].counted(np.array([50.0]), rng)[0] == pytest.approx(20.0)
    assert cohort_priors()[2].counted(np.array([0.0]), rng)[0] == pytest.approx(20.0)
