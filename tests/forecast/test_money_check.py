"""Changes drawn anew move the money that was seen, unless sizes hang on the amount."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hand_made import CODING, forecast_inputs

from workbench.core.errors import GateError
from workbench.core.gates import require
from workbench.core.processes import PROCESS_TEXTS, REVENUE_PROCESSES
from workbench.features.revenue_data import Covariates, RevenueData
from workbench.forecast.posterior.revenue import Reversion
from workbench.forecast.revenue.money_check import money_check
from workbench.inference.fit_revenue import money_gate

COUNT = 400


def lived(bounced: bool = False) -> RevenueData:
    """Changes of the sizes that the hand-made draws have: log sizes normal(-1.6, 0.4)."""
    rng = np.random.default_rng(3)
    before = 100 * np.exp(rng.normal(9, 1, COUNT))
    size = np.exp(-1.6 + 0.4 * rng.normal(size=COUNT))
    outcome = np.where(np.arange(COUNT) % 2 == 0, "contraction", "expansion")
    down = rng.random(COUNT) < 0.2
    if bounced:  # the same changes, but small contracts grow most and large ones least
        before, size = np.sort(before), np.sort(np.exp(1.0 * rng.normal(size=COUNT)))[::-1]
    nothing = np.zeros((COUNT, 0))
    standing = np.log(before / 100) - np.log(before / 100).mean()
    term = np.arange(COUNT) % 5
    lead = np.zeros(COUNT, int)
    groups = Covariates(nothing, np.full((COUNT, 1), 2), nothing, lead, term, standing, nothing)
    changed = pd.DataFrame({"before": before, "hit": True})
    nobody: Any = None
    return RevenueData(
        as_of=pd.Timestamp("2026-01-01"),
        coding=CODING,
        new=nobody,
        renewals=changed.assign(
            outcome=outcome, log_ratio=np.where(outcome == "contraction", -size, size)
        ),
        amendments=changed.assign(log_ratio=np.where(down, -size, size)),
        cross_sales=changed.assign(log_ratio=-1.6 + 0.4 * rng.normal(size=COUNT)),
        renewal_covariates=groups,
        amendment_covariates=groups,
        cross_sale_covariates=groups,
    )


def test_the_right_sizes_move_the_money_that_was_seen() -> None:
    found = money_check(forecast_inputs(400).revenue, lived(), 1)
    assert found["changes"].tolist() == [PROCESS_TEXTS[name].changes for name in REVENUE_PROCESSES]
    assert (found["factor"] == 1).all()
    np.testing.assert_allclose(found["expected"], found["seen"], rtol=0.2)
    assert money_gate(1.0, 1.5, "amendments").passed


def test_sizes_that_hang_on_the_amount_are_found_out_and_stop_the_report() -> None:
    draws = replace(forecast_inputs(400, size_sd=1.0).revenue, size_mean=np.zeros((4, 400)))
    found = money_check(draws, lived(bounced=True), 1).set_index("changes")["factor"]
    assert found["amendments"] > 1.5 and found["larger next contracts"] > 1.5
    gate = money_gate(found["amendments"], 1.5, "amendments")
    with pytest.raises(GateError, match="a product of its own"):
        require([gate])


def test_sizes_that_are_known_to_hang_on_the_amount_move_the_money_that_was_seen() -> None:
    wild = lived(bounced=True).renewals
    renewed = wild.assign(log_ratio=0.12 * wild["log_ratio"])
    seen = replace(lived(bounced=True), renewals=renewed)
    mean, sd, slope = np.zeros((3, 4, 400))
    for kind, (table, own, rows) in enumerate(list(seen.sized.values())[:3]):
        ratio = table["log_ratio"].to_numpy()[own]
        place = -np.sign(ratio) * rows.standing[own]
        size = np.log(np.abs(ratio))
        slope[kind], mean[kind] = np.polyfit(place, size, 1)
        sd[kind] = np.std(size - mean[kind, 0] - slope[kind, 0] * place)
    draws = forecast_inputs(400).revenue
    draws = replace(draws, size_mean=mean, size_sd=sd, most_size=seen.most_size)
    known = Reversion(np.zeros((3, 400)), slope, np.zeros(len(draws.size_group[0, 0])))
    table = money_check(replace(draws, reversion=known), seen, 1).set_index("changes")
    without = money_check(draws, seen, 1).set_index("changes")
    assert table.loc["larger next contracts", "factor"] < 1.2
    assert without.loc["larger next contracts", "factor"] > 1.5


def test_no_change_to_come_goes_far_beyond_the_largest_on_record() -> None:
    calm, wild = lived(), lived(bounced=True)
    largest = max(
        float(np.abs(table.loc[own, "log_ratio"]).max())
        for process, (table, own, _) in calm.sized.items()
        if process != "cross_sell" and own.any()
    )
    assert calm.most_size == pytest.approx(max(1.5 * largest, np.log(2)))
    assert wild.most_size > calm.most_size


def test_of_one_product_nobody_takes_a_further_one() -> None:
    sold = replace(lived(), products=1)
    alone = replace(sold, cross_sales=sold.cross_sales.assign(hit=False))
    assert not alone.sells_further
    assert sold.sells_further and replace(alone, products=2).sells_further
