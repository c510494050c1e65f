"""Five-fold comparison with published peers on the Telco customers: `make bench-telco`.

Prints, and with ``--write`` keeps in docs, the concordance index (Harrell's C: of two customers, is
the one that left first given the shorter mean stay?) and the integrated Brier score over months 1
to 70, both by scikit-survival, each the mean of five folds. Exit status 1 below the floor.
"""

from __future__ import annotations

import os

# Set before numpy is imported: two chains on two cores, and BLAS threads would fight them.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import platform
import time
import warnings
from importlib.metadata import version

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sksurv.metrics import concordance_index_censored, integrated_brier_score
from sksurv.util import Surv
from telco_data import LAST_MONTH, PROJECT, Telco, fold_designs, load_telco, outcome
from telco_peers import PEERS

from workbench.forecast.posterior.frailty import conditional_survival
from workbench.forecast.posterior.survival import DRAWS_AT_ONCE, read_draws, row_hazard
from workbench.inference.fit import fit_hazard
from workbench.inference.run import Sampling

OURS = "workbench hazard"
MONTHS = np.arange(1, 71, dtype=float)
HOW = Sampling(draws=300, tune=300, chains=2, seed=20260101)
FLOOR_C, FLOOR_IBS = 0.863, 0.083
REPORT = PROJECT / "docs" / "benchmarks-telco.md"
BEGIN, END = "<!-- results: written by make bench-telco -->\n", "<!-- end of results -->\n"
LIBRARIES = ("pymc", "nutpie", "lifelines", "scikit-survival", "numpy", "pandas")


def main() -> int:
    """Run every model on every fold and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the table in docs")
    write = parser.parse_args().write
    telco = load_telco()
    scores = [score for name in (OURS, *PEERS) for score in run_folds(telco, name)]
    table = summary(pd.DataFrame(scores))
    text = as_markdown(table)
    print(f"\n{text}\n\n{circumstances()}")
    if write:
        keep(f"{text}\n\n{circumstances()}\n")
    ours = pd.DataFrame(scores).query("model == @OURS")
    good = ours["C"].mean() >= FLOOR_C and ours["IBS"].mean() <= FLOOR_IBS
    print("" if good else f"Below the floor: C >= {FLOOR_C}, IBS <= {FLOOR_IBS}.")
    return 0 if good else 1


def run_folds(telco: Telco, name: str) -> list[dict]:
    """Fit and score one model on the five folds."""
    scores = []
    for fold in sorted(telco.customers["fold"].unique()):
        began = time.perf_counter()
        survival = ours(telco, fold) if name == OURS else peer(telco, name, fold)
        seconds = time.perf_counter() - began
        scores.append({"model": name, "fold": fold, **score(telco, fold, survival)})
        scores[-1]["seconds"] = seconds
        print(f"{name}, fold {fold}: C {scores[-1]['C']:.4f}, {seconds:.0f} s", flush=True)
    return scores


def ours(telco: Telco, fold: int) -> NDArray[np.float64]:
    """Return the posterior mean of each test customer's survival from its first month."""
    past, future = fold_designs(telco, fold)
    draws = read_draws(fit_hazard(past, HOW).posterior)
    total = np.zeros((len(future.row_end), LAST_MONTH))
    for start in range(0, len(draws), DRAWS_AT_ONCE):
        some = draws.take(slice(start, start + DRAWS_AT_ONCE))
        hazard = row_hazard(some, future).reshape(len(some), -1, LAST_MONTH)
        frailty = some.frailty[:, None, None]
        total += conditional_survival(np.zeros(1), hazard.cumsum(axis=2), frailty).sum(axis=0)
    return total[:, : len(MONTHS)] / len(draws)


def peer(telco: Telco, name: str, fold: int) -> NDArray[np.float64]:
    """Return the same for a peer."""
    test = (telco.customers["fold"] == fold).to_numpy()
    left, tenure = outcome(telco.customers[~test])
    train = telco.covariates[~test]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the peers' own about pandas and column variances
        return PEERS[name](train, left, tenure, telco.covariates[test], MONTHS)


def score(telco: Telco, fold: int, survival: NDArray[np.float64]) -> dict[str, float]:
    """Score survival of the fold's customers at MONTHS; the risk is the mean stay, negated."""
    test = telco.customers["fold"] == fold
    train_left, train_tenure = outcome(telco.customers[~test])
    left, tenure = outcome(telco.customers[test])
    known, truth = Surv.from_arrays(train_left, train_tenure), Surv.from_arrays(left, tenure)
    return {
        "C": float(concordance_index_censored(left, tenure, -survival.sum(axis=1))[0]),
        "IBS": float(integrated_brier_score(known, truth, survival, MONTHS)),
    }


def summary(scores: pd.DataFrame) -> pd.DataFrame:
    """Return one row per model: means, and in how many folds the workbench is ahead of it."""
    ours = scores[scores["model"] == OURS].set_index("fold")
    rows = []
    for name, own in scores.groupby("model", sort=False):
        own = own.set_index("fold")
        ahead = f"{(ours['C'] > own['C']).sum()}, {(ours['IBS'] < own['IBS']).sum()}"
        rows.append(
            {
                "model": name,
                "C": f"{own['C'].mean():.4f}",
                "IBS": f"{own['IBS'].mean():.4f}",
                "folds behind the workbench (C, IBS)": "" if name == OURS else ahead,
                "seconds per fold": f"{own['seconds'].mean():.0f}",
            }
        )
    return pd.DataFrame(rows)


def as_markdown(table: pd.DataFrame) -> str:
    """Return a table of texts as Markdown."""
    lines = [list(table.columns), ["---"] * table.shape[1], *table.to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def circumstances() -> str:
    """Say where and with what the table was made."""
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    cores = len(os.sched_getaffinity(0))
    return f"Python {platform.python_version()}, {cores} cores; {versions}."


def keep(text: str) -> None:
    """Put the results between the marks of the page."""
    before, rest = REPORT.read_text().split(BEGIN)
    REPORT.write_text(before + BEGIN + "\n" + text + "\n" + END + rest.split(END)[1])


if __name__ == "__main__":
    raise SystemExit(main())
