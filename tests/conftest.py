"""What tests share: one thread per process, and the outside things a test may need."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

# Set before numpy is imported: two test processes share two cores, and BLAS threads would fight.
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")
os.environ.setdefault("MPLBACKEND", "Agg")

PROJECT = Path(__file__).parents[1]


def absent(reason: str) -> NoReturn:
    """Skip the test, or fail it where everything is said to be installed."""
    if os.environ.get("WORKBENCH_TEST_ALL") == "1":
        pytest.fail(f"WORKBENCH_TEST_ALL=1, yet {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def public_data() -> Callable[[str], Path]:
    """Find a file or folder of the public data sets by name."""
    folder = Path(os.environ.get("WORKBENCH_PUBLIC_DATA", PROJECT.parent / "shared" / "data"))

    def find(name: str) -> Path:
        path = folder / name
        if not path.exists():
            absent(f"the public data set {name} is not in {folder}")
        return path

    return find


@pytest.fixture(scope="session")
def postgres_url(worker_id: str) -> Iterator[str]:
    """Give each test process a database of its own on the server named by the environment."""
    server = os.environ.get("WORKBENCH_TEST_POSTGRES")
    if not server:
        absent("no PostgreSQL server: WORKBENCH_TEST_POSTGRES is not set")
    database = f"workbench_test_{os.getpid()}_{worker_id}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{database}"')
        yield urlunsplit(urlsplit(server)._replace(path=f"/{database}"))
        connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Find Debian's Chromium."""
    path = shutil.which("chromium")
    if path is None:
        absent("chromium is not installed")
    return path
