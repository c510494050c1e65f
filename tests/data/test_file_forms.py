"""Text files as exports have them: one reading is taken, two are a message with the cause."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from workbench.core.errors import DataError
from workbench.data.book import Book
from workbench.data.load import load_book
from workbench.data.source.open import open_source

ACCOUNTS = "account_id,name\nk1,Ann\nk2,Bob\nk3,Cid\n"
HEADER = "contract_id,account_id,product,start_on,end_on,arr\n"
ROWS = [
    "v1,k1,core,2024-01-01,2025-01-01,1001",
    "v2,k2,core,2024-01-01,2025-01-01,1002",
    "v3,k3,core,2024-01-01,2025-01-01,1003",
]
CONTRACTS = HEADER + "\n".join(ROWS) + "\n"


def load(path: Path, contracts: str | bytes, accounts: str = ACCOUNTS, mapping: str = "") -> Book:
    source = path / "source"
    source.mkdir()
    (source / "accounts.csv").write_text(accounts, encoding="utf-8", newline="")
    content = contracts.encode() if isinstance(contracts, str) else contracts
    (source / "contracts.csv").write_bytes(content)
    if not mapping:
        return load_book(source)
    (path / "own.yaml").write_text(mapping, encoding="utf-8")
    return load_book(source, path / "own.yaml")


def refusal(path: Path, contracts: str | bytes, **rest: str) -> str:
    with pytest.raises(DataError) as caught:
        load(path, contracts, **rest)
    return str(caught.value)


def extended(suffix: str, header_suffix: str | None = None) -> str:
    """Return the contracts with something behind every line."""
    first = HEADER.strip() + (suffix if header_suffix is None else header_suffix)
    return "\n".join([first, *(row + suffix for row in ROWS)]) + "\n"


REMARKS = """

