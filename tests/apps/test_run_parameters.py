"""Wrong parameters and notebooks stop a run before a kernel starts; nothing is written."""

from __future__ import annotations

import subprocess
import sys

import nbformat
import pytest


def test_every_wrong_parameter_is_named_at_once(make_project, workbench):
    root = make_project()
    answer = workbench(root, "run", "data_audit", "-p", "max_lost_shar=0.1", "-p", "data_seed=x")
    assert answer.status == 2
    assert "Did you mean max_lost_share?" in answer.err
    assert "data_seed: wrong type; expected a whole number" in answer.err
    assert not (root / "outputs").exists()


def test_unknown_report_names_the_nearest(make_project, workbench):
    answer = workbench(make_project(), "run", "data_audits")
    assert (answer.status, "Did you mean data_audit?" in answer.err) == (2, True)


def test_unreadable_parameter_file(make_project, workbench):
    root = make_project()
    (root / "bad.yaml").write_text("source: [", encoding="utf-8")
    answer = workbench(root, "run", "data_audit", "-f", "bad.yaml")
    assert (answer.status, "not YAML" in answer.err) == (2, True)


def test_missing_parameter_file(make_project, workbench):
    answer = workbench(make_project(), "run", "data_audit", "-f", "none.yaml")
    assert (answer.status, "none.yaml: cannot be read" in answer.err) == (2, True)


def test_unknown_name_in_the_shared_file(make_project, workbench):
    root = make_project()
    (root / "params" / "base.yaml").write_text("horizn_months: 3", encoding="utf-8")
    answer = workbench(root, "run", "data_audit")
    assert (answer.status, "Did you mean horizon_months?" in answer.err) == (2, True)


def test_assignment_without_value(make_project, workbench):
    answer = workbench(make_project(), "run", "data_audit", "-p", "source")
    assert (answer.status, "expected KEY=VALUE" in answer.err) == (2, True)


def test_missing_parameters_tag(make_project, workbench):
    answer = workbench(make_project(tags=[]), "run", "data_audit")
    assert answer.status == 2
    assert "expected one cell tagged parameters; found 0" in answer.err


def test_equals_sign_in_a_comment_hides_the_parameter(make_project, workbench, parameters_source):
    source = parameters_source.replace("data_seed = 20260101", "data_seed = 1  # seed = any")
    answer = workbench(make_project(parameters=source), "run", "data_audit")
    assert answer.status == 2
    assert "papermill sees no data_seed" in answer.err
    assert "second '='" in answer.err


def test_notebook_with_a_parameter_of_its_own(make_project, workbench, parameters_source):
    source = f"{parameters_source}\nsorce = 3"
    answer = workbench(make_project(parameters=source), "run", "data_audit")
    assert (answer.status, "Did you mean source?" in answer.err) == (2, True)


@pytest.mark.parametrize("content", [None, "not json", "{}"])
def test_notebook_missing_or_no_notebook(make_project, workbench, content):
    root = make_project()
    notebook = root / "notebooks" / "00_data_audit.ipynb"
    notebook.unlink() if content is None else notebook.write_text(content, encoding="utf-8")
    answer = workbench(root, "run", "data_audit")
    assert (answer.status, "notebook" in answer.err) == (2, True)


def test_papermill_by_hand_stops_before_computing(make_project):
    root = make_project("open('computed', 'w').close()")
    call = subprocess.run(
        [
            sys.executable, "-m", "papermill", "notebooks/00_data_audit.ipynb", "out.ipynb",
            "--no-progress-bar", "-p", "max_lost_shar", "0.1", "-p", "as_of", "31-01-2026",
        ],
        cwd=root, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert call.returncode != 0
    assert not (root / "computed").exists()
    executed = nbformat.read(root / "out.ipynb", as_version=4)
    errors = [
        output.evalue
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    assert "Did you mean max_lost_share?" in errors[0]
    assert "as_of: not accepted; expected an ISO date" in errors[0]


@pytest.mark.parametrize(
    "option", ["--inject-paths", "--inject-input-path", "--inject-output-path", "none"]
)
def test_papermill_may_add_its_own_parameters(make_project, option):
    root = make_project("open('computed', 'w').close()")
    call = subprocess.run(
        [
            sys.executable, "-m", "papermill", "notebooks/00_data_audit.ipynb", "out.ipynb",
            "--no-progress-bar", "-p", "data_seed", "3", *([] if option == "none" else [option]),
        ],
        cwd=root, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert call.returncode == 0, call.stderr
    assert (root / "computed").exists()
