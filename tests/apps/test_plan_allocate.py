"""`workbench plan allocate`: the answer on the screen, and as tables and a plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from planbooks import make_book

from workbench.plans.planbook.file import write_planbook


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for folder in ("notebooks", "params", "outputs/growth/latest"):
        (root / folder).mkdir(parents=True)
    book = make_book(draws=40)
    accounts = book.accounts.assign(owner="[b]Ada", name="=cmd()")
    write_planbook(replace(book, accounts=accounts), root / "outputs/growth/latest/planbook.zip")
    return root


def test_it_answers_and_writes_a_plan_that_can_be_evaluated(project, workbench):
    arguments = ("--hours", "99", "--hours-of", "[b]Ada=40", "--out", "out")
    answer = workbench(project, "plan", "allocate", *arguments)
    assert answer.status == 0, answer.err
    printed = " ".join(answer.out.split())
    for phrase in (
        "of 40 hours",
        "No allocation exceeds",
        "top-risk list",
        "half as strong",
        "[b]Ada",
    ):
        assert phrase in printed
    accounts = pd.read_parquet(project / "out" / "accounts.parquet")
    assert 0 < accounts["hours"].sum() <= 40
    assert pd.read_csv(project / "out" / "accounts.csv")["name"].tolist()[0] == "'=cmd()"
    shown = workbench(project, "plan", "out/plan.yaml")
    assert shown.status == 0 and "Where the hours go" in shown.out


def test_what_is_not_accepted_is_told(project, workbench):
    answer = workbench(project, "plan", "allocate", "--hours-of", "Ada")
    assert answer.status == 2 and "such as 'Ada Moss=20'" in answer.err
