"""From a change to its numbers: one account in full, and a lever on a whole book approximated.

A book of 5,000 accounts x 1,000 draws x 12 months is made up by hand. Beside the fast approximation
stands what the machine could do at best: reading the same hazards once, by numpy and by a compiled
loop on as many threads. Run by `make bench-plans`; give another number of accounts as an argument.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import forecast as made_up
import numba
import numpy as np
import pandas as pd
from page import as_markdown, measured_on, put

from workbench.features.encode import EncodedColumn, Encoder
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.lines import Lines
from workbench.plans.evaluate.compare import compare
from workbench.plans.evaluate.fast import WORKERS, approximate, fast_book, fast_summary
from workbench.plans.evaluate.planner import Planner
from workbench.plans.levers.price import PriceLever
from workbench.plans.levers.signal import SignalLever
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Plan
from workbench.plans.planbook.book import Planbook
from workbench.plans.planbook.snapshot import SUPPORT_COLUMNS

ACCOUNTS, DRAWS, TIMES = 5000, 1000, 15
SIGNALS = tuple(f"signal_{i}" for i in range(made_up.SIGNALS))


def planbook(accounts: int) -> Planbook:
    """Make up a book, one or two subscriptions to an account, every signal known."""
    rng = np.random.default_rng(0)
    made_up.DRAWS = DRAWS
    lines = cut(made_up.lines(rng, round(accounts * 1.4)), accounts)
    signals = pd.DataFrame(rng.normal(size=(accounts, len(SIGNALS))), columns=list(SIGNALS)).assign(
        account_id=lines.accounts
    )
    of = np.repeat(np.arange(accounts), np.diff(lines.begin))
    lines = replace(lines, signal_value=signals[list(SIGNALS)].to_numpy()[of])
    encoder = Encoder(tuple(EncodedColumn(name, name, "number", 0.0, 1.0) for name in SIGNALS))
    inputs = made_up.inputs(rng, accounts)
    inputs = ForecastInputs(
        inputs.hazard, inputs.revenue, replace(made_up.CODING, signals=encoder),
        inputs.first_month, inputs.months, inputs.seed,
    )  # fmt: skip
    spread = (-3.0, -1.6, 0.0, 1.6, 3.0)
    support = [(name, name, "product", "", *spread) for name in SIGNALS]
    return Planbook(
        as_of="2026-01-01",
        currency="EUR",
        inputs=inputs,
        lines=lines,
        survived=rng.gamma(1.0, 0.3, (DRAWS, len(lines))).astype("float32"),
        accounts=pd.DataFrame({"account_id": lines.accounts, "name": lines.accounts}),
        signals=signals,
        support=pd.DataFrame(support, columns=list(SUPPORT_COLUMNS)),
        drivers=pd.DataFrame({"account_id": pd.Series(dtype="str")}),
        opportunities=pd.DataFrame({"opportunity_id": pd.Series(dtype="str")}),
    )


def cut(lines: Lines, accounts: int) -> Lines:
    """Return the lines of the first accounts."""
    return lines.take(slice(0, int(lines.begin[accounts])))


def timed(what: str, work: Callable[[], object], times: int = TIMES) -> dict[str, object]:
    """Return the median and the range of some runs, after one that may compile."""
    work()
    taken, used = [], []
    for _ in range(times):
        began, spent = time.perf_counter(), time.process_time()
        work()
        taken.append(1000 * (time.perf_counter() - began))
        used.append(1000 * (time.process_time() - spent))
    row = {
        "what": what,
        "median, ms": statistics.median(taken),
        "fastest, ms": min(taken),
        "slowest, ms": max(taken),
        "processor, ms": statistics.median(used),
    }
    print(row, flush=True)
    return row


@numba.njit(nogil=True, fastmath=True)
def read_once(values: np.ndarray) -> float:
    """Sum up: as little as can be done with every number."""
    total = np.float32(0)
    for i in range(len(values)):
        total += values[i]
    return float(total)


def main() -> None:
    """Measure, print, and for the full size write docs/benchmarks.md."""
    accounts = int(sys.argv[1]) if len(sys.argv) > 1 else ACCOUNTS
    book = planbook(accounts)
    planner = Planner(book, Catalogue({}), {})
    shift = SignalLever(signal="signal_1", shift=0.5, month="2026-02", lasts=6)
    put_there = SignalLever(signal="signal_1", set=1.0, month="2026-02", lasts="sustained")
    price = PriceLever(change_percent=-5, month="2026-02")

    def plan(*levers: object, account: str = "all") -> Plan:
        given = {"version": 1, "name": "p", "accounts": (account,), "levers": levers}
        return Plan.model_validate(given)

    one = str(book.lines.accounts[0])
    before, change = planner.baseline(plan(account=one)), plan(shift, account=one)
    rows = [
        timed(
            "one account, full simulation, from change to comparison",
            lambda: compare(before, [planner.evaluate(change)], book.months),
        )
    ]
    fast = fast_book(book)
    still = approximate(fast, planner, plan())
    for what, levers in (
        ("whole book: a signal shifted, from change to numbers", (shift,)),
        ("whole book: a signal set", (put_there,)),
        ("whole book: a signal set and a price changed", (put_there, price)),
    ):
        moved = plan(*levers)
        rows.append(
            timed(what, lambda moved=moved: fast_summary(still, approximate(fast, planner, moved)))
        )
    flat = fast.hazard.reshape(-1)
    halves = np.array_split(flat, WORKERS)
    rows.append(timed("bound: the same bytes summed once by numpy, one thread", flat.sum))
    with ThreadPoolExecutor(WORKERS) as pool:
        rows.append(
            timed(
                f"bound: summed once by a compiled loop, {WORKERS} threads",
                lambda: list(pool.map(read_once, halves)),
            )
        )
    rows.append(
        timed("whole book: the full simulation", lambda: planner.evaluate(plan(shift)), times=1)
    )
    table = as_markdown(pd.DataFrame(rows))
    size = f"{accounts:,} accounts, {len(book.lines):,} subscriptions, {DRAWS:,} draws, "
    size += f"{book.inputs.months} months: {flat.nbytes / 1e6:,.0f} MB of hazards."
    print(table, size, sep="\n\n")
    if accounts == ACCOUNTS:
        put("benchmarks.md", "plans", f"{table}\n\n{size} {measured_on()}")


if __name__ == "__main__":
    main()
