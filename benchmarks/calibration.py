"""Calibrate the models by simulation: `make sbc`.

Two questions. Are the posterior's intervals what they claim where the model is right (ranks of the
truth), and how far off are forecasts where it is wrong (books from another process)? The answers go
to docs/calibration.md and docs/images.
"""

from __future__ import annotations

import argparse
import time

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from books import Shape
from cohort_ranks import SIZES, prepare_cohorts, rank_cohorts
from hindsight import cover, summary
from page import DOCS, as_markdown, measured_on, put
from ranks import RANKS, Effort, prepare, rank_truth, uniformity
from reason_ranks import prepare_reasons, rank_reasons
from revenue_parts import PARTS, made_up, part_of
from revenue_parts import rank as rank_part

from workbench.core.cohort_names import DISTRIBUTIONS

PAGE = "calibration.md"
GRID = (np.arange(RANKS) + 1) / RANKS


def main() -> None:
    """Read the arguments and run what was asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=200, help="books ranked (0: skip)")
    parser.add_argument("--revenue", type=int, default=200, help="books of each revenue part")
    parser.add_argument("--reasons", type=int, default=200, help="sets of endings ranked (0: skip)")
    parser.add_argument("--cohorts", type=int, default=700, help="tables of cohorts, each law")
    parser.add_argument("--books", type=int, default=40, help="books forecast (0: skip)")
    chosen = parser.parse_args()
    mpl.use("Agg")
    if chosen.replications:
        rank(chosen.replications)
    if chosen.revenue:
        rank_revenue(chosen.revenue)
    if chosen.reasons:
        rank_endings(chosen.reasons)
    if chosen.cohorts:
        rank_tables(chosen.cohorts)
    if chosen.books:
        forecast(chosen.books)


def rank(replications: int) -> None:
    """Rank the truth in many small books; test, draw and note down."""
    began = time.perf_counter()
    bench = prepare(Shape(60, months=12, levels=4), seed=1)
    ranks = pd.DataFrame([rank_truth(bench, Effort(), seed) for seed in range(replications)])
    tell(ranks, "hazard", "ranks", "of 60 subscriptions over 12 months", began)


def rank_revenue(replications: int) -> None:
    """Rank the truth of each part of the revenue model in many small books."""
    for name in PARTS:
        began = time.perf_counter()
        part = part_of(name, made_up(60, seed=1))
        rows = [rank_part(part, Effort(), seed) for seed in range(replications)]
        tell(pd.DataFrame(rows), f"revenue-{name}", f"revenue {name}", "of 60 rows", began)


def rank_endings(replications: int) -> None:
    """Rank the truth of the model of reasons in many small sets of endings."""
    began = time.perf_counter()
    bench = prepare_reasons(80, seed=1)
    ranks = pd.DataFrame([rank_reasons(bench, Effort(), seed) for seed in range(replications)])
    tell(ranks, "reasons", "reasons", "of 80 endings", began)


def rank_tables(replications: int) -> None:
    """Rank the truth of both cohort models in many retention tables."""
    bench = prepare_cohorts(SIZES)
    # A table of few customers leaves tails that a short warm-up does not find.
    effort, seeds = Effort(draws=800, tune=800), range(5000, 5000 + replications)
    for distribution in DISTRIBUTIONS:
        began = time.perf_counter()
        ranks = pd.DataFrame([rank_cohorts(bench, distribution, effort, seed) for seed in seeds])
        tell(
            ranks,
            f"cohorts-{distribution}",
            f"cohorts {distribution}",
            f"of {len(SIZES)} cohorts",
            began,
        )


def tell(ranks: pd.DataFrame, figure: str, section: str, size: str, began: float) -> None:
    """Test ranks for uniformity, draw them, and put both on the page."""
    found = uniformity(ranks)
    tests = 2 * len(found)
    smallest = float(found[["chi_square", "ks"]].min().min())
    verdict = "uniform" if smallest > 0.05 / tests else "NOT uniform"
    draw(ranks, DOCS / "images" / f"sbc-{figure}.png", verdict)
    text = "\n\n".join(
        [
            f"{len(ranks)} books {size}, "
            f"{time.perf_counter() - began:.0f} s. Ranks are **{verdict}**: the smallest of "
            f"{tests} p-values is {smallest:.4f}; with so many, one below {0.05 / tests:.4f} "
            "would speak against the model.",
            as_markdown(found),
            measured_on(),
        ]
    )
    print(text)
    put(PAGE, section, text)


def draw(ranks: pd.DataFrame, path, verdict: str) -> None:
    """Draw each quantity's empirical distribution of ranks, less the uniform one, in its band."""
    low, high = band(len(ranks))
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    axes.fill_between(GRID, low, high, color="0.85", label="95 % band for all points of one curve")
    for name, column in ranks.items():
        steps = np.searchsorted(np.sort(column), np.arange(RANKS), side="right") / len(ranks)
        outside = ((steps - GRID < low) | (steps - GRID > high)).any()
        axes.plot(
            GRID,
            steps - GRID,
            color="tab:orange" if outside else "tab:blue",
            lw=1.5 if outside else 0.7,
            label=f"{name} (leaves the band)" if outside else None,
        )
    axes.set(
        title=f"Ranks of the truth are {verdict} ({len(ranks)} fits, {ranks.shape[1]} quantities)",
        xlabel="rank of the truth among posterior draws, as a share",
        ylabel="distribution of ranks less uniform",
    )
    axes.legend(loc="lower left", fontsize="small")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def band(replications: int, prob: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return the band that holds a whole curve of uniform ranks with this probability.

    Found by simulation, as in Säilynoja, Bürkner & Vehtari (2022), Statistics and Computing 32, 32.
    """
    rng = np.random.default_rng(0)
    drawn = np.sort(rng.integers(0, RANKS, (4000, replications)), axis=1)
    steps = np.stack([np.searchsorted(one, np.arange(RANKS), side="right") for one in drawn])
    curves = steps / replications - GRID
    inner = slice(0, RANKS - 1)
    spread = np.sqrt(GRID[inner] * (1 - GRID[inner]) / replications)
    reach = np.quantile(np.abs(curves[:, inner] / spread).max(axis=1), prob)
    half = np.append(reach * spread, 0.0)
    return -half, half


def forecast(books: int) -> None:
    """Forecast books of both processes a year ahead; note how often intervals held the truth."""
    for process in ("relationship", "hazard"):
        began = time.perf_counter()
        found = pd.DataFrame([cover(process, seed) for seed in range(books)])
        text = "\n\n".join(
            [
                f"{books} books, {time.perf_counter() - began:.0f} s.",
                as_markdown(summary(found)),
                measured_on(),
            ]
        )
        print(process, text, flush=True)
        put(PAGE, process, text)


if __name__ == "__main__":
    main()
