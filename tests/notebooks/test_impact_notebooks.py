"""The notebooks on actions and on planning through the runner: smoke runs of a small book."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from workbench.apps.runner import RunResult, run_report
from workbench.data.simulate import simulate
from workbench.report.plan_impact.settings import REPORT as IMPACT
from workbench.report.planning_practice.settings import REPORT as PRACTICE

ROOT = Path(__file__).parents[2]
SMALL = {
    "simulated_accounts": 80,
    "simulated_months": 30,
    "horizon_months": 3,
    "covariates": ["nps_latest", "consumption_3m"],
    "groups": [],
}
SMOKE = SMALL | {"draws": 50, "tune": 50, "smoke": True}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for folder in ("params", "notebooks"):
        shutil.copytree(ROOT / folder, root / folder)
    return root


def table(result: RunResult, name: str) -> pd.DataFrame:
    return pd.read_parquet(result.folder / "tables" / f"{name}.parquet")


def test_mock_draws_measure_nothing_and_few_endings_say_so(project, broken) -> None:
    result = run_report(IMPACT, IMPACT.settings(**SMOKE), project)
    assert result.failure is None
    effects = table(result, "effects")
    assert set(effects["word"]) == {"association"}
    assert effects["why"].iloc[:-1].str.contains("Too few were treated").all()
    assert not (result.folder / "effects.yaml").exists()
    page = result.page.read_text(encoding="utf-8")
    assert "Nothing can be told yet of what actions do" in page
    assert "No coin is on record" in page
    assert table(result, "changes")["outcome"].iloc[0] == "revenue"
    assert "Too few were treated" in page
    assert broken(result.page) == []


def test_a_book_without_actions_says_what_is_missing_and_what_to_record(
    project, broken, tmp_path
) -> None:
    made = simulate(40, 30, 1, texts=False).tables
    source = tmp_path / "source"
    source.mkdir()
    for name in ("accounts", "contracts", "surveys"):
        made[name].to_csv(source / f"{name}.csv", index=False)
    asked = SMOKE | {"source": str(source), "smoke": False, "covariates": ["nps_latest"]}
    result = run_report(IMPACT, IMPACT.settings(**asked), project)
    assert result.failure is None
    page = result.page.read_text(encoding="utf-8")
    assert "What actions do cannot be told: no action within the months" in page
    assert "one row for each, with its account" in page
    assert not (result.folder / "effects.yaml").exists()
    assert broken(result.page) == []


def test_without_plans_the_practice_says_so(project, broken) -> None:
    result = run_report(PRACTICE, PRACTICE.settings(**SMALL), project)
    assert result.failure is None
    practice = table(result, "practice").set_index("question")
    assert practice.loc["has a plan", "accounts"] == 0
    assert practice.loc["three contacts or more", "accounts"] > 0
    manifest = json.loads((result.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["facts"]["answer"]["numbers"][0]["name"] == "living"
    assert "No account has a living plan" in result.page.read_text(encoding="utf-8")
    assert broken(result.page) == []
