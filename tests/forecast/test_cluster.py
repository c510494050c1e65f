"""A forecast over a Dask cluster on this machine."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from distributed import LocalCluster
from hand_made import forecast_inputs, holdings_of, lines_for

from workbench.core.errors import ParameterError
from workbench.forecast.growth.cluster import spread_over
from workbench.forecast.growth.forecast import forecast_book


@pytest.mark.parametrize("workers", [1, 2])
def test_any_number_of_workers_gives_the_same_numbers(workers: int) -> None:
    inputs, holdings = forecast_inputs(25), holdings_of(lines_for(40))
    here = forecast_book(inputs, holdings, lines_at_once=9)
    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        host="127.0.0.1",
    ) as local:
        spread = spread_over(local.scheduler_address)
        there = forecast_book(inputs, holdings, spread=spread, lines_at_once=9)
    for name in ("flow", "won", "kept", "closing", "top"):
        np.testing.assert_array_equal(getattr(here, name), getattr(there, name))
    pd.testing.assert_frame_equal(here.accounts, there.accounts)


def test_without_an_address_nothing_is_spread() -> None:
    assert spread_over("") is None


def test_a_silent_address_is_named() -> None:
    spread = spread_over("tcp://127.0.0.1:9", patience_seconds=1)
    with pytest.raises(ParameterError, match="no scheduler answers"):
        forecast_book(forecast_inputs(5), holdings_of(lines_for(5)), spread=spread)
