"""Do curves pay? Planted ones on small books, held against lines and a forest: `make bench-curves`.

500 customers, month to month, six numbers each, followed for up to 36 months. In one process the
first number acts as a U, in one from a threshold on, in one along a line; the second always acts
along a line, the other four never. Five folds; C (Harrell's, of the mean stay) and the integrated
Brier score over months 1 to 24, both by scikit-survival.
"""

from __future__ import annotations

import os

# Set before numpy is imported: two chains on two cores, and BLAS threads would fight them.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from page import measured_on, put
from sksurv.metrics import concordance_index_censored, integrated_brier_score
from sksurv.util import Surv
from telco_peers import PEERS

from workbench.core.names import MONTH_TO_MONTH
from workbench.features.design import build_design, fit_coding
from workbench.forecast.leaving.curves import curve_table
from workbench.forecast.posterior.frailty import conditional_survival
from workbench.forecast.posterior.survival import read_draws, row_hazard
from workbench.inference.laplace import quadratic_draws
from workbench.inference.run import Sampling
from workbench.models.hazard.model import name_effects
from workbench.models.priors.hazard import HazardPriors

CUSTOMERS, LAST, FOLDS = 500, 36, 5
MONTHS = np.arange(1.0, 25.0)
NUMBERS = [f"x{k}" for k in range(6)]
FIRST_MONTH = 24_240
PROCESSES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "a U": lambda x: 0.6 * (x**2 - 1),
    "a threshold": lambda x: 1.4 * (x > 0.5),
    "a line": lambda x: 0.6 * x,
}
FOREST = "random survival forest (scikit-survival)"
HOW = Sampling(draws=300, tune=300, chains=2, seed=20260101)


def book(process: str, seed: int) -> pd.DataFrame:
    """Return one row per customer: numbers, months followed, and whether it left in the last."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.normal(size=(CUSTOMERS, len(NUMBERS))), columns=NUMBERS)
    eta = -3.7 + PROCESSES[process](table["x0"].to_numpy()) + 0.4 * table["x1"]
    stay = np.ceil(rng.exponential(size=CUSTOMERS) / np.exp(eta)).astype(int)
    followed = rng.integers(12, LAST + 1, CUSTOMERS)
    table["tenure"], table["left"] = np.minimum(stay, followed), stay <= followed
    return table.assign(fold=np.arange(CUSTOMERS) % FOLDS)


def month_rows(customers: pd.DataFrame, months: np.ndarray) -> pd.DataFrame:
    """Lay out the first so many months of each customer, who came up to two years ago."""
    index = np.repeat(np.arange(len(customers)), months)
    tenure = np.concatenate([np.arange(1, n + 1) for n in months])
    began = FIRST_MONTH + np.asarray(customers.index) * 7 % 24
    return (
        customers.iloc[index]
        .reset_index(drop=True)[NUMBERS]
        .assign(
            subscription_id=[f"c{key:03d}" for key in np.asarray(customers.index)[index]],
            month=began[index] + tenure,
            tenure_months=tenure,
            exit_kind=MONTH_TO_MONTH,
            observed=True,
            lead_months=0,
            event=customers["left"].to_numpy()[index] & (tenure == months[index]),
        )
    )


def ours(train: pd.DataFrame, test: pd.DataFrame, *, curves: bool) -> tuple[np.ndarray, int]:
    """Return the test customers' survival, and how many numbers are said to bend."""
    rows = month_rows(train, train["tenure"].to_numpy())
    coding = fit_coding(rows, [], NUMBERS, [], curves=curves)
    design = build_design(rows, coding)
    # Drawn from the quadratic about the mode: means are those of NUTS, in a tenth of the time.
    sampled, _ = quadratic_draws(design, HOW, HazardPriors())
    draws = read_draws(name_effects(sampled.posterior, design), 200)
    ahead = month_rows(test, np.full(len(test), len(MONTHS)))
    hazard = row_hazard(draws, build_design(ahead, coding)).reshape(len(draws), -1, len(MONTHS))
    total = hazard.cumsum(axis=2)
    survival = conditional_survival(np.zeros(1), total, draws.frailty[:, None, None]).mean(axis=0)
    table = curve_table(draws, coding, 0.9)
    return survival, int(table.loc[table["bends"].astype(bool), "driver"].nunique())


def forest(train: pd.DataFrame, test: pd.DataFrame) -> tuple[np.ndarray, int]:
    """Return the same of the peer."""
    known = train["left"].to_numpy(), train["tenure"].to_numpy(float)
    return PEERS[FOREST](train[NUMBERS], *known, test[NUMBERS], MONTHS), 0


MODELS = {
    "lines": lambda train, test: ours(train, test, curves=False),
    "curves": lambda train, test: ours(train, test, curves=True),
    FOREST: forest,
}


def measure(process: str, seed: int) -> list[dict]:
    """Score every model on the folds of one book."""
    table, found = book(process, seed), []
    for fold in range(FOLDS):
        train, test = table[table["fold"] != fold], table[table["fold"] == fold]
        known, truth = (
            Surv.from_arrays(part["left"], part["tenure"].astype(float)) for part in (train, test)
        )
        for model, predict in MODELS.items():
            began = time.process_time()
            survival, bends = predict(train, test)
            risk = -survival.sum(axis=1)
            left, tenure = test["left"].to_numpy(), test["tenure"].to_numpy(float)
            found.append(
                {
                    "effect": process,
                    "model": model,
                    "C": concordance_index_censored(left, tenure, risk)[0],
                    "IBS": integrated_brier_score(known, truth, survival, MONTHS),
                    "numbers that bend": bends,
                    "CPU seconds": time.process_time() - began,
                }
            )
        print(process, seed, fold, [round(score["C"], 3) for score in found[-3:]], flush=True)
    return found


def main() -> None:
    """Write the table into docs/curves.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--books", type=int, default=1, help="books of each process")
    books = parser.parse_args().books
    scores = [s for name in PROCESSES for seed in range(books) for s in measure(name, seed)]
    means = pd.DataFrame(scores).groupby(["effect", "model"], sort=False).mean().reset_index()
    lines = ["| effect | model | C | IBS | numbers of six that bend | CPU seconds a fit |"]
    lines += ["| --- | --- | --- | --- | --- | --- |"]
    lines += [
        f"| {effect} | {model} | {c:.3f} | {ibs:.4f} | {bend:.1f} | {seconds:.1f} |"
        for effect, model, c, ibs, bend, seconds in means.itertuples(index=False)
    ]
    text = f"Means of five folds, {books} book of each process.\n\n" + "\n".join(lines)
    put("curves.md", "planted", f"{text}\n\n{measured_on()}")


if __name__ == "__main__":
    main()
