"""Contracts out of spend: who pays is a customer, who stops for long enough has left."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import numpy as np
import pandas as pd
import psycopg
import pytest

from workbench.core.errors import DataError
from workbench.data.audit.audit import audit
from workbench.data.book import Book
from workbench.data.contracts.subscriptions import subscriptions
from workbench.data.load import book_from_frames, load_book
from workbench.data.reach import default_as_of
from workbench.features.asof import book_as_known

WIDE = """CustomerID,Cohort,Y2016Q1,Y2016Q2,Y2016Q3,Y2016Q4,Y2017Q1,Y2017Q2,Y2017Q3,Y2017Q4
1,pre_y2016,0,8.2,93.5,0,0,0,0,91.8
2,pre_y2016,0,76.5,24.0,32.4,0,0,0,0
3,y2016_q2,0,10,12,11,15,0,12,14
"""
MAPPING = """
currency: USD
tables:
  accounts: {from: spend, columns: {account_id: CustomerID}, attributes: {cohort: Cohort}}
  contracts:
    from: spend
    unpivot: {columns: y*q*, name: quarter, value: amount}
    contracts_from: {spend: amount, on: quarter, every: quarter, gap: 2}
    columns: {account_id: CustomerID, product: {value: spend}}
"""
LONG = """
date_format: "%m/%d/%Y"
currency: USD
tables:
  accounts: {from: bills, columns: {account_id: who}, repeated: first}
  contracts:
    from: bills
    contracts_from: {spend: paid, on: day, every: month, gap: 2}
    columns: {account_id: who, product: {value: bills}}
