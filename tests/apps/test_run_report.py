"""What a run leaves behind when it succeeds, fails, is held back by a gate or loses its kernel."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from workbench.apps.reports import REPORTS
from workbench.apps.runner import run_report
from workbench.report.data_audit.settings import DataAuditSettings
from workbench.report.output.page import external_loads

AUDIT = REPORTS["data_audit"]
GOOD = """
import matplotlib.pyplot as plt
import pandas as pd
from workbench.report.output.publish import publish_facts, publish_table
frame = pd.DataFrame({"name": ["<script>alert(1)</script>", "=cmd()"], "change": [-1.5, 2.0]})
publish_table(settings, "accounts", frame)
publish_facts(settings, "data", {"as_of": "2026-01-01", "fingerprint": "ab12"})
publish_facts(settings, "gates", {"rhat": {"passed": True}})
plt.plot([1, 2])
display(frame)
"""


def run(root, **values):
    return run_report(AUDIT, DataAuditSettings(**values), root)


@pytest.fixture(scope="module")
def published(make_project):
    root = make_project(GOOD)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MPLBACKEND", "Agg")
        return root, run(root)


def test_published_run_is_complete_and_a_failure_leaves_it_the_latest(published, make_project):
    root, result = published
    latest = root / "outputs" / "data_audit" / "latest"
    manifest = json.loads((latest / "manifest.json").read_text())
    assert (result.status, manifest["status"]) == ("published", "published")
    assert latest.resolve() == result.folder
    assert result.folder.parent.name == "2026-01-01"
    assert manifest["data"]["fingerprint"] == "ab12"
    assert manifest["gates"] == {"rhat": {"passed": True}}
    assert manifest["seeds"] == {"data_seed": 20260101}
    assert {"pymc", "python"} <= set(manifest["packages"])
    assert len(manifest["code"]["source"]) == 64

    gate = 'from workbench.core.errors import GateError\nraise GateError("R-hat is 1.4.")'
    failed = run(make_project(gate, root=root))
    assert (failed.status, failed.failure.exit_status) == ("failed", 4)
    assert failed.failure.words == "R-hat is 1.4."
    assert failed.folder.name.endswith("-failed")
    assert "Not published. R-hat is 1.4." in failed.page.read_text()
    assert json.loads((failed.folder / "manifest.json").read_text())["status"] == "failed"
    assert latest.resolve() == result.folder


def test_text_of_customers_is_escaped_in_the_page_and_defused_in_the_csv(published):
    _, result = published
    page = result.page.read_text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert page.count("<script") == 1  # the page's own
    assert "<script>alert" not in page
    assert external_loads(page) == []
    written = pd.read_csv(result.folder / "tables" / "accounts.csv")
    assert written["name"].tolist() == ["<script>alert(1)</script>", "'=cmd()"]
    assert written["change"].tolist() == [-1.5, 2.0]
    stored = pd.read_parquet(result.folder / "tables" / "accounts.parquet")
    assert stored["name"].tolist()[1] == "=cmd()"


def test_figures_reach_the_page_whatever_the_scheduler_chose_to_draw_with(published):
    assert "data:image/png;base64," in published[1].page.read_text()


def test_error_in_a_cell_is_told_in_words_and_traced_in_the_log(make_project, workbench):
    root = make_project("values = {}\nvalues['arr']")
    answer = workbench(root, "run", "data_audit", "-p", "as_of=2026-02-01")
    assert answer.status == 1
    assert "00_data_audit.ipynb, In [4] (" in answer.err
    assert "stopped with KeyError: 'arr'" in answer.err
    assert "Traceback" not in answer.err
    [folder] = (root / "outputs" / "data_audit" / "2026-02-01").iterdir()
    assert "KeyError" in (folder / "run.log").read_text()
    assert not (root / "outputs" / "data_audit" / "latest").exists()


def test_bad_data_found_in_the_notebook_leaves_with_its_own_status(make_project):
    bad = 'from workbench.core.errors import DataError\nraise DataError("No contracts.")'
    result = run(make_project(bad))
    assert (result.failure.exit_status, result.failure.words) == (3, "No contracts.")
    assert result.folder.parent.name == "undated"


def test_dead_kernel(make_project):
    result = run(make_project("import os\nos._exit(9)"))
    assert (result.status, result.failure.kind) == ("failed", "DeadKernelError")
    assert "memory" in result.failure.words


def test_password_of_the_source_reaches_the_notebook_and_no_file(make_project):
    secret = "assert len(settings.source) == 37\nraise RuntimeError(settings.source)"
    result = run(make_project(secret), source="postgresql://ann:s3cret@localhost/crm")
    assert "postgresql://ann:***@localhost/crm" in result.failure.words
    files = [path for path in result.folder.rglob("*") if path.is_file()]
    assert {"data_audit.ipynb", "run.log"} <= {path.name for path in files}
    assert not [path.name for path in files if b"s3cret" in path.read_bytes()]


def test_what_the_kernel_says_while_it_ends_is_in_the_log_and_not_on_the_terminal(
    make_project, workbench
):
    end = "os.write(sys.__stderr__.fileno(), b'a late word')"
    late = f"import atexit, os, sys\natexit.register(lambda: {end})"
    root = make_project(f"values = {{}}\n{late}\nvalues['arr']")
    answer = workbench(root, "run", "data_audit", "-p", "as_of=2026-02-01")
    assert answer.status == 1
    assert "a late word" not in answer.err
    [folder] = (root / "outputs" / "data_audit" / "2026-02-01").iterdir()
    assert "a late word" in (folder / "run.log").read_text()
