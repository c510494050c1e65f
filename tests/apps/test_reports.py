"""The reports themselves, through the command line and papermill, with the real sampler."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from page_checks import promises_broken_at

from workbench.apps.parameter_files import read_settings
from workbench.apps.reports import find_report
from workbench.apps.runner import RunResult, run_report
from workbench.apps.unchanged import inputs_digest, unchanged_page
from workbench.report.account_health.settings import AccountHealthSettings
from workbench.report.output.page import external_loads
from workbench.report.renewals.settings import RenewalsSettings

PROJECT = Path(__file__).parents[2]
# Short, with gates so loose that only a sampler gone wrong fails them: draws differ with the state
# of the compiler's cache, and what is tested here is the report.
SMALL = [
    "simulated_accounts=150",
    "draws=500",
    "tune=500",
    "max_rhat=1.3",
    "min_ess=10",
    "max_divergences=200",
    "min_calibrated=0",
    "horizon_months=12",
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    """A project with outputs of its own."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("notebooks", "params"):
        shutil.copytree(PROJECT / folder, root / folder)
    return root


def run(workspace: Path, report: str, *assignments: str) -> RunResult:
    settings = read_settings(find_report(report), workspace, None, list(assignments))
    return run_report(find_report(report), settings, workspace)


@pytest.fixture
def broken(request) -> Callable[[Path], list[str]]:
    """Take a page and return what it breaks; without a browser, all else has been tested."""
    return lambda page: promises_broken_at(page, request.getfixturevalue("chromium_path"))


@pytest.fixture(scope="module")
def renewals(workspace) -> RunResult:
    return run(workspace, "renewals", *SMALL)


def test_the_renewals_report_is_published(renewals, broken) -> None:
    assert renewals.failure is None
    assert renewals.status == "published"
    page = renewals.page.read_text(encoding="utf-8")
    assert external_loads(page) == []
    assert "renewals</strong> worth" in page
    assert page.count("data:image/svg+xml") == 16
    assert page.count('class="sliders"') == 1
    manifest = json.loads((renewals.folder / "manifest.json").read_text())
    assert manifest["data"]["as_of"] == "2026-01-01"
    assert {gate["gate"] for gate in manifest["gates"]["gates"]} >= {
        "R-hat",
        "bulk ESS",
        "divergences",
        "energy (BFMI)",
        "calibration by risk",
        "survival curve over Kaplan-Meier",
        "share with Pareto k above 0.7",
    }
    assert (renewals.folder / "posterior" / "hazard.nc").stat().st_size > 10_000
    assert broken(renewals.page) == []


def test_its_tables_agree_with_each_other(renewals) -> None:
    tables = {path.stem: pd.read_parquet(path) for path in renewals.folder.glob("tables/*.parquet")}
    accounts, book, due = tables["accounts"], tables["book"], tables["renewals_due"]
    assert accounts["probability"].between(0, 1).all()
    assert (accounts["low"] <= accounts["probability"]).all()
    steps = accounts.groupby("account_id")["probability"].diff().dropna()
    assert (steps <= 1e-6).all()
    expected = accounts.groupby("horizon_months")["probability"].sum()
    assert book["accounts"].to_numpy() == pytest.approx(expected.to_numpy(), rel=0.05)
    assert due["at_risk"].to_numpy() == pytest.approx(due["arr"] * (1 - due["probability"]))
    assert due["at_risk"].is_monotonic_decreasing


def test_an_unchanged_fit_is_read_and_gives_the_same_numbers(workspace, renewals) -> None:
    again = run(workspace, "renewals", *SMALL)
    facts = [json.loads((r.folder / "facts" / "fit.json").read_text()) for r in (renewals, again)]
    assert facts[0]["key"] == facts[1]["key"]
    assert facts[1]["reused"]
    for path in (renewals.folder / "tables").glob("*.parquet"):
        pd.testing.assert_frame_equal(
            pd.read_parquet(path), pd.read_parquet(again.folder / "tables" / path.name)
        )


def test_the_model_check_examines_the_fit_of_the_renewals_report(workspace, renewals) -> None:
    """Same settings, same stored fit: nothing is sampled, and each gate has the same value."""
    checked = run(workspace, "model_check", *SMALL)
    assert checked.status == "published", checked.failure
    facts = [json.loads((r.folder / "facts" / "fit.json").read_text()) for r in (renewals, checked)]
    assert facts[1]["key"] == facts[0]["key"] and facts[1]["reused"]
    manifests = [json.loads((r.folder / "manifest.json").read_text()) for r in (renewals, checked)]
    first, second = (
        {gate["gate"]: (gate["value"], gate["passed"]) for gate in manifest["gates"]["gates"]}
        for manifest in manifests
    )
    looked_back = "past forecasts that held, chance of so few"  # of the report alone
    assert second == {name: gate for name, gate in first.items() if name != looked_back}
    assert manifests[1]["gates"]["loo"]["p_loo"] > 0
    page = checked.page.read_text(encoding="utf-8")
    assert external_loads(page) == [] and page.count("data:image/svg+xml") >= 6
    assert "of 100 terms that end, 35 to 96 go on" in page and "9 gates can tell, yes" in page
    tables = {path.stem: pd.read_parquet(path) for path in checked.folder.glob("tables/*.parquet")}
    shares = tables["prior_predictive"]
    narrower = shares["posterior_high"] - shares["posterior_low"]
    assert (narrower < 0.7 * (shares["prior_high"] - shares["prior_low"])).all()
    assert set(tables["sensitivity"]["kind"]) == {"answer", "parameter"}
    assert tables["survival"]["observed"].between(0, 1).all()
    assert {"priors", "diagnostics", "calibration"} <= set(tables)