"""


def wide(path, text: str = WIDE, mapping: str = MAPPING) -> Book:
    (path / "spend.csv").write_text(text)
    (path / "map.yaml").write_text(mapping)
    return load_book(path / "spend.csv", path / "map.yaml")


def long(
    path, rows: Sequence[tuple[str, str, float | str | None]], mapping: str = LONG, **rest
) -> Book:
    (path / "map.yaml").write_text(mapping)
    bills = pd.DataFrame(rows, columns=["who", "day", "paid"])
    return book_from_frames({"bills": bills}, path / "map.yaml", **rest)


def test_a_wide_panel_becomes_subscriptions(tmp_path):
    book = wide(tmp_path)
    contracts = book.frame("contracts").set_index("contract_id")
    assert book.frame("accounts")["attr_cohort"].tolist() == ["pre_y2016", "pre_y2016", "y2016_q2"]
    # 15 in the first quarter of 2017 has to last over the second, which was skipped.
    assert contracts["arr"].to_dict() == pytest.approx(
        {
            "1 spend 2016-04": 8.2 * 4,
            "1 spend 2016-07": 93.5 * 4,
            "2 spend 2016-04": 76.5 * 4,
            "2 spend 2016-07": 24 * 4,
            "2 spend 2016-10": 32.4 * 4,
            "3 spend 2016-04": 40,
            "3 spend 2016-07": 48,
            "3 spend 2016-10": 44,
            "3 spend 2017-01": 15 * 4 / 2,
        }
    )
    assert contracts["end_on"].isna().all()
    ended = contracts["ended_on"].dropna()
    assert ended.dt.strftime("%Y-%m-%d").to_dict() == {
        "1 spend 2016-07": "2016-10-01",
        "2 spend 2016-10": "2017-01-01",
    }
    # The last two quarters only tell who came back.
    assert default_as_of(book) == pd.Timestamp("2017-07-01")
    spans = subscriptions(book.frame("contracts"), default_as_of(book)).spans
    assert spans["ended_on"].notna().tolist() == [True, True, False]


def test_audit_says_what_spend_means_and_finds_no_overlap(tmp_path):
    found = audit(wide(tmp_path)).findings
    assert found[0].startswith("Contracts are made out of spend: nobody signed any.")
    assert "no terms and no renewal dates" in found[0]
    assert "more than 2 quarters in a row" in found[0]
    assert not any("before the one before has ended" in finding for finding in found)


def test_revenue_over_time_is_the_spend(tmp_path):
    """Without endings, the yearly revenue times the time it holds adds up to what was paid."""
    rng = np.random.default_rng(7)
    months = pd.period_range("2020-01", "2022-12", freq="M")
    rows: list[tuple[str, str, float]] = []
    for who in "abc":
        due = [at for at in range(36) if at in (0, 33, 34, 35) or rng.random() < 0.6]
        paid = rng.uniform(10, 90, len(due)).round(2)
        rows += [
            (who, f"{months[k].month}/15/{months[k].year}", p)
            for k, p in zip(due, paid, strict=True)
        ]
        rows += [(who, "12/31/2022", 1.0)]
    book = long(tmp_path, rows, LONG.replace("gap: 2", "gap: 12"))
    assert book.spend is not None and book.spend.as_of == pd.Timestamp("2022-01-01")
    contracts = book.frame("contracts")
    first = {
        who: sum(p for w, d, p in rows if w == who and d.endswith(("2020", "2021")))
        for who in "abc"
    }
    steps = subscriptions(contracts, book.spend.as_of).steps
    until = steps["until_on"].fillna(pd.Timestamp("2022-01-01"))
    held = (
        (until.dt.year - steps["from_on"].dt.year) * 12 + until.dt.month - steps["from_on"].dt.month
    )
    brought = (steps["arr"] / 12 * held).groupby(steps["account_id"]).sum()
    # What lasts beyond the as-of day is spend of its own later months.
    for who in "abc":
        last = contracts[contracts["account_id"] == who].iloc[-1]
        assert first[who] - last["arr"] <= brought[who] <= first[who] + 1e-6


def test_endings_do_not_lean_on_what_is_recent(tmp_path):
    """A steady share leaves each month: the last months on record show no fewer endings."""
    rng = np.random.default_rng(11)
    rows = []
    for who in range(900):
        stay = rng.geometric(0.05)
        rows += [(f"a{who}", f"{k % 12 + 1}/1/{2019 + k // 12}", 10) for k in range(min(stay, 48))]
    book = long(tmp_path, rows, LONG.replace("gap: 2", "gap: 3"))
    as_of = default_as_of(book)
    assert as_of == pd.Timestamp("2022-10-01")
    spans = subscriptions(book.frame("contracts"), as_of).spans
    late = (spans["ended_on"] >= as_of - pd.DateOffset(months=9)).sum()
    at_risk = (
        spans["ended_on"].isna() | (spans["ended_on"] >= as_of - pd.DateOffset(months=9))
    ).sum()
    assert late / at_risk == pytest.approx(1 - 0.95**9, abs=0.08)


def test_a_yearly_payer_lasts_a_year_and_leaves_after_it(tmp_path):
    rows = [("y", f"3/15/{year}", 1200) for year in (2018, 2019, 2020)]
    rows += [("m", f"{k % 12 + 1}/28/{2018 + k // 12}", 100) for k in range(72)]
    book = long(tmp_path, rows, LONG.replace("gap: 2", "gap: 12"))
    yearly = book.frame("contracts").query("account_id == 'y'")
    assert yearly["arr"].tolist() == pytest.approx([1200] * 3)
    assert yearly["ended_on"].iloc[-1] == pd.Timestamp("2021-03-01")


def test_credit_notes_blanks_and_a_month_that_is_not_over(tmp_path):
    rows = [("a", f"{month}/3/2013", 100) for month in range(1, 8)]
    rows += [("a", "4/9/2013", -100), ("a", "2/9/2013", None), ("b", "1/5/2013", 50)]
    book = long(tmp_path, rows)
    assert book.spend is not None
    # July has begun only: endings are known as far as June minus the gap.
    assert book.spend.last_on == pd.Timestamp("2013-07-01")
    assert book.spend.as_of == pd.Timestamp("2013-05-01")
    contracts = book.frame("contracts")
    a = contracts[contracts["account_id"] == "a"]
    assert a["start_on"].dt.month.tolist() == [1, 2, 3]
    assert a["arr"].tolist() == pytest.approx([1200, 1200, 600])
    assert contracts["ended_on"].dropna().tolist() == [pd.Timestamp("2013-02-01")]


def test_what_cannot_be_read_is_quarantined(tmp_path):
    rows = [("a", f"{month}/3/2013", "100") for month in range(1, 13)] * 3
    rows += [("a", "3/3/2013", "n/k"), ("a", "soon", "5")]
    quarantine = long(tmp_path, rows, max_lost_share=0.5).quarantine
    found = quarantine.query("table == 'contracts'")[["row", "value"]].values.tolist()
    assert found == [[37, "spend n/k"], [38, "period soon"]]


def test_nothing_after_the_reading_day_counts(tmp_path):
    rows = [("a", f"{month}/28/2013", 100) for month in range(1, 13)] + [("a", "1/1/2031", 9)]
    book = long(tmp_path, rows, read_on=pd.Timestamp("2014-01-02").date())
    assert book.spend is not None and book.spend.as_of == pd.Timestamp("2013-11-01")
    assert book.frame("contracts")["ended_on"].isna().all()
    assert "Rows later than the day of reading (1) do not count." in book.spend.text


def test_the_past_is_cut_as_of_a_date(tmp_path):
    book = wide(tmp_path)
    known = book_as_known(book, "2016-10-01")
    assert known.spend == book.spend
    assert known.frame("contracts")["ended_on"].isna().all()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("columns: y*q*", "columns: m*", "no column is called so"),
        ("value: amount}", "value: Cohort}", "a column of that name is there"),
        ("gap: 2", "gap: 7", "too few whole periods"),
        ("every: quarter, gap: 2", "every: month, gap: 0", "cannot be told from a payment"),
        ("every: quarter", "every: month", "no period can be read"),
        ("gap: 2", "gap: -1", "greater than or equal to 0"),
        ("product: {value: spend}", "product: x, end_on: y", "spend tells no such thing"),
        ("spend: amount", "spend: amuont", "Did you mean amount?"),
        (
            "accounts: {from",
            "accounts: {contracts_from: {spend: a, on: b, every: year, gap: 1}, from",
            "only contracts are made out of spend",
        ),
    ],
)  # fmt: skip
def test_refusals_say_what_to_do(tmp_path, old, new, expected):
    assert MAPPING.count(old) >= 1
    with pytest.raises(DataError, match=expected.replace("?", "[?]")):
        wide(tmp_path, mapping=MAPPING.replace(old, new))


def test_two_currencies_of_one_account_are_refused(tmp_path):
    mapping = LONG.replace("product: {value: bills}", "product: {value: b}, currency: money")
    bills = pd.DataFrame({"who": "a", "day": [f"{m}/1/2020" for m in range(1, 13)], "paid": 5})
    bills["money"] = ["EUR"] * 6 + ["USD"] * 6
    (tmp_path / "map.yaml").write_text(mapping)
    with pytest.raises(DataError, match="in several currencies"):
        book_from_frames({"bills": bills}, tmp_path / "map.yaml")


def test_unpivot_serves_other_tables_and_drops_blank_cells(tmp_path):
    mapping = """
