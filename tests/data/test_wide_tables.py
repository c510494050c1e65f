"""Hundreds of attributes: read by blocks of columns, and cell by cell as if there were few."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.data.book import Book
from workbench.data.load import book_from_frames
from workbench.data.source.names import ROW
from workbench.data.source.open import open_source

N_COLUMNS = 60
KINDS = ("number", "flag", "text")
CONTRACTS = pd.DataFrame(
    {
        "contract_id": ["c0", "c1", "c2"],
        "account_id": ["a0", "a1", "a2"],
        "product": "core",
        "start_on": "2024-01-01",
        "arr": 1200.0,
    }
)
MAPPING = """
tables:
  accounts:
    from: accounts
    columns: {{account_id: account_id, created_on: created_on}}
    attributes:
{attributes}
{repeated}
  contracts:
    from: contracts
    columns:
      {{contract_id: contract_id, account_id: account_id, product: product, start_on: start_on,
       arr: arr}}
"""


def accounts() -> pd.DataFrame:
    """Return accounts of which one stands there twice, with blank and unreadable cells."""
    rng = np.random.default_rng(3)
    ids = ["a0", "a1", "a2", "a1", "a3"]
    columns = {"account_id": ids, "created_on": ["2023-01-01", "soon", None, "2023-02-01", None]}
    right = {
        "number": ["1.5", "20", "0"],
        "flag": ["yes", "no", "true"],
        "text": ["red", "green", "blue"],
    }
    for n in range(N_COLUMNS):
        cells = [*right[KINDS[n % len(KINDS)]], "", "no such thing, 31.02."]
        columns[f"x{n}"] = rng.choice(cells, len(ids)).tolist()
    return pd.DataFrame(columns)


def loaded(tmp_path: Path, which: list[int], repeated: str) -> Book:
    attributes = "\n".join(
        f"      x{n}: {{column: x{n}, type: {KINDS[n % len(KINDS)]}}}" for n in which
    )
    mapping = tmp_path / f"from_{which[0]}_{len(which)}.yaml"
    mapping.write_text(MAPPING.format(attributes=attributes, repeated=repeated))
    frames = {"accounts": accounts(), "contracts": CONTRACTS}
    return book_from_frames(frames, mapping, max_lost_share=1)


@pytest.mark.parametrize("repeated", ["", "    repeated: first", "    repeated: last"])
def test_a_wide_table_is_its_narrow_parts_side_by_side(tmp_path: Path, repeated: str) -> None:
    wide = loaded(tmp_path, list(range(N_COLUMNS)), repeated)
    parts = [
        loaded(tmp_path, list(range(start, min(start + 30, N_COLUMNS))), repeated)
        for start in range(0, N_COLUMNS, 30)
    ]
    frame = wide.frame("accounts")
    assert list(frame["account_id"]) == ["a0", "a1", "a2", "a3"]
    assert {*frame.columns} == {c for part in parts for c in part.frame("accounts").columns}
    for part in parts:
        narrow = part.frame("accounts")
        pd.testing.assert_frame_equal(frame[narrow.columns.tolist()], narrow)
    lost = pd.concat([part.quarantine for part in parts]).drop_duplicates()
    by = ["table", "row", "column"]
    pd.testing.assert_frame_equal(
        wide.quarantine.sort_values(by, ignore_index=True), lost.sort_values(by, ignore_index=True)
    )
    assert wide.quarantine["column"].str.startswith("attr_").sum() > N_COLUMNS / 2
    pd.testing.assert_frame_equal(wide.rows, parts[0].rows)


@pytest.mark.parametrize("blank", [0, 2])
def test_blank_rows_are_dropped_of_more_columns_than_python_nests(
    tmp_path: Path, blank: int
) -> None:
    names = [f"x{n}" for n in range(1_050)]
    cells = pd.DataFrame("", index=range(3 + blank), columns=names)
    cells.loc[[0, 1, 2 + blank], names[-1]] = ["1", "2", "3"]
    cells.to_csv(tmp_path / "wide.csv", index=False)
    table = open_source(tmp_path).tables["wide"]
    found = table.select(ROW, names[-1]).order_by(ROW).execute()
    assert found.to_numpy().tolist() == [[1, "1"], [2, "2"], [3 + blank, "3"]]
