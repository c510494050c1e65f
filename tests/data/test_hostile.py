"""Inputs that a careless export produces: each a clear message, and nothing written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.core.errors import DataError, MachineError, ParameterError
from workbench.data.load import load_book

ACCOUNTS = "account_id,name\na,Ann\nb,Bob\n"
CONTRACTS = (
    "contract_id,account_id,product,start_on,end_on,arr\n"
    "c1,a,p,2024-01-01,2025-01-01,100\n"
    "c2,b,p,2024-01-01,2025-01-01,200\n"
)


def folder(
    path: Path, accounts: str | bytes = ACCOUNTS, contracts: str | bytes = CONTRACTS
) -> Path:
    for name, text in (("accounts", accounts), ("contracts", contracts)):
        content = text.encode() if isinstance(text, str) else text
        (path / f"{name}.csv").write_bytes(content)
    return path


def message(source: Path, *arguments, error: type[Exception] = DataError) -> str:
    before = sorted(source.parent.rglob("*"))
    with pytest.raises(error) as caught:
        load_book(source, *arguments)
    assert sorted(source.parent.rglob("*")) == before
    return str(caught.value)


def one_bad(path: Path, line: str) -> str:
    return message(folder(path, contracts=CONTRACTS + line + "\n"))


def test_sound_folder_loads(tmp_path):
    book = load_book(folder(tmp_path))
    assert book.frame("contracts")["arr"].tolist() == [100.0, 200.0]
    assert book.quarantine.empty


def test_empty_file(tmp_path):
    text = message(folder(tmp_path, contracts=""))
    assert "contracts.csv: is empty (0 bytes)" in text


def test_header_only(tmp_path):
    text = message(folder(tmp_path, accounts="account_id,name\n"))
    assert "accounts: no data rows" in text


def test_missing_required_column_names_the_nearest(tmp_path):
    text = message(folder(tmp_path, contracts=CONTRACTS.replace("start_on", "started_on")))
    assert "contracts, column start_on: required column is missing" in text
    assert "Did you mean started_on?" in text


def test_wrong_date_format_says_which_it_looks_like(tmp_path):
    text = one_bad(tmp_path, "c3,a,p,31-12-2024,,100")
    assert "contracts row 3, column start_on: not a date" in text
    assert "found '31-12-2024'" in text
    assert 'DD-MM-YYYY: state date_format: "%d-%m-%Y" in a mapping' in text


@pytest.mark.parametrize("day", ["2024-02-30", "2023-02-29", "2024-13-01", "2024-00-10"])
def test_day_that_does_not_exist(tmp_path, day):
    assert f"found '{day}'" in one_bad(tmp_path, f"c3,a,p,{day},,100")


def test_end_before_start(tmp_path):
    text = one_bad(tmp_path, "c3,a,p,2024-06-01,2024-05-01,100")
    assert "contracts row 3, column end_on: not after start_on" in text


def test_negative_revenue(tmp_path):
    text = one_bad(tmp_path, "c3,a,p,2024-06-01,,-100")
    assert "contracts row 3, column arr: negative" in text
    assert "found '-100'" in text


def test_duplicate_keys(tmp_path):
    text = one_bad(tmp_path, "c1,b,p,2024-06-01,,5")
    assert "contracts row 3, column contract_id: duplicate key; found 'c1'" in text


def test_unknown_account_in_contracts(tmp_path):
    text = one_bad(tmp_path, "c3,zz,p,2024-06-01,,5")
    assert "contracts row 3, column account_id: unknown account; found 'zz'" in text


def test_non_utf8_bytes_name_line_and_byte(tmp_path):
    text = message(folder(tmp_path, accounts=b"account_id,name\na,Ann\nb,B\xf6b\n"))
    assert "accounts.csv: not UTF-8 text" in text
    assert "byte 0xF6 at line 3, byte 26" in text


def test_non_utf8_across_a_chunk_border(tmp_path):
    filler = b"a" * ((1 << 20) - 17)
    text = message(folder(tmp_path, accounts=b"account_id,name\n" + filler + b"\xe2\x82X,x\n"))
    assert "not UTF-8 text" in text
    assert "line 2" in text


def test_nul_byte(tmp_path):
    text = message(folder(tmp_path, accounts=b"account_id,name\na,A\0nn\n"))
    assert "byte 0x00 at line 2" in text


def test_ten_megabyte_cell_in_optional_column_is_set_to_missing(tmp_path):
    book = load_book(folder(tmp_path, accounts=f"account_id,name\na,{'x' * 10_000_000}\nb,Bob\n"))
    assert book.frame("accounts")["name"].isna().tolist() == [True, False]
    row = book.quarantine.iloc[0]
    assert (row["table"], row["row"], row["column"]) == ("accounts", 1, "name")
    assert row["reason"] == "not text of at most 1,000,000 characters; cell set to missing"
    assert len(row["value"]) == 80


def test_ten_megabyte_key_costs_its_row(tmp_path):
    text = message(folder(tmp_path, accounts=f"account_id,name\n{'x' * 10_000_000},A\nb,Bob\n"))
    assert "accounts row 1, column account_id: not text of at most 1,000,000" in text
    assert len(text) < 2000


def test_zero_byte_parquet(tmp_path):
    folder(tmp_path)
    (tmp_path / "usage.parquet").touch()
    assert "usage.parquet: is empty (0 bytes)" in message(tmp_path)


def test_parquet_that_is_not(tmp_path):
    folder(tmp_path)
    (tmp_path / "usage.parquet").write_text("no parquet at all, but long enough")
    assert "usage.parquet: not a readable Parquet file" in message(tmp_path)


def test_duckdb_file_that_is_not(tmp_path):
    path = tmp_path / "crm.duckdb"
    path.write_text("no database" * 1000)
    assert "crm.duckdb: not a readable DuckDB file" in message(path)


def test_directory_where_a_file_is_expected(tmp_path):
    folder(tmp_path)
    (tmp_path / "usage.csv").mkdir()
    assert "usage.csv: a directory where a file is expected" in message(tmp_path)


def test_folder_without_tables(tmp_path):
    assert "holds no tables" in message(tmp_path)


def test_no_read_permission(tmp_path):
    """Root may read everything, so the check runs as nobody where the test runs as root."""
    folder(tmp_path).chmod(0o755)
    (tmp_path / "accounts.csv").chmod(0)
    script = (
        "import os, sys\n"
        "from workbench.data.load import load_book\n"
        "from workbench.core.errors import DataError\n"
        "if os.getuid() == 0:\n"
        "    os.setgid(65534); os.setuid(65534)\n"
        "try:\n"
        "    load_book('.')\n"
        "except DataError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if "PermissionError" in done.stderr and "workbench" not in done.stdout:
        pytest.skip("an unprivileged user cannot read this interpreter's packages")
    assert "accounts.csv: no permission to read" in done.stdout, done.stderr


def test_unknown_mapping_names_the_nearest(tmp_path):
    text = message(folder(tmp_path), "telko", error=ParameterError)
    assert "no such mapping" in text
    assert "Did you mean telco?" in text


def test_missing_file_lists_what_is_beside_it(tmp_path):
    folder(tmp_path)
    text = message(tmp_path / "account.csv")
    assert "no such file or folder" in text
    assert "accounts.csv" in text


def test_unknown_kind_of_file(tmp_path):
    path = tmp_path / "book.docx"
    path.write_text("x")
    assert "not a kind of file that can be read" in message(path)


def test_formula_text_is_kept_as_data(tmp_path):
    book = load_book(folder(tmp_path, accounts='account_id,name\na,"=1+1"\nb,@SUM(A1)\n'))
    assert book.frame("accounts")["name"].tolist() == ["=1+1", "@SUM(A1)"]


def test_byte_order_mark_and_semicolons(tmp_path):
    book = load_book(folder(tmp_path, accounts="\ufeffaccount_id;name\r\na;Ann\r\nb;Bob\r\n"))
    assert book.frame("accounts")["account_id"].tolist() == ["a", "b"]


def test_ragged_line_keeps_the_numbers_of_the_others(tmp_path):
    contracts = CONTRACTS.replace("c2,b,", "c2,b,x,") + "c3,a,p,2024-01-01,,-1\n"
    text = message(folder(tmp_path, contracts=contracts))
    assert "contracts row 2: not a table row: expected number of columns: 6 found: 7" in text
    assert "contracts row 3, column arr: negative" in text


def test_open_quote(tmp_path):
    text = message(folder(tmp_path, accounts=ACCOUNTS + 'c,"open\n'))
    assert "accounts row 3: not a table row" in text


def test_two_columns_of_one_name(tmp_path):
    text = message(folder(tmp_path, accounts="account_id,account_id\na,b\n"))
    assert "accounts, column account_id: several columns bear this name" in text
    assert "found account_id (column 1), account_id (column 2)" in text


def test_two_files_for_one_table(tmp_path):
    folder(tmp_path)
    (tmp_path / "accounts.parquet").write_text("x")
    assert "two files for one table" in message(tmp_path)


def test_all_problems_are_reported_together(tmp_path):
    text = message(folder(tmp_path, accounts="", contracts=b"contract_id\n\xff\n"))
    assert "accounts.csv: is empty" in text
    assert "contracts.csv: not UTF-8" in text


def test_password_of_a_database_is_never_shown():
    with pytest.raises(MachineError) as caught:
        load_book("postgresql://ann:s3cr%20t@127.0.0.1:1/crm")
    assert "s3cr" not in str(caught.value)
    assert "ann:***@127.0.0.1:1/crm" in str(caught.value)
