"""Tables of aggregates: columns by their many names, periods, and rows that must add up."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.core.aggregates import hide_rows, seasons_of
from workbench.core.errors import DataError
from workbench.data.aggregates.simulated import AggregateTruth, simulate_aggregates
from workbench.data.aggregates.table import load_aggregates

QUARTERS = (
    "quarter_end,additions,losses,closing,arpu\n2012-12-31,662,648,14056,77.4\n"
    "2013-03-31,654,618,14092,78.5\n2013-06-30,624,702,14014,80.9\n2013-09-30,734,699,14049,81.0\n"
)


@pytest.fixture
def load(tmp_path):
    def load(text):
        path = tmp_path / "quarters.csv"
        path.write_text(text, encoding="utf-8")
        return load_aggregates(path, 10, 1000)

    return load


def test_quarters_are_read_with_who_was_there_before(load):
    given = load(QUARTERS)
    assert given.opening == 14042
    assert given.table["lost"].tolist() == [648, 618, 702, 699]
    assert (given.period_word, given.per_year, given.customers_per_unit) == ("quarter", 4, 1000)
    assert given.seasons.tolist() == [3, 0, 1, 2] and not given.seasonal
    assert given.there_before.tolist() == [14042, 14056, 14092, 14014]
    assert hide_rows(given, 1).table.index.astype(str).tolist() == ["2012Q4", "2013Q1", "2013Q2"]
    assert len(hide_rows(given, 9).table) == 3


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Year,New Customers,Churned,At End\n2020,10,2,108\n2021,9,3,114\n2022,8,4,118\n", "year"),
        ("MONTH,NEW,LOST,END\n2024-02,9,3,114\n2024-01,10,2,108\n2024-03,8,4,118\n", "month"),
        ("date,new,lost,end\n2024Q1,10,2,108\n\n2024Q2,9,3,114\n,,,\n2024Q3,8,4,118\n", "quarter"),
        ("Qtr,ADD,LOSS,END\n1Q24,10,-2,108\n2Q24,9,-3,114\n3Q24,8,-4,118\n", "quarter"),
        ("date,adds,end\n31/12/2023,,100\n31/03/2024,10,108\n30/06/2024,9,114\n30/09/2024,8,118\n",
         "quarter"),
        ("month,opening,added,lost\nJan-24,100,10,2\nFeb-24,,9,3\nMar-24,,8,4\n", "month"),
        ("period,net adds,added,churn rate,lost,end\nFY2020,8,10,2%,2,108\nFY2021,6,9,3%,3,114\n"
         "FY2022,4,8,3%,4,118\n", "year"),
        ("quarter,added,lost,end\nQ1 2024,10,2,108\nQ2 2024,9,3,114\nQ3 2024,8,4,118\n", "quarter"),
    ],
)  # fmt: skip
def test_names_and_periods_as_people_write_them(load, text, word):
    given = load(text)
    assert given.table["closing"].tolist() == [108, 114, 118] and given.opening == 100
    assert given.period_word == word and "revenue_per_customer" not in given.table


def test_what_a_row_leaves_out_follows_from_the_rest(load):
    text = (
        "date,adds,end,arpu\n2023-12-31,,100,\n2024-03-31,10,108,5\n2024-06-30,9,114,\n"
        "2024-09-30,8,118,6\n"
    )
    given = load(text)
    assert given.table["lost"].tolist() == [2, 3, 4] and given.opening == 100
    assert given.table["revenue_per_customer"].isna().tolist() == [False, True, False]
    assert "2023Q4 to 2023Q4: not told whole" in given.notes[0]
    assert "lost follows from the rest of the row in 3 periods." in given.notes


def test_thousands_are_told_by_names_or_asked_for(tmp_path):
    path = tmp_path / "quarters.csv"
    path.write_text(
        "quarter,added (000s),lost (000s),end (000s)\n2024Q1,10,2,108\n2024Q2,9,3,114\n"
        "2024Q3,8,4,118\n"
    )
    assert load_aggregates(path).customers_per_unit == 1000
    path.write_text(
        path.read_text()
        .replace(" (000s)", "")
        .replace("108", "108.5")
        .replace("114", "114.5")
        .replace("118", "118.5")
    )
    assert "where they are thousands or millions" in load_aggregates(path).notes[-1]


def test_days_that_could_be_months_are_told_by_their_order(load):
    rows = ("10,2,108", "9,3,114", "8,4,118")
    days = ("01/01/2024", "01/04/2024", "01/07/2024")
    text = "date,new,lost,end\n" + "".join(f"{d},{r}\n" for d, r in zip(days, rows, strict=True))
    assert load(text).period_word == "quarter"
    days = ("01/01/2024", "01/02/2024", "01/03/2024")
    text = "date,new,lost,end\n" + "".join(f"{d},{r}\n" for d, r in zip(days, rows, strict=True))
    assert load(text).period_word == "month"


def test_a_contradiction_is_named_with_its_period(load):
    text = QUARTERS.replace("14014", "14024")
    with pytest.raises(DataError) as error:
        load(text)
    assert "period 2013Q2: closing is not opening + additions - losses" in str(error.value)
    assert "expected 14,014; found 14,024, +10" in str(error.value)
    assert "period 2013Q3" in str(error.value)


def test_rounding_is_no_contradiction_and_told(load):
    text = "year,added,lost,closing\n2020,1.2,0.3,14.1\n2021,1.1,0.2,14.9\n2022,1.0,0.4,15.6\n"
    assert load(text).notes == ("In 2 periods closing is off by no more than rounding explains.",)
    with pytest.raises(DataError, match=r"expected 15\.0; found 14\.7"):
        load(text.replace("14.9", "14.7"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "quarter,added,lost\n2024Q1,1,2\n",
            "customers added and lost are not known; expected two at least",
        ),
        ("quarter,added,lost,closing,end\n2024Q1,1,2,3,3\n", "several columns of closing"),
        (QUARTERS.replace("2013-06-30", "2013-12-31"), "periods are not consecutive"),
        (QUARTERS.replace("2012-12-31", "31/12/2012"), "periods are not consecutive"),
        (QUARTERS.replace("702", "n/a"), "column losses, row 3: not a count"),
        (
            QUARTERS.replace("78.5", "-1"),
            "column arpu, row 2: not an amount; expected a number above 0",
        ),
        (QUARTERS.replace("14049", '"14,049"'), "Write plain digits with a point"),
        (
            QUARTERS.replace("654", "").replace("618", ""),
            "period 2013Q1: not told, nor by the rest",
        ),
        (QUARTERS.replace("654", "-5"), "column additions, row 2: not a count"),
        ("year,added,lost,closing\n2020,1,0,3\n2021,1,0,4\n", "too few rows"),
        ("year,added,lost,closing\n2020,9,0,3\n2021,1,0,4\n2022,1,0,5\n", "opening is negative"),
    ],
)
def test_an_unusable_table_is_refused_in_words(load, text, expected):
    with pytest.raises(DataError) as error:
        load(text)
    assert expected in str(error.value)


def test_simulated_totals_add_up_and_follow_the_law():
    truth = AggregateTruth(hazard=0.3, shape=1.0, years_before=20)
    given = simulate_aggregates(20_000, 12, 1, truth)
    off = given.table["closing"] - given.there_before - given.table["added"] + given.table["lost"]
    assert (off == 0).all()
    # At a constant hazard ages do not matter: a customer lost per 0.3 years of all lived.
    lived = (given.there_before + given.table["closing"]).sum() / 2 / 4
    assert given.table["lost"].sum() / lived == pytest.approx(0.3, rel=0.01)
    assert np.array_equal(seasons_of(given.table.index)[:5], [0, 1, 2, 3, 0])
