"""Drivers are told with their uncertainty, and none is told where chance explains them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.core import names
from workbench.forecast.leaving.drivers import driver_table, drivers_text

COLUMNS = ["driver", "kind", "hazard_ratio", "low", "high", "clear"]


def posterior(signal: list[float], attribute: list[float] = (), spread: float = 0.1) -> xr.Dataset:
    rng = np.random.default_rng(0)

    def effect(means, dim, label):
        values = rng.normal(means, spread, size=(2, 2000, len(means)))
        keys = np.array([f"{label} {i}" for i in range(len(means))], dtype=object)
        return xr.DataArray(values, dims=("chain", "draw", dim), coords={dim: keys})

    return xr.Dataset(
        {
            names.SIGNAL: effect(list(signal), names.SIGNAL_NAME, "signal"),
            names.STATIC: effect(list(attribute), names.STATIC_NAME, "attribute"),
            names.GROUP: effect([0.5], names.GROUP_LEVEL, "owner"),
        }
    )


def test_ratios_are_medians_and_quantiles_of_the_exponential() -> None:
    table = driver_table(posterior([0.3]), 0.9).set_index("driver")
    assert list(table.reset_index().columns) == COLUMNS
    expected = np.exp([0.3, 0.3 - 0.1645, 0.3 + 0.1645])
    found = table.loc["signal 0", ["hazard_ratio", "low", "high"]].astype(float)
    np.testing.assert_allclose(found, expected, rtol=0.02)
    assert table.loc["signal 0", "clear"] and table.loc["owner 0", "kind"] == "group"


def test_the_strongest_stands_first_whatever_its_direction() -> None:
    table = driver_table(posterior([0.1, -1.0], [0.7]), 0.9)
    assert table["driver"].tolist()[:3] == ["signal 1", "attribute 0", "owner 0"]
    assert table.set_index("driver").loc["signal 1", "high"] < 1


def test_an_interval_that_holds_one_is_not_clear() -> None:
    assert not driver_table(posterior([0.05]), 0.9).set_index("driver").loc["signal 0", "clear"]


def test_a_book_without_signals_says_so() -> None:
    table = driver_table(posterior([]), 0.9)
    assert table["kind"].tolist() == ["group"]
    assert drivers_text(table, 0.9) == "The model has no signals or attributes."


def test_clear_drivers_are_named_by_direction() -> None:
    text = drivers_text(driver_table(posterior([0.9, -0.8], [0.0]), 0.9), 0.9)
    assert text.startswith("2 of 3 signals and attributes stand out")
    assert "goes most with: “signal 0”" in text and "staying with: “signal 1”" in text
    assert "not cause" in text


@pytest.mark.parametrize("clear", [0, 2, 4])
def test_what_chance_alone_would_find_is_no_signal(clear) -> None:
    """Twenty noise signals: two intervals of 90 % exclude no effect on average, four may."""
    text = drivers_text(twenty(clear), 0.9)
    assert text.startswith(f"No signal found: {clear} of 20") and "about 2" in text


def test_more_than_chance_explains_is_told() -> None:
    assert drivers_text(twenty(5), 0.9).startswith("5 of 20 signals and attributes stand out")


def test_one_driver_far_beyond_chance_is_not_drowned_by_twenty_others() -> None:
    table = twenty(0)
    table.loc[3, ["hazard_ratio", "low", "high", "clear"]] = [2.0, 1.7, 2.35, True]
    assert "Leaving goes most with: “signal 3”;" in drivers_text(table, 0.9)


def twenty(clear: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "driver": [f"signal {i}" for i in range(20)],
            "kind": "signal",
            "hazard_ratio": 1.2,
            "low": [1.05] * clear + [0.9] * (20 - clear),
            "high": 1.4,
            "clear": [True] * clear + [False] * (20 - clear),
        }
    )
