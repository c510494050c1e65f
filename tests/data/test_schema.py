"""The canonical schema, and a second opinion on checked tables from an independent validator."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest

from workbench.data.load import book_from_frames
from workbench.data.schema import REQUIRED_TABLES, TABLES, Table

DTYPES = {"text": "str", "number": "float64", "flag": "boolean"}


def independent(table: Table) -> pa.DataFrameSchema:
    columns = {}
    for column in table.columns:
        checks = []
        if column.low is not None:
            checks.append(pa.Check.ge(column.low))
        if column.high is not None:
            checks.append(pa.Check.le(column.high))
        if column.choices:
            checks.append(pa.Check.isin(column.choices))
        dtype = DTYPES.get(column.kind, "datetime64[us]")
        columns[column.name] = pa.Column(dtype, checks, nullable=not column.required)
    unique = list(table.key) if table.unique else None
    return pa.DataFrameSchema(columns, strict=True, ordered=True, unique=unique)


def dirty(table: Table, rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return texts of which a third are not what their column asks for."""
    good = {
        "text": lambda n: [f"k{i}" for i in range(n)],
        "number": lambda n: (rng.random(n) * 10).round(3).astype("str"),
        "flag": lambda n: rng.choice(["true", "no", "1"], n),
    }
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 900, rows), unit="D")
    frame = {}
    for column in table.columns:
        values = good.get(column.kind, lambda n: day.strftime("%Y-%m-%d"))(rows)
        if column.choices:
            values = rng.choice(column.choices, rows)
        if column.name == "currency":  # several are refused, whatever they are
            frame[column.name] = np.full(rows, "eur")
            continue
        if column.name == "account_id" and table.name != "accounts":
            values = [f"k{i}" for i in rng.integers(0, rows, rows)]
        bad = rng.choice(["", "  ", "x", "-5", "999", "31.12.2024", "2024-02-30"], rows)
        frame[column.name] = np.where(rng.random(rows) < 0.05, bad, np.asarray(values, object))
    return pd.DataFrame(frame).astype("str")


@pytest.mark.parametrize("name", [name for name in TABLES if name not in REQUIRED_TABLES])
def test_what_passes_the_checks_passes_an_independent_validator(name):
    rng = np.random.default_rng(list(TABLES).index(name))
    frames = {n: dirty(TABLES[n], 300, rng) for n in (*REQUIRED_TABLES, name)}
    book = book_from_frames(frames, max_lost_share=1)
    for table in frames:
        checked = book.frame(table)
        assert 0 < len(checked) < 300
        independent(TABLES[table]).validate(checked)
    assert set(book.quarantine["table"]) == set(frames)


def test_the_independent_validator_refuses_unchecked_rows():
    frame = pd.DataFrame({"account_id": ["a", "a"]}).reindex(columns=TABLES["accounts"].names)
    with pytest.raises(pa.errors.SchemaError):
        independent(TABLES["accounts"]).validate(frame)


def test_every_lost_row_is_in_quarantine():
    rng = np.random.default_rng(5)
    frames = {n: dirty(TABLES[n], 400, rng) for n in TABLES}
    book = book_from_frames(frames, max_lost_share=1)
    whole_rows = book.quarantine[~book.quarantine["reason"].str.endswith("cell set to missing")]
    counted = whole_rows.groupby("table")["row"].nunique()
    lost = book.rows.set_index("table")["rows_lost"]
    assert counted.reindex(lost.index).tolist() == lost.tolist()


def test_contract_of_a_quarantined_account_says_so():
    accounts = pd.DataFrame({"account_id": ["a", "a", "b" * 1_000_001]})
    contracts = pd.DataFrame(
        {
            "contract_id": ["1", "2", "3"],
            "account_id": ["a", "a", "b"],
            "product": "p",
            "start_on": ["2024-01-01", "2024-01-01", "2024-01-01"],
            "arr": ["1", "x", "3"],
        }
    )
    book = book_from_frames({"accounts": accounts, "contracts": contracts}, max_lost_share=1)
    assert book.quarantine.set_index(["table", "row"])["reason"].to_dict() == {
        ("accounts", 2): "duplicate key",
        ("accounts", 3): "not text of at most 1,000,000 characters",
        ("contracts", 2): "not a number",
        ("contracts", 3): "account unknown or in quarantine",
    }


def test_link_to_a_contract_that_is_not_there_is_cleared():
    accounts = pd.DataFrame({"account_id": ["a"]})
    contracts = pd.DataFrame(
        {
            "contract_id": ["1", "2", "3"],
            "account_id": "a",
            "product": "p",
            "start_on": "2024-01-01",
            "arr": 1,
            "previous_contract_id": [None, "1", "9"],
        }
    )
    book = book_from_frames({"accounts": accounts, "contracts": contracts})
    links = book.frame("contracts")["previous_contract_id"]
    assert links.isna().tolist() == [True, False, True]
    assert book.quarantine[["row", "reason", "value"]].to_numpy().tolist() == [
        [3, "no such contract; cell set to missing", "9"]
    ]
