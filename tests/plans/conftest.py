"""What tests of plans share."""

from __future__ import annotations

import pytest
from planbooks import make_book

from workbench.plans.plan.catalogue import Catalogue, read_catalogue
from workbench.plans.planbook.book import Planbook


@pytest.fixture(scope="session")
def book() -> Planbook:
    return make_book()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return read_catalogue()
