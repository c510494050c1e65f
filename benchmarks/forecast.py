"""Time and memory of the joint forecast: subscriptions x 12 months x 500 draws, made up by hand.

Each has a past of months at risk with signals, so nothing that a real forecast needs is left out.
Run by `make bench-forecast`; give other numbers of subscriptions as arguments.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import pandas as pd
from page import as_markdown, measured_on, put
from quiet import quiet_shocks

from workbench.core.names import EXIT_KINDS
from workbench.core.revenue_names import TERM_KINDS
from workbench.features.design import Coding, Design
from workbench.features.encode import Encoder
from workbench.forecast.growth.bridge import total_bridge
from workbench.forecast.growth.forecast import forecast_book
from workbench.forecast.growth.holdings import Holdings, Past
from workbench.forecast.growth.levels import levels_of
from workbench.forecast.posterior.revenue import Effects, NewBusinessDraws, RevenueDraws
from workbench.forecast.posterior.survival import Draws
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.lines import Lines, term_groups

DRAWS, MONTHS, SIGNALS, ATTRIBUTES, PAST_MONTHS = 500, 12, 10, 6, 18
FIRST_MONTH = 2026 * 12
SEGMENTS = ("Enterprise", "Mid-market", "SMB")
OWNERS = tuple(f"owner {i:02d}" for i in range(40))
CODING = Coding(
    signals=Encoder(()),
    attributes=Encoder(()),
    groupings=("segment", "owner"),
    group_levels=(SEGMENTS, OWNERS),
    quarters=tuple(range(FIRST_MONTH // 3 - 6, FIRST_MONTH // 3)),
    max_tenure_months=60,
)
LEVELS = len(CODING.flat_levels)


def effects(rng: np.random.Generator, base: float) -> Effects:
    """Draw the effects of one process around a base rate."""
    return Effects(
        base=rng.normal(base, 0.05, DRAWS),
        attribute=rng.normal(0, 0.1, (DRAWS, ATTRIBUTES)),
        group=np.column_stack([rng.normal(0, 0.1, (DRAWS, LEVELS)), np.zeros(DRAWS)]),
        signal=rng.normal(0, 0.1, (DRAWS, SIGNALS)),
        fade=rng.uniform(0.85, 0.95, DRAWS),
        term=np.zeros((DRAWS, len(TERM_KINDS))),
    )


def inputs(rng: np.random.Generator, customers: int) -> ForecastInputs:
    """Make up posterior draws like those of the simulated book."""
    exits = np.full((DRAWS, len(EXIT_KINDS)), -6.6)
    exits[:, 0], exits[:, 1:5] = -3.8, -2.0
    leave = effects(rng, 0.0)
    hazard = Draws(
        exit=exits,
        tenure=np.zeros((DRAWS, CODING.max_tenure_months + 1)),
        **quiet_shocks(DRAWS, CODING, 0.15),
        attribute=leave.attribute,
        group=leave.group,
        signal=leave.signal,
        fade=leave.fade,
        frailty=np.full(DRAWS, 0.3),
    )
    rate = np.full((DRAWS, len(SEGMENTS), MONTHS), customers * 0.004)
    new = NewBusinessDraws(
        source=SEGMENTS,
        returning=np.zeros(len(SEGMENTS), bool),
        rate=rate,
        dispersion=np.full((DRAWS, len(SEGMENTS)), 10.0),
        size_mean=np.full((DRAWS, len(SEGMENTS)), 9.0),
        size_sd=np.full((DRAWS, len(SEGMENTS)), 0.7),
        term_share=np.tile([0.1, 0.6, 0.3], (len(SEGMENTS), 1)),
        term_months=np.array([1, 12, 24]),
        month_to_month=np.array([True, False, False]),
    )
    revenue = RevenueDraws(
        contract=effects(rng, -1.9),
        expand=effects(rng, -0.9),
        amend=effects(rng, -4.8),
        cross_sell=effects(rng, -5.5),
        size_mean=np.full((4, DRAWS), -1.8),
        size_sd=np.full((4, DRAWS), 0.4),
        size_group=np.zeros((4, DRAWS, LEVELS + 1)),
        size_term=np.zeros((4, DRAWS, len(TERM_KINDS))),
        amend_down=np.full((DRAWS, len(TERM_KINDS)), 0.1),
        price_share=np.full(DRAWS, 0.7),
        price_mean=np.full(DRAWS, 0.04),
        price_sd=np.full(DRAWS, 0.015),
        new=new,
    )
    return ForecastInputs(hazard, revenue, CODING, FIRST_MONTH, MONTHS, 1)


def lines(rng: np.random.Generator, n: int) -> Lines:
    """Make up subscriptions, one or two to an account."""
    of = np.cumsum(rng.random(n) < 0.8)
    term = rng.choice([1, 12, 24, 36], n, p=[0.1, 0.6, 0.2, 0.1])
    index = pd.Index(range(n)).astype(str)
    return Lines(
        subscription_id=("s" + index).to_numpy(object),
        account_id=("a" + pd.Index(of).astype(str)).to_numpy(object),
        product=np.array(["Core", "Insights"], dtype=object)[rng.integers(0, 2, n)],
        cents=np.exp(rng.normal(13.8, 0.8, n)).astype("int64"),
        tenure_months=rng.integers(PAST_MONTHS + 1, 60, n),
        months_to_end=np.where(term == 1, 0, rng.integers(0, 36, n) % term),
        term_months=term,
        term_group=term_groups(term, term == 1),
        attribute_value=rng.normal(size=(n, ATTRIBUTES)),
        group_idx=np.column_stack([rng.integers(0, 3, n), 3 + rng.integers(0, len(OWNERS), n)]),
        signal_value=rng.normal(size=(n, SIGNALS)),
    )


def past(rng: np.random.Generator, held: Lines) -> Past:
    """Give every subscription its months at risk so far, with signals read at leads of 0 to 12."""
    n = len(held)
    rows = n * PAST_MONTHS
    cells = np.stack(np.meshgrid(range(61), range(9), range(6), indexing="ij"), axis=-1).reshape(
        -1, 3
    )
    end = np.arange(1, n + 1) * PAST_MONTHS
    return Past(
        Design(
            coding=CODING,
            signal_value=rng.standard_normal((rows, SIGNALS), dtype="float32").astype("float64"),
            lead_months=rng.integers(0, 13, rows),
            cell_idx=rng.integers(0, len(cells), rows),
            subscription_idx=np.repeat(np.arange(n), PAST_MONTHS),
            cell_tenure=cells[:, 0],
            cell_exit_idx=cells[:, 1],
            cell_quarter=CODING.quarters[0] + cells[:, 2],
            cell_quarter_idx=cells[:, 2],
            cell_level=rng.integers(0, len(CODING.shaken_levels) + 1, len(cells)),
            attribute_value=held.attribute_value,
            group_idx=held.group_idx,
            row_end=end,
            entry_end=end - PAST_MONTHS,
            event=np.zeros(n, bool),
            subscription_id=held.subscription_id,
        )
    )


def measure(n: int) -> dict[str, object]:
    """Forecast a book of n subscriptions and say what it took."""
    rng = np.random.default_rng(0)
    held = lines(rng, n)
    accounts = pd.DataFrame({"account_id": held.accounts})
    group = held.group_idx[held.begin[:-1]]
    accounts["segment"] = np.asarray(SEGMENTS, dtype=object)[group[:, 0]]
    accounts["owner"] = np.asarray(OWNERS, dtype=object)[group[:, 1] - 3]
    levels = levels_of(held, accounts, ("segment", "owner", "product"), SEGMENTS)
    holdings = Holdings(held, past(rng, held), levels)
    shared = inputs(rng, n)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, used = time.perf_counter(), time.process_time()
    ahead = forecast_book(shared, holdings)
    wall, cpu = time.perf_counter() - began, time.process_time() - used
    closing = total_bridge(ahead, 0.9).set_index("part").loc["closing"]
    interval = float(closing["high"] - closing["low"])
    return {
        "subscriptions": f"{n:,}",
        "by the clock, s": round(wall, 1),
        "processor, s": round(cpu, 1),
        "per subscription, month and draw, ns": round(cpu / (n * DRAWS * MONTHS) * 1e9),
        "memory, GiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 1),
        "of which the book": round(before / 2**20, 1),
        "closing revenue, M": round(float(closing["mean"]) / 1e6),
        "its 90 % interval, M wide": round(interval / 1e6),
    }


def main() -> None:
    """Note down a row per size; the first, small run compiles."""
    sizes = [int(text) for text in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    measure(1000)
    rows = []
    for n in sizes:
        rows.append(measure(n))
        print(rows[-1], flush=True)
    what = f"{MONTHS} months, {DRAWS} draws, {PAST_MONTHS} past months, {SIGNALS} signals."
    put("benchmarks.md", "forecast", f"{as_markdown(pd.DataFrame(rows))}\n\n{what} {measured_on()}")


if __name__ == "__main__":
    main()
