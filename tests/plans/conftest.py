"""What tests of plans share."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from planbooks import make_book

from workbench.plans.plan.catalogue import Catalogue, read_catalogue
from workbench.plans.planbook.book import Planbook
from workbench.plans.store.engine import engine_of


@pytest.fixture(scope="session")
def book() -> Planbook:
    return make_book()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return read_catalogue()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_place(request, tmp_path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "plans.db")
    address = request.getfixturevalue("postgres_url")
    engine = engine_of(address)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return address
