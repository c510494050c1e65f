"""One content, whatever form it comes in."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import psycopg
import pytest

from workbench.core.errors import DataError
from workbench.data.audit.audit import audit
from workbench.data.book import Book
from workbench.data.load import book_from_frames, load_book
from workbench.data.schema import TABLES
from workbench.data.source.open import open_engine


def company(accounts: int = 40, seed: int = 7) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    ids = np.array([f"a{i:03d}" for i in range(accounts)])
    n = accounts * 3
    start = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 700, n), unit="D")
    running = rng.random(n) < 0.3
    end = pd.Series(start + pd.Timedelta(days=365)).mask(running)
    opened = pd.Timestamp("2023-03-01 08:00:00") + pd.to_timedelta(
        rng.integers(0, 10**7, n), unit="s"
    )
    texts = np.array(["plain", "with, comma", 'with "quotes"', "two\nlines", "Ünïcode €", "=1+1"])
    return {
        "accounts": pd.DataFrame(
            {
                "account_id": ids,
                "industry": rng.choice(["Retail", "", "Bank"], accounts),
                "employees": np.where(rng.random(accounts) < 0.2, np.nan, 17.0),
                "created_on": pd.Timestamp("2020-02-29"),
                "attr_tier": rng.choice(["gold", "tin"], accounts),
                "attr_seats": rng.integers(1, 9, accounts),
                "attr_partner": rng.random(accounts) < 0.5,
            }
        ),
        "contracts": pd.DataFrame(
            {
                "contract_id": [f"c{i:04d}" for i in range(n)],
                "account_id": ids[rng.integers(0, accounts, n)],
                "product": rng.choice(["core", "plus"], n),
                "start_on": start,
                "end_on": end,
                "arr": rng.gamma(2, 1000, n).round(2),
                "currency": "eur",
                "auto_renew": rng.random(n) < 0.5,
                "notice_days": rng.integers(0, 90, n),
            }
        ),
        "usage": pd.DataFrame(
            {
                "account_id": np.repeat(ids, 6),
                "month": np.tile(pd.date_range("2023-01-01", periods=6, freq="MS"), accounts),
                "units": rng.random(accounts * 6) * 1e6 / 3,
            }
        ),
        "tickets": pd.DataFrame(
            {
                "ticket_id": np.arange(n),
                "account_id": ids[rng.integers(0, accounts, n)],
                "opened_at": opened,
                "closed_at": pd.Series(opened + pd.Timedelta(hours=5)).mask(running),
                "text": rng.choice(texts, n),
            }
        ),
    }


def as_csv(frames, path):
    for name, frame in frames.items():
        frame.to_csv(path / f"{name}.csv", index=False)
    return path


def as_parquet(frames, path):
    for name, frame in frames.items():
        frame.to_parquet(path / f"{name}.parquet")
    return path


def as_duckdb(frames, path):
    file = path / "crm.duckdb"
    with duckdb.connect(str(file)) as con:
        for name, frame in frames.items():
            con.register("frame", frame)
            con.execute(f"CREATE TABLE {name} AS SELECT * FROM frame")
    return file


_PG_TYPES = {"float64": "double precision", "int64": "bigint", "bool": "boolean"}


def into_postgres(frames, url):
    with psycopg.connect(url, autocommit=True) as con:
        for name in ("telco", *TABLES):
            con.execute(f"DROP TABLE IF EXISTS {name}")
        for name, frame in frames.items():
            columns = ", ".join(
                f'"{c}" {_PG_TYPES.get(str(t), "timestamp" if "datetime" in str(t) else "text")}'
                for c, t in frame.dtypes.items()
            )
            con.execute(f"CREATE TABLE {name} ({columns})")
            with con.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                for row in frame.astype(object).where(frame.notna(), None).itertuples(index=False):
                    copy.write_row(row)


def assert_same(one: Book, other: Book) -> None:
    assert set(one.tables) == set(other.tables)
    for name in one.tables:
        pd.testing.assert_frame_equal(one.frame(name), other.frame(name), check_exact=True)
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize("write", [as_csv, as_parquet, as_duckdb])
def test_same_book_from_any_file(write, tmp_path):
    frames = company()
    assert_same(load_book(write(frames, tmp_path)), book_from_frames(frames))


def test_same_book_from_postgres(postgres_url):
    frames = company()
    into_postgres(frames, postgres_url)
    assert_same(load_book(postgres_url), book_from_frames(frames))


def test_postgres_finds_the_same_faults(postgres_url):
    frames = company()
    contracts = frames["contracts"].astype({"start_on": "str", "arr": "str"})
    contracts.loc[3, "start_on"] = "2024-02-30"
    contracts.loc[5, "arr"] = "-1"
    contracts.loc[7, "account_id"] = "nobody"
    contracts.loc[9, "contract_id"] = contracts.loc[8, "contract_id"]
    frames["contracts"] = contracts
    into_postgres(frames, postgres_url)
    one, other = load_book(postgres_url), book_from_frames(frames)
    assert_same(one, other)
    assert len(one.quarantine) == 4
    pd.testing.assert_frame_equal(one.quarantine, other.quarantine)


def test_snapshot_and_audit_are_the_same_in_postgres(postgres_url, public_data):
    frame = pd.read_csv(public_data("telco.csv"), dtype="str").iloc[:300]
    into_postgres({"telco": frame}, postgres_url)
    one, other = load_book(postgres_url, "telco"), book_from_frames({"telco": frame}, "telco")
    assert_same(one, other)
    for name, table in audit(one).tables.items():
        pd.testing.assert_frame_equal(table, audit(other).tables[name])


def test_audit_of_all_tables_runs_in_postgres(postgres_url):
    into_postgres(company(), postgres_url)
    found, expected = audit(load_book(postgres_url)), audit(book_from_frames(company()))
    pd.testing.assert_frame_equal(found.tables["timing"], expected.tables["timing"])
    pd.testing.assert_frame_equal(found.tables["coverage"], expected.tables["coverage"])


def test_order_of_rows_does_not_change_the_fingerprint():
    frames = company()
    turned = {name: frame.iloc[::-1] for name, frame in frames.items()}
    assert_same(book_from_frames(frames), book_from_frames(turned))


def test_one_changed_cell_changes_the_fingerprint():
    frames = company()
    before = book_from_frames(frames).fingerprint
    frames["contracts"].loc[4, "arr"] += 0.01
    assert book_from_frames(frames).fingerprint != before


def test_types_are_the_canonical_ones():
    book = book_from_frames(company())
    contracts, tickets = book.frame("contracts"), book.frame("tickets")
    attributes = book.frame("accounts").dtypes.astype("str")
    assert attributes.filter(like="attr_").to_dict() == {
        "attr_partner": "boolean",
        "attr_seats": "float64",
        "attr_tier": "str",
    }
    assert str(contracts["start_on"].dtype) == "datetime64[us]"
    assert str(contracts["arr"].dtype) == "float64"
    assert str(contracts["auto_renew"].dtype) == "boolean"
    assert str(contracts["end_reason"].dtype) == "str"
    assert str(tickets["ticket_id"].dtype) == "str"
    assert contracts["currency"].eq("EUR").all()
    assert contracts["contract_id"].is_monotonic_increasing


def test_duckdb_file_is_not_changed(tmp_path):
    file = as_duckdb(company(), tmp_path)
    before = file.read_bytes()
    load_book(file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["crm.duckdb"]


def test_source_of_another_kind_is_refused():
    with pytest.raises(DataError, match=r"expected a folder, a file or a postgresql:// URL"):
        load_book("mysql://localhost/crm")


def test_no_progress_bar_is_drawn_into_a_report() -> None:
    con = open_engine()
    shown = con.raw_sql("SELECT current_setting('enable_progress_bar')").fetchone()
    assert shown == (False,)
