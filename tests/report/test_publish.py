"""What a notebook leaves behind, and that it is whole and harmless."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from workbench.core.settings import ReportSettings
from workbench.report.output.page_figure import draw
from workbench.report.output.publish import (
    defuse_formulas,
    publish_facts,
    publish_figure,
    publish_table,
)
from workbench.report.output.tables import with_names
from workbench.report.style import new_figure


@pytest.fixture
def settings(tmp_path):
    return ReportSettings(run_dir=str(tmp_path))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_is_defused(start):
    frame = pd.DataFrame({"name": pd.Series([f"{start}1"], dtype="category"), "change": [-1.5]})
    safe = defuse_formulas(frame)
    assert safe["name"].tolist() == [f"'{start}1"]
    assert safe["change"].tolist() == [-1.5]
    assert frame["name"].tolist() == [f"{start}1"]


def test_column_names_are_defused_and_missing_text_stays_missing():
    safe = defuse_formulas(pd.DataFrame({"=cmd()": ["a", None]}))
    assert list(safe.columns) == ["'=cmd()"]
    assert safe.iloc[:, 0].isna().tolist() == [False, True]


def test_table_is_written_for_machines_and_for_people(settings, tmp_path):
    frame = pd.DataFrame({"name": ["Ann"], "arr": [1.5]})
    publish_table(settings, "accounts", frame)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "tables" / "accounts.parquet"), frame)
    assert (tmp_path / "tables" / "accounts.csv").read_text() == "name,arr\nAnn,1.5\n"
    kinds = sorted(path.suffix for path in (tmp_path / "tables").iterdir())
    assert kinds == [".csv", ".parquet", ".xlsx"]


def test_a_sheet_of_accounts_has_their_names_beside_the_ids():
    accounts = pd.DataFrame({"account_id": ["a", "b"], "name": ["Acme", None]})
    table = pd.DataFrame({"month": 1, "account_id": pd.Categorical(["a", "b", None]), "arr": 2.0})
    named = with_names(table, accounts)
    assert list(named) == ["month", "account_id", "name", "arr"]
    assert named["name"].fillna("").tolist() == ["Acme", "b", ""]
    assert with_names(named, accounts) is named
    assert with_names(table, pd.DataFrame()) is table


def test_a_table_beyond_what_people_read_is_no_sheet(settings, tmp_path):
    publish_table(settings, "accounts", pd.DataFrame({"name": ["Ann", "Bob"]}), most_sheet_rows=1)
    assert not (tmp_path / "tables" / "accounts.xlsx").exists()


def test_figure_is_written_as_pixels_and_as_lines(settings, tmp_path):
    drawn = draw(new_figure()[0])
    publish_figure(settings, "survival", drawn)
    written = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert written == ["survival.png", "survival.svg"]
    assert (tmp_path / "figures" / "survival.svg").read_text() == drawn.svg


def test_facts_hold_plain_numbers(settings, tmp_path):
    publish_facts(settings, "data", {"rows": np.int64(3), "as_of": pd.Timestamp("2026-01-01")})
    facts = json.loads((tmp_path / "facts" / "data.json").read_text())
    assert facts == {"rows": 3, "as_of": "2026-01-01 00:00:00"}


def test_nothing_is_left_of_a_table_that_cannot_be_written(settings, tmp_path):
    with pytest.raises(ValueError, match="name"):
        publish_table(settings, "bad", pd.DataFrame([[1, 2]], columns=["a", "a"]))
    assert list((tmp_path / "tables").iterdir()) == []


def test_without_a_run_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    publish_table(ReportSettings(), "accounts", pd.DataFrame({"a": [1]}))
    publish_figure(ReportSettings(), "survival", draw(new_figure()[0]))
    publish_facts(ReportSettings(), "data", {})
    assert list(tmp_path.iterdir()) == []
