"""Books that load and yet mean something else: each is named, with the way out."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from workbench.core.errors import DataError
from workbench.data.audit.audit import audit
from workbench.data.load import book_from_frames, load_book
from workbench.data.other_tables import other_report_hint
from workbench.data.reach import Reach, unheard_finding
from workbench.data.source.open import open_source

STARTS = pd.to_datetime([f"2024-{month:02d}-01" for month in range(1, 11)])


def findings(read_on: date = date(2026, 1, 1), **columns) -> str:
    contracts = pd.DataFrame(
        {
            "contract_id": [f"c{i}" for i in range(10)],
            "account_id": [f"a{i}" for i in range(10)],
            "product": "core",
            "start_on": STARTS,
            "end_on": STARTS + pd.DateOffset(years=1),
            "arr": 100.0,
        }
        | columns
    )
    accounts = pd.DataFrame({"account_id": contracts["account_id"].unique()})
    frames = {"accounts": accounts, "contracts": contracts}
    return "\n".join(audit(book_from_frames(frames, read_on=read_on)).findings)


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (
            {"end_on": STARTS + pd.DateOffset(years=1) - pd.DateOffset(days=1)},
            "10 of 10 terms end a day before their start comes round (first: c0, 2024-01-01 to "
            "2024-12-31)",
        ),
        (
            {
                "account_id": [f"a{i % 5}" for i in range(10)],
                "product": ["core"] * 5 + ["free"] * 5,
                "start_on": [*STARTS[:5], *(STARTS[:5] + pd.DateOffset(years=1))],
                "end_on": [*(STARTS[:5] + pd.DateOffset(years=1)), *[pd.NaT] * 5],
                "arr": [100.0] * 5 + [0.0] * 5,
            },
            "4 of 5 customers paid and are now on a free contract (first: a0)",
        ),
        ({"read_on": date(2020, 1, 1)}, "Every date on record lies after the day of reading"),
    ],
)
def test_what_is_odd_is_named_and_a_plain_book_is_not(columns, sentence):
    assert sentence in findings(**columns)
    assert sentence[:20] not in findings()


TOTALS = "quarter,added,lost,closing\n2023Q1,10,2,108\n2023Q2,12,3,117\n2023Q3,9,4,122\n"
COHORTS = "year,first,second\n0,100,80\n1,70,60\n2,60,\n"
SPEND = "customer,2023-01,2023-02,2023-03\nk1,5,6,7\nk2,1,1,1\n"


@pytest.mark.parametrize(
    ("content", "report"), [(TOTALS, "aggregates"), (COHORTS, "cohorts"), (SPEND, "")]
)
def test_a_table_without_contracts_leads_to_its_report(tmp_path, content, report):
    file = tmp_path / "table.csv"
    file.write_text(content, encoding="utf-8")
    hint = other_report_hint(open_source(file))
    assert f"workbench run {report} -p" in hint if report else not hint
    with pytest.raises(DataError) as error:
        load_book(file)
    way = f"workbench run {report} -p source=FILE" if report else "workbench map"
    assert way in str(error.value)


def test_what_ran_out_after_the_last_day_on_record_is_told():
    last = pd.Timestamp("2025-01-15")
    reach = Reach(last, pd.Timestamp("2025-01-01"), pd.DataFrame())
    spans = pd.DataFrame({"ended_on": pd.to_datetime(["2025-01-15", "2025-04-01", None])})
    told = unheard_finding(reach, spans, pd.Timestamp("2025-06-01"))
    assert "1 subscriptions ran out between that day and 2025-06-01" in told
    assert "as of 2025-01-01" in told
    assert unheard_finding(reach, spans, pd.Timestamp("2025-01-20")) == ""
    assert unheard_finding(reach, spans.iloc[[0, 2]], pd.Timestamp("2025-06-01")) == ""
