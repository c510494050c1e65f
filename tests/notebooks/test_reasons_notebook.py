"""The reasons notebook by papermill: a small book, and a book without reasons."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from workbench.data.simulate import simulate, write

ROOT = Path(__file__).parents[2]
SMALL = {
    "simulated_accounts": 120,
    "simulated_months": 36,
    "horizon_months": 6,
    "covariates": ["annual revenue (log)"],
    "draws": 200,
    "tune": 200,
    "min_ess": 20.0,
    "max_rhat": 1.1,
    "max_divergences": 50,
    "min_predictive_prob": 0.0,
}


@pytest.fixture
def run(tmp_path):
    """Run the notebook in an empty project, so that nothing lands in the checkout."""
    shutil.copytree(ROOT / "params", tmp_path / "params")
    (tmp_path / "notebooks").mkdir()
    out = tmp_path / "run"
    out.mkdir()

    def execute(**parameters) -> Path:
        papermill.execute_notebook(
            str(ROOT / "notebooks" / "12_reasons.ipynb"),
            str(out / "executed.ipynb"),
            SMALL | {"run_dir": str(out)} | parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=str(tmp_path),
        )
        return out

    return execute


def test_published_incidences_sum_to_churn(run, broken) -> None:
    out = run()
    tables = {path.stem: pd.read_parquet(path) for path in (out / "tables").glob("*.parquet")}
    lost = tables["incidence"]
    whole = lost[lost["reason"] == "(all)"]
    parts = lost[lost["reason"] != "(all)"].groupby("month")["arr"].sum()
    np.testing.assert_allclose(parts, whole["arr"], rtol=1e-6)
    bounds = tables["bounds"]
    assert (bounds["kept"] <= bounds["arr"]).all()
    assert bounds["arr"].sum() == pytest.approx(whole["arr"].iloc[-1])
    assert set(tables) == {"incidence", "bounds", "reasons_check", "groups", "accounts"}
    gates = json.loads((out / "facts" / "gates.json").read_text())["gates"]
    assert gates[-1]["gate"] == "reasons: reasons by kind of exit"
    assert {gate["gate"].split(":")[0] for gate in gates} == {"leaving", "reasons"}
    executed = (out / "executed.ipynb").read_text(encoding="utf-8")
    assert "months at risk" in executed  # the note that names a snapshot
    assert broken(out / "executed.ipynb") == []


def test_a_book_without_reasons_stops_in_words(run, tmp_path) -> None:
    company = simulate(accounts=60, months=24, seed=1, texts=False)
    contracts = company.tables["contracts"].assign(end_reason=None)
    company.tables["contracts"] = contracts.astype({"end_reason": "str"})
    write(company, tmp_path / "book")
    with pytest.raises(PapermillExecutionError) as stopped:
        run(source=str(tmp_path / "book"))
    assert stopped.value.ename == "DataError"
    assert "reasons for leaving are not on record" in stopped.value.evalue
