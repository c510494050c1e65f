"""What moved a number, what differs between two runs, and the index of all."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest
import xarray as xr
from run_folders import write_accounts, write_run

from workbench.core.errors import DataError
from workbench.core.project import ROWS
from workbench.data.frames import row_digests
from workbench.data.load import book_from_frames
from workbench.operations.change import change_sentence, parts_of, run_before
from workbench.operations.difference import difference
from workbench.operations.index_page import write_index
from workbench.operations.runs import read_run, read_runs

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def kinds_of(outputs):
    runs = [run for run in read_runs(outputs) if run.status == "published"]
    return [part.kinds for part in parts_of(runs[-1], runs[0], read_runs(outputs))]


@pytest.mark.parametrize(
    ("settings", "kinds"),
    [
        ({}, []),
        ({"data": "d2"}, [("data",)]),
        ({"model": "m2"}, [("model",)]),
        ({"parameters": {"draws": 500}}, [("settings",)]),
        ({"as_of": "2026-02-01"}, [("time",)]),
        ({"data": "d2", "as_of": "2026-02-01"}, [("data", "time")]),
        ({"parameters": {"as_of": "2026-01-01"}}, []),
    ],
)
def test_a_change_is_put_down_to_what_differs(tmp_path, settings, kinds):
    write_run(tmp_path, "20260105")
    write_run(tmp_path, "20260205", **settings)
    assert kinds_of(tmp_path) == kinds


def test_further_runs_take_a_change_apart_and_the_parts_add_up(tmp_path):
    write_run(tmp_path, "20260105", nrr=0.971)
    new = {"data": "d2", "parameters": {"draws": 500}}
    write_run(tmp_path, "20260205", nrr=0.958, as_of="2026-02-01", **new)
    write_run(tmp_path, "20260206", nrr=0.962, status="aside", data="d2")
    write_run(tmp_path, "20260206", nrr=0.963, status="aside", mark="bbbbbb", **new)
    assert kinds_of(tmp_path) == [("data",), ("settings",), ("time",)]
    runs = [run for run in read_runs(tmp_path) if run.status == "published"]
    parts = parts_of(runs[1], runs[0], read_runs(tmp_path))
    settings = change_sentence("nrr_12m", parts)
    assert "data −0.9 points, settings +0.1 points, time −0.5 points" in settings
    assert change_sentence("grr_12m", parts) == ""


def test_the_run_before_is_published_and_of_the_same_book(tmp_path):
    write_run(tmp_path, "20260101", parameters={"source": "other"})
    now = read_run(write_run(tmp_path, "20260105"))
    assert run_before(now, read_runs(tmp_path)) is None
    write_run(tmp_path, "20260102", mark="aaaaaa")
    write_run(tmp_path, "20260103", status="failed")
    found = run_before(now, read_runs(tmp_path))
    assert found is not None
    assert found.run_id.startswith("20260102")


def test_what_is_no_run_is_said(tmp_path):
    with pytest.raises(DataError, match="no run"):
        read_run(tmp_path)


def book(arr, contracts=("c1", "c2")):
    accounts = pd.DataFrame({"account_id": ["a", "b"]})
    terms = pd.DataFrame(
        {
            "contract_id": contracts, "account_id": "a", "product": "p", "start_on": "2025-01-01",
            "arr": arr,
        }
    )  # fmt: skip
    return book_from_frames({"accounts": accounts, "contracts": terms})


def test_rows_are_counted_as_new_changed_and_gone(tmp_path):
    folders = [write_run(tmp_path, "20260105"), write_run(tmp_path, "20260205")]
    for folder, tables in zip(
        folders, [book([1.0, 2.0]), book([1.5, 3.0, 4.0], ("c1", "c3", "c4"))], strict=True
    ):
        row_digests(tables.tables).to_parquet(folder / ROWS)
    compared = difference(*map(read_run, folders))
    assert compared.rows is not None
    assert compared.rows.values.tolist() == [["contracts", 2, 1, 1]]


def test_accounts_and_posteriors_that_moved_most_come_first(tmp_path):
    folders = [write_run(tmp_path, "20260105"), write_run(tmp_path, "20260205")]
    write_accounts(folders[0], {"a": 0.9, "b": 0.8, "c": 0.5})
    write_accounts(folders[1], {"a": 0.4, "b": 0.81, "c": 0.5, "new": 0.1})
    for shift, folder in enumerate(folders):
        (folder / "posterior").mkdir()
        draws = xr.DataArray([[0.0, 1, 2, 3]], dims=["chain", "draw"])
        moved = xr.Dataset({"effect": draws + shift, "same": draws})
        moved.to_netcdf(folder / "posterior" / "hazard.nc", engine="h5netcdf")
    compared = difference(*map(read_run, folders))
    assert compared.accounts["account_id"].tolist() == ["a", "b"]
    assert compared.accounts["change"].round(2).tolist() == [-0.5, 0.01]
    assert compared.posteriors[["model", "variable"]].values.tolist() == [["hazard", "effect"]]
    assert compared.posteriors["moved"].iloc[0] == pytest.approx(1 / 1.25**0.5)


def test_the_index_tells_answers_changes_and_failures_and_escapes_them(tmp_path):
    write_run(tmp_path, "20260105", nrr=0.971)
    write_run(tmp_path, "20260205", nrr=0.958, data="d2")
    write_run(tmp_path, "20260206", status="failed")
    page = write_index(tmp_path, NOW).read_text(encoding="utf-8")
    assert "NRR in 12 months" in page
    assert "−1.3 points" in page
    assert "data −1.3 points" in page
    assert "A later run was not published" in page
    assert "&lt;b&gt;fell" in page
    assert "<b>fell" not in page
    assert 'href="net_growth/2026-01-01/20260205T060000Z-abcdef/net_growth.html"' in page


def test_an_index_of_nothing_says_so(tmp_path):
    assert "Nothing has been published yet" in write_index(tmp_path, NOW).read_text()
