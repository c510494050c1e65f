"""Retention tables: both forms, percent and customers, and everything wrong named at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import DataError
from workbench.data.retention.cohort_table import (
    hide_last,
    load_retention,
    open_retention,
    simulate_retention,
)
from workbench.report.cohorts.settings import CohortsSettings

WIDE = "month,january,february\n0,412,380\n1,377,351\n2,349,\n"
LONG = (
    "cohort,period,alive\nfebruary,1,351\njanuary,0,412\njanuary,2,349\n"
    "february,0,380\njanuary,1,377\n"
)


@pytest.fixture
def load(tmp_path):
    def load(text, cohort_size=1000):
        path = tmp_path / "retention.csv"
        path.write_text(text, encoding="utf-8")
        return load_retention(path, cohort_size)

    return load


@pytest.mark.parametrize(("text", "word"), [(WIDE, "month"), (LONG, "period")])
def test_both_forms_give_one_table(load, text, word):
    retention = load(text)
    np.testing.assert_array_equal(
        retention.alive.sel(cohort=["january", "february"]), [[412, 377, 349], [380, 351, np.nan]]
    )
    assert (retention.period_word, retention.assumed_size) == (word, None)
    assert len(retention.frame()) == 5


@pytest.mark.parametrize("header", ["gold_pct", "gold_percent", "gold %", "gold%"])
def test_percent_becomes_customers(load, header):
    retention = load(f"Year;{header}\n0;100\n1;63.1 %\n", cohort_size=500)
    assert retention.alive.values.tolist() == [[500, 315.5]]
    assert retention.alive["cohort"].values.tolist() == ["gold"]
    assert (retention.period_word, retention.assumed_size) == ("year", 500)


def test_long_form_in_percent(load):
    retention = load("cohort,year,alive_pct\na,0,100\na,1,80\n", cohort_size=200)
    assert retention.alive.values.tolist() == [[200, 160]]


def test_everything_wrong_is_reported_together(load):
    with pytest.raises(DataError) as error:
        load("year,a_pct,b_pct,c,d,e,f\n0,90,100,50,10,0,5\n1,95,x,60,,0,4.5\n2,10,n/a,-3,9,0,4\n")
    for expected in (
        "cohort a_pct, period 0: does not start at 100 %; expected 100; found 90",
        "cohort a_pct, period 1: rises; expected no more than before; found 90, then 95",
        "cohort b_pct, period 1: not a number; found 'x'",
        "cohort b_pct, period 2: not a number; found 'n/a'",
        "cohort c, period 1: rises",
        "cohort c, period 2: negative; found -3",
        "cohort d: gaps; expected periods 0, 1, ... up to its last; found periods 0, 2",
        "cohort e, period 0: nobody at the start",
        "cohort f, period 1: not a whole number of customers; found 4.5. Percent?",
    ):
        assert expected in str(error.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", "no single column of periods"),
        ("yaer,b\n0,2\n", "Did you mean year?"),
        ("year,month,b\n0,0,2\n", "found year, month"),
        ("year,a\n0,10\n2,9\n", "periods are not in sequence; expected 0, 1, 2"),
        ("year,a\n2,10\n3,9\n", "periods are not in sequence"),
        ("year,a\n2003,10\n2005,9\n", "found 2003, 2005"),
        ("month,a\n01/02/2003,10\n01/03/2003,9\n", "periods are not in sequence"),
        ("year,a,b\n2003,10,\n2004,,5\n2005,9,4\n", "found periods 2003, 2005"),
        ("year,a\n0,10\n,9\n", "row 2: no period"),
        ("year,a\n0,1.0\n1,0.63\n2,0.7\n", "period 2: rises; expected no more"),
        ("year,a\n0,0.98\n1,0.63\n", "not a whole number of customers; found 0.98"),
        ("year,a_pct\n0,0.98\n1,0.63\n", "does not start at 100 %; expected 100; found 0.98"),
        ("year,a_pct\n1,63\n2,47\n", "is the row of the start missing?"),
        ("month,a_pct\n0,100\n1,60\n2,60.11\n", "found 60, then 60.11"),
        ("month,a_pct\n0,100\n1,60\n2,60.1\n3,60.2\n", "period 3: rises"),
        ("year,a\n0,10\n0,9\n", "periods are not in sequence"),
        ("year,a\nzero,10\n1,9\n", "found zero, 1"),
        ("year,a\n0,10\n", "nobody could leave yet"),
        ("year\n0\n1\n", "no cohort"),
        ("year,a,a_pct\n0,10,100\n1,9,90\n", "two cohorts of one name"),
        ("cohort,year,value\na,0,10\na,1,9\n", "expected alive or alive_pct"),
        ("cohort,year,alive\na,0,10\n,1,9\n", "row 2: no cohort"),
        ("cohort,year,alive\na,0,10\na,2,9\nb,0,inf\nb,1,3\n", "period 0: not a number"),
        ("cohort,year,alive\na,0,10\na,2,9\nb,0,inf\nb,1,3\n", "cohort a: periods are not"),
        ("year,a\n0,10\n1,9,8\n", "row 2: not a table row"),
    ],
)
def test_unusable_table_is_refused_in_words(load, text, expected):
    with pytest.raises(DataError) as error:
        load(text)
    assert expected in str(error.value)


NAN = np.nan
TRIANGLE = [[100, 80, 65], [100, 80, NAN], [100, NAN, NAN]]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Year,a,b,c\n2003,100,,\n2004,80,100,\n2005,65,80,100\n", "year"),
        ("year,a,b,c\n2005,65,80,100\n2004,80,100,0\n2003,100,0,0\n", "year"),
        ("month,a,b,c\n2003-11,100,,\n2003-12,80,100,\n2004-01,65,80,100\n", "month"),
        ("month,a,b,c\n200311,100,,\n200312,80,100,\n200401,65,80,100\n", "month"),
        ("MONTH,a,b,c\nNov 2003,100,,\nDec 2003,80,100,\nJan 2004,65,80,100\n", "month"),
        ("quarter,a,b,c\nQ3 2003,100,,\nQ4 2003,80,100,\nQ1 2004,65,80,100\n", "quarter"),
        ("week,a,b,c\n2003-01-06,100,,\n2003-01-13,80,100,\n2003-01-20,65,80,100\n", "week"),
        ("Cohort,Year,Alive\na,2003,100\na,2004,80\na,2005,65\nb,2004,100\nb,2005,80\n"
         "c,2005,100\n", "year"),
        ("years,a,b,c\n0,100,100,100\n1,80,80,\n2,65,,\n", "year"),
        ("month,a,b,c\n1,100,100,100\n2,80,80,\n3,65,,\n", "month"),
        ("month,a,b,c\nMonth 0,100,100,100\nMonth 1,80,80,\n\n,,,\nMonth 2,65,,\n3,,,\n", "month"),
        ("cohort,0,1,2\na,100,80,65\nb,100,80,\nc,100,,\n", "period"),
        ("cohort,2003,2004,2005\na,100,80,65\nb,,100,80\nc,,,100\n", "year"),
        ("period,a,b,c\n2003Q4,100,,\n2004Q1,80,100,\n2004Q2,65,80,100\n", "quarter"),
        ("period,a,b,c\n200311,100,,\n200312,80,100,\n200401,65,80,100\n", "month"),
        ("Cohort,Month 1,Month 2,Month 3\na,100,80,65\nb,100,80,\nc,100,,\n", "month"),
    ],
)  # fmt: skip
def test_one_triangle_in_many_layouts(load, text, word):
    retention = load(text)
    np.testing.assert_array_equal(retention.alive, TRIANGLE)
    assert retention.alive["cohort"].values.tolist() == ["a", "b", "c"]
    assert (retention.period_word, retention.observed.tolist()) == (word, [2, 1, 0])
    assert any("Of c the start alone is known" in note for note in retention.notes)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("year,a\n0,1.0\n1,0.63\n2,0.6\n", "shares of the cohort"),
        ("year,a,b\n0,1,1\n1,0.63,\n2,0.6,\n", "shares of the cohort"),
        ("year,a_pct\n0,1\n1,0.63\n2,0.6\n", "shares of the cohort"),
        ("year,a\n0,100\n1,63.0\n2,60.0\n3,59.5\n", "percent of the cohort"),
        ("year,a\n0,100%\n1,63 %\n2,60%\n", ""),
        ("YEAR,A_PCT\n1,100\n2,63\n3,60\n", "counted from 1"),
        ("year,a_pct\n2003,100\n2004,63\n2005,60\n", "By calendar year"),
    ],
)
def test_shares_and_percent_are_told(load, text, note):
    retention = load(text)
    assert retention.alive.values[0, :3].tolist() == [1000, 630, 600]
    assert retention.assumed_size == 1000
    assert note in " ".join(retention.notes)


def test_customers_from_100_are_customers_and_doubted(load):
    retention = load("year,a\n0,100\n1,63\n2,60\n")
    assert retention.alive.values.tolist() == [[100, 63, 60]]
    assert "If these are percent" in retention.notes[0]
    assert load("year,a\n0,1\n1,1\n2,0\n").alive.values.tolist() == [[1, 1, 0]]


def test_tiny_rises_are_levelled_and_told(load):
    retention = load("month,drug_pct\n0,100\n1,60.5\n2,40.25\n3,30.101\n4,30.104\n5,29.9\n")
    assert retention.alive.values[0, 3:].tolist() == [301.01, 301.01, 299]
    assert retention.notes == ("drug rises by 0.003 points in period 4: read as no change.",)
    assert load("y,a\n".replace("y", "year") + "0,1.0\n1,0.2\n2,0.201\n").notes
    with pytest.raises(DataError, match="period 2: rises"):
        load("year,a\n0,1000\n1,200\n2,201\n")


def test_blank_rows_and_sheets_are_read_as_any_source(load, tmp_path):
    retention = load("year,a,b\n\n0,10,8\n,,\n1,9,\n2,8,\n\n")
    assert retention.observed.tolist() == [2, 0]
    frame = pd.DataFrame({"Quarter": pd.to_datetime(["2024-03-31", "2024-06-30"]), "a": [10, 9]})
    frame.to_parquet(tmp_path / "table.parquet")
    dated = load_retention(tmp_path / "table.parquet", 1000)
    assert dated.alive.values.tolist() == [[10, 9]] and dated.period_word == "quarter"


def test_names_in_capitals_are_cohorts_of_their_own(load):
    retention = load("cohort,year,alive\nBasic,0,10\nBasic,1,9\nbasic,0,20\nbasic,1,8\n")
    assert retention.alive["cohort"].values.tolist() == ["Basic", "basic"]
    assert "differ in capitals only" in retention.notes[0]
    wide = load("year,Basic,basic\n0,100,90\n1,80,70\n")
    assert wide.alive["cohort"].values.tolist() == ["Basic", "basic"]
    assert wide.alive.values.tolist() == [[100, 80], [90, 70]]
    percent = load("year,Basic_pct,basic_pct\n0,100,100\n1,80,70\n")
    assert percent.alive["cohort"].values.tolist() == ["Basic", "basic"]


def test_folder_of_several_tables_is_refused(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("year,x\n0,2\n1,1\n")
    with pytest.raises(DataError, match="a single retention table; found a, b"):
        load_retention(tmp_path, 1000)


def test_hidden_periods_leave_start_and_one(load):
    retention = load(WIDE)
    assert hide_last(retention, 0).alive.equals(retention.alive)
    assert hide_last(retention, 1).alive.values.tolist() == [[412, 377], [380, 351]]
    assert hide_last(retention, 9).observed.tolist() == [1, 1]


def test_hidden_periods_leave_two_to_tell_the_laws_apart(load):
    retention = load("year,a,b,c\n0,9,9,9\n1,8,8,8\n2,7,7,\n3,6,6,\n4,5,,\n")
    assert hide_last(retention, 4).observed.tolist() == [2, 1, 1]
    assert hide_last(retention, 1).observed.tolist() == [3, 2, 1]


def test_fingerprint_is_that_of_the_content(load):
    assert load(WIDE).fingerprint == load(WIDE.replace(",", ";")).fingerprint
    assert load(WIDE).fingerprint != load(WIDE.replace("412", "413")).fingerprint


def test_simulated_table_follows_its_settings():
    retention = open_retention(CohortsSettings(simulated_accounts=50, simulated_months=24), 1000)
    assert (retention.alive[:, 0] == 50).all()
    assert retention.observed.tolist() == [8, 5]
    assert retention.alive.equals(simulate_retention(50, 8, 20260101).alive)


def test_simulated_customers_follow_the_law():
    """S(1) = beta / (alpha + beta), S(2) = S(1) (beta + 1) / (alpha + beta + 1)."""
    shares = simulate_retention(200_000, 5, seed=1).alive.values[:, 1:3] / 200_000
    expected = [[4.5 / 5.3, 4.5 / 5.3 * 5.5 / 6.3], [9 / 9.6, 9 / 9.6 * 10 / 10.6]]
    np.testing.assert_allclose(shares, expected, atol=0.003)
