"""DuckDB and PostgreSQL give the same signals, cell by cell."""

from __future__ import annotations

import pandas as pd
import psycopg

from workbench.data.load import book_from_frames, load_book
from workbench.data.simulate import simulate
from workbench.features.signals.table import signal_table

_TYPES = {"float64": "double precision", "bool": "boolean", "boolean": "boolean"}


def store(frames: dict[str, pd.DataFrame], url: str) -> None:
    with psycopg.connect(url, autocommit=True) as con:
        for name, frame in frames.items():
            columns = ", ".join(
                f'"{c}" {_TYPES.get(str(t), "timestamp" if "datetime" in str(t) else "text")}'
                for c, t in frame.dtypes.items()
            )
            con.execute(f"DROP TABLE IF EXISTS {name}")
            con.execute(f"CREATE TABLE {name} ({columns})")
            with con.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                for row in frame.astype(object).where(frame.notna(), None).itertuples(index=False):
                    copy.write_row(row)


def test_engines_agree_to_the_last_bit(postgres_url):
    frames = simulate(accounts=60, months=24, seed=9, end="2024-01-01").tables
    store(frames, postgres_url)
    months = [2022 * 12 + 11, 2023 * 12 + 5, 2023 * 12 + 6, 2024 * 12]
    here = signal_table(book_from_frames(frames), months)
    there = signal_table(load_book(postgres_url), months)
    assert here.notna().any().mean() > 0.9
    pd.testing.assert_frame_equal(here, there, check_exact=True)
