"""The command line teaches, answers fast and never shows a bare traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from workbench.apps.cli import main
from workbench.apps.reports import REPORTS


def test_help_shows_commands_and_examples(tmp_path, workbench):
    answer = workbench(tmp_path, "--help")
    assert answer.status == 0
    for phrase in ("run", "reports", "check", "simulate", "workbench run renewals", "Exit status"):
        assert phrase in answer.out


@pytest.mark.parametrize("arguments", [["run", "--help"], ["reports", "--help"]])
def test_every_command_explains_itself(tmp_path, workbench, arguments):
    answer = workbench(tmp_path, *arguments)
    assert answer.status == 0
    assert f"Usage: workbench {arguments[0]}" in answer.out


def test_version(tmp_path, workbench):
    answer = workbench(tmp_path, "--version")
    assert (answer.status, answer.out.split()[0]) == (0, "workbench")


def test_reports_lists_every_parameter(tmp_path, workbench):
    answer = workbench(tmp_path, "reports")
    assert answer.status == 0
    in_one_line = " ".join(answer.out.split())
    for report in REPORTS.values():
        assert report.question in in_one_line
        for name, field in report.settings.model_fields.items():
            assert f"{name} = {field.default!r}" in answer.out


@pytest.mark.parametrize("arguments", [["runn"], ["run"], ["run", "renewals", "--zork"]])
def test_wrong_usage_leaves_with_status_2(tmp_path, workbench, arguments):
    assert workbench(tmp_path, *arguments).status == 2


def test_the_unforeseen_is_told_in_one_line_and_kept_in_a_file(tmp_path, monkeypatch, capfd):
    def falls(prog_name: str) -> None:
        raise TypeError(f"{prog_name} did not expect this")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(SystemExit) as left:
        main(falls)
    told = capfd.readouterr().err
    assert left.value.code == 1
    assert "Something unforeseen went wrong: TypeError: workbench did not expect this" in told
    assert "Traceback" not in told
    [log] = tmp_path.glob("workbench-*.log")
    assert "Traceback" in log.read_text()
    assert str(log) in told


def test_what_no_report_is_made_of_is_refused_before_a_kernel_starts(tmp_path, workbench):
    for folder in ("notebooks", "params"):
        (tmp_path / folder).mkdir()
    answer = workbench(tmp_path, "run", "account_plan")
    assert answer.status == 2
    assert "A report is made of a plan." in answer.err and "-p plan=FILE" in answer.err
    assert not (tmp_path / "outputs").exists()


def test_help_imports_nothing_heavy():
    heavy = {"pymc", "matplotlib", "papermill", "nbconvert", "pandas", "numpy"}
    code = f"import sys, workbench.apps.cli; sys.exit(str({heavy!r} & set(sys.modules)))"
    call = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert call.stderr.strip() == "set()"


def test_simulated_book_passes_the_check(tmp_path, workbench):
    pytest.importorskip("workbench.data.simulate")
    pytest.importorskip("workbench.data.audit.audit")
    made = workbench(
        tmp_path, "simulate", "book", "--accounts", "40", "--months", "24", "--seed", "7",
        "--format", "csv", "--no-texts",
    )  # fmt: skip
    assert (made.status, made.out.strip()) == (0, "book")
    assert (Path(tmp_path) / "book" / "contracts.csv").exists()
    checked = workbench(tmp_path, "check", "book")
    assert checked.status == 0, checked.err
    assert "accounts" in checked.out


def test_source_that_cannot_be_loaded_leaves_with_status_3(tmp_path, workbench):
    pytest.importorskip("workbench.data.audit.audit")
    answer = workbench(tmp_path, "check", "nowhere")
    assert (answer.status, "nowhere" in answer.err) == (3, True)
