"""Time and memory of the Laplace approximation on a large book: `make bench-laplace`."""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
import pandas as pd
from books import Shape, as_draws, design_of, lay_out, live_through
from page import as_markdown, measured_on, put

from workbench.features.design import Design
from workbench.inference.laplace import approximate
from workbench.inference.run import Sampling
from workbench.models.hazard.effects import effect_map
from workbench.models.priors.hazard import HazardPriors

ROWS = 3_000_000
SIGNALS = 20
MONTHS = 36
HOW = Sampling(draws=1000, tune=500, chains=2, seed=1)


def main() -> None:
    """Lay out a book, approximate its posterior, print what it took; the full size goes to docs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    rows = parser.parse_args().rows
    design = book(rows)
    before = _memory()
    began, worked = time.perf_counter(), time.process_time()
    found = approximate(design, HOW)
    row = {
        "account-months": f"{len(design.cell_idx):,}",
        "endings": f"{int(design.event.sum()):,}",
        "signals": SIGNALS,
        "total, s": f"{time.perf_counter() - began:.0f}",
        "processor, s": f"{time.process_time() - worked:.0f}",
        "k-hat": f"{found.pareto_k:.2f}",
        "effective draws": f"{found.weight_ess:.0f} of {HOW.draws * HOW.chains}",
        "memory, GiB": f"{_memory():.1f}, of which {before:.1f} before the fit",
    }
    table = as_markdown(pd.DataFrame([row]))
    print(table)
    if rows == ROWS:
        put("benchmarks.md", "laplace", f"{table}\n\n{measured_on()}")


def book(rows: int) -> Design:
    """Return a book of about that many rows that has lived by effects as a real one has them."""
    rng = np.random.default_rng(1)
    # Of 36 months and up to 24 before, some 23 per subscription are lived.
    shape = Shape(rows // 23, months=MONTHS, signals=SIGNALS, attributes=3, levels=30)
    design = design_of(lay_out(shape, rng))
    layout = effect_map(design, HazardPriors())
    scale = np.full((1, len(layout.scales) + 1), 0.3)
    latent = rng.normal(size=(1, len(layout.scale_idx)))
    return live_through(design, as_draws(layout, latent, scale, np.array([0.85])), rng)


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    main()
