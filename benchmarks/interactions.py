"""Do interactions pay? Products of columns, judged by what leaving out single subscriptions says.

Each family of products is added to the model as further signals; it pays where the expected log
predictive density (PSIS-LOO) grows by more than twice the standard error of its growth over the
same subscriptions (Vehtari, Gelman & Gabry 2017, Statistics and Computing 27, 1413-1432, section
5).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
import pandas as pd
from page import as_markdown, measured_on, put

from workbench.core.settings import RenewalsSettings
from workbench.data.open_book import open_book
from workbench.features.design import build_design, fit_coding
from workbench.features.hazard_data import DataSpecification, hazard_data
from workbench.forecast.leaving.check import LeftOut, leave_one_out, month_probability
from workbench.forecast.posterior.survival import read_draws
from workbench.inference.fit import fit_hazard
from workbench.inference.run import Sampling


@dataclass(frozen=True)
class Gain:
    """What a family of products adds.

    Parameters
    ----------
    elpd, se : float
        Growth of the expected log predictive density, and its standard error over subscriptions.
    max_k : float
        Largest Pareto k-hat of the larger model.
    """

    elpd: float
    se: float
    max_k: float

    @property
    def pays(self) -> bool:
        """Tell whether the gain is beyond two standard errors."""
        return self.elpd > 2 * self.se


def gain(smaller: LeftOut, larger: LeftOut) -> Gain:
    """Compare two models of the same subscriptions."""
    steps = larger.by_subscription - smaller.by_subscription
    se = float(np.sqrt(len(steps)) * steps.std(ddof=1))
    return Gain(float(steps.sum()), se, float(larger.pareto_k.max()))


def products(rows: pd.DataFrame, signals: list[str]) -> dict[str, pd.DataFrame]:
    """Return families of product columns.

    Returns
    -------
    dict of str to DataFrame
        Rows as given. Numbers are standardised over the observed rows before they are multiplied;
        what is missing stands at the mean, so that its product is 0.
    """
    seen = rows[rows["observed"]]

    def standard(name: str) -> pd.Series:
        values = rows[name].astype("Float64").astype(float)
        return ((values - seen[name].mean()) / seen[name].std()).fillna(0.0)

    known = {name: standard(name) for name in signals}
    tenure = np.log(rows["tenure_months"])
    flags = {
        "signal x renewal": {"renewal": rows["at_renewal"].astype(float)},
        "signal x tenure": {"tenure": (tenure - tenure.mean()) / tenure.std()},
        "signal x segment": {
            f"segment {level}": rows["segment"].eq(level).astype(float)
            for level in sorted(seen["segment"].dropna().unique())[1:]
        },
    }
    found = {
        family: pd.DataFrame(
            {
                f"{name} x {label}": known[name] * flag
                for name in signals
                for label, flag in by.items()
            }
        )
        for family, by in flags.items()
    }
    pairs = [(a, b) for i, a in enumerate(signals) for b in signals[i + 1 :]]
    found["signal x signal"] = pd.DataFrame({f"{a} x {b}": known[a] * known[b] for a, b in pairs})
    return found


def left_out(
    rows: pd.DataFrame, signals: list[str], attributes: list[str], groups: list[str], how: Sampling
) -> LeftOut:
    """Fit the model with these columns and leave out each subscription."""
    design = build_design(rows, fit_coding(rows, signals, attributes, groups))
    fit = fit_hazard(design, how)
    return leave_one_out(month_probability(read_draws(fit.posterior, 500), design), design, rows)


def measure(data_seed: int, accounts: int, how: Sampling) -> pd.DataFrame:
    """Return the gain of every family on one simulated book."""
    settings = RenewalsSettings(data_seed=data_seed, simulated_accounts=accounts)
    data = hazard_data(open_book(settings), DataSpecification(seed=settings.seed))
    signals, others = list(data.signals), (list(data.attributes), list(data.groups), how)
    base = left_out(data.rows, signals, *others)
    lines = []
    for family, extra in products(data.rows, signals[:8]).items():
        rows = pd.concat([data.rows, extra], axis=1)
        found = gain(base, left_out(rows, [*signals, *extra.columns], *others))
        verdict = "yes" if found.pays else "no"
        numbers = (found.elpd, found.se, found.max_k)
        lines.append((data_seed, family, extra.shape[1], *numbers, verdict))
        print(lines[-1], flush=True)
    columns = ["book", "family", "columns", "elpd gain", "standard error", "largest k-hat", "pays"]
    return pd.DataFrame(lines, columns=columns)


def main() -> None:
    """Write the table into docs/interactions.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--books", type=int, default=2, help="simulated books")
    parser.add_argument("--accounts", type=int, default=400, help="accounts of each")
    arguments = parser.parse_args()
    how = Sampling(draws=500, tune=400, seed=1)
    seeds = range(20260101, 20260101 + arguments.books)
    table = pd.concat([measure(seed, arguments.accounts, how) for seed in seeds])
    text = f"Books of {arguments.accounts} accounts and 48 months.\n\n{as_markdown(table)}"
    put("interactions.md", "families", f"{text}\n\n{measured_on()}")


if __name__ == "__main__":
    main()
