"""Rossi's recidivism data: published Cox coefficients stand within our intervals.

Weeks take the place of months; there is no contract, so one may leave at any time. Published
numbers: Fox & Weisberg (2011), An R Companion to Applied Regression, appendix on Cox regression.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter
from lifelines.datasets import load_rossi

from workbench.core.gates import require
from workbench.core.names import MONTH_TO_MONTH, STATIC, STATIC_NAME
from workbench.features.design import Design, build_design, fit_coding
from workbench.inference.fit import Fit, fit_hazard
from workbench.inference.gates import Thresholds
from workbench.inference.run import Sampling

PUBLISHED = {
    "fin": -0.379,
    "age": -0.057,
    "race": 0.314,
    "wexp": -0.150,
    "mar": -0.434,
    "paro": -0.085,
    "prio": 0.092,
}
HOW = Sampling(draws=1000, tune=500, seed=1)


# lifelines 0.30 calls functions that Python 3.12 and pandas 3 call old.
OLD_CALLS = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def rossi() -> pd.DataFrame:
    return load_rossi()


@pytest.fixture(scope="module")
def design(rossi) -> Design:
    """One row per person and week; all were released at once, so the calendar is the tenure."""
    index = np.repeat(np.arange(len(rossi)), rossi["week"])
    rows = rossi.iloc[index].reset_index(drop=True)
    week = rows.groupby(index).cumcount() + 1
    rows = rows.assign(
        subscription_id=[f"{i:03d}" for i in index],
        month=week,
        tenure_months=week,
        exit_kind=MONTH_TO_MONTH,
        observed=True,
        lead_months=0,
        event=(rows["arrest"] == 1) & (week == rows["week"]),
    )
    coding = replace(fit_coding(rows, [], list(PUBLISHED), []), quarters=())
    return build_design(rows, coding)


@pytest.fixture(scope="module")
def fit(design, tmp_path_factory) -> Fit:
    return fit_hazard(design, HOW, tmp_path_factory.mktemp("fits"), frailty=False)


@pytest.fixture(scope="module")
def effects(fit, design) -> pd.DataFrame:
    """Effects per unit of each column, as published."""
    sd = {column.name: column.sd for column in design.coding.attributes.columns}
    effect = fit.posterior[STATIC].stack(sample=("chain", "draw")).transpose("sample", ...)
    names = list(effect[STATIC_NAME].values)
    return pd.DataFrame(effect.values / [sd[name] for name in names], columns=names)


@OLD_CALLS
def test_the_data_are_the_published_ones(rossi) -> None:
    cox = CoxPHFitter().fit(rossi, "week", "arrest")
    assert cox.params_.to_dict() == pytest.approx(PUBLISHED, abs=0.0006)
    assert cox.log_likelihood_ == pytest.approx(-658.75, abs=0.005)
    assert cox.concordance_index_ == pytest.approx(0.640, abs=0.0006)


def test_published_coefficients_stand_within_90_percent_intervals(effects) -> None:
    low, high = effects.quantile(0.05), effects.quantile(0.95)
    held = {name: low[name] < value < high[name] for name, value in PUBLISHED.items()}
    assert all(held.values()), held


@OLD_CALLS
def test_means_and_spreads_are_those_of_the_partial_likelihood(effects, rossi) -> None:
    """The prior draws in what the data leave open, by less than a standard error."""
    errors = CoxPHFitter().fit(rossi, "week", "arrest").standard_errors_
    for name in ("fin", "age", "prio"):
        assert abs(effects[name].mean() - PUBLISHED[name]) < errors[name]
        assert 0.6 < effects[name].std() / errors[name] < 1.15


def test_columns_dealt_to_others_are_not_the_published_ones(effects) -> None:
    low, high = effects.quantile(0.05), effects.quantile(0.95)
    assert not low["prio"] < -PUBLISHED["prio"] < high["prio"]
    assert not low["age"] < 0 < high["age"]


def test_the_sample_passes_its_gates(fit) -> None:
    require(fit.gates(Thresholds()))
    assert not fit.mock and fit.compile_seconds > 0


def test_an_unchanged_fit_is_read_and_says_so(fit, design, tmp_path_factory) -> None:
    folder = next(tmp_path_factory.getbasetemp().glob("fits*"))
    again = fit_hazard(design, HOW, folder, frailty=False)
    assert again.reused and not fit.reused
    assert again.posterior.equals(fit.posterior)
    assert (again.diverging, again.bfmi) == (fit.diverging, fit.bfmi)
    require(again.gates(Thresholds()))
