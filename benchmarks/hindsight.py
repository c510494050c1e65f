"""Forecast simulated books a year ahead and compare with what happened."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.data.load import book_from_frames
from workbench.data.simulate import Simulation, simulate
from workbench.features.hazard_data import DataSpecification, hazard_data
from workbench.forecast.leaving.renewals import Outlook, book_table, look_ahead
from workbench.forecast.posterior.survival import read_draws
from workbench.inference.fit import fit_hazard
from workbench.inference.run import Sampling

HORIZON_MONTHS = 12
PROB = 0.9


def cover(process: str, seed: int, accounts: int = 200, months: int = 30) -> dict[str, float]:
    """Forecast one book; return what was foreseen, with its interval, and what happened."""
    company = simulate(accounts, months, seed, texts=False, process=process)
    book = book_from_frames(company.tables)
    data = hazard_data(
        book,
        DataSpecification(
            as_of="2026-01-01",
            horizon_months=HORIZON_MONTHS,
            groups=("industry", "segment", "region"),
            seed=seed,
        ),
    )
    how = Sampling(draws=300, tune=300, chains=2, seed=seed)
    draws = read_draws(fit_hazard(data.design, how).posterior, 1000)
    outlook = look_ahead(draws, data.design, data.future_design, data.future, seed)
    last = book_table(outlook, PROB).iloc[-1]
    observed = observed_outcomes(company, outlook)
    found = {"running": float(len(outlook.accounts))}
    for name, truth in observed.items():
        low, middle, high = last[f"{name}_low"], last[name], last[f"{name}_high"]
        total = {"accounts": len(outlook.accounts), "arr": outlook.book["arr"].sum()}[name]
        found |= {
            f"{name} held": float(low <= truth <= high),
            f"{name} error": (middle - truth) / total,
            f"{name} width": (high - low) / total,
            f"{name} kept": truth / total,
        }
    return found


def observed_outcomes(company: Simulation, outlook: Outlook) -> dict[str, float]:
    """Return today's accounts, and today's revenue, that are still there at the horizon."""
    end = company.truth.end + HORIZON_MONTHS
    subs = company.truth.subscriptions.set_index("subscription_id")["leave_month"]
    known = subs.reindex(outlook.book["subscription_id"])
    if not outlook.book["subscription_id"].isin(subs.index).all():
        raise ValueError("A subscription of the book is not one of the simulator's.")
    kept = (known.isna() | (known >= end)).to_numpy(bool)
    return {
        "accounts": float(outlook.book.loc[kept, "account_id"].nunique()),
        "arr": float(outlook.book.loc[kept, "arr"].sum()),
    }


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """Return, by quantity, coverage with its standard error, bias, and mean width of intervals."""
    rows = []
    for name in ("accounts", "arr"):
        held = found[f"{name} held"].mean()
        error, unsure = found[f"{name} error"], np.sqrt(held * (1 - held) / len(found))
        rows.append(
            {
                "kept after 12 months": {"accounts": "accounts", "arr": "revenue"}[name],
                "held by 90 % intervals": f"{held:.1%} ± {unsure:.1%}",
                "kept, share": f"{found[f'{name} kept'].mean():.1%}",
                "forecast less truth": f"{error.mean():+.2%} ± {error.sem():.2%}",
                "mean width": f"{found[f'{name} width'].mean():.1%}",
            }
        )
    return pd.DataFrame(rows)
