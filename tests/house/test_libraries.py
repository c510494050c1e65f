"""One small use of each library whose green resolution has proved little before."""

from __future__ import annotations

import io
from datetime import date, datetime
from importlib import metadata
from pathlib import Path

import arviz as az
import great_tables
import h5netcdf
import ibis
import lifelines
import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
import scoringrules
import xarray as xr
import xlsxwriter
from packaging.requirements import Requirement
from python_calamine import CalamineWorkbook
from sksurv.metrics import concordance_index_ipcw
from sksurv.util import Surv


def test_installed_versions_satisfy_our_bounds() -> None:
    wishes = [Requirement(line) for line in metadata.requires("workbench") or []]
    assert wishes
    unmet = [
        f"{wish} but {metadata.version(wish.name)}"
        for wish in wishes
        if not wish.specifier.contains(metadata.version(wish.name))
    ]
    assert unmet == []


def test_ibis_answers_through_duckdb() -> None:
    book = ibis.memtable({"account_id": ["a", "a", "b"], "arr": [1.0, 2.0, 4.0]})
    totals = book.group_by("account_id").agg(arr=book.arr.sum()).order_by("account_id")
    assert ibis.duckdb.connect().to_pandas(totals).arr.tolist() == [3.0, 4.0]


def test_pandera_reports_every_bad_row() -> None:
    schema = pa.DataFrameSchema({"arr": pa.Column(float, pa.Check.ge(0))})
    with pytest.raises(pa.errors.SchemaErrors) as caught:
        schema.validate(pd.DataFrame({"arr": [-1.0, 1.0, -2.0]}), lazy=True)
    assert caught.value.failure_cases["index"].tolist() == [0, 2]


def test_a_data_set_survives_h5netcdf(tmp_path: Path) -> None:
    draws = xr.Dataset({"hazard": (("draw", "month"), np.arange(6.0).reshape(2, 3))})
    draws.to_netcdf(tmp_path / "draws.nc", engine="h5netcdf")
    assert h5netcdf.__version__
    xr.testing.assert_identical(xr.load_dataset(tmp_path / "draws.nc"), draws)


def test_arviz_summarises_with_a_stated_interval() -> None:
    draws = np.random.default_rng(1).normal(size=(2, 500))
    summary = az.summary(az.from_dict({"posterior": {"effect": draws}}), ci_prob=0.9, ci_kind="eti")
    assert summary.index.tolist() == ["effect"]
    assert {"r_hat", "ess_bulk", "ess_tail"} <= set(summary.columns)


def test_great_tables_escapes_nothing_away() -> None:
    page = great_tables.GT(pd.DataFrame({"name": ["Kiln & Sons"]})).as_raw_html()
    assert "Kiln" in page


def test_scores_come_from_libraries() -> None:
    assert scoringrules.crps_ensemble(1.0, np.array([1.0, 1.0])) == 0
    seen = Surv.from_arrays([True, True, True, True], [1.0, 2.0, 3.0, 4.0])
    assert concordance_index_ipcw(seen, seen, np.array([4.0, 3.0, 2.0, 1.0]))[0] == 1


def test_lifelines_runs_on_this_pandas() -> None:
    table = pd.read_csv(io.StringIO("time,event\n1,1\n2,1\n3,0\n"))
    fitted = lifelines.KaplanMeierFitter().fit(table.time, table.event)
    assert fitted.predict(1) == pytest.approx(2 / 3)


def test_calamine_reads_types_and_keeps_the_first_rows(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "book.xlsx")) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_row(1, 1, ["arr", 2.5, True])
        sheet.write_datetime(2, 1, datetime(2024, 1, 31), book.add_format({"num_format": "yyyy"}))
    sheet = CalamineWorkbook.from_path(str(tmp_path / "book.xlsx")).get_sheet_by_name("Data")
    assert sheet.to_python(skip_empty_area=False) == [
        ["", "", "", ""],
        ["", "arr", 2.5, True],
        ["", date(2024, 1, 31), "", ""],
    ]
