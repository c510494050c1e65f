"""The account plan notebook by papermill: a plan without hands, a page with them, never PyMC."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import papermill
import pytest
from nbformat.v4 import new_code_cell
from papermill.exceptions import PapermillExecutionError
from planbooks import make_book

from workbench.apps.planner.opened import open_book, open_plan
from workbench.core.errors import ParameterError
from workbench.plans.plan.catalogue import read_catalogue
from workbench.plans.planbook.file import write_planbook
from workbench.report.account_plan.settings import AccountPlanSettings

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "60_account_plan.ipynb"
PLAN = ROOT / "params" / "plans" / "keep_a_customer.yaml"
ASK = 'import sys; print("PyMC" if {"pymc", "pytensor", "nutpie"} & set(sys.modules) else "light")'


@pytest.fixture(scope="module")
def planbook(tmp_path_factory) -> Path:
    """A book that has the example's customer, whose name is hostile."""
    book = make_book(keys=("A000114",))
    names = book.accounts["name"].replace("Customer 0", "<script>alert(1)</script>")
    industry = np.where(np.arange(12) % 3, "Banking", "Airlines")
    path = tmp_path_factory.mktemp("book") / "planbook.zip"
    write_planbook(
        replace(book, accounts=book.accounts.assign(name=names, industry=industry)), path
    )
    return path


def execute(tmp_path: Path, **parameters: str) -> nbformat.NotebookNode:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells.append(new_code_cell(ASK, id="ask"))
    source = tmp_path / "asked.ipynb"
    nbformat.write(notebook, source)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "params").mkdir()
    papermill.execute_notebook(
        str(source), str(tmp_path / "executed.ipynb"), parameters,
        kernel_name="python3", language="python", progress_bar=False, cwd=str(tmp_path),
    )  # fmt: skip
    return nbformat.read(tmp_path / "executed.ipynb", as_version=4)


def shown(notebook: nbformat.NotebookNode) -> str:
    return json.dumps([cell.get("outputs", []) for cell in notebook.cells])


def test_a_plan_is_told_without_hands(planbook, tmp_path, broken) -> None:
    run = tmp_path / "run"
    executed = execute(tmp_path, planbook=str(planbook), plan=str(PLAN), run_dir=str(run))
    text = shown(executed)
    assert "light" in str(executed.cells[-1].outputs)
    assert "&lt;script&gt;" in text and "<script>alert" not in text
    assert "Association, not cause" in text
    facts = json.loads((run / "facts" / "data.json").read_text(encoding="utf-8"))
    assert facts["as_of"] == "2026-01-01" and len(facts["fingerprint"]) == 64
    summary = pd.read_parquet(run / "tables" / "comparison.parquet")
    assert summary["renews"].iloc[1] > summary["renews"].iloc[0]
    assert (run / "figures" / "revenue.svg").exists()
    assert "Cedarhaven AG" in (run / "plan.html").read_text(encoding="utf-8")
    assert broken(run / "plan.html") == []
    assert broken(tmp_path / "executed.ipynb") == []


def test_without_a_plan_it_is_the_planners_page(planbook, tmp_path) -> None:
    executed = execute(tmp_path, planbook=str(planbook))
    assert "application/vnd.jupyter.widget-view+json" in shown(executed)
    assert "light" in str(executed.cells[-1].outputs)


def test_an_unknown_parameter_is_refused(planbook, tmp_path) -> None:
    with pytest.raises(PapermillExecutionError, match="plam: unknown parameter"):
        execute(tmp_path, planbook=str(planbook), plam="plan.yaml")


def test_a_report_needs_a_plan(planbook, tmp_path) -> None:
    settings = AccountPlanSettings(planbook=str(planbook), run_dir=str(tmp_path))
    with pytest.raises(ParameterError, match="A report is made of a plan"):
        open_plan(settings, open_book(settings, tmp_path)[0], read_catalogue())


def test_another_as_of_date_is_refused(planbook, tmp_path) -> None:
    settings = AccountPlanSettings(planbook=str(planbook), as_of="2025-01-01")
    with pytest.raises(ParameterError, match="another as-of date"):
        open_book(settings, tmp_path)
