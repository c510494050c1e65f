"""The revenue and net growth notebooks by papermill, on a small book with the mock sampler."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import papermill
import pytest

from workbench.forecast.growth.movements import KINDS
from workbench.plans.planbook.file import read_planbook

ROOT = Path(__file__).parents[2]
SMALL = {
    "simulated_accounts": 80,
    "simulated_months": 36,
    "horizon_months": 12,
    "draws": 50,
    "tune": 50,
    "smoke": True,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run a notebook in an empty project, so that nothing lands in the checkout."""

    def execute(name: str, **parameters) -> Path:
        root = tmp_path_factory.mktemp(name)
        shutil.copytree(ROOT / "params", root / "params")
        out = root / "run"
        out.mkdir()
        papermill.execute_notebook(
            str(ROOT / "notebooks" / f"{name}.ipynb"),
            str(out / "executed.ipynb"),
            SMALL | {"run_dir": str(out)} | parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=str(root),
        )
        return out

    return execute


def test_net_growth_publishes_a_bridge_that_adds_up(run, broken) -> None:
    out = run("30_net_growth", shock_where="all", shock_hazard_ratio=2.0)
    bridge = pd.read_parquet(out / "tables" / "bridge.parquet")
    assert len(bridge) == 12
    parts = bridge["opening"] + bridge[list(KINDS)].sum(axis=1)
    np.testing.assert_allclose(parts, bridge["closing"], rtol=1e-9)
    history = pd.read_parquet(out / "tables" / "history.parquet")
    assert history["month"].iloc[-1] == "2025-12"
    assert history["closing"].iloc[-1] == pytest.approx(bridge["opening"].iloc[0])
    by_segment = pd.read_parquet(out / "tables" / "bridge_by_segment.parquet")
    sums = by_segment.groupby("month")["closing"].sum()
    np.testing.assert_allclose(sums, bridge["closing"], rtol=1e-9)
    hit = pd.read_parquet(out / "tables" / "bridge_in_a_scenario.parquet")
    assert hit["churn"].iloc[0] < bridge["churn"].iloc[0]
    book = openpyxl.load_workbook(out / "tables" / "net_growth.xlsx", read_only=True)
    assert {"bridge", "retention", "bridge_by_owner"} <= set(book.sheetnames)
    planbook = read_planbook(out / "planbook.zip")
    assert planbook.lines.cents.sum() / 100 == pytest.approx(bridge["opening"].iloc[0])
    gates = json.loads((out / "facts" / "gates.json").read_text())["gates"]
    assert {gate["gate"].split(":")[0] for gate in gates} == {"leaving", "revenue"}
    assert broken(out / "executed.ipynb") == []


def test_revenue_publishes_what_falls_due(run, broken) -> None:
    out = run("20_revenue")
    due = pd.read_parquet(out / "tables" / "calendar.parquet")
    assert len(due) == 6 and (due["arr"] >= 0).all()
    outcomes = pd.read_parquet(out / "tables" / "outcomes.parquet")
    assert outcomes["share"].sum() == pytest.approx(1)
    drivers = pd.read_parquet(out / "tables" / "revenue_drivers.parquet")
    assert set(drivers["process"]) == {"contract", "expand", "amend", "cross_sell"}
    assert (drivers["low"] <= drivers["high"]).all()
    assert broken(out / "executed.ipynb") == []
