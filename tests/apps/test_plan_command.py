"""`workbench plan`: the comparison on the screen, faults with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from planbooks import make_book

from workbench.plans.planbook.file import write_planbook

PLAN = """\
version: 1
name: Keep <b>Acme</b>
accounts: [A000]
actions:
  - {kind: adoption_workshop, month: 2026-02, owner: "[red]Ada"}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for folder in ("notebooks", "params", "outputs/growth/latest"):
        (root / folder).mkdir(parents=True)
    write_planbook(make_book(draws=50), root / "outputs/growth/latest/planbook.zip")
    (root / "plan.yaml").write_text(PLAN)
    return root


def test_a_plan_is_compared(project: Path, workbench) -> None:
    answer = workbench(project, "plan", "plan.yaml")
    assert answer.status == 0, answer.err
    for phrase in ("as things stand", "Keep <b>Acme</b>: 1 account", "association", "none of the"):
        assert phrase in " ".join(answer.out.split())


def test_a_plan_is_written_as_a_document(project: Path, workbench) -> None:
    answer = workbench(project, "plan", "plan.yaml", "--document", "shared/plan.html")
    assert answer.status == 0, answer.err
    assert "Document: shared/plan.html" in answer.out
    page = (project / "shared" / "plan.html").read_text(encoding="utf-8")
    assert "Keep &lt;b&gt;Acme&lt;/b&gt;" in page and "Adoption workshop" in page


def test_a_fault_names_its_line(project: Path, workbench) -> None:
    (project / "wrong.yaml").write_text(PLAN.replace("[A000]", "[A0x0]"))
    answer = workbench(project, "plan", "wrong.yaml")
    assert answer.status == 3
    assert "wrong.yaml line 3, accounts.0: no customer A0x0." in answer.err


def test_without_a_planbook_it_says_where_one_comes_from(tmp_path: Path, workbench) -> None:
    for folder in ("notebooks", "params"):
        (tmp_path / folder).mkdir()
    (tmp_path / "plan.yaml").write_text(PLAN)
    answer = workbench(tmp_path, "plan", "plan.yaml")
    assert answer.status == 2
    assert "There is no book to plan on." in answer.err
