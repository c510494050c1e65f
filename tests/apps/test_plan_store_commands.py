"""`workbench plan export, import, history, actions`: the store from the command line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from workbench.plans.store.open import open_store
from workbench.plans.store.records import DONE_ACTIONS, DoneAction

PLAN = "version: 1\nname: Keep [red]Acme\naccounts: [A000]\nnote: first\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("notebooks", "params"):
        (tmp_path / folder).mkdir()
    (tmp_path / "keep.yaml").write_text(PLAN)
    return tmp_path


def test_a_plan_goes_in_is_changed_told_and_comes_out(project, workbench):
    first = workbench(project, "plan", "import", "keep.yaml", "--author", "ann")
    assert (first.status, first.out) == (0, "keep: saved as version 1\n")
    assert workbench(project, "plan", "import", "keep.yaml").out == "1 stood there already.\n"
    assert "versions.yaml" in workbench(project, "plan", "export", "out").out
    file = project / "out" / "keep.yaml"
    file.write_text(PLAN.replace("first", "second"))
    assert workbench(project, "plan", "import", "out", "--author", "ben").status == 0
    printed = workbench(project, "plan", "history", "keep").out
    assert "version 2" in printed and "ben" in printed and "note: first → second" in printed
    assert "keep: Keep [red]Acme, version 2, ben" in workbench(project, "plan", "history").out
    back = workbench(project, "plan", "history", "keep", "--bring-back", "1", "--author", "cleo")
    assert "version 3" in back.out and "version 1 brought back" in back.out


def test_what_both_changed_is_told_and_not_written(project, workbench):
    workbench(project, "plan", "import", "keep.yaml", "--author", "ann")
    workbench(project, "plan", "export", "out")
    for text in ("hers", "his"):
        (project / "out" / "keep.yaml").write_text(PLAN.replace("first", text))
        answer = workbench(project, "plan", "import", "out", "--author", "ann")
    assert answer.status == 3
    assert "note: yours says 'his', theirs 'hers'" in answer.err


def test_an_unknown_plan_is_told(project, workbench):
    workbench(project, "plan", "import", "keep.yaml")
    answer = workbench(project, "plan", "history", "kepe")
    assert answer.status == 2 and "Did you mean keep?" in answer.err


def test_done_actions_become_a_table(project, workbench):
    store = open_store(str(project / "outputs" / "plans" / "plans.db"))
    done = DoneAction(account_id="A000", kind="roi_analysis", done_on=date(2026, 1, 5), hours=2)
    store.save(DONE_ACTIONS, "d", done, "ann", 0)
    store.close()
    answer = workbench(project, "plan", "actions", "crm/actions.parquet")
    assert answer.out == "crm/actions.parquet: 1 actions\n"
    assert pd.read_parquet(project / "crm" / "actions.parquet").hours.tolist() == [2.0]
    wrong = workbench(project, "plan", "actions", "crm/actions.xlsx")
    assert wrong.status == 2 and ".parquet or .csv" in wrong.err


def test_each_explains_itself(project, workbench):
    for name in ("export", "import", "history", "actions"):
        answer = workbench(project, "plan", name, "--help")
        assert answer.status == 0 and f"workbench plan {name}" in answer.out