tables:
  accounts: {from: logins, columns: {account_id: id}}
  contracts:
    from: logins
    columns:
      {contract_id: id, account_id: id, product: {value: p}, start_on: began, arr: {value: 1}}
  usage:
    from: logins
    unpivot: {columns: ["2024-0?", "2024-1*"], name: month, value: units}
    columns: {account_id: id, month: month, units: units}
"""
    logins = pd.DataFrame(
        {"id": ["a", "b"], "began": "2024-01-01", "2024-01": [1, 2], "2024-11": ["3", None]}
    )
    (tmp_path / "map.yaml").write_text(mapping)
    book = book_from_frames({"logins": logins}, tmp_path / "map.yaml")
    used = book.frame("usage")[["account_id", "month", "units"]]
    assert used["units"].tolist() == [1, 3, 2]
    assert used["month"].dt.month.tolist() == [1, 11, 1]
    assert book.ignored == ()


def test_postgresql_makes_the_same_contracts(tmp_path, postgres_url):
    book = wide(tmp_path)
    spend = pd.read_csv(tmp_path / "spend.csv", dtype=str)
    with psycopg.connect(postgres_url, autocommit=True) as session:
        ibis.postgres.from_connection(session).create_table("spend", spend)
        other = load_book(postgres_url, tmp_path / "map.yaml")
        session.execute("DROP TABLE spend")
    assert other.fingerprint == book.fingerprint
    assert other.spend == book.spend
