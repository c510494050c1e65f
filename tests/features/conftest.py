"""What tests of features share: canonical tables in an engine, without the loader's checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ibis
import pandas as pd
import pytest

from workbench.data.book import Book
from workbench.data.frames import normalised
from workbench.data.schema import TABLES


@pytest.fixture(scope="session")
def bare_book() -> Callable[[Mapping[str, pd.DataFrame]], Book]:
    """Put canonical tables into an engine as they are: checking them is another test's subject."""

    def put(tables: Mapping[str, pd.DataFrame]) -> Book:
        con = ibis.duckdb.connect()
        stored = {}
        for name, table in tables.items():
            whole = table.reindex(columns=list(TABLES[name].names))
            stored[name] = con.create_table(name, normalised(name, whole), temp=True)
        return Book(stored, pd.DataFrame(), "", pd.DataFrame())

    return put