"Contracts Report"
"Copyright (c) 2000-2025 A Company, Inc."
"Made by:  Ann  1.12.2025 09:12"
"Acme"
"""
READABLE = {
    "remarks below": CONTRACTS + REMARKS,
    "remarks below, CRLF": (CONTRACTS + REMARKS).replace("\n", "\r\n"),
    "remarks padded by a spreadsheet": CONTRACTS + ",,,,,\nMade by Ann,,,,,\nAcme,,,,,\n",
    "the sign by which DOS ended files": CONTRACTS + "\x1a",
    "a name with a blank of no width": CONTRACTS.replace("arr", "arr\u200b"),
    "title lines": "Contract export\nPrinted 2025-02-01\n\n" + CONTRACTS,
    "titles padded by a spreadsheet": "Export,,,,,\nPrinted,2025-02-01,,,,\n,,,,,\n" + CONTRACTS,
    "a title of several cells": "Period,2024-01-01,2024-12-31\n\n" + CONTRACTS,
    "a title over two lines": '"Contract\nexport"\n\n' + CONTRACTS,
    "a title with an open quote": 'Contracts 5" and up\n' + CONTRACTS,
    "sep= line": "sep=;\n" + CONTRACTS.replace(",", ";"),
    "quoted sep= line, CRLF": ('"sep=,"\n' + CONTRACTS).replace("\n", "\r\n"),
    "sep= in capitals, tab": "SEP=\t\n" + CONTRACTS.replace(",", "\t"),
    "trailing comma everywhere": extended(","),
    "three trailing commas": extended(",,,"),
    "trailing comma in the header only": extended("", ","),
    "trailing comma in the rows only": extended(",", ""),
    "trailing comma in one row": CONTRACTS.replace("1002\n", "1002,\n"),
    "names in capitals": CONTRACTS.replace(HEADER, HEADER.upper()),
    "blanks around names": CONTRACTS.replace("start_on", " Start_On "),
    "rows of commas": CONTRACTS + ",,,,,\n" * 30,
    "rows of blanks, too short, too long": CONTRACTS + ' , ,,,,\n"","",,,,\n\n,,\n,,,,,,,,\n',
    "blank rows between": CONTRACTS.replace("v2,", ",,,,,\nv2,"),
    "some lines CRLF": CONTRACTS.replace("\n", "\r\n", 2),
    "some lines CR": CONTRACTS.replace("\n", "\r", 2),
    "CR only": CONTRACTS.replace("\n", "\r"),
    "LF in front, CRLF behind": HEADER + "\n".join(ROWS).replace("\n", "\r\n") + "\r\n",
    "delimiters quoted in the header": "\n".join(
        line + tail
        for line, tail in zip(
            CONTRACTS.replace(",", ";").splitlines(),
            [';"note, short, long, legal, billing, other, more"', ";x", ";y", ";z"],
            strict=True,
        )
    ),
    "a rare delimiter": CONTRACTS.replace(",", "^"),
    "a control character as delimiter": CONTRACTS.replace(",", "\x01"),
    "a line break in the header": extended(",x", ',"two\nlines"'),
    "row names of a statistics package": '"",' + CONTRACTS.replace("\nv", '\n"1",v'),
    "UTF-16 with its mark": CONTRACTS.encode("utf-16"),
    "UTF-8 with its mark, titles": ("\ufeffExport\n\n" + CONTRACTS).encode(),
}


@pytest.mark.parametrize("form", READABLE)
def test_form_with_one_reading_is_read(tmp_path, form):
    content = READABLE[form]
    file = tmp_path / "contracts.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    source = open_source(file)
    table = source.tables["contracts"].execute().rename(columns=str.lower)
    assert table[HEADER.strip().split(",")].to_numpy().tolist() == [row.split(",") for row in ROWS]
    assert source.rejects.empty


def test_names_in_capitals_and_blank_rows_in_a_book(tmp_path):
    book = load(tmp_path, READABLE["names in capitals"] + ",,,,,\n" * 30)
    assert book.rows["rows_in"].tolist() == book.rows["rows_kept"].tolist() == [3, 3]
    assert book.frame("contracts")["end_on"].notna().all()


def test_words_of_a_name_may_be_parted_otherwise(tmp_path):
    book = load(tmp_path, CONTRACTS.replace("contract_id", "Contract ID").replace("_on", "-On"))
    assert book.frame("contracts")["end_on"].notna().all()
    assert book.ignored == ()


def test_a_key_alone_or_a_line_cut_off_is_no_remark(tmp_path):
    alone = "account_id,name,region\n" + "".join(f"k{i},x,y\n" for i in range(40)) + "\nk40\n"
    assert len(load(tmp_path, CONTRACTS, alone).quarantine) == 1
    (tmp_path / "again").mkdir()
    cut = CONTRACTS + "".join(f"w{i},k1,core,2024-01-01,,1\n" for i in range(30)) + "made by Ann"
    assert len(load(tmp_path / "again", cut).quarantine) == 1


def test_titles_above_a_narrow_table(tmp_path):
    book = load(tmp_path, CONTRACTS, "My accounts\nPrinted on,2024-01-01\n\n" + ACCOUNTS)
    assert book.frame("accounts")["name"].tolist() == ["Ann", "Bob", "Cid"]


def test_first_line_of_numbers_stays_the_header(tmp_path):
    """Years and months are names of columns too, and text rows below them are no header."""
    book = load(tmp_path, CONTRACTS, "account_id,2023,2024\nk1,yes,no\nk2,no,no\nk3,no,yes\n")
    assert len(book.frame("accounts")) == 3
    assert book.ignored == ("accounts.2023", "accounts.2024")


def test_row_numbers_count_from_below_the_header(tmp_path):
    bad = CONTRACTS + "".join(f"w{i},k1,core,2024-01-01,,1\n" for i in range(30))
    book = load(tmp_path, "Export\n\n" + bad + "x,k1,core,2024-01-01,,-1\n")
    assert book.quarantine[["row", "column"]].to_numpy().tolist() == [[34, "arr"]]


def test_header_that_is_not_there_is_one_problem(tmp_path):
    text = refusal(tmp_path, "\n".join(ROWS))
    assert text.count("\n  - ") == 1
    assert "contracts: no column has a name that is looked for" in text
    assert "found as header v1, k1, core" in text
    assert "header_line" in text


def test_header_line_can_be_stated(tmp_path):
    junk = "a,b,c,d,e,f\n" + CONTRACTS
    assert refusal(tmp_path, junk).count("\n  - ") == 1
    (tmp_path / "again").mkdir()
    book = load(tmp_path / "again", junk, mapping="files: {contracts: {header_line: 2}}")
    assert len(book.frame("contracts")) == 3


def test_unknown_file_in_a_mapping_names_the_nearest(tmp_path):
    text = refusal(tmp_path, CONTRACTS, mapping="files: {contract: {header_line: 2}}")
    assert "files, contract: no such file or sheet. Did you mean contracts?" in text


def test_names_alike_but_for_capitals(tmp_path):
    """Only a name that is asked for has to be told apart; the exact one comes first."""
    notes = extended(",x,y", ",Note,note")
    assert load(tmp_path, notes).ignored == (
        "contracts.Note (column 7)",
        "contracts.note (column 8)",
    )
    (tmp_path / "exact").mkdir()
    twice = load(tmp_path / "exact", extended(",9", ",ARR"))
    assert twice.frame("contracts")["arr"].tolist() == [1001, 1002, 1003]
    (tmp_path / "unclear").mkdir()
    unclear = extended(",9", ",ARR").replace(",arr,", ",Arr,")
    text = refusal(tmp_path / "unclear", unclear)
    assert "contracts, column arr: several columns bear this name" in text
    assert "found Arr (column 6), ARR (column 7)" in text


def test_file_names_in_any_capitals_and_two_for_one_table(tmp_path):
    (tmp_path / "ACCOUNTS.CSV").write_text(ACCOUNTS)
    (tmp_path / "Contracts.csv").write_text(CONTRACTS)
    assert len(load_book(tmp_path).frame("contracts")) == 3
    (tmp_path / "contracts.csv").write_text(CONTRACTS)
    with pytest.raises(DataError, match="two files for one table"):
        load_book(tmp_path)


GERMAN = CONTRACTS.replace("core", "Größe")


def test_other_encoding_when_stated(tmp_path):
    book = load(tmp_path, GERMAN.encode("cp1252"), mapping="encoding: windows-1252")
    assert book.frame("contracts")["product"].unique().tolist() == ["Größe"]


def test_other_encoding_unstated_names_the_key(tmp_path):
    text = refusal(tmp_path, GERMAN.encode("cp1252"))
    assert "byte 0xF6 at line 2" in text
    assert "encoding: windows-1252" in text


def test_sound_utf8_is_not_read_as_what_other_files_are_in(tmp_path):
    book = load(tmp_path, GERMAN, mapping="encoding: windows-1252")
    assert book.frame("contracts")["product"].unique().tolist() == ["Größe"]


def test_utf16_without_its_mark(tmp_path):
    content = CONTRACTS.encode("utf-16-le")
    assert "state encoding: utf-16-le" in refusal(tmp_path, content)
    (tmp_path / "again").mkdir()
    mapping = "files: {contracts: {encoding: utf-16-le}}"
    assert len(load(tmp_path / "again", content, mapping=mapping).frame("contracts")) == 3


def test_unknown_encoding_is_refused_with_its_line(tmp_path):
    text = refusal(tmp_path, CONTRACTS, mapping="encoding: windows-99")
    assert "own.yaml line 1, encoding: no such encoding: windows-99" in text


def packed(members: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, text in members.items():
            file.writestr(name, text)
    return content.getvalue()


def test_gzip(tmp_path):
    (tmp_path / "accounts.csv").write_text(ACCOUNTS)
    whole = gzip.compress(CONTRACTS.encode())
    file = tmp_path / "contracts.csv.gz"
    file.write_bytes(whole)
    assert load_book(tmp_path).frame("contracts")["arr"].sum() == 3006
    file.write_bytes(whole[:-9])
    with pytest.raises(DataError, match="not a readable gzip file, or cut off"):
        load_book(tmp_path)


def test_zip_and_what_it_must_not_do(tmp_path):
    file = tmp_path / "export.zip"
    members = {"crm/accounts.csv": ACCOUNTS, "../../contracts.csv": CONTRACTS, "read me.txt": "x"}
    file.write_bytes(packed(members | {"__MACOSX/crm/._accounts.csv": "\0"}))
    assert load_book(file).frame("contracts")["arr"].sum() == 3006
    assert [path.name for path in tmp_path.iterdir()] == ["export.zip"]
    file.write_bytes(packed({"crm/accounts.csv": "account_id\n\xff"}))
    with pytest.raises(DataError, match=r"contracts: required table is missing"):
        load_book(file)
    file.write_bytes(b"PK no zip")
    with pytest.raises(DataError, match=r"export\.zip: not a readable \.zip file"):
        load_book(file)


def test_a_message_about_a_packed_file_names_it_in_its_archive(tmp_path):
    (tmp_path / "export.zip").write_bytes(packed({"crm/accounts.csv": ""}))
    with pytest.raises(DataError, match=r"export\.zip/crm/accounts\.csv: is empty"):
        load_book(tmp_path)


def test_copies_do_not_stay(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    load(tmp_path, READABLE["some lines CRLF"])
    assert [p for p in (tmp_path / "temporary").iterdir() if p.suffix != ".tmp"] == []
