"""The backtest notebook by papermill on a small book: mock sampler, and the real one if slow."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import papermill
import pytest

from workbench.forecast.backtest.judge import FORECASTS

ROOT = Path(__file__).parents[2]
# Gates so loose that only a sampler gone wrong fails them: what is tested here is the report.
SMALL = {
    "simulated_accounts": 80,
    "simulated_months": 36,
    "horizon_months": 6,
    "horizons": [3, 6],
    "origins": 3,
    "step_months": 6,
    "refit": False,
    "covariates": ["consumption_3m", "champion_present"],
    "draws": 60,
    "tune": 120,
    "max_rhat": 2.0,
    "min_ess": 2.0,
    "max_divergences": 1000,
}


@pytest.fixture(scope="module")
def execute(tmp_path_factory):
    """Run the notebook in a copy of the project, so that nothing lands in the checkout."""

    def run(**parameters) -> Path:
        root = tmp_path_factory.mktemp("project")
        for folder in ("notebooks", "params"):
            shutil.copytree(ROOT / folder, root / folder)
        out = root / "run"
        out.mkdir()
        papermill.execute_notebook(
            str(ROOT / "notebooks" / "40_backtest.ipynb"),
            str(out / "executed.ipynb"),
            SMALL | {"run_dir": str(out)} | parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=str(root),
        )
        return out

    return run


@pytest.fixture(scope="module")
def run(execute) -> Path:
    return execute(smoke=True)


@pytest.mark.slow
def test_with_the_real_sampler_and_a_fit_at_each_origin(execute) -> None:
    out = execute(refit=True, origins=2)
    fits = json.loads((out / "facts" / "fit.json").read_text())
    assert list(fits) == ["2024-12-01", "2025-06-01"]
    gates = json.loads((out / "facts" / "gates.json").read_text())["gates"]
    assert {gate["gate"].split(":")[0] for gate in gates} == set(fits)


def test_the_backtest_scores_every_forecast_at_every_origin(run, broken) -> None:
    renewals = pd.read_parquet(run / "tables" / "renewals.parquet")
    assert set(renewals["forecast"]) == set(FORECASTS)
    assert renewals["brier"].between(0, 1).all()
    money = pd.read_parquet(run / "tables" / "money.parquet")
    assert set(money["quantity"]) == {"revenue", "kept", "renewed", "accounts"}
    assert (money["crps"] >= 0).all() and (money["origins"] == 3).all()
    cases = pd.read_parquet(run / "tables" / "cases.parquet")
    shares = cases["low"].le(cases["happened"]) & cases["happened"].le(cases["high"])
    model = cases["forecast"] == "model"
    np.testing.assert_array_equal(shares[model], cases.loc[model, "covered"].astype(bool))
    figures = {path.stem for path in (run / "figures").iterdir()}
    assert figures == {"fans", "brier", "calibration", "pit"}
    assert broken(run / "executed.ipynb") == []


def test_it_says_from_which_days_and_with_which_fit(run) -> None:
    notebook = nbformat.read(run / "executed.ipynb", as_version=4)
    output = "\n".join(
        str(one.get("data", {}).get("text/markdown", ""))
        for cell in notebook.cells
        if cell.cell_type == "code"
        for one in cell.outputs
    )
    assert "**3 origins**: 2024-06-01, 2024-12-01, 2025-06-01" in output
    assert "the fit of 2024-06-01 used again" in output
    assert set(json.loads((run / "facts" / "fit.json").read_text())) == {"2024-06-01", "draws"}
    assert "Against the 70 % default" in output
