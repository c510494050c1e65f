"""Nothing is lost: killed while it saves, ten writers at once, the database away for a while."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import sqlalchemy as sa
from store_writer import write

from workbench.plans.plan.document import Plan
from workbench.plans.store.engine import StoreAway
from workbench.plans.store.open import open_store
from workbench.plans.store.records import PLANS
from workbench.plans.store.store import Store

WRITER = Path(__file__).parents[1] / "support" / "store_writer.py"
PLAN = Plan(version=1, name="Shared", accounts=("A",))


@pytest.fixture
def store(store_place) -> Iterator[Store]:
    opened = open_store(store_place, patience=60.0)
    opened.save(PLANS, "shared", PLAN, "ann", 0)
    yield opened
    opened.close()


def test_ten_writers_at_once_lose_nothing(store, store_place, capsys):
    with ThreadPoolExecutor(10) as pool:  # each with connections of its own
        done = [pool.submit(write, store_place, f"writer {nth}", 3) for nth in range(10)]
    assert [one.result() for one in done] == [None] * 10
    printed = capsys.readouterr().out.splitlines()
    every = store.history(PLANS, "shared")
    assert [one.version for one in every] == list(range(1, 32))
    assert sorted(every[-1].value.assumptions) == sorted(printed)


def test_killed_while_saving_it_holds_what_was_told_as_saved(store, store_place):
    command = [sys.executable, str(WRITER), store_place, "ada", "100000"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    printed = [process.stdout.readline().strip() for _ in range(20)]
    process.kill()  # -9, most likely between two steps of a save
    printed += process.stdout.read().splitlines()
    process.wait(30)
    process.stdout.close()
    every = store.history(PLANS, "shared")
    assert [one.version for one in every] == list(range(1, len(every) + 1))
    whole = [line for line in printed if line.startswith("ada said ")]
    assert set(whole[:-1]) <= set(every[-1].value.assumptions)
    assert len(every) - 1 - len(printed) in (
        -1,
        0,
        1,
    )  # the last line may be cut, the last save untold
    assert store.save(PLANS, "shared", PLAN.model_copy(update={"note": "on"}), "ben", 1).merged


@contextmanager
def away(place: str) -> Iterator[Callable[[], None]]:
    """Take the database away; the function that is given brings it back."""
    if place.startswith("postgresql"):
        parts = urlsplit(place)
        name = parts.path[1:]
        with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as admin:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"

            def back() -> None:
                admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            admin.execute(ended, [name])
            try:
                yield back
            finally:
                back()
        return
    blocker = sa.create_engine(f"sqlite:///{place}", connect_args={"check_same_thread": False})
    with blocker.connect() as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        yield connection.rollback
    blocker.dispose()


def test_a_save_waits_until_the_database_is_back(store, store_place):
    with away(store_place) as back:
        timer = threading.Timer(1.5, back)
        timer.start()
        began = time.monotonic()
        saved = store.save(PLANS, "shared", PLAN.model_copy(update={"note": "kept"}), "ann", 1)
        waited = time.monotonic() - began
        timer.join()
    assert saved.version == 2 and waited > 1
    assert store.load(PLANS, "shared").value.note == "kept"


def test_what_stays_away_is_told_in_words_and_can_be_saved_later(store, store_place):
    mine, soon = PLAN.model_copy(update={"note": "mine"}), Store(store.engine, patience=0.2)
    with away(store_place) as back:
        with pytest.raises(StoreAway, match=r"(?s)store is away.*Nothing is lost") as printed:
            soon.save(PLANS, "shared", mine, "ann", 1)
        back()
    assert "secret" not in str(printed.value) and "Traceback" not in str(printed.value)
    assert soon.load(PLANS, "shared").version == 1
    assert soon.save(PLANS, "shared", mine, "ann", 1).value.note == "mine"


def test_a_server_that_is_not_there_is_told_in_words():
    with pytest.raises(StoreAway, match="cannot be reached") as printed:
        open_store("postgresql://ann:s3cretword@127.0.0.1:9/plans", patience=0.1)
    assert "s3cretword" not in str(printed.value)


def test_a_save_whose_answer_was_lost_is_not_written_twice(store):
    lost = threading.Event()

    def lose(connection: sa.Connection) -> None:
        if not lost.is_set() and connection.get_execution_options()["writes"]:
            lost.set()
            connection.connection.driver_connection.execute("COMMIT")
            cause = Exception("server closed the connection")
            raise sa.exc.OperationalError("COMMIT", {}, cause, connection_invalidated=True)

    engine = store.engine
    sa.event.listen(engine, "commit", lose)
    try:
        saved = store.save(PLANS, "shared", PLAN.model_copy(update={"note": "once"}), "ann", 1)
    finally:
        sa.event.remove(engine, "commit", lose)
    assert lost.is_set() and saved.version == 2
    assert len(store.history(PLANS, "shared")) == 2
