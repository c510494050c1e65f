"""The aggregates notebook by papermill, with the mock sampler: that it runs, what it refuses."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

ROOT = Path(__file__).parents[2]
SMOKE = {"smoke": True, "draws": 50}
QUARTERS = (
    "quarter_end,additions,losses,closing,arpu\n2012-12-31,662,648,14056,77.4\n"
    "2013-03-31,654,618,14092,78.5\n2013-06-30,624,702,14014,80.9\n2013-09-30,734,699,14049,81.0\n"
)


@pytest.fixture
def run(tmp_path):
    for folder in ("notebooks", "params"):
        shutil.copytree(ROOT / folder, tmp_path / folder)

    def execute(text, **parameters):
        table = tmp_path / "quarters.csv"
        table.write_text(text)
        papermill.execute_notebook(
            str(ROOT / "notebooks" / "51_aggregates.ipynb"),
            str(tmp_path / "aggregates.ipynb"),
            SMOKE | {"run_dir": str(tmp_path), "source": str(table)} | parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=str(tmp_path),
        )
        return tmp_path

    return execute


def test_four_quarters_are_enough_to_run(run, broken):
    out = run(QUARTERS, customers_per_unit=1000, holdout_periods=1, horizon_periods=3)
    quantities = pd.read_parquet(out / "tables" / "answers.parquet")["quantity"].tolist()
    assert quantities == ["added", "lost", "closing", "revenue_per_customer", "revenue"]
    hidden = pd.read_parquet(out / "tables" / "hidden.parquet")
    assert set(hidden["distribution"]) == {"Weibull", "exponential"}
    assert (hidden["hidden"] == 1).all()
    assert pd.read_parquet(out / "tables" / "forecast.parquet")["period"].iloc[0] == "2013Q4"
    assert broken(out / "aggregates.ipynb") == []


def test_a_contradiction_stops_it_in_words(run):
    with pytest.raises(PapermillExecutionError) as error:
        run(QUARTERS.replace("14014", "14024"))
    assert error.value.ename == "DataError" and "period 2013Q2" in error.value.evalue
