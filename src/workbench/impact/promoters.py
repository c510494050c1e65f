"""Do promoters renew more often and grow faster? A published claim, tested on the book at hand.

Promoters (NPS 9 and 10) are said to renew 10 % more often and to grow 2 % faster (a claim that goes
back to Bain & Company). Here they are compared with everybody else who answered, as of the first
day of the month in which a term ended, alike in what else was known then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.features.encode import encode, fit_encoder
from workbench.impact.alike import LEAST, jackknifed, standardised_chances
from workbench.impact.weights import with_intercept

NPS, PROMOTER = "nps_latest", 9
CLAIMS = {"renewal": 1.10, "growth": 0.02}


@dataclass(frozen=True)
class Promoters:
    """What promoters do in this book.

    Parameters
    ----------
    table : DataFrame
        claim (renewal, growth), promoters, others (how many renewals), plain (without care),
        estimate, low, high, said (the claim). Renewal: ratio of the chances of renewing; growth:
        difference of yearly growth at renewal, in shares.
    why_not : str
        In a sentence, where it could not be tested; empty where it was.
    """

    table: pd.DataFrame
    why_not: str = ""


def promoter_claims(rows: pd.DataFrame, known: Sequence[str], prob: float) -> Promoters:
    """Test the claim.

    Parameters
    ----------
    rows : DataFrame
        Months at risk as they were known; see `workbench.impact.trials.at_risk_months`.
    known : sequence of str
        Columns of them that tell what was known; those of the NPS are not adjusted for.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    Promoters
    """
    if NPS not in rows:
        return Promoters(pd.DataFrame(), "No NPS is on record.")
    ends = rows["at_renewal"].to_numpy(bool) & ~rows["month_to_month"].to_numpy(bool)
    own = rows[ends & rows[NPS].notna()].reset_index(drop=True)
    promoter = (own[NPS] >= PROMOTER).to_numpy()
    sizes = int(promoter.sum()), int((~promoter).sum())
    if min(sizes) < LEAST:
        why = f"Only {sizes[0]} renewals of promoters and {sizes[1]} of others are on record."
        return Promoters(pd.DataFrame(), why)
    rest = own[[name for name in known if NPS not in name]]
    about = encode(fit_encoder(rest), rest)
    renewed = ~own["event"].to_numpy(bool)
    account = np.unique(own["account_id"].to_numpy("str"), return_inverse=True)[1]
    growth = _growth(own, rows)
    stated = [
        _interval("renewal", sizes, account, prob,
              lambda part: _ratio(renewed[part], promoter[part], about[part]),
              float(renewed[promoter].mean() / renewed[~promoter].mean())),
    ]  # fmt: skip
    grew = ~np.isnan(growth)
    if min((grew & promoter).sum(), (grew & ~promoter).sum()) >= LEAST:
        some = (int((grew & promoter).sum()), int((grew & ~promoter).sum()))
        values = growth[grew], promoter[grew], about[grew]
        stated.append(
            _interval("growth", some, account[grew], prob,
                  lambda part: _gap(*(value[part] for value in values)),
                  float(values[0][values[1]].mean() - values[0][~values[1]].mean()))
        )  # fmt: skip
    return Promoters(pd.DataFrame(stated))


def _growth(own: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Return the log of revenue after the renewal over that before; NaN where it left."""
    later = rows[["subscription_id", "month", "arr"]].rename(columns={"arr": "after"})
    keys = own[["subscription_id", "month", "arr"]].assign(month=own["month"] + 1)
    joined = keys.merge(later, on=["subscription_id", "month"], how="left")
    ratio = joined["after"].to_numpy("float64") / joined["arr"].to_numpy("float64")
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log(ratio)
    return np.where(np.isfinite(found), np.clip(found, -0.7, 0.7), np.nan)


def _ratio(renewed: np.ndarray, promoter: np.ndarray, known: np.ndarray) -> float:
    """Return the ratio of chances of renewing, over all alike (standardisation)."""
    promoters, others = standardised_chances(renewed, promoter, known)
    return promoters / others


def _gap(growth: np.ndarray, promoter: np.ndarray, known: np.ndarray) -> float:
    design = with_intercept(np.column_stack([promoter, known]))
    bend = design.T @ design + np.diag(np.r_[0.0, 0.0, np.ones(known.shape[1])])
    return float(np.linalg.solve(bend, design.T @ growth)[1])


def _interval(
    claim: str, sizes: tuple[int, int], account: np.ndarray, prob: float,
    estimate: Callable[[np.ndarray], float], plain: float,
) -> dict[str, float | str]:  # fmt: skip
    """Return an estimate with its interval by leaving out groups of accounts (jackknife)."""
    value, low, high = jackknifed(estimate, account, prob)
    return {
        "claim": claim, "promoters": sizes[0], "others": sizes[1], "plain": plain,
        "estimate": value, "low": low, "high": high, "said": CLAIMS[claim],
    }  # fmt: skip
