"""RavenStack carries no churn signal: a fit must find none there, and say so in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from workbench.data.load import load_book
from workbench.features.hazard_data import DataSpecification, HazardData, hazard_data
from workbench.features.signals.catalogue import meaning_of
from workbench.forecast.leaving.drivers import driver_table, drivers_text
from workbench.inference.fit import fit_hazard
from workbench.inference.run import Sampling

SHORT = Sampling(draws=150, tune=200, seed=1)
PROB = 0.9


@pytest.fixture(scope="module")
def book(public_data):
    return load_book(public_data("ravenstack"), "ravenstack")


@pytest.fixture(scope="module")
def data(book) -> HazardData:
    return hazard_data(book, DataSpecification())


def found_in(data: HazardData, how: Sampling, **changed) -> tuple[int, int, str]:
    """Return how many intervals exclude zero, of how many signals and attributes, and the words."""
    posterior = fit_hazard(replace(data.design, **changed), how).posterior
    drivers = driver_table(posterior, PROB)
    tried = drivers[drivers["kind"] != "group"]
    return int(tried["clear"].sum()), len(tried), drivers_text(drivers, PROB)


def test_no_more_intervals_exclude_zero_than_chance_allows(data) -> None:
    clear, tried, text = found_in(data, SHORT)
    assert tried >= 10 and data.design.event.sum() > 25
    assert clear <= binom.ppf(0.95, tried, 1 - PROB)
    assert text.startswith(f"No signal found: {clear} of {tried}")


def test_a_signal_planted_there_is_found(data) -> None:
    """The negative control: of those who end, the first signal is made to rise in that month."""
    ends = data.design.row_end[data.design.event] - 1
    values = data.design.signal_value.copy()
    values[:, 0] = np.random.default_rng(1).normal(size=len(values))
    values[ends, 0] += 1.5
    lead = np.where(np.isin(np.arange(len(values)), ends), 0, data.design.lead_months)
    _, _, text = found_in(data, SHORT, signal_value=values, lead_months=lead)
    planted = meaning_of(data.coding.signals.names[0])
    assert "stand out" in text and planted in text


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_none_of_all_signals_is_found_with_many_draws(book, seed) -> None:
    """Everything that the book offers, read at other leads each time."""
    data = hazard_data(book, DataSpecification(covariates=("all",), seed=seed))
    clear, tried, text = found_in(data, Sampling(draws=1500, tune=800, seed=seed))
    assert tried >= 20
    assert clear <= binom.ppf(0.95, tried, 1 - PROB)
    assert text.startswith("No signal found")
