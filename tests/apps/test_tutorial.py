"""The tutorial's commands, as they stand there, on an export that is made here."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.apps.reports import find_report
from workbench.apps.source_check import check_source
from workbench.core.parameters import make_settings

TEXT = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
COMMANDS = [
    shlex.split(line) for kind, block in BLOCKS if kind == "sh" for line in block.splitlines()
]
CUSTOMERS, CONTRACTS = (block.splitlines()[0] for kind, block in BLOCKS if not kind)


def write_export(folder: Path, customers: int = 60) -> None:
    """Write an export with the tutorial's own header lines, days and marks."""
    rng = np.random.default_rng(1)
    folder.mkdir()
    start = pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 900, customers), "D")
    left = np.where(rng.random(customers) < 0.3, start + pd.Timedelta(200, "D"), pd.NaT)
    days = [
        pd.Series(pd.to_datetime(values)).dt.strftime("%d.%m.%Y").fillna("")
        for values in (start, start + pd.DateOffset(years=1), left)
    ]
    who = [f"{1001 + at};Firm {at};{('Banking', 'Retail')[at % 2]};DE" for at in range(customers)]
    what = [
        f"K-{at};{1001 + at};gold;{days[0][at]};{days[1][at]};{50 + at};{days[2][at]}"
        for at in range(customers)
    ]
    (folder / "customers.csv").write_text("\n".join([CUSTOMERS, *who]) + "\n")
    (folder / "contracts.csv").write_text("\n".join([CONTRACTS, *what]) + "\n")


@pytest.fixture
def root(make_project, tmp_path):
    root = make_project(root=tmp_path / "project")
    write_export(root / "crm_export")
    return root


def test_a_stranger_who_follows_it_gets_to_a_forecast(root, workbench, monkeypatch):
    commands = {command[1]: command[2:] for command in COMMANDS if command[0] == "workbench"}
    mapped = workbench(root, "map", *commands["map"])
    assert mapped.status == 0
    assert "Tried: it reads 60 accounts, 60 contracts." in mapped.err
    checked = workbench(root, "check", *commands["check"])
    assert checked.status == 0 and "contracts" in checked.out
    monkeypatch.chdir(root)
    for _, _, report, *rest in (command for command in COMMANDS if command[1] == "run"):
        values = dict(part.split("=", 1) for part in rest if "=" in part)
        found = find_report(report)
        check_source(found, make_settings(found, values))


def test_every_command_of_the_tutorial_is_there(workbench, root):
    known = workbench(root, "--help").out
    for command in COMMANDS:
        assert command[0] in ("make", "source") or command[1] in known
