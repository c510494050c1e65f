"""The cohorts notebook by papermill, with the real sampler and few draws."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pandas as pd
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

ROOT = Path(__file__).parents[2]
QUICK = {"draws": 300, "tune": 300, "min_ess": 20.0, "max_rhat": 1.1, "max_divergences": 50}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run the notebook in a copy of the project, so that nothing lands in the checkout."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("notebooks", "params"):
        shutil.copytree(ROOT / folder, root / folder)

    def execute(**parameters):
        out = root / "run"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        papermill.execute_notebook(
            str(ROOT / "notebooks" / "50_cohorts.ipynb"),
            str(out / "cohorts.ipynb"),
            QUICK | {"run_dir": str(out)} | parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=str(root),
        )
        return out

    return execute


def texts(out: Path) -> str:
    notebook = nbformat.read(out / "cohorts.ipynb", as_version=4)
    outputs = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]
    return "\n".join(str(o.get("data", {}).get("text/markdown", "")) for o in outputs)


def test_published_table_gives_the_published_story(run, tmp_path):
    table = tmp_path / "high.csv"
    kept = [100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4]
    lines = [f"{year},{share}" for year, share in enumerate(kept)]
    table.write_text("\n".join(["year,high_end_pct", *lines]))
    out = run(source=str(table), holdout_periods=8)
    hidden = pd.read_parquet(out / "tables" / "hidden.parquet").set_index("law")
    assert hidden.loc["BdW", "inside"] == 8
    assert abs(hidden.loc["BdW", "error"]) < abs(hidden.loc["sBG", "error"]) / 2
    assert hidden.loc["sBG", "inside"] <= 2 and hidden.loc["sBG", "error"] < -0.15
    answers = pd.read_parquet(out / "tables" / "answers.parquet")
    assert answers["customers"].tolist() == [394]
    assert f"**{answers['kept'].iloc[0]:,.0f}**" in texts(out)
    assert "each cohort is taken to be 1,000 customers" in texts(out)
    gates = json.loads((out / "facts" / "gates.json").read_text())["gates"]
    assert gates[-1]["gate"] == "posterior predictive" and gates[-1]["passed"]
    assert {path.name for path in (out / "figures").iterdir()} == {
        f"{name}.{kind}" for name in ("prior", "hidden", "retention") for kind in ("png", "svg")
    }


def test_nothing_hidden_is_not_spoken_of(run, tmp_path):
    table = tmp_path / "triangle.csv"
    table.write_text("Year,2003,2004,2005,2006\n2003,900,,,\n2004,700,900,,\n2005,560,700,900,\n"
                     "2006,470,560,700,900\n")  # fmt: skip
    out = run(source=str(table), holdout_periods=0)
    assert "No year was hidden" in texts(out) and "2006 the start alone" in texts(out)
    assert not (out / "tables" / "hidden.parquet").exists()
    drawn = [(out / "figures" / f"{name}.svg").read_text() for name in ("prior", "retention")]
    assert not any("hidden" in svg for svg in drawn)
    assert not (out / "figures" / "hidden.svg").exists()
    assert len(pd.read_parquet(out / "tables" / "parameters.parquet")) == 5


def test_failed_gate_stops_the_report_before_the_answer(run):
    with pytest.raises(PapermillExecutionError, match="must not be published") as error:
        run(min_predictive_prob=0.999, simulated_months=24, holdout_periods=0)
    assert error.value.ename == "GateError"


def test_smoke_run_passes_no_judgement(run, broken):
    out = run(smoke=True, draws=50, min_ess=1e9, min_predictive_prob=0.99)
    assert len(pd.read_parquet(out / "tables" / "answers.parquet")) == 2
    assert broken(out / "cohorts.ipynb") == []


def test_unusable_table_stops_it_in_words(run, tmp_path):
    table = tmp_path / "rising.csv"
    table.write_text("year,a_pct\n0,90\n1,95\n")
    with pytest.raises(PapermillExecutionError) as error:
        run(source=str(table))
    assert error.value.ename == "DataError"
    assert "does not start at 100 %" in error.value.evalue and "rises" in error.value.evalue