def test_an_unchanged_report_is_recognised(workspace, renewals) -> None:
    report = find_report("renewals")
    settings = read_settings(report, workspace, None, SMALL)
    assert unchanged_page(report, settings, workspace) is not None
    other = settings.model_copy(update={"due_months": 3})
    assert unchanged_page(report, other, workspace) is None
    notebook = workspace / "notebooks" / report.notebook
    before = notebook.read_bytes()
    notebook.write_bytes(before + b"\n")
    assert unchanged_page(report, settings, workspace) is None
    notebook.write_bytes(before)


def test_a_changed_source_is_seen_and_a_database_never_trusted(tmp_path) -> None:
    table, notebook = tmp_path / "accounts.csv", tmp_path / "n.ipynb"
    table.write_text("a\n1\n")
    notebook.write_text("{}")
    settings = RenewalsSettings(source=str(tmp_path))
    before = inputs_digest(settings, notebook)
    assert before == inputs_digest(settings, notebook)
    table.write_text("a\n2\n")
    assert inputs_digest(settings, notebook) != before
    assert inputs_digest(RenewalsSettings(source="postgresql://host/db"), notebook) is None


def test_an_edited_file_that_parameters_name_is_a_change(tmp_path, workspace) -> None:
    notebook = workspace / "notebooks" / "70_account_health.ipynb"
    words = tmp_path / "words.yaml"
    words.write_text("one", encoding="utf-8")
    settings = AccountHealthSettings(words=str(words))
    before = inputs_digest(settings, notebook)
    words.write_text("two", encoding="utf-8")
    assert inputs_digest(settings, notebook) != before


def test_a_failed_gate_leaves_the_last_good_report(workspace, renewals) -> None:
    latest = workspace / "outputs" / "renewals" / "latest"
    before = latest.resolve()
    failed = run(workspace, "renewals", *SMALL, "min_ess=100000")
    assert failed.status == "failed"
    assert failed.failure.exit_status == 4
    assert "bulk ESS: gate failed; expected 100000" in failed.failure.words
    assert latest.resolve() == before
    assert not (failed.folder / "tables").exists()


def test_a_smoke_run_never_publishes(workspace, renewals) -> None:
    latest = (workspace / "outputs" / "renewals" / "latest").resolve()
    ends = ["horizon_months=1", "due_months=36", "tune=10", "interval_prob=0.01"]
    few = ["smoke=true", "draws=50", "simulated_accounts=40", *ends]
    smoke = run(workspace, "renewals", *SMALL, *few)
    assert smoke.status == "smoke"
    assert (workspace / "outputs" / "renewals" / "latest").resolve() == latest


def test_the_data_audit_is_published(workspace, broken) -> None:
    result = run(workspace, "data_audit", "simulated_accounts=60")
    assert result.failure is None
    page = result.page.read_text(encoding="utf-8")
    assert external_loads(page) == []
    assert page.count("data:image/svg+xml") == 4  # two figures, each for wide and narrow screens
    assert (result.folder / "tables" / "audit_rows.csv").exists()
    assert broken(result.page) == []


def test_telco_is_named_a_snapshot(workspace, public_data) -> None:
    source = public_data("telco.csv")
    result = run(workspace, "data_audit", f"source={source}", "mapping=telco")
    assert result.failure is None
    assert "snapshot" in result.page.read_text(encoding="utf-8")


def by_hand(workspace: Path, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "papermill", "notebooks/10_renewals.ipynb", "out.ipynb"]
    return subprocess.run(
        [*command, "-f", "params/renewals.yaml", "--no-progress-bar", *arguments],
        cwd=workspace,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONWARNINGS": "default"},
        check=False,
    )


def test_papermill_by_hand_refuses_what_it_does_not_know(workspace) -> None:
    wrong = ["-p", "horizn_months", "12", "-p", "interval_prob", "1.5", "-y", "chains: two"]
    done = by_hand(workspace, *wrong)
    assert done.returncode != 0
    for message in (
        "horizn_months: unknown parameter",
        "Did you mean horizon_months?",
        "interval_prob: out of range",
        "chains: wrong type",
    ):
        assert message in done.stderr
    executed = json.loads((workspace / "out.ipynb").read_text())
    code = [cell for cell in executed["cells"] if cell["cell_type"] == "code"]
    ran = [cell for cell in code if cell["execution_count"] and "hazard_data(" in str(cell)]
    assert ran == []
