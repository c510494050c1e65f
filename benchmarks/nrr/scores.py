"""How good tables of quantiles are: CRPS, coverage, error by stated spread; Brier by account."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nrr.folders import LEVELS

WITHIN = (0.9, 0.5)
_POINT = 1e-12  # below, a forecast is a single number


def score_quantiles(found: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Return, by book, quantity and horizon, scores over the book's futures.

    Parameters
    ----------
    found : DataFrame
        book, quantity, months, level, value.
    truth : DataFrame
        book, future, quantity, months, value.

    Returns
    -------
    DataFrame
        crps (mean over futures; twice the mean pinball loss over `LEVELS`, after Gneiting &
        Raftery 2007, Journal of the American Statistical Association 102, 359-378, section 4.2),
        within 90 % and 50 % (share of futures), error (square of truth less mean), variance (the
        stated one), width (of the 90 % interval).
    """
    keys = ["book", "quantity", "months"]
    observed = {key: part["value"].to_numpy() for key, part in truth.groupby(keys)}
    rows = []
    for key, part in found.sort_values("level").groupby(keys):
        quantile, real = part["value"].to_numpy(), observed[key]
        above = real[:, None] - quantile
        pinball = np.maximum(LEVELS * above, (LEVELS - 1) * above)
        row = dict(zip(keys, key, strict=True)) | {"crps": 2 * pinball.mean()}
        for prob in WITHIN:
            low, high = np.interp([(1 - prob) / 2, (1 + prob) / 2], LEVELS, quantile)
            row[f"within {prob:.0%}"] = ((real >= low) & (real <= high)).mean()
            row[f"width {prob:.0%}"] = high - low
        row["error"] = ((real - quantile.mean()) ** 2).mean()
        row["bias"] = quantile.mean() - real.mean()
        row["variance"] = quantile.var()
        rows.append(row)
    return pd.DataFrame(rows)


def score_chance(truth: pd.DataFrame) -> pd.DataFrame:
    """Return, by book, quantity and horizon, the CRPS that chance leaves to any forecast.

    A forecast that knew the process, every hidden property of the customers and today's shocks
    would be the law of the futures itself; its expected CRPS is half the expected difference
    between two of them (Gneiting & Raftery 2007, equation 21), here over all pairs of a book's.

    Parameters
    ----------
    truth : DataFrame
        book, future, quantity, months, value; at least two futures of each book.
    """
    rows = []
    for key, part in truth.groupby(["book", "quantity", "months"]):
        real = part["value"].to_numpy()
        apart = np.abs(real[:, None] - real).sum() / (len(real) * (len(real) - 1))
        rows.append((*key, apart / 2))
    return pd.DataFrame(rows, columns=["book", "quantity", "months", "crps"])


def score_accounts(found: pd.DataFrame, left: pd.DataFrame) -> pd.DataFrame:
    """Return the Brier score of each book's accounts, expected over its futures.

    Parameters
    ----------
    found : DataFrame
        book, account_id, leaves (probability of having left at the longest horizon).
    left : DataFrame
        book, account_id, left (share of futures).
    """
    both = found.merge(left, on=["book", "account_id"], validate="one_to_one")
    brier = both["left"] * (1 - both["leaves"]) ** 2 + (1 - both["left"]) * both["leaves"] ** 2
    return brier.groupby(both["book"]).mean().rename("brier").reset_index()


def table_of(scores: pd.DataFrame, months: int) -> pd.DataFrame:
    """Return the scores at a horizon by process, quantity and method, averaged over books."""
    chosen = scores[scores["months"] == months]
    means = chosen.groupby(["process", "quantity", "method"], sort=False).mean(numeric_only=True)
    plain = means["crps"].xs("trailing", level="method")
    whole = means.join(plain.rename("plain"))
    table = pd.DataFrame(
        {
            "CRPS, points": 100 * whole["crps"],
            "÷ trailing": whole["crps"] / whole["plain"],
            "90 % hold": whole["within 90%"].map("{:.0%}".format, na_action="ignore"),
            "50 % hold": whole["within 50%"].map("{:.0%}".format, na_action="ignore"),
            "90 % width, points": 100 * whole["width 90%"],
            "error ÷ stated sd": np.sqrt(
                whole["error"] / whole["variance"].where(whole["variance"] > _POINT)
            ),
            "bias, points": 100 * whole["bias"],
        }
    )
    return table.sort_index(level=["process", "quantity"], sort_remaining=False).reset_index()
